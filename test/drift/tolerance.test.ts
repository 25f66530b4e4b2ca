import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { withinTolerance } from "../../src/drift/tolerance.ts";
import type { SettingContent, Unit } from "../../src/plan/decision.ts";
import type { SettingKey } from "../../templates/app/src/config/schema.ts";

type Row = readonly [SettingContent | undefined, SettingContent | undefined, boolean, Unit?, SettingKey?];

const rows: readonly Row[] = [
  [100, 105, true],
  [100, 106, false],
  [100, 95, true],
  [100, 94, false],
  // The bound is a part of what is recorded, not of what is new.
  [1000, 1051, false],
  [1, 2, false],
  [0, 0, true],
  [0, 1, false],
  [3000, 3001, false, "port"],
  [64, 65, false, "count", "workers.count"],
  [20, 21, false, "count", "tasks.threads"],
  [true, false, false],
  ["strict", "strict", true],
  ["strict", "redirect", false],
  [["a", "b"], ["a", "b"], true],
  [["a", "b"], ["b", "a"], false],
  [undefined, undefined, true],
  [undefined, 1, false],
  [1, undefined, false],
  [25_000_000, 16_777_216, true, "bytes", "engine.semi_space_bytes_max"],
  [16_777_216, 16_777_215, false, "bytes", "engine.semi_space_bytes_max"],
];

describe("withinTolerance()", () => {
  for (const [before, after, expected, unit = "count", key = "limits.in_flight_max"] of rows) {
    it(`${JSON.stringify(before)} and ${JSON.stringify(after)} (${unit}) ${expected ? "are" : "are not"} the same`, () => {
      assert.equal(withinTolerance({ key, value: before }, { value: after, unit }), expected);
    });
  }
});
