/**
 * Which of several causes an effect really has. A rule may read an input that differs and decide the same without it;
 * so each cause is taken back alone, the plan is solved again, and what then stays as it is was not caused by it.
 * Bound: one more plan for each input that differs, and none when there is only one.
 */
import type { SettingKey } from "../../templates/app/src/config/schema.ts";
import type { Answers } from "../answers/answers.ts";
import type { FeatureName } from "../answers/choices.ts";
import type { HardwareFacts } from "../facts/hardware-facts.ts";
import { AppError } from "../lib/errors.ts";
import type { Plan } from "../plan/plan.ts";
import { solve } from "../plan/solve.ts";
import type { Cause } from "./effect.ts";
import { sameContent } from "./setting-content.ts";
import { type Pinned, ruled } from "./with-pins.ts";

/**
 * Picks causes of effects between the two plans; plans that were solved for one effect serve the others.
 *
 * @param pinned all pinned values, also those that the rules of `after` give: without an input they might not
 */
export function decidingCauses(
  before: Plan,
  after: Plan,
  pinned: Pinned,
): (key: SettingKey, causes: readonly Cause[]) => readonly Cause[] {
  const solved = new Map<string, Plan | undefined>();
  const without = (input: string): Plan | undefined => {
    if (!solved.has(input)) solved.set(input, solveWithout(input, before, after, pinned));
    return solved.get(input);
  };
  return (key, causes) => {
    if (causes.length < 2) return causes;
    const deciding = causes.filter(({ input }) => {
      const plan = without(input);
      return plan === undefined || !sameContent(ruled(plan, key).value, ruled(after, key).value);
    });
    // Each of them alone would do: taking back one changes nothing.
    return deciding.length === 0 ? causes : deciding;
  };
}

/** undefined: there is no such plan, and nothing can be told. */
function solveWithout(input: string, before: Plan, after: Plan, pinned: Pinned): Plan | undefined {
  const answers = answersWithout(input, before, after);
  const facts = factsWithout(input, before, after);
  const { generatorVersion, target } = after;
  try {
    return solve(answers, facts, { generatorVersion, target, pinned });
  } catch (error) {
    if (error instanceof AppError) return undefined;
    throw error;
  }
}

function factsWithout(input: string, before: Plan, { facts }: Plan): HardwareFacts {
  const name = input.replace(/^facts\./, "");
  return Object.hasOwn(facts, name) && name !== input
    ? { ...facts, [name]: before.facts[name as keyof HardwareFacts] }
    : facts;
}

function answersWithout(input: string, before: Plan, { answers }: Plan): Answers {
  if (input === "adapter") {
    return { ...answers, runtime: before.answers.runtime, exposure: before.answers.exposure };
  }
  const [kind, name = ""] = input.split(".");
  if (kind === "features") return { ...answers, features: toggled(answers.features, name as FeatureName) };
  return kind === "answers" ? { ...answers, [name]: before.answers[name as keyof Answers] } : answers;
}

/** A feature that differs is there on one side only. */
function toggled({ value, origin }: Answers["features"], feature: FeatureName): Answers["features"] {
  const rest = value.filter((name) => name !== feature);
  return { value: rest.length === value.length ? [...value, feature] : rest, origin };
}
