/** The plan as text for people and as JSON for programs. */
import type { SettingKey } from "../../../templates/app/src/config/schema.ts";
import { formatBytes, formatCpus } from "../../lib/units.ts";
import type { Decision } from "../../plan/decision.ts";
import { explainAll, explainBudget, mainDecisions, type Shown } from "../../plan/explain.ts";
import type { Plan } from "../../plan/plan.ts";
import { say } from "../../plan/reasons.ts";
import { brokenLines } from "./columns.ts";
import type { Style } from "./style.ts";
import { warningLines } from "./warning-lines.ts";

/** Every decision with its reason, origin, source and clamp; then the budget and the warnings. */
export function planText(plan: Plan, style: Style, shownOf?: (key: SettingKey) => Shown): string {
  return [
    style.bold(`Plan for ${plan.target}: ${factsLine(plan.facts)}; adapter ${plan.adapter}`),
    "",
    explainAll(plan, shownOf),
    "",
    style.bold("Memory budget"),
    explainBudget(plan),
    ...unbrokenWarnings(plan, style),
  ].join("\n");
}

/** The main decisions with their reasons, in at most `columns` characters a line; then what the user should know. */
export function mainLines(plan: Plan, style: Style, columns: number): readonly string[] {
  const rows = mainDecisions(plan);
  const labelChars = Math.max(...rows.map((row) => row.label.length));
  const valueChars = Math.max(...rows.map((row) => row.value.length));
  const indent = labelChars + valueChars + 4;
  const lines = rows.flatMap(({ label, value, why }) => {
    const [first = "", ...rest] = brokenLines(why, indent, columns);
    return [
      `${label.padEnd(labelChars)}  ${style.bold(value.padEnd(valueChars))}  ${style.dim(first)}`,
      ...rest.map((line) => `${" ".repeat(indent)}${style.dim(line)}`),
    ];
  });
  const warnings = plan.warnings.flatMap((warning) => warningLines(say(warning), style, columns));
  return [...lines, ...warnings];
}

function unbrokenWarnings(plan: Plan, style: Style): readonly string[] {
  return plan.warnings.map((warning) => `${style.yellow(style.warning)} ${say(warning)}`);
}

/** The hardware in one line. */
export function factsLine(facts: Plan["facts"]): string {
  return [formatCpus(facts.cpus.value), formatBytes(facts.memoryBytes.value), facts.arch.value, facts.os.value].join(
    ", ",
  );
}

/** The plan in JSON: every reason as code, arguments and sentence. */
export function planDocument(plan: Plan): unknown {
  return {
    generatorVersion: plan.generatorVersion,
    target: plan.target,
    runtime: plan.runtime,
    adapter: plan.adapter,
    features: plan.features,
    answers: plan.answers,
    facts: plan.facts,
    decisions: Object.values(plan.decisions).map(decisionDocument),
    budget: budgetDocument(plan),
    warnings: plan.warnings.map((warning) => ({ ...warning, text: say(warning) })),
  };
}

export function budgetDocument(plan: Plan): readonly object[] {
  return plan.budget.map((row) => ({ ...row, reason: { ...row.reason, text: say(row.reason) } }));
}

export function decisionDocument(decision: Decision): unknown {
  const { reason, clampedBy } = decision;
  return {
    ...decision,
    reason: { ...reason, text: say(reason) },
    ...(clampedBy === undefined
      ? {}
      : { clampedBy: { ...clampedBy, by: { ...clampedBy.by, text: say(clampedBy.by) } } }),
  };
}
