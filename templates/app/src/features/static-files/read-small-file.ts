/** Reads a file that is to be held in memory: what the scan saw, or nothing. */
import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { type FileStamp, isSameFile, stampOf } from "../../runtime/file-stamp.ts";
import { OPEN_FLAGS } from "../../runtime/open-file.ts";

/**
 * The content, or undefined: the file is gone or not what the stamp says. Synchronous: a small file that is in the page
 * cache is read faster than another thread is asked to.
 */
export function readSmallFile(path: string, stamp: FileStamp): Uint8Array | undefined {
  let fd: number;
  try {
    fd = openSync(path, OPEN_FLAGS);
  } catch {
    return undefined;
  }
  try {
    if (!isSameFile(stampOf(fstatSync(fd)), stamp)) return undefined;
    // One byte more than there should be, to see that there is none.
    const bytes = new Uint8Array(stamp.sizeBytes + 1);
    let length = 0;
    while (length < bytes.length) {
      const read = readSync(fd, bytes, length, bytes.length - length, length);
      if (read === 0) break;
      length += read;
    }
    return length === stamp.sizeBytes ? bytes.subarray(0, length) : undefined;
  } catch {
    return undefined;
  } finally {
    closeSync(fd);
  }
}
