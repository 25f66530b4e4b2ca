/**
 * Carries out changes in a directory that exists: a new project among documents or, with consent, other files, and
 * every later write. All of it happens or nothing; `undo` takes it back.
 */

import type { FileSystem } from "../io/ports.ts";
import { assert } from "../lib/assert.ts";
import { AppError, type Problem } from "../lib/errors.ts";
import type { FileTree } from "../tree/file-tree.ts";
import type { Change } from "./changes/change.ts";
import { fingerprint, fingerprintOf, readDiskFile } from "./disk/disk-file.ts";
import { hashOf, toBytes } from "./disk/file-text.ts";
import { checkProjectPaths } from "./disk/project-path.ts";
import { changedMeanwhile } from "./journal/changed-meanwhile.ts";
import { withClaim } from "./journal/claim.ts";
import { carryOut, commit, discardJournal, type Edit, prepare, rollBack } from "./journal/journal.ts";
import { aftermathIn, type JournalRecord, journalFolder, readRecord } from "./journal/journal-record.ts";
import { type Base, readBase } from "./records/base.ts";
import { lockPath } from "./records/lock-file.ts";
import { recordEdits } from "./records/records-after.ts";
import type { WriteMeta } from "./records/state-files.ts";
import { recoverClaimed } from "./recover.ts";
import { toWriteError } from "./write-error.ts";

export interface UpdateMeta extends WriteMeta {
  /** What the changes were planned from; the project must still have that lock. Absent: the one on disk. */
  readonly base?: Base;
}

/**
 * @param changes what `diff` planned from this tree, with every conflict decided
 * @param directory absolute path of an existing folder
 * @throws AppError FILES_CONFLICT, FILE_CHANGED_MEANWHILE, DIRECTORY_BUSY, DIRECTORY_UNSAFE, PROJECT_STATE_INVALID,
 *   WRITE_FAILED; then every file is as it was
 */
export function updateProject(
  fs: FileSystem,
  changes: readonly Change[],
  tree: FileTree,
  directory: string,
  meta: UpdateMeta,
): void {
  refuseConflicts(changes);
  checkProjectPaths(
    changes.flatMap(({ path, from }) => (from === undefined ? [path] : [path, from])),
    "DIRECTORY_UNSAFE",
    "the plan",
  );
  try {
    withClaim(fs, directory, () => {
      recoverClaimed(fs, directory);
      const onDisk = readBase(fs, directory);
      refuseChangedLock(onDisk, meta.base);
      refuseChangedFiles(fs, directory, changes);
      const before = { fs, directory, base: meta.base ?? onDisk };
      const all = [...projectEdits(changes), ...recordEdits(before, changes, tree, meta)];
      const edits = all.filter((edit) => !isOnDisk(fs, directory, edit));
      if (edits.length > 0) writeAtOnce(fs, directory, edits, changes);
    });
  } catch (error) {
    throw toWriteError(error, directory, aftermathIn(fs, directory));
  }
}

/** Prepares, carries out and commits; on an error takes everything back. */
function writeAtOnce(fs: FileSystem, directory: string, edits: readonly Edit[], changes: readonly Change[]): void {
  let record: JournalRecord | undefined;
  try {
    record = prepare(fs, directory, edits);
    refuseOtherCopies(record, changes);
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

function refuseConflicts(changes: readonly Change[]): void {
  const problems = changes.filter((change) => change.kind === "conflict").map(conflictProblem);
  if (problems.length > 0) throw new AppError(problems);
}

function conflictProblem({ path, reason, ways }: Change): Problem {
  const next =
    ways === undefined
      ? `Move ${path} away, or choose another directory; no file of yours is overwritten.`
      : `Decide with --on-conflict=${Object.keys(ways).join(" or =")}, or in a terminal file by file.`;
  const what =
    reason === "both_changed"
      ? "was changed by you and by the generator at the same place"
      : "exists and is not as create-fastserve wrote it";
  return { code: "FILES_CONFLICT", key: path, message: `${path} ${what}.`, next };
}

/** Another run has written since the plan was made, so the plan is that of an older project. */
function refuseChangedLock(onDisk: Base, planned: Base | undefined): void {
  if (planned === undefined || onDisk.lockHash === planned.lockHash) return;
  throw new AppError(changedMeanwhile(lockPath));
}

/** The plan is carried out only on the files it was made from. */
function refuseChangedFiles(fs: FileSystem, directory: string, changes: readonly Change[]): void {
  const problems = changes.flatMap(({ kind, path, from, preimage, advancesBase }): Problem[] => {
    if (kind === "keep" && (advancesBase !== true || preimage === undefined)) return [];
    if (from === undefined) return isAsPlanned(fs, directory, path, preimage) ? [] : [changedMeanwhile(path)];
    if (!isAsPlanned(fs, directory, from, preimage)) return [changedMeanwhile(from)];
    return isAsPlanned(fs, directory, path, undefined) ? [] : [changedMeanwhile(path)];
  });
  if (problems.length > 0) throw new AppError(problems);
}

/** Preparing takes a while, and somebody may have saved a file just before it was copied. */
function refuseOtherCopies({ steps }: JournalRecord, changes: readonly Change[]): void {
  const copied = new Map(steps.map(({ path, before }) => [path, before]));
  const others = changes
    .filter(({ kind }) => kind !== "keep")
    .flatMap(({ path, from, preimage = "none" }) =>
      from === undefined
        ? [{ path, preimage }]
        : [
            { path, preimage: "none" },
            { path: from, preimage },
          ],
    )
    .filter(({ path, preimage }) => (copied.get(path) ?? preimage) !== preimage);
  if (others.length > 0) throw new AppError(others.map(({ path }) => changedMeanwhile(path)));
}

function isAsPlanned(fs: FileSystem, directory: string, path: string, preimage: string | undefined): boolean {
  const disk = readDiskFile(fs, directory, path);
  if (disk.kind === "obstacle") return false;
  return preimage === (disk.kind === "file" ? fingerprintOf(disk) : undefined);
}

function projectEdits(changes: readonly Change[]): Edit[] {
  return changes.flatMap((change): Edit[] => {
    const { kind, path, from, entry } = change;
    if (kind === "keep") return [];
    if (kind === "delete") return [{ path, content: undefined, executable: false }];
    assert(entry !== undefined, `the change of ${path} has no content`);
    const edit: Edit = { path, content: toBytes(entry.content), executable: entry.mode === 0o755 };
    if (from === undefined) return [edit];
    return [
      { ...edit, modeOf: from },
      { path: from, content: undefined, executable: false },
    ];
  });
}

function isOnDisk(fs: FileSystem, directory: string, edit: Edit): boolean {
  const current = fingerprintOf(readDiskFile(fs, directory, edit.path));
  if (edit.content === undefined) return current === "none";
  return current === fingerprint(hashOf(edit.content), edit.executable);
}
