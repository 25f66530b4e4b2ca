import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { mergeYaml } from "../../../src/merge/yaml/merge-yaml.ts";
import { anyVersions } from "../any-data.ts";
import { printYaml } from "./any-yaml.ts";

const RUNS = Number(process.env.FASTSERVE_SEEDS ?? 200);

const cases = anyVersions.map(({ base, local, next, style }) => ({
  base: printYaml(base, style),
  local: printYaml(local, [...style].reverse()),
  next: printYaml(next, style),
}));

// A merged text is compared with what the key merge decided before it is given: a clash is a text that came out wrong.
test("mergeYaml() combines any two changes of any YAML, however maps and lists are written", () => {
  fc.assert(
    fc.property(cases, ({ base, local, next }) => {
      const { clashes, text } = mergeYaml("a.yaml", { base, local, next });
      assert.deepEqual(clashes, []);
      assert.equal(mergeYaml("a.yaml", { base: next, local: text, next }).text, text);
    }),
    { numRuns: RUNS },
  );
});

test("mergeYaml() combines any two YAML files without a base", () => {
  fc.assert(
    fc.property(cases, ({ local, next }) => {
      assert.deepEqual(mergeYaml("a.yaml", { base: undefined, local, next }).clashes, []);
    }),
    { numRuns: RUNS },
  );
});
