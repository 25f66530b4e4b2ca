import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { turnsOf } from "../../../bench/method/order-of-turns.ts";

const orders: readonly (readonly [items: string, rounds: readonly string[]])[] = [
  ["", ["", "", ""]],
  ["A", ["A", "A", "A"]],
  ["AB", ["AB", "BA", "BA", "AB", "AB", "BA"]],
  ["ABC", ["ABC", "CBA", "BCA", "ACB", "CAB", "BAC"]],
];

for (const [items, rounds] of orders) {
  test(`turnsOf() "${items}" goes ${rounds.join(", ")}`, () => {
    assert.deepEqual(
      rounds.map((_, round) => turnsOf([...items], round).join("")),
      rounds,
    );
  });
}

test("turnsOf() gives everybody one turn a round, and twice as many rounds as items give each the first one equally often", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 12 }), (count) => {
      const items = Array.from({ length: count }, (_, index) => index);
      const firsts = items.map(() => 0);
      for (let round = 0; round < 2 * count; round += 1) {
        const turns = turnsOf(items, round);
        assert.deepEqual(
          [...turns].sort((a, b) => a - b),
          items,
        );
        const first = turns[0] ?? 0;
        firsts[first] = (firsts[first] ?? 0) + 1;
      }
      assert.deepEqual(
        firsts,
        items.map(() => 2),
      );
    }),
  );
});
