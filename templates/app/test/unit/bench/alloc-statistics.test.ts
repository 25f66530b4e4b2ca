import assert from "node:assert/strict";
import { test } from "node:test";
import { compare, figureOf, median, medianRank, quantile, verdictOf } from "../../../bench/method/statistics.ts";

const medians: readonly (readonly [values: readonly number[], median: number])[] = [
  [[7], 7],
  [[3, 1, 2], 2],
  [[4, 1, 3, 2], 2.5],
  [[10, 10, 1000], 10],
];

for (const [values, expected] of medians) {
  test(`median() of ${values.join(", ")} is ${expected}`, () => {
    assert.equal(median(values), expected);
  });
}

test("quantile() lies on the line between two values", () => {
  assert.equal(quantile([10, 20, 30, 40, 50], 0), 10);
  assert.equal(quantile([10, 20, 30, 40, 50], 0.25), 20);
  assert.equal(quantile([10, 20, 30, 40], 0.75), 32.5);
  assert.equal(quantile([10, 20, 30, 40, 50], 1), 50);
  assert.throws(() => quantile([], 0.5), RangeError);
});

test("figureOf() gives half of the range of the middle half as the spread", () => {
  assert.deepEqual(figureOf([10, 50, 20, 40, 30]), { median: 30, spread: 10, rounds: 5 });
  assert.deepEqual(figureOf([8]), { median: 8, spread: 0, rounds: 1 });
});

test("compare() takes ratios within pairs, not of medians", () => {
  // The machine was twice as slow in the second pair: the ratio stays.
  const pairs = [
    [8, 10],
    [16, 20],
    [9, 10],
  ] as const;
  assert.deepEqual(compare(pairs), { ratio: 0.8, low: 0.8, high: 0.9, confidence: 0.75 });
});

const ranks: readonly (readonly [pairs: number, rank: number, confidence: number])[] = [
  [1, 0, 0],
  [5, 0, 0.9375],
  [6, 0, 0.96875],
  [8, 0, 0.9921875],
  [9, 1, 0.9609375],
  [12, 2, 0.96142578125],
];

for (const [pairs, rank, confidence] of ranks) {
  test(`medianRank() of ${pairs} leaves out ${rank} at each end`, () => {
    assert.deepEqual(medianRank(pairs), { rank, confidence });
  });
}

test("compare() of nine pairs is not widened by one that went astray", () => {
  const pairs = [5, 7, 7, 8, 8, 8, 9, 9, 30].map((on) => [on, 10] as const);
  assert.deepEqual(compare(pairs), { ratio: 0.8, low: 0.7, high: 0.9, confidence: 0.9609375 });
});

const verdicts: readonly (readonly [low: number, high: number, pairs: number, verdict: string])[] = [
  [0.8, 0.99, 6, "wins"],
  [0.8, 1, 6, "no difference shown"],
  [0.8, 1.2, 6, "no difference shown"],
  [1.01, 1.2, 6, "loses"],
  [1, 1.2, 6, "no difference shown"],
  [0.5, 0.6, 5, "no difference shown"],
];

for (const [low, high, pairs, verdict] of verdicts) {
  test(`verdictOf() of ${low} to ${high} in ${pairs} pairs is "${verdict}"`, () => {
    assert.equal(verdictOf({ ratio: (low + high) / 2, low, high, confidence: 0 }, pairs), verdict);
  });
}
