/** What a TOML value is to the plan: a setting holds one value or a list of texts, and nothing else. */
import type { SettingContent } from "../plan/decision.ts";

/** undefined: no setting can hold it. */
export function settingContent(value: unknown): SettingContent | undefined {
  if (typeof value === "string" || typeof value === "boolean") return value;
  if (typeof value === "number") return Number.isFinite(value) ? value : undefined;
  return Array.isArray(value) && value.every((item) => typeof item === "string") ? value : undefined;
}

/** Whether both are the same; lists differ when their order does. */
export function sameContent(a: SettingContent | undefined, b: SettingContent | undefined): boolean {
  if (typeof a !== "object" || typeof b !== "object") return a === b;
  return a.length === b.length && a.every((item, index) => item === b[index]);
}
