/**
 * A write to an existing directory as one step that happens or does not. Everything new is first put beside the
 * project, then everything old, then a record of both; only then are files renamed into place. Whatever ends the run,
 * the record tells from the disk itself how far it came, so it can be taken back, and taking back needs no disk space.
 *
 *   .fastserve/journal/after/N    new content of step N          (prepare)
 *   .fastserve/journal/before/N   old content of step N          (prepare)
 *   .fastserve/journal/record.json                               (prepare, last: from here on the write is recoverable)
 *   rename after/N -> path, or remove path, for each step        (carryOut; the lock is the last step)
 *   rename journal -> undo                                       (commit)
 *
 * Undo renames `undo` back to `journal` and rolls back, so it is as safe as the write.
 */

import path from "node:path";
import type { FileSystem } from "../../io/ports.ts";
import { assert } from "../../lib/assert.ts";
import { AppError } from "../../lib/errors.ts";
import { fingerprintOf, missingParents, readDiskFile } from "../disk/disk-file.ts";
import { inProject } from "../disk/project-path.ts";
import { changedMeanwhile } from "./changed-meanwhile.ts";
import {
  type JournalRecord,
  journalFolder,
  printRecord,
  recordName,
  replacedUndoFolder,
  type Step,
  undoFolder,
} from "./journal-record.ts";

/** What a step makes of a file; `content` undefined: the file is removed. */
export interface Edit {
  readonly path: string;
  readonly content: Uint8Array | undefined;
  readonly executable: boolean;
  /** The file whose other permissions it gets, where it is not itself: the one that it replaces under a new name. */
  readonly modeOf?: string;
}

const EXECUTE_BITS = 0o111;

/** Writes everything that the edits need, and the record of them; the project itself is untouched. */
export function prepare(fs: FileSystem, directory: string, edits: readonly Edit[]): JournalRecord {
  const journal = inProject(directory, journalFolder);
  for (const folder of [journal, path.join(journal, "after"), path.join(journal, "before")]) fs.makeDirectory(folder);
  const steps = edits.map((edit, index) => prepareStep(fs, directory, edit, index));
  const directories = new Set(edits.flatMap((edit) => missingParents(fs, directory, edit.path)));
  const record: JournalRecord = { steps, directories: [...directories] };
  const draft = path.join(journal, "record.draft");
  fs.create(draft, Buffer.from(printRecord(record), "utf8"), 0o644);
  fs.rename(draft, path.join(journal, recordName));
  for (const folder of ["after", "before", "."]) fs.syncDirectory(path.join(journal, folder));
  fs.syncDirectory(path.dirname(journal));
  return record;
}

/**
 * Renames everything into place. The last step, which completes the write, waits until the others are on disk.
 * @throws AppError FILE_CHANGED_MEANWHILE when a file is not as it was copied: no copy is kept of what it says now
 */
export function carryOut(fs: FileSystem, directory: string, record: JournalRecord): void {
  for (const folder of record.directories) fs.makeDirectory(inProject(directory, folder));
  for (const [index, step] of record.steps.entries()) {
    if (index === record.steps.length - 1) syncFolders(fs, directory, record);
    if (currentOf(fs, directory, step) !== step.before) throw new AppError(changedMeanwhile(step.path));
    const target = inProject(directory, step.path);
    if (step.after === "none") fs.remove(target);
    else fs.rename(storedFile(directory, journalFolder, "after", index), target);
  }
  syncFolders(fs, directory, record);
}

/** Makes the carried-out write the one that undo takes back. Fails before its rename or not at all. */
export function commit(fs: FileSystem, directory: string): void {
  const undo = inProject(directory, undoFolder);
  if (fs.info(undo) !== undefined) fs.rename(undo, inProject(directory, replacedUndoFolder));
  fs.rename(inProject(directory, journalFolder), undo);
  try {
    clearReplacedUndo(fs, directory);
  } catch {
    // The write stands; the next one removes what stays of the replaced record.
  }
}

/** Whether every step is carried out. A file changed by somebody since is not as the step left it. */
export function isCarriedOut(fs: FileSystem, directory: string, record: JournalRecord): boolean {
  return record.steps.every((step) => currentOf(fs, directory, step) === step.after);
}

/**
 * Takes back what was carried out and removes the journal; may itself be interrupted and repeated.
 * @returns the files that somebody changed since, which stay as they are
 */
export function rollBack(fs: FileSystem, directory: string, record: JournalRecord): string[] {
  const changed: string[] = [];
  for (const [index, step] of [...record.steps.entries()].reverse()) {
    const current = currentOf(fs, directory, step);
    if (current === step.before) continue;
    if (current === step.after) restore(fs, directory, step, index);
    else changed.push(step.path);
  }
  for (const folder of [...record.directories].reverse()) removeEmpty(fs, inProject(directory, folder));
  syncFolders(fs, directory, record);
  discardJournal(fs, directory);
  return changed;
}

