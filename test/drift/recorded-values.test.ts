import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { recordedValues } from "../../src/drift/recorded-values.ts";
import { AppError } from "../../src/lib/errors.ts";
import { planOf, recordedOf } from "./drift-case.ts";

const read = (toml: string) => recordedValues(toml, "fastserve.tuned.toml");

describe("recordedValues()", () => {
  it("gives exactly the values of the plan that the file was printed from", () => {
    const plan = planOf({ answers: { runtime: "deno", features: ["rate-limit", "cors"] } });
    const planned = Object.values(plan.decisions)
      .filter(({ value }) => value !== undefined)
      .map(({ key, value }) => [key, value]);
    assert.deepEqual([...recordedOf(plan)].sort(), planned.sort());
  });

  it("keeps settings of another version, and knows nothing of what is not set", () => {
    const values = read("[limits]\nold_bytes_max = 12\n");
    assert.equal(values.get("limits.old_bytes_max"), 12);
    assert.equal(values.get("limits.body_bytes_max"), undefined);
  });

  it("refuses what is no TOML and what no setting can hold, with the line", () => {
    for (const [text, where] of [
      ["[limits\n", "this is not TOML: "],
      ["[limits]\nx = [1, 2]\n", "fastserve.tuned.toml:2: limits.x holds what no setting can."],
      ["[[limits]]\nx = 1\n", "fastserve.tuned.toml:1: [[limits]] is a list of tables"],
      ["[limits]\nx = nan\n", "fastserve.tuned.toml:2: limits.x holds what no setting can."],
    ] as const) {
      assert.throws(
        () => read(text),
        (error) => error instanceof AppError && error.code === "PROJECT_STATE_INVALID" && error.message.includes(where),
        text,
      );
    }
  });
});
