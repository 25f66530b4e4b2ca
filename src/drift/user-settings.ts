/**
 * The user's `fastserve.toml` as a retune sees it: which settings are pinned, and which are overridden. It is read as
 * the server reads it, and never written.
 */
import { nearest } from "../../templates/app/src/config/nearest.ts";
import { readToml } from "../../templates/app/src/config/read-toml.ts";
import type { SettingKey } from "../../templates/app/src/config/schema.ts";
import { AppError, type ErrorCode, type Problem } from "../lib/errors.ts";
import type { SettingContent } from "../plan/decision.ts";
import { settingKeys } from "../plan/rules/table.ts";
import { settingContent } from "./setting-content.ts";
import { valueFault } from "./value-fault.ts";

export interface UserSettings {
  /** In the order of the file, each once. */
  readonly pins: readonly SettingKey[];
  /** Values that win over the tuned file when the server starts. */
  readonly overrides: ReadonlyMap<SettingKey, SettingContent>;
}

export const noUserSettings: UserSettings = { pins: [], overrides: new Map() };

const known: ReadonlySet<string> = new Set(settingKeys);

/**
 * Reads the file's text; `path` is named in errors, with the line.
 * @throws AppError CONFIG_UNREADABLE or SETTING_UNKNOWN, once for each thing that is wrong in it
 */
export function readUserSettings(toml: string, path: string): UserSettings {
  const { entries, problems } = readToml(toml, path, "user");
  const wrong = problems.map(({ where, message }) => problem("CONFIG_UNREADABLE", path, `${where}: ${message}`));
  const pins = new Set<SettingKey>();
  const overrides = new Map<SettingKey, SettingContent>();
  for (const { key, value, place } of entries) {
    if (key === "pin") takePins(value, place.where, path, pins, wrong);
    else if (key.startsWith(FACTS)) wrong.push(fact(key, `${place.where}: ${key}`, "set"));
    else if (!isSettingKey(key)) wrong.push(unknown(key, `${place.where}: ${key}`, path));
    else {
      const content = settingContent(value);
      const fault = content === undefined ? "holds what no setting can" : valueFault(key, content);
      if (content !== undefined && fault === undefined) overrides.set(key, content);
      else wrong.push(problem("CONFIG_UNREADABLE", key, `${place.where}: ${key} ${fault}.`));
    }
  }
  if (wrong.length > 0) throw new AppError(wrong);
  return { pins: [...pins], overrides };
}

function takePins(value: unknown, where: string, path: string, pins: Set<SettingKey>, wrong: Problem[]): void {
  if (!Array.isArray(value)) {
    wrong.push(problem("CONFIG_UNREADABLE", path, `${where}: pin must be a list, such as ["workers.count"].`));
    return;
  }
  for (const pin of value as readonly unknown[]) {
    if (typeof pin === "string" && pin.startsWith(FACTS)) wrong.push(fact(pin, `${where}: pin: "${pin}"`, "pinned"));
    else if (typeof pin === "string" && isSettingKey(pin)) pins.add(pin);
    else wrong.push(unknown(String(pin), `${where}: pin: ${JSON.stringify(pin)}`, path));
  }
}

/** Facts of the target are recorded beside the settings; nobody decided them, and no server runs with them. */
const FACTS = "target.";

function fact(key: string, what: string, done: "pinned" | "set"): Problem {
  return {
    code: "SETTING_UNKNOWN",
    key,
    message: `${what} is a fact of the target, and facts are not ${done}.`,
    next: "Give --memory, --cpus or --target instead.",
  };
}

function isSettingKey(key: string): key is SettingKey {
  return known.has(key);
}

function unknown(key: string, what: string, path: string): Problem {
  const near = nearest(key, settingKeys);
  return {
    code: "SETTING_UNKNOWN",
    key,
    message: `${what} is not a setting of this version.`,
    next: near === undefined ? `Remove it from ${path}.` : `Did you mean ${near}?`,
  };
}

function problem(code: ErrorCode, key: string, message: string): Problem {
  return { code, key, message, next: "Correct it there; the server would refuse it too." };
}
