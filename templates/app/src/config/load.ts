/**
 * The configuration, in three layers: `fastserve.tuned.toml` (generated) under `fastserve.toml` (the user's, optional)
 * under the environment. Idea: each value is checked where it stands, with file and line, even when a stronger layer
 * hides it; then the merged whole is checked once. All problems are thrown together as one ConfigError.
 */
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { crossChecks } from "./cross-checks.ts";
import type { Entry, Reading } from "./entry.ts";
import { nearest } from "./nearest.ts";
import { ConfigError, type ConfigProblem, type Layer, showValue } from "./problem.ts";
import { type Environment, readEnvironment } from "./read-environment.ts";
import { readToml } from "./read-toml.ts";
import { reasonOf } from "./reason.ts";
import { type ServerConfig, type SettingKey, schema } from "./schema.ts";
import { sections, settings } from "./settings.ts";

export const TUNED_FILE = "fastserve.tuned.toml";
export const USER_FILE = "fastserve.toml";

export interface LoadedConfig {
  readonly config: ServerConfig;
  /** The layer that each set key came from; keys that the runtime does not have are absent. */
  readonly origin: Readonly<Partial<Record<SettingKey, Layer>>>;
  /** Names of the files that were read, weakest first. */
  readonly files: readonly string[];
  /** Keys that a later regeneration must leave alone, from `pin = [...]` in the user's file. */
  readonly pins: readonly SettingKey[];
}

export interface LoadOptions {
  /** The project's folder: the files lie here, and relative paths in the configuration start here. */
  readonly directory: string;
  readonly environment: Environment;
  /** Text of a file, undefined when there is none; throws when it cannot be read. */
  readonly readFile?: (path: string) => string | undefined;
}

export function loadConfig({ directory, environment, readFile = readText }: LoadOptions): LoadedConfig {
  const problems: ConfigProblem[] = [];
  const files: string[] = [];
  const entries: Entry[] = [];
  const pins: SettingKey[] = [];
  let complete = true;

  function take(reading: Reading): void {
    complete &&= reading.complete;
    const found = [...reading.problems];
    for (const entry of reading.entries) {
      if (entry.key === "pin") takePins(entry, pins, found);
      else if (checkEntry(entry, found)) entries.push(entry);
    }
    // In the order of the lines, whichever check found them.
    problems.push(...found.sort((a, b) => a.where.localeCompare(b.where, "en", { numeric: true })));
  }

  for (const [name, layer] of [
    [TUNED_FILE, "tuned"],
    [USER_FILE, "user"],
  ] as const) {
    const text = readLayer(resolve(directory, name), name, readFile, problems);
    if (text === undefined) continue;
    files.push(name);
    take(readToml(text, name, layer));
  }
  take(readEnvironment(environment));

  const winners = new Map(entries.map((entry) => [entry.key, entry]));
  // A missing file or a syntax error explains every missing key; naming them all would bury it.
  if (complete && files.includes(TUNED_FILE)) problems.push(...missingKeys(winners, problems));
  if (problems.length > 0) throw new ConfigError(problems);

  const config = schema.parse(nest(winners));
  problems.push(...brokenChecks(config, winners));
  if (problems.length > 0) throw new ConfigError(problems);
  const origin = Object.fromEntries([...winners].map(([key, entry]) => [key, entry.place.layer]));
  return { config: resolvePaths(config, directory), origin, files, pins };
}

function readText(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}

function readLayer(
  path: string,
  name: string,
  readFile: (path: string) => string | undefined,
  problems: ConfigProblem[],
): string | undefined {
  try {
    const text = readFile(path);
    if (text === undefined && name === TUNED_FILE) {
      problems.push({
        where: name,
        message: "there is no such file; restore it from version control, or create the project anew.",
      });
    }
    return text;
  } catch (error) {
    problems.push({
      where: name,
      message: `cannot be read: ${error instanceof Error ? error.message : String(error)}`,
    });
    return undefined;
  }
}

