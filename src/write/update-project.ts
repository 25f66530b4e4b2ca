/**
 * Carries out changes in a directory that exists: a new project among documents or, with consent, other files, and
 * every later write. All of it happens or nothing; `undo` takes it back.
 */

import type { FileSystem } from "../io/ports.ts";
import { assert } from "../lib/assert.ts";
import { AppError, type Problem } from "../lib/errors.ts";
import type { FileTree } from "../tree/file-tree.ts";
import { type Base, basePath, readBase } from "./base.ts";
import type { Change } from "./change.ts";
import { withClaim } from "./claim.ts";
import { fingerprintOf, readDiskFile } from "./disk-file.ts";
import { hashOf, textHashOf, toBytes } from "./file-text.ts";
import { carryOut, commit, discardJournal, type Edit, prepare, rollBack } from "./journal.ts";
import { type JournalRecord, journalFolder, readRecord } from "./journal-record.ts";
import type { LockedFile } from "./lock-file.ts";
import { checkProjectPaths, inProject } from "./project-path.ts";
import { recoverClaimed } from "./recover.ts";
import { lockedFile, stateFiles, type WriteMeta } from "./state-files.ts";
import { toWriteError } from "./write-error.ts";

/**
 * @param changes what `diff` (and later the merge) planned from this tree
 * @param directory absolute path of an existing folder
 * @throws AppError FILES_CONFLICT, FILE_CHANGED_MEANWHILE, DIRECTORY_BUSY, DIRECTORY_UNSAFE, PROJECT_STATE_INVALID,
 *   WRITE_FAILED; then every file is as it was
 */
export function updateProject(
  fs: FileSystem,
  changes: readonly Change[],
  tree: FileTree,
  directory: string,
  meta: WriteMeta,
): void {
  refuseConflicts(changes);
  checkProjectPaths(
    changes.map((change) => change.path),
    "DIRECTORY_UNSAFE",
    "the plan",
  );
  try {
    withClaim(fs, directory, () => {
      recoverClaimed(fs, directory);
      refuseChangedFiles(fs, directory, changes);
      const edits = [...projectEdits(fs, directory, changes), ...stateEdits(fs, directory, changes, tree, meta)];
      if (edits.length > 0) writeAtOnce(fs, directory, edits);
    });
  } catch (error) {
    throw toWriteError(error, directory, isInterrupted(fs, directory) ? "needsRecovery" : "unchanged");
  }
}

/** Prepares, carries out and commits; on an error takes everything back. */
function writeAtOnce(fs: FileSystem, directory: string, edits: readonly Edit[]): void {
  let record: JournalRecord | undefined;
  try {
    record = prepare(fs, directory, edits);
    carryOut(fs, directory, record);
    commit(fs, directory);
  } catch (error) {
    takeBack(fs, directory);
    throw error;
  }
}

/** Never fails: the first error is the one to report, and the journal stays for recovery if taking back fails too. */
function takeBack(fs: FileSystem, directory: string): void {
  try {
    const record = readRecord(fs, directory, journalFolder);
    if (record === undefined) discardJournal(fs, directory);
    else rollBack(fs, directory, record);
  } catch {
    // Expected on a failing disk.
  }
}

function isInterrupted(fs: FileSystem, directory: string): boolean {
  try {
    return fs.info(inProject(directory, journalFolder)) !== undefined;
  } catch {
    // A disk that cannot be read may hold anything.
    return true;
  }
}

function refuseConflicts(changes: readonly Change[]): void {
  const problems = changes
    .filter((change) => change.kind === "conflict")
    .map(({ path }) => ({
      code: "FILES_CONFLICT" as const,
      key: path,
      message: `${path} exists and is not as create-fastserve wrote it.`,
      next: `Move ${path} away, or choose another directory; no file of yours is overwritten.`,
    }));
  if (problems.length > 0) throw new AppError(problems);
}

/** The plan is carried out only on the files it was made from. */
function refuseChangedFiles(fs: FileSystem, directory: string, changes: readonly Change[]): void {
  const problems: Problem[] = [];
  for (const { kind, path, preimage } of changes) {
    if (kind === "keep") continue;
    const disk = readDiskFile(fs, directory, path);
    const current = disk.kind === "file" ? hashOf(disk.bytes) : undefined;
    if (disk.kind !== "obstacle" && current === preimage) continue;
    problems.push({
      code: "FILE_CHANGED_MEANWHILE",
      key: path,
      message: `${path} has changed since the changes were planned.`,
      next: "Run the command again, so that it plans from the current files.",
    });
  }
  if (problems.length > 0) throw new AppError(problems);
}

function projectEdits(fs: FileSystem, directory: string, changes: readonly Change[]): Edit[] {
  return changes.flatMap((change): Edit[] => {
    const { kind, path, entry } = change;
    if (kind === "keep") return [];
    if (kind === "delete") return [{ path, content: undefined, executable: false }];
    assert(entry !== undefined, `the change of ${path} has no content`);
    const content = toBytes(entry.content);
    const edit: Edit = { path, content, executable: entry.mode === 0o755 };
    return isOnDisk(fs, directory, edit) ? [] : [edit];
  });
}

/** The records after these changes, as far as they differ from those on disk; the lock comes last. */
function stateEdits(
  fs: FileSystem,
  directory: string,
  changes: readonly Change[],
  tree: FileTree,
  meta: WriteMeta,
): Edit[] {
  const base = readBase(fs, directory);
  const files = lockedAfter(fs, directory, changes, tree, base);
  const dropped = [...base.files.keys()].filter((path) => !files.has(path)).map(basePath);
  const removed = dropped.filter((path) => fs.info(inProject(directory, path)) !== undefined);
  const written = [...stateFiles({ generatorVersion: meta.generatorVersion, files }, tree)];
  return [
    ...removed.map((path): Edit => ({ path, content: undefined, executable: false })),
    ...written.map(([path, content]): Edit => ({ path, content, executable: false })),
  ].filter((edit) => !isOnDisk(fs, directory, edit));
}

/** The base advances for files that now are, or already were, what the tree wants; others keep theirs. */
function lockedAfter(
  fs: FileSystem,
  directory: string,
  changes: readonly Change[],
  tree: FileTree,
  base: Base,
): Map<string, LockedFile> {
  const files = new Map([...base.files].filter(([path]) => tree.has(path) || isFile(fs, directory, path)));
  for (const { kind, path } of changes) {
    const entry = tree.get(path);
    if (kind === "delete") files.delete(path);
    else if (entry !== undefined && (kind !== "keep" || isAsWanted(fs, directory, path, entry.content))) {
      files.set(path, lockedFile(entry));
    }
  }
  return files;
}

function isAsWanted(fs: FileSystem, directory: string, path: string, wanted: string | Uint8Array): boolean {
  const disk = readDiskFile(fs, directory, path);
  return disk.kind === "file" && textHashOf(disk.bytes) === textHashOf(toBytes(wanted));
}

function isFile(fs: FileSystem, directory: string, path: string): boolean {
  return readDiskFile(fs, directory, path).kind === "file";
}

function isOnDisk(fs: FileSystem, directory: string, edit: Edit): boolean {
  if (edit.content === undefined) return false;
  const current = fingerprintOf(readDiskFile(fs, directory, edit.path));
  return current === hashOf(edit.content) + (edit.executable ? "+x" : "");
}
