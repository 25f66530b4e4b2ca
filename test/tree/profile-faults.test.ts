/** Profiles of `fastserve.json` that are refused, each with its code and place. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { presets } from "../../src/facts/presets.ts";
import { AppError } from "../../src/lib/errors.ts";
import { emitProjectFile } from "../../src/tree/emit-project-file.ts";
import { parseProjectFile } from "../../src/tree/project-file.ts";
import { planOfCase, REFERENCE } from "./golden-cases.ts";

const reference = await planOfCase(REFERENCE);
const text = emitProjectFile(reference);
const target = "aws-t4g-small";
const facts = presets.find(({ id }) => id === target)?.facts;
const own = { answers: { target }, target, facts: { schema: 1, label: target, facts } };

describe("parseProjectFile() with profiles", () => {
  it("takes a profile with which nothing is wrong", () => {
    const written = JSON.stringify({ ...JSON.parse(text), profiles: { staging: own } });
    assert.deepEqual(parseProjectFile(written, "x").profiles, { staging: own });
  });

  const rows: readonly (readonly [string, unknown, readonly string[]])[] = [
    ["no object", ["staging"], ["ANSWER_INVALID profiles"]],
    ["a name that no file can have", { "../x": own }, ["ANSWER_INVALID profiles.../x"]],
    ["the name that would clash", { tuned: own }, ["ANSWER_INVALID profiles.tuned"]],
    ["a profile that is none", { staging: 1 }, ["ANSWER_INVALID profiles.staging"]],
    ["an unknown key", { staging: { ...own, color: "red" } }, ["ANSWER_INVALID profiles.staging.color"]],
    [
      "an answer of the project",
      { staging: { ...own, answers: { ...own.answers, runtime: "deno", port: 8080 } } },
      ["ANSWER_REFUSED profiles.staging.answers.runtime", "ANSWER_REFUSED profiles.staging.answers.port"],
    ],
    [
      "unknown and invalid answers",
      { staging: { ...own, answers: { objektive: "memory", cpus: "many" } } },
      ["ANSWER_INVALID profiles.staging.answers.objektive", "ANSWER_INVALID profiles.staging.answers.cpus"],
    ],
    ["no target", { staging: { ...own, target: "" } }, ["ANSWER_INVALID profiles.staging.target"]],
    [
      "a target that would end the comment that names it",
      { staging: { ...own, target: "x\nworkers = 1" } },
      ["ANSWER_INVALID profiles.staging.target"],
    ],
    ["no facts", { staging: { answers: {}, target: "x" } }, ["FACTS_UNREADABLE profiles.staging.facts"]],
    [
      "a fact without an origin",
      { staging: { ...own, facts: { ...own.facts, facts: { ...own.facts.facts, cpus: { value: 2 } } } } },
      ["FACTS_UNREADABLE profiles.staging.facts.facts.cpus"],
    ],
    [
      "facts that a plan cannot be made from",
      {
        staging: {
          ...own,
          facts: {
            ...own.facts,
            facts: { ...own.facts.facts, smt: undefined, cpus: { value: "many", origin: "given" } },
          },
        },
      },
      ["FACTS_UNREADABLE profiles.staging.facts.facts.cpus.value", "FACTS_UNREADABLE profiles.staging.facts.facts.smt"],
    ],
    [
      "more than there can be",
      Object.fromEntries(Array.from({ length: 33 }, (_, index) => [`p${index}`, own])),
      ["ANSWER_INVALID profiles"],
    ],
  ];
  for (const [name, value, expected] of rows) {
    it(`refuses ${name}`, () => {
      assert.throws(
        () => parseProjectFile(JSON.stringify({ ...JSON.parse(text), profiles: value }), "fastserve.json"),
        (error: unknown) => {
          assert.ok(error instanceof AppError);
          assert.deepEqual(
            error.problems.map(({ code, key }) => `${code} ${key}`),
            expected,
          );
          return true;
        },
      );
    });
  }

  it("refuses __proto__ as a profile and as an answer", () => {
    for (const value of [
      `{"__proto__": ${JSON.stringify(own)}}`,
      `{"staging": {"answers": {"__proto__": 1}, "target": "x", "facts": ${JSON.stringify(own.facts)}}}`,
    ]) {
      const document = `${emitProjectFile(reference).trimEnd().slice(0, -1)}, "profiles": ${value}}`;
      assert.throws(() => parseProjectFile(document, "fastserve.json"), /__proto__/);
    }
  });
});
