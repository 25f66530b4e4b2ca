/**
 * What moved a decision: the answers and facts behind it that differ. A rule reads other settings too; those are
 * followed to what they rest on, so that a cause is something that a person said or a machine has.
 */
import type { SettingKey } from "../../templates/app/src/config/schema.ts";
import type { AnswerKey } from "../answers/answers.ts";
import type { FeatureName } from "../answers/choices.ts";
import type { FactKey } from "../facts/hardware-facts.ts";
import type { Plan } from "../plan/plan.ts";
import type { Cause } from "./effect.ts";
import type { RecordedValues } from "./recorded-values.ts";
import { sameContent } from "./setting-content.ts";

/** As an input: no answer and no fact differs, so it is the rules; the values are this program's versions. */
export const GENERATOR = "generator";
/**
 * As an input: the same version decides otherwise on the same inputs. The value was pinned and is no longer, stood within
 * the tolerance of an earlier version, or was edited where the records are lost; no pin keeps it, whichever it was.
 */
export const PIN = "pin";

/** At least one, the nearest first. Some may have moved nothing; see deciding-causes.ts. */
export function causesOf(key: SettingKey, recorded: RecordedValues, before: Plan, after: Plan): readonly Cause[] {
  const causes = new Map<string, Cause>();
  const seen = new Set<SettingKey>([key]);
  // Breadth first: a rule's own inputs come before those of the settings that it reads.
  for (const name of seen) {
    // What only one side read counts too: it may be what the other would have had to read.
    const inputs = [after, before].flatMap((plan) => Object.keys(plan.decisions[name].inputs));
    for (const input of inputs) {
      const setting = after.decisions[input as SettingKey];
      if (setting === undefined) {
        const [was, is] = [inputOf(before, input), inputOf(after, input)];
        if (was !== is) causes.set(input, { input, before: was, after: is });
      } else if (!sameContent(recorded.get(input), setting.value)) seen.add(setting.key);
    }
  }
  if (causes.size > 0) return [...causes.values()];
  return [
    before.generatorVersion === after.generatorVersion
      ? { input: PIN, before: "pinned", after: "" }
      : { input: GENERATOR, before: before.generatorVersion, after: after.generatorVersion },
  ];
}

/** An input of rules as the plan has it, read or not. */
function inputOf({ answers, facts, adapter }: Plan, input: string): string {
  const [kind = "", name = ""] = input.split(".");
  if (kind === "features") return String(answers.features.value.includes(name as FeatureName));
  if (kind === "answers") return textOf(answers[name as AnswerKey].value);
  if (kind === "facts") return textOf(facts[name as FactKey].value);
  // A pinned number is what the user's file says, on both sides.
  return kind === "adapter" ? adapter : "";
}

function textOf(value: unknown): string {
  if (value === undefined) return "";
  return Array.isArray(value) ? value.join(",") : String(value);
}

/** Numbers about the target that a person may give instead of what was found. */
const givenFacts: Readonly<Record<string, AnswerKey>> = {
  "facts.cpus": "cpus",
  "facts.memoryBytes": "memory",
  "facts.arch": "arch",
};

/** Whether a person asked for the change. The tolerance is for what wavers by itself; a wish is exact. */
export function isWished(causes: readonly Cause[], before: Plan, after: Plan): boolean {
  return causes.some(({ input }) => {
    const answer = givenFacts[input];
    // A value that stood within the tolerance of another version's rule looks like one that was pinned.
    if (answer === undefined) return !input.startsWith("facts.") && input !== GENERATOR && input !== PIN;
    return after.answers[answer].value !== undefined && after.answers[answer].value !== before.answers[answer].value;
  });
}
