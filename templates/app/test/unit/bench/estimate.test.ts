import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { bootstrapInterval, estimateOf, medianOutcomes } from "../../../bench/method/estimate.ts";
import { median } from "../../../bench/method/statistics.ts";

/** All ways to draw as many values as there are, one by one: what the formulas count. */
function drawnOutcomes(values: readonly number[]): ReadonlyMap<number, number> {
  const outcomes = new Map<number, number>();
  const draws = values.length ** values.length;
  for (let draw = 0; draw < draws; draw += 1) {
    const drawn = values.map((_, place) => values[Math.floor(draw / values.length ** place) % values.length] ?? 0);
    outcomes.set(median(drawn), (outcomes.get(median(drawn)) ?? 0) + 1 / draws);
  }
  return outcomes;
}

for (const values of [[7], [1, 2], [5, 1, 3], [1, 2, 4, 8], [3, 1, 4, 1, 5], [10, 20, 30, 40, 50, 60]]) {
  test(`medianOutcomes() of ${values.join(", ")} has the probabilities of all draws`, () => {
    const merged = new Map<number, number>();
    for (const { value, probability } of medianOutcomes(values)) {
      merged.set(value, (merged.get(value) ?? 0) + probability);
    }
    const drawn = drawnOutcomes(values);
    assert.deepEqual(
      [...merged.keys()],
      [...drawn.keys()].sort((a, b) => a - b),
    );
    for (const [value, probability] of drawn) {
      assert.ok(Math.abs((merged.get(value) ?? 0) - probability) < 1e-9, `${value}: ${merged.get(value)}`);
    }
  });
}

test("medianOutcomes() add up to 1, in rising order, for as many runs as there can be", () => {
  const runs = fc.array(fc.double({ min: 1, max: 1e6, noNaN: true }), { minLength: 1, maxLength: 100 });
  fc.assert(
    fc.property(runs, (values) => {
      const outcomes = medianOutcomes(values);
      const sum = outcomes.reduce((all, { probability }) => all + probability, 0);
      assert.ok(Math.abs(sum - 1) < 1e-6, `${sum}`);
      assert.ok(outcomes.every(({ probability }) => probability > -1e-9));
      assert.ok(outcomes.every(({ value }, place) => place === 0 || value >= (outcomes[place - 1]?.value ?? 0)));
    }),
    { numRuns: 50 },
  );
});

test("medianOutcomes() of nothing is refused", () => {
  assert.throws(() => medianOutcomes([]), RangeError);
});

const estimates: readonly (readonly [runs: readonly number[], median: number, low: number, high: number])[] = [
  // One run has no interval, and equal ones have no width.
  [[42], 42, 42, 42],
  [[5, 5, 5, 5, 5, 5], 5, 5, 5],
  // Three: the least is the median of 7 of 27 draws, far more than one in forty.
  [[30, 10, 20], 20, 10, 30],
  // Six: (10 + 20) / 2 is reached with 0.0087 + ... of all draws; a wild last run does not reach the upper end alone.
  [[10, 20, 30, 40, 50, 60], 35, 15, 55],
  [[10, 20, 30, 40, 50, 1000], 35, 15, 525],
  // Seven: the least is the median with probability 0.0102, the second with 0.0876 more.
  [[1, 2, 3, 4, 5, 6, 7], 4, 2, 6],
];

for (const [runs, middle, low, high] of estimates) {
  test(`estimateOf() ${runs.join(", ")} is ${middle}, ${low} to ${high}`, () => {
    assert.deepEqual(estimateOf(runs), { median: middle, low, high, runs });
  });
}

test("estimateOf() keeps the runs in their order, and its interval within them and around the median", () => {
  const values = fc.array(fc.double({ min: 0, max: 1e9, noNaN: true }), { minLength: 1, maxLength: 30 });
  fc.assert(
    fc.property(values, (runs) => {
      const { median: middle, low, high, runs: kept } = estimateOf(runs);
      assert.deepEqual(kept, runs);
      assert.ok(Math.min(...runs) <= low && low <= middle && middle <= high && high <= Math.max(...runs));
    }),
  );
});

/** Numbers below 1 that follow from the seed (mulberry32), so that a failure can be repeated. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let value = Math.imul(state ^ (state >>> 15), 1 | state);
    value = (value + Math.imul(value ^ (value >>> 7), 61 | value)) ^ value;
    return ((value ^ (value >>> 14)) >>> 0) / 2 ** 32;
  };
}

for (const [count, least] of [
  [6, 0.92],
  [15, 0.93],
] as const) {
  test(`bootstrapInterval() of ${count} skewed runs holds the true median in at least ${least * 100} % of cases`, () => {
    const random = seeded(count);
    const trials = 2000;
    let held = 0;
    for (let trial = 0; trial < trials; trial += 1) {
      // Exponential times: most are short, some are long; their median is ln 2.
      const runs = Array.from({ length: count }, () => -Math.log(1 - random()));
      const [low, high] = bootstrapInterval(runs, 0.95);
      if (low <= Math.LN2 && Math.LN2 <= high) held += 1;
    }
    assert.ok(held / trials >= least && held < trials, `${held} of ${trials}`);
  });
}