/** Removes the journal, its record first: without one it counts as never begun. */
export function discardJournal(fs: FileSystem, directory: string): void {
  const undo = inProject(directory, undoFolder);
  const replaced = inProject(directory, replacedUndoFolder);
  if (fs.info(replaced) !== undefined && fs.info(undo) === undefined) fs.rename(replaced, undo);
  const journal = inProject(directory, journalFolder);
  const record = path.join(journal, recordName);
  if (fs.info(record) !== undefined) fs.remove(record);
  fs.removeTree(journal);
}

/** Removes the undo record that a commit has replaced. */
export function clearReplacedUndo(fs: FileSystem, directory: string): void {
  const replaced = inProject(directory, replacedUndoFolder);
  if (fs.info(replaced) !== undefined) fs.removeTree(replaced);
}

/** Whether the folder (the journal or the undo folder) holds what the file was before the step. */
export function isKept(fs: FileSystem, directory: string, folder: string, step: Step, index: number): boolean {
  return (
    step.before === "none" || storedFingerprint(fs, storedFile(directory, folder, "before", index)) === step.before
  );
}

export function currentOf(fs: FileSystem, directory: string, step: Step): string {
  return fingerprintOf(readDiskFile(fs, directory, step.path));
}

function prepareStep(fs: FileSystem, directory: string, edit: Edit, index: number): Step {
  const file = inProject(directory, edit.path);
  const disk = readDiskFile(fs, directory, edit.path);
  // A symlink, say, where a base text belongs: copying it would read whatever it leads to.
  if (disk.kind === "obstacle") throw obstacleError(edit.path, disk.what);
  const before = fingerprintOf(disk);
  const mode = modeOf(fs.info(inProject(directory, edit.modeOf ?? edit.path))?.mode ?? 0o644, edit.executable);
  const stored = storedFile(directory, journalFolder, "before", index);
  if (before !== "none") fs.copy(file, stored);
  assert(before === "none" || storedFingerprint(fs, stored) === before, `${edit.path} changed while it was copied`);
  if (edit.content === undefined) return { path: edit.path, before, after: "none" };
  const staged = storedFile(directory, journalFolder, "after", index);
  fs.create(staged, edit.content, mode);
  // Read back, for the platform may know no permission to execute.
  return { path: edit.path, before, after: storedFingerprint(fs, staged) };
}

/** The user's permissions stay; who may read may execute, or nobody may. */
function modeOf(current: number, executable: boolean): number {
  const plain = current & 0o777 & ~EXECUTE_BITS;
  return executable ? plain | ((plain & 0o444) >> 2) : plain;
}

function restore(fs: FileSystem, directory: string, step: Step, index: number): void {
  const target = inProject(directory, step.path);
  if (step.before === "none") {
    fs.remove(target);
    return;
  }
  const stored = storedFile(directory, journalFolder, "before", index);
  // A journal is a file like any other: what it holds goes into the project only when it is what the record says.
  if (!isKept(fs, directory, journalFolder, step, index)) throw damagedCopy(step.path, stored);
  for (const parent of missingParents(fs, directory, step.path)) fs.makeDirectory(inProject(directory, parent));
  fs.rename(stored, target);
}

function obstacleError(path: string, what: string): AppError {
  return new AppError({
    code: "DIRECTORY_UNSAFE",
    key: path,
    message: `${path} cannot be written: ${what}.`,
    next: `Move away what is there, then run the command again.`,
  });
}

function damagedCopy(file: string, stored: string): AppError {
  return new AppError({
    code: "PROJECT_STATE_INVALID",
    key: file,
    message: `The former content of ${file} cannot be restored: ${stored} is not what the journal recorded.`,
    next: `Restore ${file} from version control, then delete ${path.dirname(path.dirname(stored))}.`,
  });
}

function storedFile(directory: string, folder: string, side: "before" | "after", index: number): string {
  return path.join(inProject(directory, folder), side, String(index));
}

function storedFingerprint(fs: FileSystem, stored: string): string {
  return fingerprintOf(readDiskFile(fs, path.dirname(stored), path.basename(stored)));
}

function removeEmpty(fs: FileSystem, folder: string): void {
  if (fs.info(folder)?.kind === "directory" && fs.list(folder).length === 0) fs.remove(folder);
}

function syncFolders(fs: FileSystem, directory: string, record: JournalRecord): void {
  const folders = new Set(record.steps.map((step) => path.dirname(inProject(directory, step.path))));
  for (const folder of folders) if (fs.info(folder) !== undefined) fs.syncDirectory(folder);
}
