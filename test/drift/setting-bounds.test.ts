import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import { valueFault } from "../../src/drift/value-fault.ts";
import type { SettingContent } from "../../src/plan/decision.ts";
import { type SettingKey, schema } from "../../templates/app/src/config/schema.ts";
import { settings } from "../../templates/app/src/config/settings.ts";
import { repositoryRoot } from "../tree/golden-cases.ts";
import { printSettingBounds } from "./setting-bounds-of.ts";

describe("settingBounds", () => {
  it("is what the server's schema says; `npm run golden:update` prints it anew", () => {
    const text = readFileSync(join(repositoryRoot, "src/drift/setting-bounds.ts"), "utf8");
    assert.equal(text, printSettingBounds(schema));
  });
});

const cases: readonly (readonly [SettingKey, SettingContent, string | undefined])[] = [
  ["workers.count", 512, undefined],
  ["workers.count", 513, "must be at most 512"],
  ["workers.count", 0, "must be at least 1"],
  ["workers.count", 1.5, "must be a whole number"],
  ["workers.count", "2", "must be a whole number"],
  ["engine.smol", 1, "must be true or false"],
  ["workers.mode", "inline", undefined],
  ["workers.mode", "both", "must be one of threads, inline"],
  ["zones.latency_steps", 16, undefined],
  ["zones.latency_steps", 12, "must be one of 4, 8, 16, 32"],
  ["server.host", "", "must not be empty"],
  ["auth.realm", "caf\u00e9", "has characters that cannot stand there"],
  ["auth.realm", "", undefined],
  ["proxy.trusted", ["::1"], undefined],
  ["proxy.trusted", [""], "must be a list of texts, none of them empty"],
  ["proxy.trusted", "::1", "must be a list of texts, none of them empty"],
];

describe("valueFault()", () => {
  for (const [key, value, expected] of cases) {
    it(`says of ${key} = ${JSON.stringify(value)}: ${expected ?? "nothing"}`, () => {
      assert.equal(valueFault(key, value), expected);
      assert.equal(settings.get(key)?.type.safeParse(value).success, expected === undefined, "the server's own word");
    });
  }
});
