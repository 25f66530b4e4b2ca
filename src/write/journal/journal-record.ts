/** The journal's record: printed by a write, read by recovery and undo, and trusted by neither. */

import type { FileSystem } from "../../io/ports.ts";
import { AppError } from "../../lib/errors.ts";
import { inProject, parentsOf, pathFault, stateFolder } from "../disk/project-path.ts";
import type { Aftermath } from "../write-error.ts";

export const journalFolder = `${stateFolder}/journal`;
export const undoFolder = `${stateFolder}/undo`;
/** The undo record that a commit is replacing. */
export const replacedUndoFolder = `${undoFolder}-replaced`;
export const recordName = "record.json";

/** One file. Fingerprints: SHA-256 (hex) of the content, "+x" when it may be executed; "none": no such file. */
export interface Step {
  readonly path: string;
  readonly before: string;
  readonly after: string;
}

export interface JournalRecord {
  /** In the order in which they are carried out. */
  readonly steps: readonly Step[];
  /** Folders that the write makes, outermost first. */
  readonly directories: readonly string[];
}

const RECORD_SCHEMA = 1;
/** A step takes some 200 bytes, and a write has at most two for each file of a project; this is 50 times as much. */
const RECORD_BYTES_MAX = 16 * 1024 * 1024;
const FINGERPRINT = /^(?:none|[0-9a-f]{64}(?:\+x)?)$/;

/** What a write that failed has left behind, told from whether its journal is there. */
export function aftermathIn(fs: FileSystem, directory: string): Aftermath {
  try {
    return fs.info(inProject(directory, journalFolder)) === undefined ? "unchanged" : "needsRecovery";
  } catch (error) {
    // Who may not even look there has written nothing there; a disk that cannot be read may hold anything.
    return (error as { code?: unknown }).code === "EACCES" ? "unchanged" : "needsRecovery";
  }
}

export function printRecord(record: JournalRecord): string {
  return `${JSON.stringify({ schema: RECORD_SCHEMA, ...record })}\n`;
}

/**
 * The record in `folder` (the journal or the undo folder); undefined when there is none.
 * @throws AppError PROJECT_STATE_INVALID when it is damaged or names a path outside of the project
 */
export function readRecord(fs: FileSystem, directory: string, folder: string): JournalRecord | undefined {
  const path = `${folder}/${recordName}`;
  for (const part of [...parentsOf(path), path]) {
    if (fs.info(inProject(directory, part))?.kind === "symlink") throw invalid(path, `${part} is a symlink`);
  }
  const file = inProject(directory, path);
  if ((fs.info(file)?.bytes ?? 0) > RECORD_BYTES_MAX)
    throw invalid(path, `it is larger than ${RECORD_BYTES_MAX} bytes`);
  const bytes = fs.read(file);
  return bytes === undefined ? undefined : parseRecord(Buffer.from(bytes).toString("utf8"), path);
}

function parseRecord(text: string, source: string): JournalRecord {
  let value: { schema?: unknown; steps?: unknown; directories?: unknown } | null;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw invalid(source, (error as Error).message);
  }
  if (value?.schema !== RECORD_SCHEMA) throw invalid(source, "its schema is not known");
  if (!Array.isArray(value.steps) || !Array.isArray(value.directories)) throw invalid(source, "it has no steps");
  return {
    steps: value.steps.map((step: Partial<Step> | null) => toStep(step, source)),
    directories: value.directories.map((folder: unknown) => toPath(folder, source)),
  };
}

function toStep(step: Partial<Step> | null, source: string): Step {
  const { before, after } = step ?? {};
  if (typeof before !== "string" || !FINGERPRINT.test(before)) throw invalid(source, "a step has no fingerprint");
  if (typeof after !== "string" || !FINGERPRINT.test(after)) throw invalid(source, "a step has no fingerprint");
  return { path: toPath(step?.path, source), before, after };
}

/** Unlike a tree, a journal also covers this program's own records, except for itself. */
function toPath(path: unknown, source: string): string {
  const fault = typeof path === "string" ? pathFault(path) : "is no text";
  if (fault !== undefined) throw invalid(source, `the path ${JSON.stringify(path)} ${fault}`);
  const ownFolders = [journalFolder, undoFolder];
  const text = String(path);
  if (ownFolders.some((folder) => text.toLowerCase().startsWith(folder))) throw invalid(source, `it names ${text}`);
  return text;
}

function invalid(source: string, why: string): AppError {
  return new AppError({
    code: "PROJECT_STATE_INVALID",
    key: source,
    message: `${source} cannot be followed: ${why}.`,
    next: `Delete ${source.slice(0, source.lastIndexOf("/"))}; what it would have restored stays as it is.`,
  });
}
