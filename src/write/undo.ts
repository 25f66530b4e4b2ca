/** Takes back the last write to an existing directory, byte for byte. */

import type { FileSystem } from "../io/ports.ts";
import { AppError, type Problem } from "../lib/errors.ts";
import { withClaim } from "./claim.ts";
import { currentOf, rollBack } from "./journal.ts";
import { type JournalRecord, journalFolder, readRecord, undoFolder } from "./journal-record.ts";
import { lockPath } from "./lock-file.ts";
import { inProject, stateFolder } from "./project-path.ts";
import { recoverClaimed } from "./recover.ts";
import { toWriteError } from "./write-error.ts";

export interface Undone {
  /** Files that have their former content again. */
  readonly restored: readonly string[];
  /** Files that the write had made and that are gone. */
  readonly removed: readonly string[];
}

/**
 * One write can be taken back; taking it back cannot be. The project's own records are restored with it.
 * @throws AppError PROJECT_NOT_FOUND, NOTHING_TO_UNDO, FILE_CHANGED_MEANWHILE for files changed since the write (then
 *   none is restored), DIRECTORY_BUSY, PROJECT_STATE_INVALID, WRITE_FAILED
 */
export function undo(fs: FileSystem, directory: string): Undone {
  if (fs.info(inProject(directory, stateFolder))?.kind !== "directory") throw notAProject(directory);
  try {
    return withClaim(fs, directory, () => undoClaimed(fs, directory));
  } catch (error) {
    throw toWriteError(error, directory, "needsRecovery");
  }
}

function undoClaimed(fs: FileSystem, directory: string): Undone {
  recoverClaimed(fs, directory);
  const record = readRecord(fs, directory, undoFolder);
  if (record === undefined) throw nothingToUndo(fs, directory);
  const problems = record.steps
    .filter((step) => currentOf(fs, directory, step) !== step.after)
    .map((step) => changedSince(step.path));
  if (problems.length > 0) throw new AppError(problems);
  // From here on this is an interrupted write, which recovery can finish taking back.
  fs.rename(inProject(directory, undoFolder), inProject(directory, journalFolder));
  rollBackFirmly(fs, directory, record);
  const files = record.steps.filter((step) => !step.path.startsWith(`${stateFolder}/`));
  return {
    restored: files.filter((step) => step.before !== "none").map((step) => step.path),
    removed: files.filter((step) => step.before === "none").map((step) => step.path),
  };
}

/** A second attempt continues where the first one failed, so a fault that passes does not leave the journal behind. */
function rollBackFirmly(fs: FileSystem, directory: string, record: JournalRecord): void {
  try {
    rollBack(fs, directory, record);
  } catch {
    rollBack(fs, directory, record);
  }
}

function changedSince(path: string): Problem {
  return {
    code: "FILE_CHANGED_MEANWHILE",
    key: path,
    message: `${path} has changed since the last write, so undoing would lose that change.`,
    next: `Move your version of ${path} away and restore the written one from version control, then undo again.`,
  };
}

function nothingToUndo(fs: FileSystem, directory: string): AppError {
  const isCreated = fs.info(inProject(directory, lockPath)) !== undefined;
  return new AppError({
    code: "NOTHING_TO_UNDO",
    key: directory,
    message: isCreated
      ? `${directory} has no write to take back: it is as it was created, or the last write is undone already.`
      : `${directory} has no write to take back.`,
    next: "To remove a project that was just created, delete its directory.",
  });
}

function notAProject(directory: string): AppError {
  return new AppError({
    code: "PROJECT_NOT_FOUND",
    key: directory,
    message: `${directory} is no create-fastserve project: it has no ${stateFolder}/.`,
    next: "Name the project's directory: `create-fastserve undo my-server`.",
  });
}
