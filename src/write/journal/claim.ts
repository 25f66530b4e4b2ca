/** One run at a time in an existing directory: each run puts its mark into `.fastserve/`, then looks for others. */

import path from "node:path";
import type { FileSystem } from "../../io/ports.ts";
import { AppError } from "../../lib/errors.ts";
import { stateFolder } from "../disk/project-path.ts";
import { busyError, newMark, otherMarks } from "./mark.ts";

export const claimPrefix = "writing-";

/**
 * Runs `write` while this process alone may write to the directory. Of two runs that begin at the same moment at
 * most one goes on: both look after both marks are there. Leaves no empty `.fastserve/` behind.
 * @throws AppError DIRECTORY_BUSY
 */
export function withClaim<T>(fs: FileSystem, directory: string, write: () => T): T {
  const folder = path.join(directory, stateFolder);
  enterStateFolder(fs, directory, folder);
  const mark = newMark(fs, claimPrefix);
  try {
    fs.create(path.join(folder, mark), new Uint8Array(), 0o644);
    const { dead, held } = otherMarks(fs, folder, claimPrefix, mark);
    const other = held[0];
    if (other !== undefined) throw busyError(directory, folder, other);
    for (const name of dead) removeIfPresent(fs, path.join(folder, name));
    return write();
  } finally {
    leave(fs, folder, mark);
  }
}

function enterStateFolder(fs: FileSystem, directory: string, folder: string): void {
  const info = fs.info(folder);
  if (info?.kind === "directory") return;
  if (info === undefined) {
    try {
      fs.makeDirectory(folder);
    } catch (error) {
      // Another run made it in this moment; its mark decides.
      if ((error as { code?: unknown }).code !== "EEXIST") throw error;
    }
    return;
  }
  throw new AppError({
    code: "DIRECTORY_UNSAFE",
    key: directory,
    message: `${folder} is a ${info.kind}; create-fastserve keeps its records in a folder of this name.`,
    next: `Rename or remove ${folder}.`,
  });
}

/** Never fails: what was written stands, and a mark that stays is removed by the next run as a dead one. */
function leave(fs: FileSystem, folder: string, mark: string): void {
  try {
    removeIfPresent(fs, path.join(folder, mark));
    if (fs.list(folder).length === 0) fs.remove(folder);
  } catch {
    // Expected on a failing disk, and when another run enters the folder in this moment.
  }
}

function removeIfPresent(fs: FileSystem, file: string): void {
  if (fs.info(file) !== undefined) fs.remove(file);
}
