/** Whether a value is one that the setting can hold, by the server's own bounds. */
import type { SettingKey } from "../../templates/app/src/config/schema.ts";
import type { SettingContent } from "../plan/decision.ts";
import { type SettingBounds, settingBounds } from "./setting-bounds.ts";

/** Why the setting cannot hold the value, in words that follow it; undefined: it can. */
export function valueFault(key: SettingKey, value: SettingContent): string | undefined {
  const bounds: SettingBounds = settingBounds[key];
  switch (bounds.kind) {
    case "number":
      return numberFault(bounds, value);
    case "boolean":
      return typeof value === "boolean" ? undefined : "must be true or false";
    case "texts":
      return isTexts(value) ? undefined : "must be a list of texts, none of them empty";
    case "choice":
      return bounds.of.some((one) => one === value) ? undefined : `must be one of ${bounds.of.join(", ")}`;
    case "text":
      return textFault(bounds, value);
  }
}

function numberFault({ min, max }: SettingBounds & { kind: "number" }, value: SettingContent): string | undefined {
  if (typeof value !== "number" || !Number.isSafeInteger(value)) return "must be a whole number";
  if (value < min) return `must be at least ${min}`;
  return max !== undefined && value > max ? `must be at most ${max}` : undefined;
}

function textFault(bounds: SettingBounds & { kind: "text" }, value: SettingContent): string | undefined {
  if (typeof value !== "string") return "must be text";
  if (value.length < (bounds.charsMin ?? 0)) return "must not be empty";
  return new RegExp(bounds.pattern ?? "").test(value) ? undefined : "has characters that cannot stand there";
}

function isTexts(value: SettingContent): boolean {
  return typeof value === "object" && value.every((item) => typeof item === "string" && item !== "");
}
