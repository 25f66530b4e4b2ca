import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { decide } from "../../src/plan/decide.ts";
import { reason } from "../../src/plan/reasons.ts";
import type { Bounds } from "../../src/plan/rule.ts";
import { derived } from "../../src/plan/sources.ts";
import { answersWith, factsWith } from "./targets.ts";

const inputs = { adapter: "bun", answers: answersWith(), facts: factsWith({ cpus: 4 }), decided: new Map() } as const;
const by = reason("bound_positive", {});

/** A rule that gives `value`, within `bounds`. */
function ruleOf(value: number, bounds?: Bounds) {
  return {
    unit: "count",
    reads: [],
    source: derived("test"),
    decide: () => ({ value, reason: reason("restarts", {}) }),
    ...(bounds ? { bounds: () => bounds } : {}),
  };
}

describe("decide()", () => {
  it("refuses to read an input that the rule does not declare", () => {
    const rule = {
      ...ruleOf(1),
      decide: (read: (key: string) => number) => ({ value: read("facts.cpus"), reason: by }),
    };
    assert.throws(() => decide("workers.count", rule, inputs), /workers\.count reads facts\.cpus without declaring it/);
    assert.equal(decide("workers.count", { ...rule, reads: ["facts.cpus"] }, inputs).value, 4);
  });

  it("refuses to read a setting that is not decided yet", () => {
    const rule = {
      ...ruleOf(1),
      reads: ["limits.nofile_min"],
      decide: (read: (key: string) => number) => ({ value: read("limits.nofile_min"), reason: by }),
    };
    assert.throws(() => decide("workers.count", rule, inputs), /limits\.nofile_min is read before it is decided/);
  });

  for (const value of [1.5, Number.NaN, Number.POSITIVE_INFINITY]) {
    it(`refuses ${value}, which is not a whole number`, () => {
      assert.throws(() => decide("workers.count", ruleOf(value), inputs), /not a whole number/);
    });
  }

  const clamps: readonly (readonly [string, number, Bounds, number, unknown])[] = [
    ["leaves a value between its bounds", 5, { min: { value: 1, by }, max: { value: 9, by } }, 5, undefined],
    ["leaves a value on its bound", 9, { max: { value: 9, by } }, 9, undefined],
    ["lowers to the maximum and notes it", 12, { max: { value: 9, by } }, 9, { from: 12, bound: "max", by }],
    ["raises to the minimum and notes it", 0, { min: { value: 1, by } }, 1, { from: 0, bound: "min", by }],
    [
      "prefers the minimum when bounds cross",
      4,
      { min: { value: 3, by }, max: { value: 2, by } },
      3,
      { from: 4, bound: "min", by },
    ],
  ];
  for (const [name, value, bounds, expected, clampedBy] of clamps) {
    it(name, () => {
      const decision = decide("workers.count", ruleOf(value, bounds), inputs);
      assert.deepEqual([decision.value, decision.clampedBy], [expected, clampedBy]);
    });
  }
});
