/**
 * Files as bodies, by node:fs: opened once, checked once, and closed by whoever sends them (file-stream.ts).
 */
import { constants, open } from "node:fs";
import { promisify } from "node:util";
import { closeFile, stats } from "./file-reader.ts";
import { stampOf } from "./file-stamp.ts";
import { streamFile } from "./file-stream.ts";
import type { OpenFile } from "./port.ts";

/** A link put in a file's place is not followed; opening a pipe does not wait for its other end. */
export const OPEN_FLAGS: number = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);

const opens = promisify(open) as (path: string, flags: number) => Promise<number>;

export async function openFile(path: string): Promise<OpenFile | undefined> {
  let fd: number;
  try {
    fd = await opens(path, OPEN_FLAGS);
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
  try {
    const found = await stats(fd);
    if (found.isFile()) {
      const stamp = stampOf(found);
      return { stamp, body: (segments) => streamFile(fd, stamp, segments), close: () => closeFile(fd) };
    }
  } catch (error) {
    closeFile(fd);
    throw error;
  }
  closeFile(fd);
  return undefined;
}

/** Gone, no file, a link, or not ours to read; anything else, such as too many open files, passes. */
const MISSING: ReadonlySet<unknown> = new Set([
  "ENOENT",
  "ENOTDIR",
  "ELOOP",
  "EMLINK",
  "EACCES",
  "EPERM",
  "EISDIR",
  "ENXIO",
  "ENAMETOOLONG",
]);

/** Whether an error of the file system says that there is nothing to serve, as opposed to nothing at the moment. */
export function isMissing(error: unknown): boolean {
  return MISSING.has((error as { code?: unknown }).code) || (error as Error).name === "NotCapable";
}
