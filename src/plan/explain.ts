/** A plan in words: one setting, all settings, or the handful that matters most. Pure text, no colour. */
import type { SettingKey } from "../../templates/app/src/config/schema.ts";
import { formatBytes } from "../lib/units.ts";
import type { Decision, SettingContent } from "./decision.ts";
import type { Plan } from "./plan.ts";
import { contentText, hintOf, quantity } from "./quantity.ts";
import { say } from "./reasons.ts";
import { settingKeys } from "./rules/table.ts";

/** A decision's value for people: "1.5 GiB", "30 s", "4"; "none" when there is no such setting. */
export function valueText({ value, unit }: Pick<Decision, "value" | "unit">): string {
  return value === undefined ? "none" : contentText(value, unit);
}

/** What a project has of a setting beside the plan. */
export interface Shown {
  /** What is in force. */
  readonly value: SettingContent | undefined;
  readonly notes: readonly string[];
}

/** All that is known about one setting, as lines. */
export function explainSetting(plan: Plan, key: SettingKey, shown?: Shown): string {
  const decision = plan.decisions[key];
  const { unit, clampedBy } = decision;
  const { value, notes } = shown ?? { value: decision.value, notes: [] };
  const exact = value !== undefined && hintOf(value, unit) !== undefined ? ` (${value})` : "";
  const lines = [
    `${key} = ${valueText({ value, unit })}${exact}`,
    ...notes.map((note) => `  ${note}`),
    `  why     ${say(decision.reason)}`,
    ...(clampedBy
      ? [
          `  clamp   ${quantity(clampedBy.from, unit)} moved ${clampedBy.bound === "min" ? "up" : "down"}. ${say(clampedBy.by)}`,
        ]
      : []),
    `  origin  ${decision.origin}`,
    `  source  ${decision.source.kind}: ${decision.source.ref}`,
  ];
  const inputs = Object.entries(decision.inputs).map(([name, input]) => `${name} = ${inputText(plan, name, input)}`);
  return [...lines, ...(inputs.length > 0 ? [`  from    ${inputs.join(", ")}`] : [])].join("\n");
}

function inputText(plan: Plan, name: string, input: Decision["inputs"][string]): string {
  if (input === undefined) return "none";
  if (typeof input !== "number") return Array.isArray(input) ? input.join("+") || "none" : String(input);
  const setting = plan.decisions[name as SettingKey];
  if (setting) return quantity(input, setting.unit);
  return name.endsWith("Bytes") ? formatBytes(input) : String(input);
}

/** The budget row by row, with what each is made of or what moved it, and the limit that they share. */
export function explainBudget(plan: Plan): string {
  const rows = plan.budget.map(
    ({ key, bytes, reason }) =>
      `  ${formatBytes(bytes).padStart(10)}  ${key.padEnd(26)}${say(plan.decisions[key].clampedBy?.by ?? reason)}`,
  );
  const sum = plan.budget.reduce((total, { bytes }) => total + bytes, 0);
  const limit = valueText(plan.decisions["memory.limit_bytes"]);
  return [...rows, `  ${formatBytes(sum).padStart(10)}  in all, of the ${limit} that the target grants`].join("\n");
}

/** Every setting in the schema's order, then what rests on assumptions. */
export function explainAll(plan: Plan, shownOf?: (key: SettingKey) => Shown): string {
  const assumedKeys = assumedSettings(plan);
  return [
    ...settingKeys.map((key) => explainSetting(plan, key, shownOf?.(key))),
    `${assumedKeys.length} of ${settingKeys.length} settings rest on assumed sources: ${assumedKeys.join(", ")}.`,
  ].join("\n\n");
}

/** Settings whose source is an assumption, in the schema's order. */
export function assumedSettings(plan: Plan): readonly SettingKey[] {
  return settingKeys.filter((key) => plan.decisions[key].source.kind === "assumed");
}

export interface MainDecision {
  readonly key: SettingKey;
  readonly label: string;
  readonly value: string;
  readonly why: string;
}

const mainKeys = {
  "workers.count": "Workers",
  "workers.mode": "Worker mode",
  "limits.connections_max": "Connections",
  "limits.body_bytes_max": "Largest body",
  "engine.heap_bytes_max": "Heap per thread",
  "engine.ram_bytes": "Memory per engine",
  "allocator.backend": "Allocator",
} as const satisfies Partial<Record<SettingKey, string>>;

const budgetLabels: Readonly<Record<string, string>> = {
  "memory.base_bytes": "Budget: runtime",
  "memory.heaps_bytes": "Budget: heaps",
  "memory.zones_bytes": "Budget: zones",
  "memory.connections_bytes": "Budget: connections",
  "memory.bodies_bytes": "Budget: bodies",
  "memory.features_bytes": "Budget: features",
  "memory.scratch_bytes": "Budget: scratch",
  "memory.headroom_bytes": "Budget: headroom",
};

/** What the wizard and the README show: the choices that shape the server, then the memory budget row by row. */
export function mainDecisions(plan: Plan): readonly MainDecision[] {
  const labels: Readonly<Record<string, string>> = { ...mainKeys, ...budgetLabels };
  return (Object.keys(labels) as SettingKey[])
    .map((key) => plan.decisions[key])
    .filter((decision) => decision.value !== undefined)
    .map((decision) => ({
      key: decision.key,
      label: labels[decision.key] ?? decision.key,
      value: valueText(decision),
      why: decision.clampedBy ? say(decision.clampedBy.by) : say(decision.reason),
    }));
}
