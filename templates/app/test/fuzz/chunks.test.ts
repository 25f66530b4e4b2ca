import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import fc from "fast-check";
import { chunked, get } from "../attack/bytes.ts";
import { play, promptly } from "../attack/play.ts";
import { fuzzOptions, fuzzTimeoutMs } from "./fuzz-options.ts";
import { type FuzzPlane, startFuzzPlane } from "./fuzz-plane.ts";

const RUNS = 40;
/** A damaged body may leave the server waiting for its rest, which costs each such run this silence. */
const patience = { answeredMs: 0, silentMs: 60, leftMs: 0 };
const VALID = get("/url");

const data = fc.string({ unit: "binary-ascii", minLength: 1, maxLength: 300 });
const chunk = fc
  .record({
    text: data,
    zeros: fc.nat(3),
    upper: fc.boolean(),
    extension: fc.constantFrom("", "", ";a", ";a=b", ';a="b"'),
  })
  .map(({ text, zeros, upper, extension }) => {
    const size = text.length.toString(16);
    return { text, coded: `${"0".repeat(zeros)}${upper ? size.toUpperCase() : size}${extension}\r\n${text}\r\n` };
  });
const body = fc.array(chunk, { maxLength: 8 });
/** Where the bytes are cut into separate writes. */
const cuts = fc.array(fc.nat(2000), { maxLength: 4 });

function pieces(text: string, at: readonly number[]): string[] {
  const marks = [0, ...at.filter((mark) => mark < text.length).sort((a, b) => a - b), text.length];
  return marks.slice(1).map((mark, index) => text.slice(marks[index], mark));
}

function attack(steps: readonly string[]) {
  return { id: "", title: "", source: "", steps, expect: [] };
}

describe("chunked bodies", () => {
  let plane: FuzzPlane;
  before(async () => {
    plane = await startFuzzPlane("x-forwarded-for");
  });
  after(() => plane.remove());

  it("arrive whole, however they are divided and cut", { timeout: fuzzTimeoutMs(RUNS) }, async () => {
    await fc.assert(
      fc.asyncProperty(body, cuts, async (chunks, at) => {
        const text = chunked("/echo", `${chunks.map(({ coded }) => coded).join("")}0\r\n\r\n`);
        const played = await play(plane.port, attack(pieces(text, at)), promptly);
        assert.deepEqual(played.statuses, [200]);
        assert.equal(played.bodies[0], chunks.map((one) => one.text).join(""));
      }),
      fuzzOptions(RUNS),
    );
  });

  it("with one byte changed are refused, waited for, or echoed in step, and the next client is served", {
    timeout: fuzzTimeoutMs(RUNS),
  }, async () => {
    await fc.assert(
      fc.asyncProperty(body, fc.nat(2000), fc.nat(255), async (chunks, where, byte) => {
        const coded = `${chunks.map((one) => one.coded).join("")}0\r\n\r\n`;
        const at = where % coded.length;
        const damaged = `${coded.slice(0, at)}${String.fromCharCode(byte)}${coded.slice(at + 1)}`;
        const played = await play(plane.port, attack([chunked("/echo", damaged)]), patience);
        assert.equal(played.garbled, false);
        for (const status of played.statuses) assert.ok(status < 500, `answered ${status}`);
        const next = await play(plane.port, attack([VALID]), promptly);
        assert.deepEqual(next.statuses, [200]);
      }),
      fuzzOptions(RUNS),
    );
  });
});