/** Whether the entry is a valid setting; adds the problem otherwise. */
function checkEntry(entry: Entry, problems: ConfigProblem[]): boolean {
  const { key, value, place } = entry;
  const setting = settings.get(key);
  if (!setting) {
    problems.push({ where: place.where, message: unknownKey(key) });
    return false;
  }
  const result = setting.type.safeParse(value);
  if (result.success) return true;
  const shown = showValue(value, setting.secret);
  problems.push({ where: place.where, key, message: `${key} = ${shown} ${reasonOf(result.error.issues[0])}` });
  return false;
}

function unknownKey(key: string): string {
  if (sections.has(key)) return `${key} is a section; write [${key}] and its settings below.`;
  // A key without its section, or below one too many, is likelier than a slip of the hand.
  const parts = key.split(".");
  const named = parts.length === 1 ? [...settings.values()].find((setting) => setting.name === key) : undefined;
  const near = named?.key ?? nearest(parts.slice(-2).join("."), settings.keys());
  return `${key} is not a setting${near ? `; did you mean ${near}?` : "."}`;
}

function takePins(entry: Entry, pins: SettingKey[], problems: ConfigProblem[]): void {
  const { where, layer } = entry.place;
  if (layer !== "user") {
    problems.push({ where, message: `pin belongs in ${USER_FILE}.` });
    return;
  }
  if (!Array.isArray(entry.value)) {
    problems.push({ where, message: 'pin must be a list of settings, such as ["workers.count"].' });
    return;
  }
  for (const pin of entry.value) {
    const setting = typeof pin === "string" ? settings.get(pin) : undefined;
    if (setting) pins.push(setting.key);
    else problems.push({ where, message: `pin: ${unknownKey(typeof pin === "string" ? pin : showValue(pin, false))}` });
  }
}

/** Required keys that no layer sets; a key whose value was refused is not missing. */
function missingKeys(winners: ReadonlyMap<string, Entry>, refused: readonly ConfigProblem[]): readonly ConfigProblem[] {
  const known = new Set([...winners.keys(), ...refused.map((problem) => problem.key)]);
  return [...settings.values()]
    .filter((setting) => setting.required && !known.has(setting.key))
    .map((setting) => ({
      where: TUNED_FILE,
      message: `${setting.key} is missing; set it in ${USER_FILE}, or create the project anew.`,
    }));
}

function brokenChecks(config: ServerConfig, winners: ReadonlyMap<string, Entry>): readonly ConfigProblem[] {
  const strength: Readonly<Record<Layer, number>> = { tuned: 0, user: 1, environment: 2 };
  return crossChecks
    .filter((check) => !check.holds(config))
    .map((check) => {
      const places = check.keys.flatMap((key) => winners.get(key)?.place ?? []);
      const strongest = places.reduce((best, place) => (strength[place.layer] > strength[best.layer] ? place : best));
      return { where: strongest.where, message: check.message(config) };
    });
}

function nest(winners: ReadonlyMap<string, Entry>): Record<string, Record<string, unknown>> {
  const nested: Record<string, Record<string, unknown>> = Object.fromEntries([...sections].map((name) => [name, {}]));
  for (const [key, entry] of winners) {
    const setting = settings.get(key);
    const section = setting && nested[setting.section];
    if (section) section[setting.name] = entry.value;
  }
  return nested;
}

function resolvePaths(config: ServerConfig, directory: string): ServerConfig {
  const { cert, key } = config.tls;
  const tls = {
    ...config.tls,
    ...(cert === undefined ? {} : { cert: resolve(directory, cert) }),
    ...(key === undefined ? {} : { key: resolve(directory, key) }),
  };
  const { token_file } = config.admin;
  const admin = {
    ...config.admin,
    ...(token_file === undefined ? {} : { token_file: resolve(directory, token_file) }),
  };
  return { ...config, tls, admin, static: { ...config.static, root: resolve(directory, config.static.root) } };
}
