import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { hostname } from "node:os";
import { describe, it } from "node:test";
import { getStaticTOMLValue, parseTOML } from "toml-eslint-parser";
import type { Plan } from "../../src/plan/plan.ts";
import { emitTunedToml } from "../../src/tree/emit-tuned-toml.ts";
import { settingDescriptions } from "../../src/tree/setting-descriptions.ts";
import { tomlValue } from "../../src/tree/toml-value.ts";
import { COLUMNS_MAX } from "../../src/tree/wrap.ts";
import { type SettingKey, schema } from "../../templates/app/src/config/schema.ts";
import { caseNames, planOfCase, repositoryRoot } from "./golden-cases.ts";
import { manyPlans } from "./many-plans.ts";
import { printSettingDescriptions } from "./setting-descriptions-of.ts";

const goldenPlans: [string, Plan][] = await Promise.all(
  caseNames.map(async (name): Promise<[string, Plan]> => [name, await planOfCase(name)]),
);
const plans: [string, Plan][] = [...goldenPlans, ...(await manyPlans())];

describe("emitTunedToml()", () => {
  it(`parses back into exactly the plan's values (${plans.length} plans)`, () => {
    for (const [name, plan] of plans) {
      const parsed = schema.parse(getStaticTOMLValue(parseTOML(emitTunedToml(plan))));
      assert.deepEqual(flat(parsed), planned(plan), name);
    }
  });

  it("stays within the columns, except for words that are longer than a line", () => {
    for (const [name, plan] of plans) {
      for (const line of emitTunedToml(plan).split("\n")) {
        const isLong = line.length > COLUMNS_MAX;
        assert.ok(!isLong || line.trim().split(/\s+/).length <= 3, `${name}: ${line}`);
      }
    }
  });

  it("says of every setting what it does, why, its origin and its source", () => {
    for (const [name, plan] of goldenPlans) {
      const text = emitTunedToml(plan);
      const count = Object.keys(settingDescriptions).length;
      for (const label of ["why", "origin", "source"]) {
        const found = text.split("[server]\n")[1]?.match(new RegExp(`^#   ${label} `, "gm"))?.length;
        assert.equal(found, count, `${name}: ${label}`);
      }
    }
  });

  it("leaves an absent setting out and says so", () => {
    for (const [name, plan] of goldenPlans) {
      const text = emitTunedToml(plan);
      for (const { key, value } of Object.values(plan.decisions)) {
        const setting = key.slice(key.indexOf(".") + 1);
        if (value === undefined) assert.match(text, new RegExp(`^# ${setting} is not set`, "m"), `${name}: ${key}`);
      }
    }
  });

  it("has no date, host name or absolute path of the generating machine", () => {
    for (const [, plan] of goldenPlans) {
      const text = emitTunedToml(plan);
      assert.doesNotMatch(text, /20\d\d-\d\d-\d\d/);
      assert.ok(!text.includes(repositoryRoot) && !text.includes(hostname()));
    }
  });
});

describe("tomlValue()", () => {
  const rows: readonly [string, string | number | boolean, string][] = [
    ["a count", 42, "42"],
    ["a large size", 1_099_511_627_776, "1099511627776"],
    ["a boolean", true, "true"],
    ["quotes and backslashes", 'a "b" \\c', '"a \\"b\\" \\\\c"'],
    ["control characters", "a\nb\u007f\u0001", '"a\\nb\\u007F\\u0001"'],
    ["other letters", "größe 日本", '"größe 日本"'],
  ];
  for (const [name, value, text] of rows) {
    it(`prints ${name} so that it parses back`, () => {
      assert.equal(tomlValue(value), text);
      assert.deepEqual(getStaticTOMLValue(parseTOML(`x = ${text}\n`)), { x: value });
    });
  }

  it("refuses a fraction, which no setting has", () => {
    assert.throws(() => tomlValue(0.5), /not a whole number/);
  });
});

describe("settingDescriptions", () => {
  it("equals the schema's descriptions, in the schema's order", () => {
    const file = new URL("../../src/tree/setting-descriptions.ts", import.meta.url);
    assert.equal(readFileSync(file, "utf8"), printSettingDescriptions(schema), "run npm run golden:update");
  });
});

function flat(config: Readonly<Record<string, Readonly<Record<string, unknown>>>>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(config).flatMap(([section, settings]) =>
      Object.entries(settings).map(([name, value]) => [`${section}.${name}`, value]),
    ),
  );
}

function planned(plan: Plan): Record<string, unknown> {
  const keys = Object.keys(plan.decisions) as SettingKey[];
  return Object.fromEntries(
    keys.map((key) => [key, plan.decisions[key].value]).filter(([, value]) => value !== undefined),
  );
}
