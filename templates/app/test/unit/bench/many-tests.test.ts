import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { believed, chanceOf, leastChance, runsToShow } from "../../../bench/method/many-tests.ts";

/** Of all ways to deal so many values out, two have them wholly apart. */
const apart: readonly (readonly [runs: number, ways: number])[] = [
  [1, 2],
  [3, 20],
  [4, 70],
  [6, 924],
  [8, 12_870],
];

for (const [runs, ways] of apart) {
  test(`chanceOf() ${runs} runs wholly apart from ${runs} others is 2 in ${ways}`, () => {
    const low = Array.from({ length: runs }, (_, place) => 100 + place);
    const high = low.map((value) => value + 1000);
    assert.ok(Math.abs(chanceOf(low, high) - 2 / ways) < 1e-12);
    assert.ok(Math.abs(chanceOf(high, low) - 2 / ways) < 1e-12);
  });
}

test("leastChance() is that of runs wholly apart, also of unequal numbers and beyond what is counted", () => {
  assert.deepEqual([leastChance(6, 6), leastChance(4, 6), leastChance(6, 4)], [2 / 924, 2 / 210, 2 / 210]);
  assert.equal(leastChance(100, 100), leastChance(20, 20));
  assert.ok(Math.abs(leastChance(4, 6) - chanceOf([1, 2, 3, 4], [5, 6, 7, 8, 9, 10])) < 1e-12);
});

test("runsToShow() is the fewest that come within the bound, and none where no number does", () => {
  // 2 in 924 for 6 against 6, 2 in 1716 for 6 against 7; 4 against 20 come to 2 in 10,626.
  assert.deepEqual([runsToShow(6, 0.05 / 23), runsToShow(6, 0.05 / 24)], [6, 7]);
  assert.equal(runsToShow(4, 0.0001), undefined);
});

test("chanceOf() counts what lies as far apart: 1, 2, 5 against 3, 4, 6", () => {
  // Ranks 1 + 2 + 5 = 8 of 10.5 on average; of 20 ways to draw three of six, 4 add up to 8 or less and 4 to 13 or more.
  assert.equal(chanceOf([1, 2, 5], [3, 4, 6]), 0.4);
});

test("chanceOf() equal runs, or none, shows nothing", () => {
  assert.equal(chanceOf([5, 5, 5, 5], [5, 5, 5, 5]), 1);
  assert.equal(chanceOf([], [1, 2]), 1);
});

test("chanceOf() of equal values takes the mean of their places", () => {
  // Ranks 1.5 1.5 3.5 | 3.5 5 6: of 20 ways, 2 have a sum of 6.5 and 2 of 14.5.
  assert.equal(chanceOf([1, 1, 2], [2, 3, 4]), 0.2);
});

test("chanceOf() is the same both ways and on every scale, and between 0 and 1", () => {
  const runs = fc.array(fc.integer({ min: 1, max: 30 }), { minLength: 1, maxLength: 8 });
  fc.assert(
    fc.property(runs, runs, (before, now) => {
      const chance = chanceOf(before, now);
      assert.ok(chance > 0 && chance <= 1 + 1e-12);
      assert.ok(Math.abs(chance - chanceOf(now, before)) < 1e-9);
      const scaled = (values: readonly number[]) => values.map((value) => value * 1000 - 7);
      assert.ok(Math.abs(chance - chanceOf(scaled(before), scaled(now))) < 1e-9);
    }),
    { numRuns: 60 },
  );
});

test("chanceOf() of a hundred runs is still counted", () => {
  const runs = Array.from({ length: 100 }, (_, place) => place);
  assert.ok(
    chanceOf(
      runs,
      runs.map((run) => run + 1000),
    ) < 1e-9,
  );
});

const choices: readonly (readonly [chances: readonly number[], believed: readonly boolean[]])[] = [
  [[], []],
  [[0.05], [true]],
  [[0.051], [false]],
  // Alone among ten, a chance of one in a hundred is none to believe; two such are not either; five are.
  [[0.01, ...Array(9).fill(0.5)], Array(10).fill(false)],
  [
    [0.004, ...Array(9).fill(0.5)],
    [true, ...Array(9).fill(false)],
  ],
  [
    [0.5, 0.02, 0.5, 0.02, 0.5, 0.02, 0.5, 0.02, 0.5, 0.02],
    [false, true, false, true, false, true, false, true, false, true],
  ],
  // The worse ones are carried by the better ones: 0.03 is at most 0.05 x 3 / 5.
  [
    [0.001, 0.03, 0.9, 0.01, 0.9],
    [true, true, false, true, false],
  ],
];

for (const [chances, expected] of choices) {
  test(`believed() of ${chances.join(" ")} are ${expected.filter(Boolean).length}`, () => {
    assert.deepEqual(believed(chances, 0.05), expected);
  });
}
