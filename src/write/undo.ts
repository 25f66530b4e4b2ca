/** Takes back the last write to an existing directory, byte for byte. */

import type { FileSystem } from "../io/ports.ts";
import { AppError, type Problem } from "../lib/errors.ts";
import { inProject, stateFolder } from "./disk/project-path.ts";
import { withClaim } from "./journal/claim.ts";
import { currentOf, isKept, rollBack } from "./journal/journal.ts";
import {
  aftermathIn,
  type JournalRecord,
  journalFolder,
  readRecord,
  type Step,
  undoFolder,
} from "./journal/journal-record.ts";
import { lockPath } from "./records/lock-file.ts";
import { type Recovery, recoverClaimed } from "./recover.ts";
import { toWriteError } from "./write-error.ts";

export interface Undone {
  /** Files that have their former content again. */
  readonly restored: readonly string[];
  /** Files that the write had made and that are gone. */
  readonly removed: readonly string[];
  /** Present when the last write had been interrupted: that one is taken back, and the one before it stands. */
  readonly recovery?: Recovery;
}

/**
 * One write can be taken back; taking it back cannot be. The project's own records are restored with it.
 * @throws AppError PROJECT_NOT_FOUND, NOTHING_TO_UNDO, FILE_CHANGED_MEANWHILE for files changed since the write (then
 *   none is restored), DIRECTORY_BUSY, PROJECT_STATE_INVALID, WRITE_FAILED
 */
export function undo(fs: FileSystem, directory: string): Undone {
  if (fs.info(inProject(directory, stateFolder)) === undefined) throw notAProject(directory);
  try {
    return withClaim(fs, directory, () => undoClaimed(fs, directory));
  } catch (error) {
    throw toWriteError(error, directory, aftermathIn(fs, directory));
  }
}

/**
 * What `undo` would do now; reads only.
 * @throws AppError as `undo` does
 */
export function undoable(fs: FileSystem, directory: string): Undone {
  if (fs.info(inProject(directory, stateFolder)) === undefined) throw notAProject(directory);
  return undoneBy(interruptedRecord(fs, directory) ?? restorableRecord(fs, directory));
}

function undoClaimed(fs: FileSystem, directory: string): Undone {
  const interrupted = takeBackInterrupted(fs, directory);
  if (interrupted !== undefined) return interrupted;
  const record = restorableRecord(fs, directory);
  // From here on this is an interrupted write, which recovery can finish taking back.
  fs.rename(inProject(directory, undoFolder), inProject(directory, journalFolder));
  rollBackFirmly(fs, directory, record);
  return undoneBy(record);
}

/** undefined: the last write was not interrupted, or only its end was missing; then it is taken back like any other. */
function takeBackInterrupted(fs: FileSystem, directory: string): Undone | undefined {
  const interrupted = interruptedRecord(fs, directory);
  const { outcome, changedSince } = recoverClaimed(fs, directory);
  if (interrupted === undefined || outcome === "completed") return undefined;
  return { ...undoneBy(interrupted), recovery: { outcome: "rolledBack", changedSince } };
}

/** What an interrupted write has done so far; undefined: none was interrupted. */
function interruptedRecord(fs: FileSystem, directory: string): JournalRecord | undefined {
  if (fs.info(inProject(directory, journalFolder)) === undefined) return undefined;
  const { steps, directories } = readRecord(fs, directory, journalFolder) ?? { steps: [], directories: [] };
  return { steps: steps.filter((step) => currentOf(fs, directory, step) === step.after), directories };
}

/** The last write, when every file is as it left it. */
function restorableRecord(fs: FileSystem, directory: string): JournalRecord {
  const record = readRecord(fs, directory, undoFolder);
  if (record === undefined) throw nothingToUndo(fs, directory);
  const problems = record.steps
    .filter((step) => currentOf(fs, directory, step) !== step.after)
    .map((step) => changedSince(step.path));
  if (problems.length > 0) throw new AppError(problems);
  const damaged = record.steps.filter((step, index) => !isKept(fs, directory, undoFolder, step, index));
  if (damaged.length > 0) throw new AppError(damaged.map(damagedRecord));
  return record;
}

function undoneBy(record: JournalRecord): Undone {
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

function damagedRecord({ path }: Step): Problem {
  return {
    code: "PROJECT_STATE_INVALID",
    key: path,
    message: `The former content of ${path} is lost or damaged in ${undoFolder}/, so nothing was restored.`,
    next: `Take the former files from version control; without one, delete ${undoFolder}/ and go on from the files as they are.`,
  };
}

function nothingToUndo(fs: FileSystem, directory: string): AppError {
  const isCreated = fs.info(inProject(directory, lockPath)) !== undefined;
  return new AppError({
    code: "NOTHING_TO_UNDO",
    key: directory,
    message: isCreated
      ? `${directory} has no write to take back: it is as it was created, the last write is undone already, or it was made in another copy, for its record is not committed.`
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
