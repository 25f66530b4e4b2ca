/**
 * `FASTSERVE__SECTION__KEY` variables to entries, typed by the schema: an environment holds only text.
 * A variable that differs from a known one in underscores or case only is a slip, not a stranger's: it is refused.
 */
import type { Entry, Reading } from "./entry.ts";
import { editDistance, nearest } from "./nearest.ts";
import { type ConfigProblem, showValue } from "./problem.ts";
import { type Setting, settings, variableOf } from "./settings.ts";

export type Environment = Readonly<Record<string, string | undefined>>;

const PREFIX = "FASTSERVE__";

/** Names the profile whose files are read; it is no setting. */
export const PROFILE_VARIABLE = "FASTSERVE_PROFILE";

export function readEnvironment(environment: Environment): Reading {
  const byVariable = new Map([...settings.values()].map((setting) => [variableOf(setting.key), setting]));
  const bySlip = new Map([...byVariable.keys(), PROFILE_VARIABLE].map((name) => [slipOf(name), name]));
  const entries: Entry[] = [];
  const problems: ConfigProblem[] = [];
  for (const where of variableNames(environment, bySlip)) {
    const text = environment[where];
    // Which profile it is was decided before the settings are read.
    if (text === undefined || where === PROFILE_VARIABLE) continue;
    const setting = byVariable.get(where);
    if (!setting) {
      const near = bySlip.get(slipOf(where)) ?? nearest(where, [...byVariable.keys(), PROFILE_VARIABLE]);
      problems.push({ where, message: `is not a setting${near ? `; did you mean ${near}?` : "."}` });
      continue;
    }
    const value = parseText(setting, text);
    if (value === undefined) problems.push({ where, key: setting.key, message: reasonOf(setting, text) });
    else entries.push({ key: setting.key, value, place: { where, layer: "environment" } });
  }
  return { entries, problems, complete: true };
}

/** A restricted process may read only the variables it was granted by name, and may not list them. */
function variableNames(environment: Environment, bySlip: ReadonlyMap<string, string>): readonly string[] {
  try {
    return Object.keys(environment)
      .filter((name) => name.startsWith(PREFIX) || bySlip.has(slipOf(name)) || isAlmostProfile(name))
      .sort();
  } catch {
    return [...bySlip.values()];
  }
}

/** Letters that may be wrong: with more, it is some other program's variable. */
const PROFILE_EDITS_MAX = 2;

/** A slip in this one name would start the server with another machine's values, and without a word. */
function isAlmostProfile(name: string): boolean {
  const lengths = Math.abs(name.length - PROFILE_VARIABLE.length);
  return lengths <= PROFILE_EDITS_MAX && editDistance(slipOf(name), PROFILE_VARIABLE) <= PROFILE_EDITS_MAX;
}

/** What is left of a name when underscores and case are forgiven. */
function slipOf(name: string): string {
  return name.toUpperCase().replace(/_+/g, "_");
}

function parseText(setting: Setting, text: string): string | number | boolean | readonly string[] | undefined {
  if (setting.kind === "text") return text;
  if (setting.kind === "list") return text.trim() === "" ? [] : text.split(",").map((item) => item.trim());
  if (setting.kind === "boolean") return text === "true" ? true : text === "false" ? false : undefined;
  return /^-?\d+(\.\d+)?$/.test(text) ? Number(text) : undefined;
}

function reasonOf(setting: Setting, text: string): string {
  const wanted = setting.kind === "boolean" ? "true or false" : "a number";
  return `${setting.key} = ${showValue(text, setting.secret)} must be ${wanted}.`;
}
