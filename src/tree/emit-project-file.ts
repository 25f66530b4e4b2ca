/** Prints `fastserve.json`; `project-file.ts` describes it and reads it back. */
import { FACTS_SCHEMA } from "../facts/hardware-facts.ts";
import type { Plan } from "../plan/plan.ts";
import { noProfiles, ownAnswers, type Profiles } from "./profile-wish.ts";
import { answerKeys, PROJECT_SCHEMA } from "./project-file.ts";

/** @returns the text of `fastserve.json`; answers that were not given are left out */
export function emitProjectFile(plan: Plan, profiles: Profiles = noProfiles): string {
  const file = {
    schema: PROJECT_SCHEMA,
    generator: plan.generatorVersion,
    answers: Object.fromEntries(answerKeys.map((key) => [key, plan.answers[key].value])),
    defaulted: answerKeys.filter((key) => plan.answers[key].origin === "default"),
    ...targetOf(plan),
    ...(profiles.size === 0 ? {} : { profiles: Object.fromEntries([...profiles].sort(byName).map(wishOf)) }),
  };
  return `${JSON.stringify(file, undefined, 2)}\n`;
}

function targetOf({ target, facts }: Plan): object {
  return { target, facts: { schema: FACTS_SCHEMA, label: target, facts } };
}

function wishOf([name, plan]: readonly [string, Plan]): readonly [string, object] {
  return [name, { answers: ownAnswers(plan), ...targetOf(plan) }];
}

function byName([one]: readonly [string, Plan], [other]: readonly [string, Plan]): number {
  return one < other ? -1 : 1;
}
