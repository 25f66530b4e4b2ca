import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import fc from "fast-check";
import { connect, type RawResponse, requestText } from "../fixture/connection.ts";
import type { Plane } from "../fixture/plane.ts";
import { type Folder, pattern, startStatic, staticFolder } from "../fixture/static-folder.ts";

const files = { "small.bin": pattern(3000), "large.bin": pattern(90_000) };

/** What the parts of an answer hold, by the place that they say they have. */
function parts(response: RawResponse): { readonly start: number; readonly bytes: Uint8Array }[] {
  const single = response.headers.get("content-range");
  if (single !== undefined) return [{ start: startOf(single), bytes: response.body }];
  const boundary = /boundary=(.+)$/.exec(response.headers.get("content-type") ?? "")?.[1] as string;
  const text = Buffer.from(response.body).toString("latin1");
  assert.ok(text.endsWith(`\r\n--${boundary}--\r\n`));
  return text
    .slice(0, -`\r\n--${boundary}--\r\n`.length)
    .split(new RegExp(`(?:^|\r\n)--${boundary}\r\n`))
    .slice(1)
    .map((part) => {
      const end = part.indexOf("\r\n\r\n");
      const start = startOf(/content-range: (.+)/.exec(part.slice(0, end))?.[1] as string);
      return { start, bytes: new Uint8Array(Buffer.from(part.slice(end + 4), "latin1")) };
    });
}

function startOf(contentRange: string): number {
  return Number(/^bytes (\d+)-\d+\/\d+$/.exec(contentRange)?.[1]);
}

/** Which bytes are asked for; undefined: the field is to be ignored. */
function oracle(ranges: readonly string[], size: number): ReadonlySet<number> | undefined {
  const wanted = new Set<number>();
  for (const range of ranges) {
    const [first = "", last = ""] = range.split("-");
    if (first !== "" && last !== "" && Number(last) < Number(first)) return undefined;
    const start = first === "" ? Math.max(0, size - Number(last)) : Number(first);
    const end = first === "" || last === "" ? size : Math.min(size, Number(last) + 1);
    for (let at = start; at < end; at += 1) wanted.add(at);
  }
  return wanted;
}

for (const isPooled of [false, true])
  describe(`ranges of static files, ${isPooled ? "pooled" : "fresh"} buffers`, () => {
    let folder: Folder;
    let plane: Plane;
    before(async () => {
      folder = staticFolder(files);
      plane = await startStatic(folder, { "memory.file_pool": isPooled, "memory.debug": isPooled });
    });
    after(async () => {
      await plane.drain();
      folder.remove();
    });

    for (const [name, content] of Object.entries(files)) {
      it(`of ${name} are the bytes that a slow reader of the field would pick`, { timeout: 60_000 }, async () => {
        const connection = await connect(plane);
        const place = fc.nat({ max: Math.floor(content.length * 1.2) });
        const range = fc.oneof(
          fc.tuple(place, place).map(([one, other]) => `${one}-${Math.max(one, other)}`),
          fc.tuple(place, fc.nat({ max: 50 })).map(([one, length]) => `${one}-${one + length}`),
          fc.tuple(place, place).map(([one, other]) => `${one}-${other}`),
          place.map((one) => `${one}-`),
          place.map((one) => `-${one}`),
        );
        await fc.assert(
          fc.asyncProperty(fc.array(range, { minLength: 1, maxLength: 6 }), async (ranges) => {
            connection.send(requestText("GET", `/${name}`, { range: `bytes=${ranges.join(",")}` }));
            const response = await connection.response();
            const wanted = oracle(ranges, content.length);
            if (wanted === undefined) {
              assert.equal(response.status, 200);
              assert.deepEqual(response.body, content);
            } else if (wanted.size === 0) {
              assert.equal(response.status, 416);
            } else {
              assert.equal(response.status, 206);
              const got = new Set<number>();
              for (const { start, bytes } of parts(response)) {
                assert.deepEqual(bytes, content.slice(start, start + bytes.length));
                for (let at = start; at < start + bytes.length; at += 1) {
                  assert.ok(!got.has(at), "no byte is sent twice");
                  got.add(at);
                }
              }
              for (const at of wanted) assert.ok(got.has(at));
            }
          }),
          { numRuns: 60 },
        );
        connection.destroy();
      });
    }
  });
