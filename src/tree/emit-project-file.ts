/** Prints `fastserve.json`; `project-file.ts` describes it and reads it back. */
import { FACTS_SCHEMA } from "../facts/hardware-facts.ts";
import type { Plan } from "../plan/plan.ts";
import { answerKeys, PROJECT_SCHEMA } from "./project-file.ts";

/** @returns the text of `fastserve.json`; answers that were not given are left out */
export function emitProjectFile(plan: Plan): string {
  const file = {
    schema: PROJECT_SCHEMA,
    generator: plan.generatorVersion,
    answers: Object.fromEntries(answerKeys.map((key) => [key, plan.answers[key].value])),
    defaulted: answerKeys.filter((key) => plan.answers[key].origin === "default"),
    target: plan.target,
    facts: { schema: FACTS_SCHEMA, label: plan.target, facts: plan.facts },
  };
  return `${JSON.stringify(file, undefined, 2)}\n`;
}
