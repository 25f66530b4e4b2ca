/**
 * `.fastserve/lock.json`: what the last write put where. It is committed, so one file stands on one line, sorted: git
 * merges two branches' locks like any text. A lock left with conflict markers is still read; a file that the two sides
 * disagree on is then unknown, which never overwrites anything.
 */

import { AppError } from "../lib/errors.ts";
import type { Owner } from "../tree/file-tree.ts";
import { checkProjectPaths, stateFolder } from "./project-path.ts";

export const lockPath = `${stateFolder}/lock.json`;
export const LOCK_SCHEMA = 1;

export interface LockedFile {
  readonly owner: Owner;
  /** Of the pristine content, with LF line endings and without a byte order mark. */
  readonly sha256: string;
  readonly mode: 0o644 | 0o755;
}

export interface Lock {
  readonly generatorVersion: string;
  /** By path, in the order of the paths' code units. */
  readonly files: ReadonlyMap<string, LockedFile>;
}

export function printLock(lock: Lock): string {
  const paths = [...lock.files.keys()].sort();
  const lines = paths.map((path) => {
    const file = lock.files.get(path);
    const row = { owner: file?.owner, sha256: file?.sha256, mode: file?.mode.toString(8) };
    return `    ${JSON.stringify(path)}: ${JSON.stringify(row)}`;
  });
  const head = `{\n  "schema": ${LOCK_SCHEMA},\n  "generator": ${JSON.stringify(lock.generatorVersion)},\n`;
  return `${head}  "files": {\n${lines.join(",\n")}\n  }\n}\n`;
}

/** @throws AppError PROJECT_STATE_INVALID when the text is no lock, is of a newer schema or names an unsafe path */
export function parseLock(text: string): Lock {
  const document = parseDocument(text) ?? parseLines(text);
  if (typeof document.schema !== "number") throw invalid("it has no schema number");
  if (document.schema > LOCK_SCHEMA) {
    throw new AppError({
      code: "PROJECT_STATE_INVALID",
      key: lockPath,
      message: `${lockPath} was written by create-fastserve ${document.generator}, which is newer than this one.`,
      next: `Run it with create-fastserve ${document.generator} or newer.`,
    });
  }
  const files = new Map(document.files.map(([path, row]) => [path, toLockedFile(path, row)]));
  checkProjectPaths(files.keys(), "PROJECT_STATE_INVALID", lockPath);
  return { generatorVersion: document.generator, files };
}

interface LockDocument {
  readonly schema: unknown;
  readonly generator: string;
  readonly files: readonly (readonly [string, unknown])[];
}

function parseDocument(text: string): LockDocument | undefined {
  const value = parseJson(text);
  if (value === undefined) return undefined;
  if (!isRecord(value) || !isRecord(value.files)) throw invalid("it is no object with files");
  return { schema: value.schema, generator: String(value.generator), files: Object.entries(value.files) };
}

/** Reads line by line what is no JSON as a whole, which is what a merge conflict leaves behind. */
function parseLines(text: string): LockDocument {
  if (!/^(?:<{7}|={7}|>{7})/m.test(text)) throw invalid("it is no JSON");
  const rows = new Map<string, string | undefined>();
  for (const [, path, row] of text.matchAll(/^ {4}("(?:[^"\\]|\\.)*"): (\{[^{}]*\}),?\r?$/gm)) {
    const key = String(parseJson(path ?? ""));
    rows.set(key, rows.has(key) && rows.get(key) !== row ? undefined : row);
  }
  const agreed = [...rows].filter(([, row]) => row !== undefined);
  const schemas = [...text.matchAll(/^ {2}"schema": (\d+)/gm)].map((match) => Number(match[1]));
  const generators = [...text.matchAll(/^ {2}"generator": "([^"]*)"/gm)].map((match) => match[1] ?? "");
  return {
    schema: schemas.length === 0 ? undefined : Math.max(...schemas),
    generator: generators.at(-1) ?? "",
    files: agreed.map(([path, row]) => [path, parseJson(row ?? "")]),
  };
}

function toLockedFile(path: string, row: unknown): LockedFile {
  if (!isRecord(row)) throw invalid(`${path} has no record`);
  const { owner, sha256, mode } = row;
  if (owner !== "managed" && owner !== "seeded" && owner !== "merged") throw invalid(`${path} has no owner`);
  if (typeof sha256 !== "string" || !/^[0-9a-f]{64}$/.test(sha256)) throw invalid(`${path} has no SHA-256`);
  if (mode !== "644" && mode !== "755") throw invalid(`${path} has no mode`);
  return { owner, sha256, mode: mode === "755" ? 0o755 : 0o644 };
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
    next: "Restore it from version control; without it no file of the project counts as generated.",
  });
}
