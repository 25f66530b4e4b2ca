import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { causeText } from "../../src/drift/cause-text.ts";
import type { Effect } from "../../src/drift/effect.ts";
import { effectsOf } from "../../src/drift/effects-of.ts";
import { mainCauses } from "../../src/drift/main-causes.ts";
import { noUserSettings } from "../../src/drift/user-settings.ts";
import { GiB } from "../../src/lib/units.ts";
import { rules } from "../../src/plan/rules/table.ts";
import { planOf, recordedOf } from "./drift-case.ts";

const rows: readonly (readonly [string, string, string, string])[] = [
  ["facts.memoryBytes", "4294967296", "2147483648", "memory 4 GiB -> 2 GiB"],
  ["facts.memoryBytes", "4160749568", "4160000000", "memory 4160749568 -> 4160000000"],
  ["facts.cpus", "4", "0.5", "CPUs 4 -> 0.5"],
  ["facts.nofileHard", "4096", "1024", "hard limit on open files 4096 -> 1024"],
  ["answers.objective", "balanced", "memory", "objective balanced -> memory"],
  ["answers.connections", "", "20000", "connections asked for not given -> 20000"],
  ["answers.deploy", "docker", "docker,systemd", "deploy +systemd"],
  ["answers.deploy", "docker,systemd", "docker,compose", "deploy +compose -systemd"],
  ["features.rate-limit", "false", "true", "feature rate-limit added"],
  ["features.cors", "true", "false", "feature cors removed"],
  ["adapter", "bun", "deno-http", "adapter bun -> deno-http"],
  ["generator", "0.1.0", "0.2.0", "version 0.1.0 -> 0.2.0"],
  ["pin", "pinned", "", "no pin keeps it"],
];

describe("causeText()", () => {
  for (const [input, before, after, expected] of rows) {
    it(`says "${expected}"`, () => assert.equal(causeText({ input, before, after }), expected));
  }

  it("has words for every input of every rule", () => {
    for (const input of new Set(Object.values(rules).flatMap(({ reads }) => reads as readonly string[]))) {
      const text = causeText({ input, before: "1", after: "2" });
      assert.doesNotMatch(text, /undefined|^ |facts\.|answers\.|features\./, input);
    }
  });
});

describe("mainCauses()", () => {
  it("counts the settings that each cause moved, most first", () => {
    const [was, is] = [planOf({}), planOf({ facts: { memoryBytes: GiB(2) }, answers: { port: 4000 } })];
    const { effects } = effectsOf(recordedOf(was), was, is, noUserSettings);
    const causes = mainCauses(effects).map(({ cause, settings }) => [cause.input, settings]);
    assert.equal(causes[0]?.[0], "facts.memoryBytes");
    assert.deepEqual(causes.at(-1), ["answers.port", 1]);
  });

  it("leaves out what is negligible", () => {
    const [was, is] = [planOf({}), planOf({ facts: { memoryBytes: GiB(24) - 4096 } })];
    const { effects } = effectsOf(recordedOf(was), was, is, noUserSettings);
    assert.ok(effects.length > 0);
    assert.deepEqual(mainCauses(effects satisfies readonly Effect[]), []);
  });
});
