import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import fc from "fast-check";
import { get } from "../attack/bytes.ts";
import { play, promptly } from "../attack/play.ts";
import { fuzzOptions, fuzzTimeoutMs } from "./fuzz-options.ts";
import { type FuzzPlane, startFuzzPlane } from "./fuzz-plane.ts";
import { anyHead } from "./spelled.ts";

/** Each run is two connections on loopback, some milliseconds. */
const RUNS = 300;
const VALID = get("/url");

for (const header of ["x-forwarded-for", "forwarded"] as const) {
  describe(`a server that trusts ${header}, sent anything`, () => {
    let plane: FuzzPlane;
    before(async () => {
      plane = await startFuzzPlane(header);
    });
    after(() => plane.remove());

    it("answers below 500, stays in step, and serves the next client", { timeout: fuzzTimeoutMs(RUNS) }, async () => {
      await fc.assert(
        fc.asyncProperty(anyHead, async (head) => {
          const steps = [head, { do: "await", responses: 1 }, VALID, { do: "await", responses: 2 }] as const;
          const played = await play(plane.port, { id: "", title: "", source: "", steps, expect: [] }, promptly);
          const [first, second] = played.statuses;
          assert.ok(first !== undefined || played.closed, "the request is answered, or its connection is closed");
          assert.ok(first === undefined || first < 500 || first === 501, `answered ${first}`);
          assert.equal(played.garbled, false);
          if (second !== undefined) assert.deepEqual([second, played.bodies[1]], [200, '{"path":"/url","count":0}']);
          else assert.ok(played.closed, "the connection serves another request, or is closed");
          const next = await play(plane.port, { id: "", title: "", source: "", steps: [VALID], expect: [] }, promptly);
          assert.deepEqual(next.statuses, [200]);
        }),
        fuzzOptions(RUNS),
      );
    });
  });
}
