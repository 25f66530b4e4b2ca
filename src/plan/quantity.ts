/** A setting's value for people. */
import { formatBytes, formatMs, seconds } from "../lib/units.ts";
import type { SettingContent, Unit } from "./decision.ts";

/** "1.5 GiB", "30 s", "80 %", "4096". */
export function quantity(value: number, unit: Unit): string {
  if (unit === "bytes") return formatBytes(value);
  if (unit === "ms") return formatMs(value);
  if (unit === "s") return formatMs(seconds(value));
  return unit === "percent" ? `${value} %` : String(value);
}

/** The same for any content: a list is one line, what is empty is seen to be. */
export function contentText(value: SettingContent, unit: Unit): string {
  if (typeof value === "number") return quantity(value, unit);
  if (typeof value === "object") return value.length === 0 ? "[]" : value.join(", ");
  return value === "" ? '""' : String(value);
}

/** What stands behind a value that is hard to read as digits; undefined: the digits say it. */
export function hintOf(value: SettingContent, unit: Unit): string | undefined {
  if (typeof value !== "number" || value < 1000) return undefined;
  return unit === "bytes" || unit === "ms" || unit === "s" ? quantity(value, unit) : undefined;
}
