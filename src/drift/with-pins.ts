/**
 * A plan in which pinned settings keep the values in force. Idea: a pin is an input. What is decided after it follows
 * it, so that two pinned workers get the memory of four; then the whole is judged, because a value that was right for
 * another target may break this one's budget.
 */
import type { SettingKey } from "../../templates/app/src/config/schema.ts";
import { AppError, type Problem } from "../lib/errors.ts";
import type { Decision, SettingContent } from "../plan/decision.ts";
import type { Plan } from "../plan/plan.ts";
import { contentText } from "../plan/quantity.ts";
import { solve } from "../plan/solve.ts";
import { brokenPromises } from "./plan-promises.ts";
import type { RecordedValues } from "./recorded-values.ts";
import { sameContent } from "./setting-content.ts";
import { valueFault } from "./value-fault.ts";

/** The values of pinned settings. */
export type Pinned = ReadonlyMap<SettingKey, SettingContent>;

/**
 * @param plan without pins
 * @param pins settings that keep their recorded values; one that has none yet, or has none in this plan, follows its rule
 * @throws AppError PIN_REFUSED for each thing that does not hold with the pinned values
 */
export function withPins(plan: Plan, recorded: RecordedValues, pins: readonly SettingKey[]): Plan {
  const pinned = pinnedValues(plan, recorded, pins);
  if ([...pinned].every(([key, value]) => sameContent(value, plan.decisions[key].value))) return plan;
  const faults = [...pinned].flatMap(([key, value]) => {
    const fault = valueFault(key, value);
    return fault === undefined ? [] : [refused(plan, pinned, [key], `${key} ${fault}.`)];
  });
  // A rule that reads a value of another kind would not know what to do with it.
  if (faults.length > 0) throw new AppError(faults);
  const { answers, facts, generatorVersion, target } = plan;
  const whole = solve(answers, facts, { generatorVersion, target, pinned });
  const problems = brokenPromises(whole).map(({ keys, message }) => {
    // A pin that the rule agrees with broke nothing.
    const moved = [...pinned.keys()].filter((key) => !sameContent(pinned.get(key), plan.decisions[key].value));
    const named = moved.filter((key) => keys.includes(key));
    return refused(plan, pinned, named.length > 0 ? named : moved, message);
  });
  if (problems.length > 0) throw new AppError(problems);
  return whole;
}

/** What the setting's own rule says, also where a pin stands over it. */
export function ruled({ decisions, unpinned }: Plan, key: SettingKey): Decision {
  return unpinned[key] ?? decisions[key];
}

/** What the rules alone say. */
export function withoutPins(plan: Plan): Plan {
  const { answers, facts, generatorVersion, target, unpinned } = plan;
  return Object.keys(unpinned).length > 0 ? solve(answers, facts, { generatorVersion, target }) : plan;
}

/** Also those that the rules give as well: with another pin in force they might not. */
export function pinnedValues(plan: Plan, recorded: RecordedValues, pins: readonly SettingKey[]): Pinned {
  const values = pins.flatMap((key): [SettingKey, SettingContent][] => {
    const value = recorded.get(key);
    return value === undefined || plan.decisions[key].value === undefined ? [] : [[key, value]];
  });
  return new Map(values);
}

function refused(plan: Plan, pinned: Pinned, keys: readonly SettingKey[], why: string): Problem {
  const text = (key: SettingKey, value: SettingContent | undefined) =>
    value === undefined ? "none" : contentText(value, plan.decisions[key].unit);
  const named = keys.map((key) => `${key} (${text(key, pinned.get(key))})`).join(", ");
  const recommended = keys.map((key) => `${key} ${text(key, plan.decisions[key].value)}`).join(", ");
  return {
    code: "PIN_REFUSED",
    key: keys.join(", "),
    message: `The plan does not hold with what is pinned: ${named}. ${why}`,
    next: `Take ${keys.length === 1 ? "it" : "one of them"} out of pin; recommended: ${recommended}.`,
  };
}
