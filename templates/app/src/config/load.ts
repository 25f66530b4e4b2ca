/**
 * The configuration, in three layers: `fastserve.tuned.toml` (generated) under `fastserve.toml` (the user's, optional)
 * under the environment. A profile that the environment names brings a tuned file of its own instead of the first, and
 * a layer of its own, optional, over the second. Idea: each value is checked where it stands, with file and line, even
 * when a stronger layer hides it; then the merged whole is checked once. All problems are thrown together as one
 * ConfigError.
 */
import { readdirSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import { crossChecks } from "./cross-checks.ts";
import type { Entry, Reading } from "./entry.ts";
import { nearest } from "./nearest.ts";
import { ConfigError, type ConfigProblem, type Layer, showValue } from "./problem.ts";
import { chooseProfile } from "./profile.ts";
import { tunedFileOf, USER_FILE, userFileOf } from "./profile-files.ts";
import { type Environment, readEnvironment } from "./read-environment.ts";
import { readToml } from "./read-toml.ts";
import { reasonOf } from "./reason.ts";
import { restoreCommand, retuneCommand } from "./retune-command.ts";
import { type ServerConfig, type SettingKey, schema } from "./schema.ts";
import { sections, settings } from "./settings.ts";

export interface LoadedConfig {
  readonly config: ServerConfig;
  /** The layer that each set key came from; keys that the runtime does not have are absent. */
  readonly origin: Readonly<Partial<Record<SettingKey, Layer>>>;
  /** The profile that the environment names; undefined: the project's own values. */
  readonly profile: string | undefined;
  /** Names of the files that were read, weakest first. */
  readonly files: readonly string[];
  /** Keys that a later regeneration must leave alone, from `pin = [...]` in the user's files. */
  readonly pins: readonly SettingKey[];
}

export interface LoadOptions {
  /** The project's folder: the files lie here, and relative paths in the configuration start here. */
  readonly directory: string;
  readonly environment: Environment;
  /** Text of a file, undefined when there is none; throws when it cannot be read. */
  readonly readFile?: (path: string) => string | undefined;
  /** Names of the files in a folder; asked only when a profile is chosen. */
  readonly listFiles?: (directory: string) => readonly string[];
}

export function loadConfig(options: LoadOptions): LoadedConfig {
  const { directory, environment, readFile = readText, listFiles = namesIn } = options;
  const problems: ConfigProblem[] = [];
  const files: string[] = [];
  const entries: Entry[] = [];
  const pins: SettingKey[] = [];
  let complete = true;

  function take(reading: Reading): void {
    complete &&= reading.complete;
    const found = [...reading.problems];
    for (const entry of reading.entries) {
      if (entry.key === "pin") takePins(entry, pins, found, usable);
      else if (checkEntry(entry, found, usable)) entries.push(entry);
    }
    // In the order of the lines, whichever check found them.
    problems.push(...found.sort((a, b) => a.where.localeCompare(b.where, "en", { numeric: true })));
  }

  const { profile, problem } = chooseProfile(environment, () => listFiles(directory));
  const usable = problem === undefined ? profile : undefined;
  if (problem) problems.push(problem);
  for (const { name, layer } of layersOf(profile, problem === undefined)) {
    const text = readLayer(resolve(directory, name), { name, layer }, readFile, problems);
    if (text === undefined) continue;
    files.push(name);
    take(readToml(text, name, layer));
  }
  take(readEnvironment(environment));

  const winners = new Map(entries.map((entry) => [entry.key, entry]));
  // A missing file or a syntax error explains every missing key; naming them all would bury it.
  const tunedFile = tunedFileOf(profile);
  if (complete && files.includes(tunedFile)) problems.push(...missingKeys(tunedFile, winners, problems));
  if (problems.length > 0) throw new ConfigError(problems);

  const config = schema.parse(nest(winners));
  problems.push(...brokenChecks(config, winners));
  if (problems.length > 0) throw new ConfigError(problems);
  const origin = Object.fromEntries([...winners].map(([key, entry]) => [key, entry.place.layer]));
  return { config: resolvePaths(config, directory), origin, profile, files, pins };
}

interface LayerFile {
  readonly name: string;
  readonly layer: Layer;
}

/** Weakest first. A profile that cannot be used has no files, and the other layers are checked all the same. */
function layersOf(profile: string | undefined, isUsable: boolean): readonly LayerFile[] {
  const user: LayerFile = { name: USER_FILE, layer: "user" };
  if (!isUsable) return [user];
  const tuned: LayerFile = { name: tunedFileOf(profile), layer: "tuned" };
  return profile === undefined ? [tuned, user] : [tuned, user, { name: userFileOf(profile), layer: "profile" }];
}

/** A folder that cannot be listed has no profiles to offer. */
function namesIn(directory: string): readonly string[] {
  try {
    return readdirSync(directory);
  } catch {
    return [];
  }
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
  { name, layer }: LayerFile,
  readFile: (path: string) => string | undefined,
  problems: ConfigProblem[],
): string | undefined {
  try {
    const text = readFile(path);
    if (text === undefined && layer === "tuned") {
      problems.push({
        where: name,
        message: `there is no such file; restore it from version control, or with ${restoreCommand(name)}.`,
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
function checkEntry(entry: Entry, problems: ConfigProblem[], profile: string | undefined): boolean {
  const { key, value, place } = entry;
  const setting = settings.get(key);
  if (!setting) {
    problems.push({ where: place.where, message: unknownKey(key) });
    return false;
  }
  if (setting.section === "target" && place.layer !== "tuned") {
    problems.push({ where: place.where, key, message: `${key} ${planned(profile)}` });
    return false;
  }
  const result = setting.type.safeParse(value);
  if (result.success) return true;
  const shown = showValue(value, setting.secret);
  problems.push({ where: place.where, key, message: `${key} = ${shown} ${reasonOf(result.error.issues[0])}` });
  return false;
}

/** Another value would not make it another machine, and would hide what the plan was made for. */
function planned(profile: string | undefined): string {
  return `says what the plan was made for, and is nobody's to set: ${retuneCommand(profile)} makes another plan.`;
}

function unknownKey(key: string): string {
  if (sections.has(key)) return `${key} is a section; write [${key}] and its settings below.`;
  // A key without its section, or below one too many, is likelier than a slip of the hand.
  const parts = key.split(".");
  const named = parts.length === 1 ? [...settings.values()].find((setting) => setting.name === key) : undefined;
  const near = named?.key ?? nearest(parts.slice(-2).join("."), settings.keys());
  return `${key} is not a setting${near ? `; did you mean ${near}?` : "."}`;
}

function takePins(entry: Entry, pins: SettingKey[], problems: ConfigProblem[], profile: string | undefined): void {
  const { where, layer } = entry.place;
  if (layer === "tuned") {
    problems.push({ where, message: `pin belongs in ${USER_FILE}.` });
    return;
  }
  if (!Array.isArray(entry.value)) {
    problems.push({ where, message: 'pin must be a list of settings, such as ["workers.count"].' });
    return;
  }
  for (const pin of entry.value) {
    const setting = typeof pin === "string" ? settings.get(pin) : undefined;
    if (setting?.section === "target") problems.push({ where, message: `pin: ${setting.key} ${planned(profile)}` });
    else if (setting) pins.push(setting.key);
    else problems.push({ where, message: `pin: ${unknownKey(typeof pin === "string" ? pin : showValue(pin, false))}` });
  }
}

/** Required keys that no layer sets; a key whose value was refused is not missing. */
function missingKeys(
  tunedFile: string,
  winners: ReadonlyMap<string, Entry>,
  refused: readonly ConfigProblem[],
): readonly ConfigProblem[] {
  const known = new Set([...winners.keys(), ...refused.map((problem) => problem.key)]);
  return [...settings.values()]
    .filter((setting) => setting.required && !known.has(setting.key))
    .map((setting) => ({
      where: tunedFile,
      message: `${setting.key} is missing; set it in ${USER_FILE}, or restore ${tunedFile} from version control.`,
    }));
}

function brokenChecks(config: ServerConfig, winners: ReadonlyMap<string, Entry>): readonly ConfigProblem[] {
  const strength: Readonly<Record<Layer, number>> = { tuned: 0, user: 1, profile: 2, environment: 3 };
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
