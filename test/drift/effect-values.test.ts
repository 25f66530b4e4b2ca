import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { effectValues } from "../../src/drift/effect-values.ts";
import type { SettingContent, Unit } from "../../src/plan/decision.ts";
import { planOf } from "./drift-case.ts";

type Row = readonly [SettingContent | undefined, SettingContent | undefined, Unit, string, string];

const rows: readonly Row[] = [
  [4_294_967_296, 2_147_483_648, "bytes", "4 GiB", "2 GiB"],
  [2_046_820_352, 2_046_820_000, "bytes", "2046820352", "2046820000"],
  [2_046_820_352, 2_046_820_352, "bytes", "1.9 GiB", "1.9 GiB"],
  [undefined, 100, "count", "none", "100"],
  // A setting that is not there, and one whose value is this word.
  [undefined, "none", "none", "not set", "none"],
  [["a, b"], ["a", "b"], "none", '["a, b"]', '["a","b"]'],
];

describe("effectValues()", () => {
  const decision = planOf({}).decisions["memory.limit_bytes"];
  for (const [was, is, unit, before, after] of rows) {
    it(`shows ${JSON.stringify(was)} and ${JSON.stringify(is)} as ${before} and ${after}`, () => {
      const values = effectValues({
        before: { ...decision, value: was, unit },
        after: { ...decision, value: is, unit },
      });
      assert.deepEqual(values, { before, after });
    });
  }
});
