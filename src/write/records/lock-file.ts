/**
 * `.fastserve/lock.json`: what the last write put where. It is committed, so one file stands on one line, sorted: git
 * merges two branches' locks like any text. A lock left with conflict markers is still read; of a file that the two
 * sides disagree on, the side whose base text is there counts, and without one the file is unknown, which never
 * overwrites anything.
 */

import { AppError } from "../../lib/errors.ts";
import type { Owner } from "../../tree/file-tree.ts";
import { checkProjectPaths, stateFolder } from "../disk/project-path.ts";
import { compareVersions, isVersion } from "./version-order.ts";

export const lockPath = `${stateFolder}/lock.json`;
export const LOCK_SCHEMA = 1;
/** A project has some 800 files of 150 bytes each in its lock; these are 30 times as much. */
export const LOCK_BYTES_MAX = 4 * 1024 * 1024;
const FILES_MAX = 25_000;
/** PATH_MAX of macOS, the shortest of the systems in use whose paths have a limit below 4,096. */
const PATH_CHARACTERS_MAX = 1_024;

export interface LockedFile {
  readonly owner: Owner;
  /** Of the pristine content, with LF line endings and without a byte order mark. */
  readonly sha256: string;
  readonly mode: 0o644 | 0o755;
  /** What was generated is a guess, made when the records were lost: it may be newer than what the user started from. */
  readonly unverified?: true;
}

export interface Lock {
  readonly generatorVersion: string;
  /** By path, in the order of the paths' code units. */
  readonly files: ReadonlyMap<string, LockedFile>;
}

export interface ReadLock extends Lock {
  /** Files that the sides of a git conflict disagree on, with what each of them says. */
  readonly disputed: ReadonlyMap<string, readonly LockedFile[]>;
}

export function printLock(lock: Lock): string {
  const paths = [...lock.files.keys()].sort();
  const lines = paths.map((path) => {
    const file = lock.files.get(path);
    const { owner, sha256, unverified } = file ?? {};
    const row = { owner, sha256, mode: file?.mode.toString(8), unverified };
    return `    ${JSON.stringify(path)}: ${JSON.stringify(row)}`;
  });
  const head = `{\n  "schema": ${LOCK_SCHEMA},\n  "generator": ${JSON.stringify(lock.generatorVersion)},\n`;
  return `${head}  "files": {\n${lines.join(",\n")}\n  }\n}\n`;
}

/** @throws AppError PROJECT_STATE_INVALID when the text is no lock, is of a newer schema or names an unsafe path */
export function parseLock(text: string): ReadLock {
  if (text.length > LOCK_BYTES_MAX) throw invalid(`it is larger than ${LOCK_BYTES_MAX} bytes`);
  const document = parseDocument(text) ?? parseLines(text);
  checkSchema(document);
  const { generator } = document;
  if (!isVersion(generator)) throw invalid("its generator is no version");
  if (document.files.length > FILES_MAX) throw invalid(`it lists more than ${FILES_MAX} files`);
  const all = new Map(document.files.map(([path, rows]) => [path, rows.map((row) => toLockedFile(path, row))]));
  checkProjectPaths(all.keys(), "PROJECT_STATE_INVALID", lockPath);
  const files = new Map(
    [...all].flatMap(([path, [file, ...others]]) => (file && others.length === 0 ? [[path, file]] : [])),
  );
  const disputed = new Map([...all].filter(([, sides]) => sides.length > 1));
  return { generatorVersion: generator, files, disputed };
}

/** Schema 1 is the first one, so there is no older one to read. */
function checkSchema({ schema, generator }: LockDocument): void {
  if (!Number.isSafeInteger(schema) || Number(schema) < 1) throw invalid("it has no schema number");
  if (Number(schema) <= LOCK_SCHEMA) return;
  // What a stranger wrote is shown only where it is a version.
  const writer = isVersion(generator) ? `create-fastserve ${generator}` : "a version of create-fastserve";
  throw new AppError({
    code: "PROJECT_STATE_INVALID",
    key: lockPath,
    message: `${lockPath} has schema ${schema}: ${writer} wrote it, which is newer than this one.`,
    next: `Run it with ${isVersion(generator) ? `create-fastserve@${generator}` : "create-fastserve@latest"} or newer.`,
  });
}

interface LockDocument {
  readonly schema: unknown;
  readonly generator: string;
  /** A file has one row, or those of both sides of a conflict. */
  readonly files: readonly (readonly [string, readonly unknown[]])[];
}

function parseDocument(text: string): LockDocument | undefined {
  const value = parseJson(text);
  if (value === undefined) return undefined;
  if (!isRecord(value) || !isRecord(value.files)) throw invalid("it is no object with files");
  const files = Object.entries(value.files).map(([path, row]) => [path, [row]] as const);
  const { generator } = value;
  return { schema: value.schema, generator: typeof generator === "string" ? generator : "", files };
}

/** Reads line by line what is no JSON as a whole, which is what a merge conflict leaves behind. */
function parseLines(text: string): LockDocument {
  if (!/^(?:<{7}|={7}|>{7})/m.test(text)) throw invalid("it is no JSON");
  const rows = new Map<string, Set<string>>();
  for (const [, path = "", row = ""] of text.matchAll(/^ {4}("(?:[^"\\]|\\.)*"): (\{[^{}]*\}),?\r?$/gm)) {
    const key = String(parseJson(path));
    rows.set(key, (rows.get(key) ?? new Set()).add(row));
  }
  const schemas = [...text.matchAll(/^ {2}"schema": (\d+)/gm)].map((match) => Number(match[1]));
  const generators = [...text.matchAll(/^ {2}"generator": "([^"]*)"/gm)].map((match) => match[1] ?? "");
  return {
    schema: schemas.reduce<number | undefined>((newest, schema) => Math.max(newest ?? schema, schema), undefined),
    // The newer one of the two sides: what it has written must not be taken for an older one's.
    generator: generators.filter(isVersion).sort(compareVersions).at(-1) ?? "",
    files: [...rows].map(([path, sides]) => [path, [...sides].map(parseJson)]),
  };
}

function toLockedFile(path: string, row: unknown): LockedFile {
  if (path.length > PATH_CHARACTERS_MAX) throw invalid(`a path is longer than ${PATH_CHARACTERS_MAX} characters`);
  // A stranger's path may hold what a terminal takes for commands.
  const name = JSON.stringify(path);
  if (!isRecord(row)) throw invalid(`${name} has no record`);
  const { owner, sha256, mode, unverified } = row;
  if (owner !== "managed" && owner !== "seeded" && owner !== "merged") throw invalid(`${name} has no owner`);
  if (typeof sha256 !== "string" || !/^[0-9a-f]{64}$/.test(sha256)) throw invalid(`${name} has no SHA-256`);
  if (mode !== "644" && mode !== "755") throw invalid(`${name} has no mode`);
  if (unverified !== undefined && unverified !== true) throw invalid(`${name} has a strange mark`);
  const file = { owner, sha256, mode: mode === "755" ? 0o755 : 0o644 } as const;
  return unverified === true ? { ...file, unverified } : file;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Expected for a lock with conflict markers; the caller decides.
    return undefined;
  }
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function invalid(why: string): AppError {
  return new AppError({
    code: "PROJECT_STATE_INVALID",
    key: lockPath,
    message: `${lockPath} cannot be read: ${why}.`,
    next: "Restore it from version control. If it is lost, delete it: the next retune then records a new one.",
  });
}
