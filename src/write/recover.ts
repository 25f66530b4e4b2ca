/**
 * What a run left that was killed. A project that was being made has not appeared yet: its temporary folder is removed.
 * A write to an existing directory is completed when all its files are in place, and taken back otherwise.
 */

import path from "node:path";
import type { FileSystem } from "../io/ports.ts";
import { missingPart } from "./disk/missing-part.ts";
import { inProject, stateFolder } from "./disk/project-path.ts";
import { claimPrefix, withClaim } from "./journal/claim.ts";
import { clearReplacedUndo, commit, discardJournal, isCarriedOut, rollBack } from "./journal/journal.ts";
import { aftermathIn, journalFolder, readRecord, replacedUndoFolder } from "./journal/journal-record.ts";
import { otherMarks } from "./journal/mark.ts";
import { removeDeadFolders } from "./journal/temporary-folder.ts";
import { toWriteError } from "./write-error.ts";

export interface Recovery {
  readonly outcome: "nothing" | "completed" | "rolledBack";
  /** Files of the interrupted write that somebody changed since; they stay as they are. */
  readonly changedSince: readonly string[];
}

const nothing: Recovery = { outcome: "nothing", changedSince: [] };

/**
 * Brings the directory to the state before or after the interrupted write. Changes nothing when none was.
 * @throws AppError DIRECTORY_BUSY when another run is writing, PROJECT_STATE_INVALID, WRITE_FAILED
 */
export function recover(fs: FileSystem, directory: string): Recovery {
  try {
    removeDeadFolders(fs, directory);
    if (missingPart(fs, directory).missing.length > 0 || !hasLeftovers(fs, directory)) return nothing;
    return withClaim(fs, directory, () => recoverClaimed(fs, directory));
  } catch (error) {
    throw toWriteError(error, directory, aftermathIn(fs, directory));
  }
}

/** The same for a caller that holds the claim. */
export function recoverClaimed(fs: FileSystem, directory: string): Recovery {
  if (fs.info(inProject(directory, journalFolder)) === undefined) {
    clearReplacedUndo(fs, directory);
    return nothing;
  }
  const record = readRecord(fs, directory, journalFolder);
  if (record === undefined) {
    // The write was still being prepared, so the project is as it was.
    discardJournal(fs, directory);
    return nothing;
  }
  if (isCarriedOut(fs, directory, record)) {
    commit(fs, directory);
    return { outcome: "completed", changedSince: [] };
  }
  return { outcome: "rolledBack", changedSince: rollBack(fs, directory, record) };
}

function hasLeftovers(fs: FileSystem, directory: string): boolean {
  const folder = inProject(directory, stateFolder);
  if (fs.info(folder)?.kind !== "directory") return false;
  const names = fs.list(folder);
  const folders = [journalFolder, replacedUndoFolder];
  const { dead } = otherMarks(fs, folder, claimPrefix, undefined);
  return names.length === 0 || dead.length > 0 || folders.some((name) => names.includes(path.posix.basename(name)));
}
