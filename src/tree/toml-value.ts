/** Prints one TOML value. Strings become basic strings; TOML has no null, so an absent value has no form. */
import { assert } from "../lib/assert.ts";
import type { SettingContent } from "../plan/decision.ts";

/** `value` as TOML: 42, true, "text", ["a", "b"]. Numbers must be whole: every setting counts something. */
export function tomlValue(value: SettingContent): string {
  if (typeof value === "object") return `[${value.map(tomlString).join(", ")}]`;
  if (typeof value === "string") return tomlString(value);
  if (typeof value === "number") assert(Number.isSafeInteger(value), `${value} is not a whole number`);
  return String(value);
}

function tomlString(text: string): string {
  // JSON's escapes are a subset of TOML's; only DEL is allowed raw in JSON and forbidden in TOML.
  const quoted = JSON.stringify(text).replaceAll("\u007f", "\\u007F");
  assert(!/\\ud[89a-f]/i.test(quoted), "a lone surrogate has no form in TOML");
  return quoted;
}
