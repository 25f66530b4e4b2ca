/**
 * Answers and facts -> plan. Pure: equal inputs give equal plans.
 *
 * Idea: every rule names what it reads, so the rules form a graph; each is decided once, after what it reads.
 */
import type { SettingKey } from "../../templates/app/src/config/schema.ts";
import type { Answers } from "../answers/answers.ts";
import type { HardwareFacts } from "../facts/hardware-facts.ts";
import { AppError } from "../lib/errors.ts";
import { adapterOf } from "./adapter.ts";
import { budgetRows } from "./budget.ts";
import { conflicts } from "./conflicts.ts";
import { decide } from "./decide.ts";
import type { Decision, SettingContent } from "./decision.ts";
import { decisionOrder } from "./decision-order.ts";
import { pin } from "./pin.ts";
import type { Plan } from "./plan.ts";
import { rules, settingKeys } from "./rules/table.ts";
import { warningsOf } from "./warnings.ts";

export interface SolveContext {
  readonly generatorVersion: string;
  /** Label of the target: a preset's id, "this", or a facts file's label. */
  readonly target: string;
  /** Values that stand whatever their rules say; what is decided after them follows them. */
  readonly pinned?: ReadonlyMap<SettingKey, SettingContent>;
}

/** @throws AppError with every problem of the answers on this target (ANSWER_REFUSED, TARGET_TOO_SMALL) */
export function solve(answers: Answers, facts: HardwareFacts, context: SolveContext): Plan {
  const problems = conflicts(answers, facts);
  if (problems.length > 0) throw new AppError(problems);

  const adapter = adapterOf(answers.runtime.value, answers.exposure.value);
  const decided = new Map<SettingKey, Decision>();
  const pinned = context.pinned ?? new Map<SettingKey, SettingContent>();
  const unpinned: Partial<Record<SettingKey, Decision>> = {};
  for (const key of decisionOrder(rules)) {
    const decision = decide(key, rules[key], { adapter, answers, facts, decided, pinned });
    const stands = pin(decision, pinned.get(key));
    if (stands !== decision) unpinned[key] = decision;
    decided.set(key, stands);
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
    unpinned,
    budget: budgetRows(decisions),
    warnings: warningsOf({ answers, facts, adapter, decisions }),
  };
}
