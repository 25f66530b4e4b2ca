import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { mergeToml } from "../../../src/merge/toml/merge-toml.ts";
import { anyVersions } from "../any-data.ts";
import { printToml } from "./any-toml.ts";

const RUNS = Number(process.env.FASTSERVE_SEEDS ?? 200);

const cases = anyVersions.map(({ base, local, next, style }) => ({
  base: printToml(base, style),
  local: printToml(local, [...style].reverse()),
  next: printToml(next, style),
}));

// A merged text is compared with what the key merge decided before it is given: a clash is a text that came out wrong.
test("mergeToml() combines any two changes of any TOML, however tables and lists are written", () => {
  fc.assert(
    fc.property(cases, ({ base, local, next }) => {
      const { clashes, text } = mergeToml("a.toml", { base, local, next });
      assert.deepEqual(clashes, []);
      assert.equal(mergeToml("a.toml", { base: next, local: text, next }).text, text);
    }),
    { numRuns: RUNS },
  );
});

test("mergeToml() combines any two TOML files without a base", () => {
  fc.assert(
    fc.property(cases, ({ local, next }) => {
      assert.deepEqual(mergeToml("a.toml", { base: undefined, local, next }).clashes, []);
    }),
    { numRuns: RUNS },
  );
});
