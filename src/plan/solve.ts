/**
 * Answers and facts -> plan. Pure: equal inputs give equal plans.
 *
 * Idea: every rule names what it reads, so the rules form a graph; each is decided once, after what it reads.
 */
import type { SettingKey } from "../../templates/app/src/config/schema.ts";
import type { Answers, AnswerKey, AnswerValues } from "../answers/answers.ts";
import type { FactKey, HardwareFacts } from "../facts/hardware-facts.ts";
import { assert } from "../lib/assert.ts";
import { AppError } from "../lib/errors.ts";
import { adapterOf } from "./adapter.ts";
import { budgetRows } from "./budget.ts";
import { conflicts } from "./conflicts.ts";
import type { Clamp, Decision, DecisionOrigin, Scalar } from "./decision.ts";
import { decisionOrder } from "./decision-order.ts";
import { type InputOrigin, inputKind, originOf } from "./origin.ts";
import type { Plan } from "./plan.ts";
import type { Bounds, InputKey, InputValue, Read, Rule } from "./rule.ts";
import { rules, settingKeys } from "./rules/table.ts";
import { warningsOf } from "./warnings.ts";

export interface SolveContext {
  readonly generatorVersion: string;
  /** Label of the target: a preset's id, "this", or a facts file's label. */
  readonly target: string;
}

/** A rule whose key is not known at compile time. */
type AnyRule = Omit<Rule<SettingKey>, "decide"> & {
  readonly decide: (read: Read) => { value: Scalar | undefined } & Pick<Decision, "reason"> & {
      readonly source?: Decision["source"];
    };
};

/** @throws AppError with every problem of the answers on this target (ANSWER_REFUSED, TARGET_TOO_SMALL) */
export function solve(answers: Answers, facts: HardwareFacts, context: SolveContext): Plan {
  const problems = conflicts(answers, facts);
  if (problems.length > 0) throw new AppError(problems);

  const adapter = adapterOf(answers.runtime.value, answers.exposure.value);
  const decided = new Map<SettingKey, Decision>();
  for (const key of decisionOrder(rules)) {
    decided.set(key, decide(key, rules[key] as unknown as AnyRule, { adapter, answers, facts, decided }));
  }
  const decisions = Object.fromEntries(settingKeys.map((key) => [key, decided.get(key)])) as Record<
    SettingKey,
    Decision
  >;
  return {
    generatorVersion: context.generatorVersion,
    runtime: answers.runtime.value,
    adapter,
    features: answers.features.value,
    answers,
    facts,
    target: context.target,
    decisions,
    budget: budgetRows(decisions),
    warnings: warningsOf({ answers, facts, adapter, decisions }),
  };
}

interface Clamped {
  readonly value: Scalar | undefined;
  readonly by?: Clamp;
}

interface Inputs {
  readonly adapter: InputValue<"adapter">;
  readonly answers: Answers;
  readonly facts: HardwareFacts;
  readonly decided: ReadonlyMap<SettingKey, Decision>;
}

function decide(key: SettingKey, rule: AnyRule, inputs: Inputs): Decision {
  const noted: Record<string, Decision["inputs"][string]> = {};
  const origins: Record<string, InputOrigin> = {};
  const read = ((name: InputKey) => {
    assert((rule.reads as readonly InputKey[]).includes(name), `the rule of ${key} reads ${name} without declaring it`);
    const { value, origin } = lookUp(name, inputs);
    noted[name] = value;
    origins[name] = { origin, kind: inputKind(name) };
    return value;
  }) as Read;

  const verdict = rule.decide(read);
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
    origin: originOf(Object.values(origins)),
    source: verdict.source ?? rule.source,
    inputs: noted,
    ...(clamped.by ? { clampedBy: clamped.by } : {}),
  };
}

function lookUp(name: InputKey, inputs: Inputs): { value: Decision["inputs"][string]; origin: DecisionOrigin } {
  if (name === "adapter") return { value: inputs.adapter, origin: answerOrigin(inputs.answers.runtime.origin) };
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
