/**
 * Names that say which process made a file or folder. A mark is unique to its maker, so whoever finds it dead may
 * remove it: it can never be the mark of a run that has just begun, which a shared lock file could be.
 */

import path from "node:path";
import type { FileSystem } from "../../io/ports.ts";
import { AppError } from "../../lib/errors.ts";

const MARK = /^(\d{1,10})-([0-9a-f]{8})-[0-9a-f]{8}$/;

export function newMark(fs: FileSystem, prefix: string): string {
  return `${prefix}${fs.writer.processId}-${fs.writer.machine}-${fs.writer.unique()}`;
}

/**
 * Marks in the folder with this prefix other than `own`. `dead` ones were left by processes that ended; `held` ones
 * belong to a living process or to another machine, of which nothing can be known.
 */
export function otherMarks(
  fs: FileSystem,
  folder: string,
  prefix: string,
  own: string | undefined,
): { dead: readonly string[]; held: readonly string[] } {
  const dead: string[] = [];
  const held: string[] = [];
  for (const name of fs.list(folder)) {
    const match = name.startsWith(prefix) ? MARK.exec(name.slice(prefix.length)) : null;
    if (match === null || name === own) continue;
    (isHeld(fs, Number(match[1]), match[2] ?? "") ? held : dead).push(name);
  }
  return { dead, held };
}

/** Refuses to write beside another run. */
export function busyError(directory: string, folder: string, mark: string): AppError {
  return new AppError({
    code: "DIRECTORY_BUSY",
    key: directory,
    message: `Another run of create-fastserve is writing to ${directory}.`,
    next: `Wait until it ends. If none is running, delete ${path.join(folder, mark)}.`,
  });
}

/** A mark of this very process number is a leftover too: a run holds one mark at a time, and it is excluded as `own`. */
function isHeld(fs: FileSystem, processId: number, machine: string): boolean {
  if (machine !== fs.writer.machine) return true;
  return processId !== fs.writer.processId && fs.writer.isAlive(processId);
}
