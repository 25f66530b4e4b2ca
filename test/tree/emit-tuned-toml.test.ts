import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { hostname } from "node:os";
import { describe, it } from "node:test";
import { getStaticTOMLValue, parseTOML } from "toml-eslint-parser";
import type { FeatureName } from "../../src/answers/choices.ts";
import type { Plan } from "../../src/plan/plan.ts";
import { emitTunedToml } from "../../src/tree/emit-tuned-toml.ts";
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
      const parsed = getStaticTOMLValue(parseTOML(emitTunedToml(plan))) as Sections;
      assert.deepEqual(flat(parsed), planned(plan), name);
      // As the server's loader does it: what stands nowhere is a section without settings, and all of those have defaults.
      const nowhere = Object.keys(schema.shape).map((section) => [section, {}]);
      schema.parse({ ...Object.fromEntries(nowhere), ...parsed });
    }
  });

  it("stays within the columns, except for words that are longer than a line", () => {
    for (const [name, plan] of plans) {
      for (const line of emitTunedToml(plan).split("\n")) {
        const isLong = line.length > COLUMNS_MAX;
        // A text is a value, and where it may be broken is not for a file to say.
        assert.ok(!isLong || /^\w+ = "/.test(line) || line.trim().split(/\s+/).length <= 3, `${name}: ${line}`);
      }
    }
  });

  it("says of every setting what it does, why, its origin and its source", () => {
    for (const [name, plan] of goldenPlans) {
      const text = emitTunedToml(plan);
      const count = Object.values(plan.decisions).filter(({ key }) => !leftOut(plan).has(sectionOf(key))).length;
      for (const label of ["why", "origin", "source"]) {
        const found = text.split("[target]\n")[1]?.match(new RegExp(`^#   ${label} `, "gm"))?.length;
        assert.equal(found, count, `${name}: ${label}`);
      }
    }
  });

  it("leaves an absent setting out and says so", () => {
    for (const [name, plan] of goldenPlans) {
      const text = emitTunedToml(plan);
      for (const { key, value } of Object.values(plan.decisions)) {
        const setting = key.slice(key.indexOf(".") + 1);
        if (value !== undefined || leftOut(plan).has(sectionOf(key))) continue;
        assert.match(text, new RegExp(`^# ${setting} is not set`, "m"), `${name}: ${key}`);
      }
    }
  });

  it("gives a line to a section whose feature is not chosen, and names the feature", () => {
    const lines = emitTunedToml(goldenPlan("bun-lean-64m"))
      .split("\n")
      .filter((line) => / is left out: /.test(line));
    assert.deepEqual(lines, [
      "# [rate_limit] is left out: this server is made without the feature rate-limit.",
      "# [overload] is left out: this server is made without the feature overload.",
      "# [cache] is left out: this server is made without the feature response-cache.",
      "# [static] is left out: this server is made without the feature static-files.",
      "# [compression] is left out: this server is made without the feature compression.",
      "# [security_headers] is left out: this server is made without the feature security-headers.",
      "# [cors] is left out: this server is made without the feature cors.",
      "# [auth] is left out: this server is made without the feature auth.",
      "# [tasks] is left out: this server is made without the feature tasks.",
      "# [request_id] is left out: this server is made without the feature request-id.",
    ]);
  });

  it("says a feature is left out exactly of the sections of features that the plan does not have", () => {
    for (const [name, plan] of plans) {
      const found = [...emitTunedToml(plan).matchAll(/^# \[(\w+)\] is left out/gm)].map(([, section]) => section);
      assert.deepEqual(new Set(found), leftOut(plan), name);
    }
  });

  it("breaks a list that is longer than a line, one item on each", () => {
    assert.match(
      emitTunedToml(goldenPlan("reference")),
      /^types = \[\n {2}"text\/\*",\n {2}"application\/javascript",\n[^\]]*\n\]$/m,
    );
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
  const rows: readonly [string, string | number | boolean | readonly string[], string][] = [
    ["a count", 42, "42"],
    ["a large size", 1_099_511_627_776, "1099511627776"],
    ["a boolean", true, "true"],
    ["quotes and backslashes", 'a "b" \\c', '"a \\"b\\" \\\\c"'],
    ["control characters", "a\nb\u007f\u0001", '"a\\nb\\u007F\\u0001"'],
    ["other letters", "größe 日本", '"größe 日本"'],
    ["a list", ["text/*", 'a "b"'], '["text/*", "a \\"b\\""]'],
    ["an empty list", [], "[]"],
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

type Sections = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

/** The features whose settings are a section of their own; the others' settings stand among those of all servers. */
const sectionOfFeature: Readonly<Partial<Record<FeatureName, string>>> = {
  "request-id": "request_id",
  "security-headers": "security_headers",
  cors: "cors",
  overload: "overload",
  "rate-limit": "rate_limit",
  auth: "auth",
  "response-cache": "cache",
  compression: "compression",
  tasks: "tasks",
  "static-files": "static",
};

/** Sections of features that the plan does not have. */
function leftOut(plan: Plan): ReadonlySet<string> {
  const features = Object.entries(sectionOfFeature) as [FeatureName, string][];
  return new Set(features.filter(([name]) => !plan.features.includes(name)).map(([, section]) => section));
}

function sectionOf(key: SettingKey): string {
  return key.slice(0, key.indexOf("."));
}

function goldenPlan(name: string): Plan {
  const plan = goldenPlans.find(([one]) => one === name)?.[1];
  assert.ok(plan, name);
  return plan;
}

function flat(config: Sections): Record<string, unknown> {
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
