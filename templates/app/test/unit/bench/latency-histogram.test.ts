import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import {
  BUCKETS,
  bucketEndUs,
  bucketOf,
  countOf,
  latencyPoints,
  mergeInto,
  newHistogram,
  quantileUs,
  recordUs,
} from "../../../bench/load/latency-histogram.ts";
import { latencyPointsOf, latencyUs } from "../../../bench/load/latency-of.ts";

const rows: readonly (readonly [us: number, bucket: number, endUs: number])[] = [
  [0, 0, 1 / 16],
  [1, 16, 17 / 16],
  // The last of the linear part, and the first two of the next power of two: 1/8 us each.
  [127.95, 2047, 128],
  [128, 2048, 128.125],
  [128.1, 2048, 128.125],
  [128.13, 2049, 128.25],
  [256, 3072, 256.25],
  [60_000_000, 21_287, 60_030_976],
  // 2^26 us and above, and what is no latency at all.
  [70_000_000, 21_503, 67_108_864],
  [Number.POSITIVE_INFINITY, 21_503, 67_108_864],
  [Number.NaN, 21_503, 67_108_864],
  [-3, 0, 1 / 16],
];

for (const [us, bucket, endUs] of rows) {
  test(`bucketOf() puts ${us} us into bucket ${bucket}, which ends at ${endUs} us`, () => {
    assert.deepEqual([bucketOf(us), bucketEndUs(bucket)], [bucket, endUs]);
  });
}

test("there are as many buckets as 67 s at three digits need", () => {
  assert.equal(BUCKETS, 21_504);
});

const anyUs = fc.double({ min: 0, max: 67_000_000, noNaN: true });
const oneOf1024 = 1 / 1024;

test("bucketEndUs() is above every latency of its bucket, by 1/1024 or 1/16 us at most", () => {
  fc.assert(
    fc.property(anyUs, (us) => {
      const end = bucketEndUs(bucketOf(us));
      return end > us && end - us <= Math.max(1 / 16, us * oneOf1024) + 1e-6;
    }),
  );
});

test("quantileUs() is that of exact sorting, to the histogram's precision", () => {
  fc.assert(
    fc.property(
      fc.array(anyUs, { minLength: 1, maxLength: 200 }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      (all, share) => {
        const histogram = newHistogram();
        for (const us of all) recordUs(histogram, us);
        const sorted = [...all].sort((a, b) => a - b);
        const exact = sorted[Math.max(0, Math.ceil(all.length * share) - 1)] ?? Number.NaN;
        const told = quantileUs(histogram, share) ?? Number.NaN;
        return told > exact && told - exact <= Math.max(1 / 16, exact * oneOf1024) + 1e-6;
      },
    ),
    { numRuns: 50 },
  );
});

test("mergeInto() gives the histogram of both", () => {
  const both = newHistogram();
  const other = newHistogram();
  for (const us of [10, 20, 20]) recordUs(both, us);
  for (const us of [20, 3000]) recordUs(other, us);
  mergeInto(both, other);
  assert.deepEqual([countOf(both), both[bucketOf(20)], both[bucketOf(3000)]], [5, 3, 1]);
});

test("quantileUs() knows none of an empty histogram", () => {
  assert.equal(quantileUs(newHistogram(), 0.5), undefined);
  assert.deepEqual(latencyPoints(newHistogram()), []);
});

test("latencyPoints() has a point for each share that so many latencies can tell apart", () => {
  const histogram = newHistogram();
  // 1..1000 us, each once: the share s ends at 1000 s us, and its bucket a little above.
  for (let us = 1; us <= 1000; us += 1) recordUs(histogram, us);
  assert.deepEqual(latencyPoints(histogram), [
    { share: 0, us: 1.0625 },
    { share: 0.25, us: 250.125 },
    { share: 0.5, us: 500.25 },
    { share: 0.75, us: 750.5 },
    { share: 0.9, us: 900.5 },
    { share: 0.95, us: 950.5 },
    { share: 0.99, us: 990.5 },
    { share: 0.999, us: 999.5 },
    { share: 1, us: 1000.5 },
  ]);
});

test("latencyUs() reads what was counted, or what a tool told", () => {
  const latency = newHistogram();
  recordUs(latency, 100);
  assert.equal(latencyUs({ latency }, 0.99), 100.0625);
  const told = { latency: new Float64Array(0), quantiles: [{ share: 0.5, us: 7 }] };
  assert.deepEqual([latencyUs(told, 0.5), latencyUs(told, 0.99)], [7, undefined]);
  assert.deepEqual(latencyPointsOf(told), [{ share: 0.5, us: 7 }]);
  assert.equal(latencyUs({ latency: new Float64Array(0) }, 0.5), undefined);
});
