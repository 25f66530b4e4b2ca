import assert from "node:assert/strict";
import { test } from "node:test";
import {
  bucketCount,
  bucketEndUs,
  bucketOf,
  cumulativePowers,
  quantileUs,
  record,
} from "../../../src/zones/histogram.ts";
import { randomNumbers } from "../random.ts";

const MAX_US = 2 ** 27;

for (const steps of [4, 8, 16, 32]) {
  test(`histogram with ${steps} steps puts each value below its bucket's end and not below its start`, () => {
    const random = randomNumbers(steps);
    const edges = Array.from({ length: 28 }, (_, power) => 2 ** power).flatMap((edge) => [edge - 1, edge, edge + 1]);
    const values = [...Array(5000).keys(), ...edges, ...Array.from({ length: 5000 }, () => random(MAX_US))];
    for (const value of values.filter((candidate) => candidate < MAX_US)) {
      const bucket = bucketOf(value, steps);
      const start = bucket === 0 ? 0 : bucketEndUs(bucket - 1, steps);
      const end = bucketEndUs(bucket, steps);
      assert.ok(start <= value && value < end, `${value} in [${start}, ${end})`);
      assert.ok(end - start <= Math.max(1, start / steps), `[${start}, ${end}) is too wide`);
    }
  });

  test(`histogram with ${steps} steps has exactly the buckets that values reach`, () => {
    assert.equal(bucketOf(MAX_US - 1, steps), bucketCount(steps) - 2);
    assert.equal(bucketEndUs(bucketCount(steps) - 2, steps), MAX_US);
    assert.equal(bucketOf(MAX_US, steps), bucketCount(steps) - 1);
    assert.equal(bucketEndUs(bucketCount(steps) - 1, steps), Number.POSITIVE_INFINITY);
  });
}

const odd: readonly (readonly [value: number, bucket: number])[] = [
  [0, 0],
  [-1, 0],
  [0.9, 0],
  [1.5, 1],
  [MAX_US - 1, 199],
  [MAX_US, 200],
  [2 ** 40, 200],
  [Number.POSITIVE_INFINITY, 200],
  [Number.NaN, 200],
];
for (const [value, bucket] of odd) {
  test(`bucketOf(${value}) is ${bucket} with 8 steps`, () => assert.equal(bucketOf(value, 8), bucket));
}

test("quantileUs() is the end of the bucket that reaches the share", () => {
  const row = new Float64Array(bucketCount(8));
  assert.equal(quantileUs(row, 0.99, 8), 0);
  for (let us = 1; us <= 1000; us += 1) record(row, us, 8);
  // The 500th value is 500, in [480, 512); the 990th is 990, in [960, 1024).
  assert.deepEqual([quantileUs(row, 0.5, 8), quantileUs(row, 0.99, 8), quantileUs(row, 1, 8)], [512, 1024, 1024]);
  assert.equal(quantileUs(row, 0.001, 8), 2);
  record(row, Number.POSITIVE_INFINITY, 8);
  assert.equal(quantileUs(row, 1, 8), MAX_US);
});

test("cumulativePowers() counts what is below each power of two", () => {
  const row = new Float64Array(bucketCount(8));
  for (const us of [0, 1, 2, 3, 100, 1000, 2 ** 30]) record(row, us, 8);
  const counts = new Map(cumulativePowers(row, 8).map(({ us, count }) => [us, count]));
  assert.equal(counts.size, 28);
  assert.deepEqual(
    [1, 2, 4, 64, 128, 1024, 2 ** 26, 2 ** 27].map((us) => counts.get(us)),
    [1, 2, 4, 4, 5, 6, 6, 6],
  );
});
