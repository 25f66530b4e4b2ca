import assert from "node:assert/strict";
import process from "node:process";
import { test } from "node:test";
import { churnFresh, churnSlab } from "../../../bench/alloc/churn.ts";
import { makeTrace, mulberry32, sizeAt, type Trace } from "../../../bench/alloc/trace.ts";

test("mulberry32() yields the published sequence of its seed", () => {
  const random = mulberry32(1);
  assert.deepEqual(
    [random(), random(), random()].map((share) => Math.round(share * 2 ** 32)),
    [2_693_262_067, 11_749_833, 2_265_367_787],
  );
});

test("sizeAt() spreads sizes evenly over the doublings from 64 B to 256 KiB", () => {
  assert.deepEqual([0, 0.25, 0.5, 0.75, 1].map(sizeAt), [64, 512, 4096, 32_768, 262_144]);
});

test("makeTrace() is the same every time, and another one with another seed", () => {
  assert.deepEqual([...makeTrace(8).sizes], [6875, 180, 105_849, 34_428, 122_229, 502, 71_665, 58_336]);
  assert.deepEqual(makeTrace(1000), makeTrace(1000));
  assert.notDeepEqual(makeTrace(1000, 1), makeTrace(1000, 2));
});

test("makeTrace() gives 80 % of the buffers a short life, 15 % a medium one and 5 % a long one", () => {
  const steps = 40_000;
  const lives = lifetimesOf(makeTrace(steps));
  // Of those that begin early enough to end within the trace.
  const whole = lives.slice(0, steps - 16_384);
  const share = (min: number, max: number) => whole.filter((life) => life >= min && life < max).length / whole.length;
  assert.ok(Math.abs(share(1, 64) - 0.8) < 0.01, `${share(1, 64)}`);
  assert.ok(Math.abs(share(64, 2048) - 0.15) < 0.01, `${share(64, 2048)}`);
  assert.ok(Math.abs(share(2048, 16_384) - 0.05) < 0.01, `${share(2048, 16_384)}`);
});

/** Steps that each buffer lives; 0: beyond the trace. Fails when a buffer ends twice. */
function lifetimesOf({ steps, ends, next }: Trace): readonly number[] {
  const lives = new Array<number>(steps).fill(0);
  for (let step = 0; step < steps; step += 1) {
    for (let ended = ends[step] ?? 0; ended !== 0; ended = next[ended - 1] ?? 0) {
      assert.equal(lives[ended - 1], 0, `buffer ${ended - 1} ends twice`);
      lives[ended - 1] = step - ended + 1;
    }
  }
  return lives;
}

/** Four buffers of these sizes; the first ends at step 2, the second at step 3. */
const small: Trace = {
  steps: 4,
  sizes: Uint32Array.from([100, 5000, 300, 120]),
  ends: Uint32Array.from([0, 0, 1, 2]),
  next: new Uint32Array(4),
};

test("churnSlab() tells the pages that classes own, over what was asked for", () => {
  // Pages of 512 KiB. At step 2 there are 5,000 and 300 bytes in chunks of 8,192 and 512, at step 3 300 and 120 in 512 and 128.
  assert.deepEqual(churnSlab(small, 8 * 1024 ** 2), {
    ratios: [(2 * 524_288) / 5300, (2 * 524_288) / 420],
    roundingRatios: [8704 / 5300, 640 / 420],
    refused: 0,
    liveBytesHigh: 5300,
  });
});

test("churnSlab() counts what finds no memory", () => {
  // Two pages, and the third size class finds none left.
  assert.equal(churnSlab({ ...small, ends: new Uint32Array(4) }, 2 * 524_288).refused, 1);
});

test("churnFresh() frees each buffer at its end, and counts the resident size beside the live bytes", () => {
  // A walk over buffers of 64 bytes comes first; then the resident size is 1,000 bytes and grows by 10,600 at once.
  const readings = [1000, 11_600, 11_600];
  const churn = churnFresh(small, "released", () => readings.shift() ?? 0);
  assert.deepEqual(churn, { ratios: [10_600 / 5300, 10_600 / 420], liveBytesHigh: 5300, baseBytes: 1000 });
});

test("churnFresh() gives the memory back without a collection", { skip: process.platform !== "linux" }, () => {
  const trace = makeTrace(2000);
  const total = trace.sizes.reduce((sum, bytes) => sum + bytes, 0);
  // Tests beside this one share the process: what they take for a moment is not in the least growth of several walks.
  let grownBytes = Number.POSITIVE_INFINITY;
  for (let walk = 0; walk < 5; walk += 1) {
    const before = process.memoryUsage().rss;
    const { liveBytesHigh } = churnFresh(trace, "released", () => process.memoryUsage().rss);
    // All buffers together are several times what lives at once; a walk that freed nothing would keep them all.
    assert.ok(liveBytesHigh < total / 3, `${liveBytesHigh} of ${total}`);
    grownBytes = Math.min(grownBytes, process.memoryUsage().rss - before);
  }
  assert.ok(grownBytes < total / 2, `${grownBytes} of ${total}`);
});
