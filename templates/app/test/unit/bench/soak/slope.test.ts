import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { normalQuantile } from "../../../../bench/soak/normal-quantile.ts";
import { SeededRandom } from "../../../../bench/soak/seeded-random.ts";
import {
  autocorrelation,
  averageRanks,
  kendallVariance,
  type Point,
  theilSen,
  varianceInflation,
} from "../../../../bench/soak/slope.ts";

const rising = [5.2, 4.8, 6.1, 5.5, 7, 6.2, 6.9, 7.7, 6.6, 8.1, 7.4, 8.9];
const pointsOf = (values: readonly number[]) => values.map((y, x): Point => [x, y]);

test("normalQuantile() agrees with the tables of the normal distribution", () => {
  // Values of scipy.stats.norm.ppf.
  const rows = [
    [0.5, 0],
    [0.975, 1.959963984540054],
    [0.9975, 2.807033768343811],
    [0.1, -1.2815515655446004],
    [0.02425, -1.972961051311885],
    [0.001, -3.090232306167813],
  ] as const;
  for (const [share, quantile] of rows) assert.ok(Math.abs(normalQuantile(share) - quantile) < 1e-8, `${share}`);
  for (const share of [0, 1, Number.NaN]) assert.throws(() => normalQuantile(share), RangeError);
});

test("theilSen() agrees with scipy.stats.theilslopes where the points have no memory", () => {
  const found = theilSen(pointsOf(rising), 0.025);
  assert.ok(found);
  assert.ok(Math.abs(found.slope - 0.31555555555555564) < 1e-12);
  assert.equal(found.inflation, 1);
  // Its ends are the neighbours of these ranks at most: scipy rounds where this rounds outwards.
  assert.ok(found.low <= 0.2 && found.low > 0.15, `${found.low}`);
  assert.ok(found.high >= 0.425 && found.high < 0.5, `${found.high}`);
});

test("theilSen() finds the line through points on a line, whatever a quarter of them is", () => {
  const bent = Array.from({ length: 16 }, (_, x): Point => [x, x % 4 === 1 ? 1e9 * (x - 8) : 3 * x - 7]);
  assert.equal(theilSen(bent, 0.025)?.slope, 3);
  assert.deepEqual(theilSen(pointsOf(Array.from({ length: 10 }, () => 4)), 0.025), {
    slope: 0,
    low: 0,
    high: 0,
    inflation: 1,
  });
});

test("theilSen() tells nothing of too few points", () => {
  assert.equal(theilSen(pointsOf([1, 2, 3, 4, 5]), 0.025), undefined);
  assert.ok(theilSen(pointsOf([1, 2, 3, 4, 5, 6]), 0.025));
  // Even six in a row may be chance when one in a thousand is asked for.
  assert.equal(theilSen(pointsOf([1, 2, 3, 4, 5, 6]), 0.001), undefined);
});

test("theilSen() scales with its axes and turns with the sign", () => {
  const values = fc.array(fc.integer({ min: -1000, max: 1000 }), { minLength: 8, maxLength: 24 });
  fc.assert(
    fc.property(values, (y) => {
      const plain = theilSen(pointsOf(y), 0.025);
      const scaled = theilSen(
        y.map((value, x) => [x * 4, value * -8]),
        0.025,
      );
      if (!plain) return scaled === undefined;
      assert.ok(plain.low <= plain.slope && plain.slope <= plain.high);
      const turned = [plain.slope, plain.high, plain.low].map((value) => -2 * value);
      for (const [index, value] of [scaled?.slope, scaled?.low, scaled?.high].entries()) {
        assert.ok(Math.abs((value ?? Number.NaN) - (turned[index] as number)) < 1e-6, `${value}`);
      }
      return true;
    }),
    { seed: 1 },
  );
});

test("kendallVariance() agrees with Kendall's tables, with and without equal values", () => {
  assert.equal(kendallVariance([1, 2, 3, 4]), 52 / 6);
  assert.equal(kendallVariance([1, 2, 2, 3]), (4 * 3 * 13 - 2 * 9) / 18);
  assert.equal(kendallVariance([7, 7, 7, 7]), 0);
});

test("averageRanks() gives equal values the mean of their ranks", () => {
  assert.deepEqual(averageRanks([30, 10, 20, 10]), [3, 0.5, 2, 0.5]);
});

test("autocorrelation() is 1 at lag 0, negative for a saw and 0 for what does not vary", () => {
  assert.equal(autocorrelation([1, 5, 2, 8], 0), 1);
  assert.equal(autocorrelation([1, -1, 1, -1], 1), -0.75);
  assert.equal(autocorrelation([3, 3, 3], 1), 0);
});

test("varianceInflation() is 1 for a saw, and more the longer the points remember", () => {
  const saw = Array.from({ length: 20 }, (_, index) => index % 2);
  const wave = (period: number) => Array.from({ length: 20 }, (_, at) => Math.sin((2 * Math.PI * at) / period));
  assert.equal(varianceInflation(saw), 1);
  assert.ok(varianceInflation(wave(20)) > varianceInflation(wave(8)));
  assert.ok(varianceInflation(wave(20)) > 2);
});

/** The middle of `each` samples of a process that remembers `memory` of its last value, and grows by `growth` a block. */
function blocksOf(random: SeededRandom, blocks: number, memory: number, growth: number): readonly Point[] {
  const each = 15;
  let value = normal(random) / Math.sqrt(1 - memory ** 2);
  return Array.from({ length: blocks }, (_, x): Point => {
    const samples = Array.from({ length: each }, () => {
      value = memory * value + normal(random);
      return value;
    });
    return [x, (samples.sort((a, b) => a - b)[7] as number) + growth * x];
  });
}

/** Box and Muller's. */
function normal(random: SeededRandom): number {
  return Math.sqrt(-2 * Math.log(1 - random.share())) * Math.cos(2 * Math.PI * random.share());
}

function alarms(random: SeededRandom, blocks: number, memory: number, growth: number): number {
  let count = 0;
  for (let series = 0; series < 500; series += 1) {
    if ((theilSen(blocksOf(random, blocks, memory, growth), 0.025)?.low ?? 0) > 0) count += 1;
  }
  return count / 500;
}

for (const memory of [0, 0.5, 0.9]) {
  test(`theilSen() raises few false alarms on blocks of samples with a memory of ${memory}, and finds a leak`, () => {
    const random = new SeededRandom(7, memory * 10);
    for (const blocks of [8, 16, 30]) {
      // Nominal: 0.025. Twice that is far outside of the chance of 500 series at the nominal rate (5 standard errors: 0.06).
      const false_ = alarms(random, blocks, memory, 0);
      assert.ok(false_ <= 0.05, `${blocks} blocks: ${false_}`);
    }
    // By the end of the 16 blocks the leak is six times what a block varies by.
    const deviation = blockDeviation(memory);
    assert.ok(alarms(random, 16, memory, (6 * deviation) / 15) > 0.8);
  });
}

function blockDeviation(memory: number): number {
  const values = blocksOf(new SeededRandom(3), 2000, memory, 0).map(([, y]) => y);
  return Math.sqrt(values.reduce((sum, value) => sum + value ** 2, 0) / values.length);
}
