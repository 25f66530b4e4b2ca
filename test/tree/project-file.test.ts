import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { AppError } from "../../src/lib/errors.ts";
import { emitProjectFile } from "../../src/tree/emit-project-file.ts";
import { answersOf, parseProjectFile } from "../../src/tree/project-file.ts";
import { caseNames, planOfCase, REFERENCE } from "./golden-cases.ts";

const reference = JSON.parse(emitProjectFile(await planOfCase(REFERENCE)));

/** The codes and keys that `parseProjectFile` reports for a text. */
function problemsOf(text: string): string[] {
  try {
    parseProjectFile(text, "fastserve.json");
    return [];
  } catch (error) {
    assert.ok(error instanceof AppError);
    return error.problems.map((problem) => `${problem.code} ${problem.key}`);
  }
}

describe("parseProjectFile()", () => {
  it("reads what emitProjectFile() prints, with values and defaults told apart", async () => {
    for (const name of caseNames) {
      const plan = await planOfCase(name);
      const project = parseProjectFile(emitProjectFile(plan), "fastserve.json");
      const answers = answersOf(project);
      assert.deepEqual(project.facts.facts, plan.facts);
      assert.equal(project.target, plan.target);
      assert.deepEqual(answers.features, plan.answers.features);
      assert.equal(answers.port.origin, plan.answers.port.origin);
    }
  });

  const rows: readonly [string, unknown, string[]][] = [
    ["another document", [1], ["PROJECT_STATE_INVALID fastserve.json"]],
    ["no schema", {}, ["PROJECT_STATE_INVALID fastserve.json"]],
    ["a newer schema", { ...reference, schema: 2 }, ["PROJECT_STATE_INVALID fastserve.json"]],
    ["a target of two lines", { ...reference, target: "a\nb" }, ["FACTS_UNREADABLE target"]],
    ["no answers", { ...reference, answers: 1 }, ["ANSWER_INVALID answers"]],
    [
      "wrong, missing and unknown answers",
      {
        ...reference,
        answers: { ...reference.answers, runtime: "node", port: "80", workload: undefined, color: "red" },
      },
      [
        "ANSWER_INVALID answers.runtime",
        "ANSWER_INVALID answers.workload",
        "ANSWER_INVALID answers.port",
        "ANSWER_INVALID answers.color",
      ],
    ],
    ["no list of defaults", { ...reference, defaulted: ["color"] }, ["ANSWER_INVALID defaulted"]],
    ["no facts", { ...reference, facts: {} }, ["FACTS_UNREADABLE facts"]],
    [
      "a fact without an origin",
      { ...reference, facts: { ...reference.facts, facts: { ...reference.facts.facts, cpus: { value: 2 } } } },
      ["FACTS_UNREADABLE facts.facts.cpus"],
    ],
  ];
  for (const [name, document, problems] of rows) {
    it(`refuses ${name}`, () => assert.deepEqual(problemsOf(JSON.stringify(document)), problems));
  }

  it("names what git leaves of two branches that both changed the file, with its line", () => {
    const text = '{\n<<<<<<< HEAD\n  "a": 1\n=======\n  "a": 2\n>>>>>>> other\n}\n';
    assert.throws(() => parseProjectFile(text, "fastserve.json"), /git's conflict markers \(line 2\)/);
  });

  it("refuses broken text and names the file", () => {
    assert.throws(() => parseProjectFile("{", "some/fastserve.json"), /some\/fastserve\.json .*no JSON/);
  });
});
