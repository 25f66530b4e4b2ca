import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { type EditRun, editRuns } from "../../src/merge/lines/edit-runs.ts";

test("editRuns() names the items that differ, with their places on both sides", () => {
  const rows: readonly (readonly [string, string, readonly (readonly number[])[]])[] = [
    ["", "", []],
    ["abc", "abc", []],
    ["", "ab", [[0, 0, 0, 2]]],
    ["ab", "", [[0, 2, 0, 0]]],
    ["abc", "axc", [[1, 1, 1, 1]]],
    [
      "abcd",
      "bcde",
      [
        [0, 1, 0, 0],
        [4, 0, 3, 1],
      ],
    ],
    [
      "abcabba",
      "cbabac",
      [
        [0, 2, 0, 0],
        [3, 0, 1, 1],
        [5, 1, 4, 0],
        [7, 0, 5, 1],
      ],
    ],
    ["aXb", "ab", [[1, 1, 1, 0]]],
  ];
  for (const [before, after, expected] of rows) {
    const runs = editRuns([...before], [...after]);
    assert.deepEqual(
      runs.map(({ from, count, nextFrom, nextCount }) => [from, count, nextFrom, nextCount]),
      expected,
      `${before} -> ${after}`,
    );
  }
});

test("editRuns() gives runs that turn any sequence into the other, and no more edits than deleting and inserting all", () => {
  const items = fc.array(fc.constantFrom("a", "b", "c", "d"), { maxLength: 40 });
  fc.assert(
    fc.property(items, items, (before, after) => {
      const runs = editRuns(before, after);
      assert.deepEqual(applied(before, after, runs), after);
      const edits = runs.reduce((sum, run) => sum + run.count + run.nextCount, 0);
      assert.equal(edits, before.length + after.length - 2 * commonLength(before, after));
    }),
  );
});

test("editRuns() takes the part in between as replaced when the sequences differ in more than 3000 places", () => {
  const before = ["first", ...Array.from({ length: 2000 }, (_, index) => `b${index}`), "last"];
  const after = ["first", ...Array.from({ length: 2000 }, (_, index) => `a${index}`), "last"];
  assert.deepEqual(editRuns(before, after), [{ from: 1, count: 2000, nextFrom: 1, nextCount: 2000 }]);
});

function applied(before: readonly string[], after: readonly string[], runs: readonly EditRun[]): readonly string[] {
  const result: string[] = [];
  let done = 0;
  for (const { from, count, nextFrom, nextCount } of runs) {
    result.push(...before.slice(done, from), ...after.slice(nextFrom, nextFrom + nextCount));
    done = from + count;
  }
  return [...result, ...before.slice(done)];
}

/** The length of the longest common subsequence, by the textbook's table. */
function commonLength(before: readonly string[], after: readonly string[]): number {
  let row = new Array<number>(after.length + 1).fill(0);
  for (const item of before) {
    const next = [0];
    for (const [index, other] of after.entries()) {
      next.push(item === other ? (row[index] ?? 0) + 1 : Math.max(row[index + 1] ?? 0, next[index] ?? 0));
    }
    row = next;
  }
  return row[after.length] ?? 0;
}
