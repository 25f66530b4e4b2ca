/** Carries out one rule: reads, decides, clamps, and notes what an explanation needs. */
import type { SettingKey } from "../../templates/app/src/config/schema.ts";
import type { AnswerKey, Answers, AnswerValues } from "../answers/answers.ts";
import type { FeatureName } from "../answers/choices.ts";
import type { FactKey, HardwareFacts } from "../facts/hardware-facts.ts";
import { assert } from "../lib/assert.ts";
import type { Clamp, Decision, DecisionOrigin, SettingContent } from "./decision.ts";
import { type InputOrigin, inputKind, originOf } from "./origin.ts";
import type { Bounds, InputKey, InputValue, Read, Rule } from "./rule.ts";

/** A rule whose key is not known at compile time. */
type AnyRule = Omit<Rule<SettingKey>, "decide"> & {
  readonly decide: (read: Read) => { value: SettingContent | undefined } & Pick<Decision, "reason"> & {
      readonly source?: Decision["source"];
    };
};

interface Clamped {
  readonly value: SettingContent | undefined;
  readonly by?: Clamp;
}

/** Everything that rules may read: both inputs of the plan, and what is decided already. */
export interface Inputs {
  readonly adapter: InputValue<"adapter">;
  readonly answers: Answers;
  readonly facts: HardwareFacts;
  readonly decided: ReadonlyMap<SettingKey, Decision>;
  readonly pinned?: ReadonlyMap<SettingKey, SettingContent>;
}

/** Reading an undeclared input, or a value that is not a whole number, is a defect of the rule and throws. */
export function decide(key: SettingKey, row: unknown, inputs: Inputs): Decision {
  const rule = row as AnyRule;
  const noted: Record<string, Decision["inputs"][string]> = {};
  const origins: Record<string, InputOrigin> = {};
  const read = ((name: InputKey) => {
    assert((rule.reads as readonly InputKey[]).includes(name), `the rule of ${key} reads ${name} without declaring it`);
    const { value, origin } = lookUp(name, inputs);
    if (value === undefined && name.startsWith(PINNED)) return value;
    noted[name] = value;
    origins[name] = { origin, kind: inputKind(name) };
    return value;
  }) as Read;

  const verdict = rule.decide(read);
  const formula = Object.values(origins);
  const clamped: Clamped =
    typeof verdict.value === "number" && rule.bounds
      ? clampTo(verdict.value, rule.bounds(read))
      : { value: verdict.value };
  assert(
    typeof clamped.value !== "number" || Number.isSafeInteger(clamped.value),
    `the rule of ${key} gives ${clamped.value}, which is not a whole number`,
  );
  return {
    key,
    value: clamped.value,
    unit: rule.unit,
    reason: verdict.reason,
    // A bound that moved nothing is no part of where the value comes from.
    origin: originOf(clamped.by ? Object.values(origins) : formula),
    source: verdict.source ?? rule.source,
    inputs: noted,
    ...(clamped.by ? { clampedBy: clamped.by } : {}),
  };
}

/** Before the name of a setting in the name of an input. */
const PINNED = "pinned.";

function lookUp(name: InputKey, inputs: Inputs): { value: Decision["inputs"][string]; origin: DecisionOrigin } {
  if (name === "adapter") return { value: inputs.adapter, origin: answerOrigin(inputs.answers.runtime.origin) };
  if (name.startsWith(PINNED)) {
    return { value: inputs.pinned?.get(name.slice(PINNED.length) as SettingKey), origin: "asked" };
  }
  if (name.startsWith("features.")) {
    const { value, origin } = inputs.answers.features;
    return { value: value.includes(name.slice("features.".length) as FeatureName), origin: answerOrigin(origin) };
  }
  if (name.startsWith("answers.")) {
    const answer = inputs.answers[name.slice("answers.".length) as AnswerKey];
    // An open number says nothing, even when somebody was asked for it.
    const origin = answer.value === undefined ? "default" : answerOrigin(answer.origin);
    return { value: answer.value as AnswerValues[AnswerKey], origin };
  }
  if (name.startsWith("facts.")) {
    const fact = inputs.facts[name.slice("facts.".length) as FactKey];
    return { value: fact.value, origin: fact.origin };
  }
  const decision = inputs.decided.get(name as SettingKey);
  assert(decision !== undefined, `${name} is read before it is decided`);
  return { value: decision.value, origin: decision.origin };
}

function answerOrigin(origin: Answers[AnswerKey]["origin"]): DecisionOrigin {
  return origin === "default" ? "default" : "asked";
}

/** The value within its bounds. The lower bound wins when they cross: it is what the engine needs to work at all. */
function clampTo(value: number, { min, max }: Bounds): Clamped {
  if (min && (value < min.value || (max && max.value < min.value))) {
    return value === min.value ? { value } : { value: min.value, by: { from: value, bound: "min", by: min.by } };
  }
  if (max && value > max.value) return { value: max.value, by: { from: value, bound: "max", by: max.by } };
  return { value };
}
