/**
 * The base: what the last write generated, before anybody edited it. The lock holds every file's hash; the pristine
 * texts of managed and merged files are kept beside it, so that a later merge needs no network, no git and no older
 * version of this program. Seeded files have none: they are never merged.
 */

import type { FileSystem } from "../io/ports.ts";
import { type DiskFile, readDiskFile } from "./disk-file.ts";
import { textHashOf } from "./file-text.ts";
import { type LockedFile, lockPath, parseLock } from "./lock-file.ts";
import { stateFolder } from "./project-path.ts";

export interface Base {
  /** undefined: no lock, so no file on disk counts as generated. */
  readonly generatorVersion: string | undefined;
  readonly files: ReadonlyMap<string, LockedFile>;
  /** The pristine text (LF); undefined when none is kept or it no longer matches the lock. */
  text(path: string): Uint8Array | undefined;
}

export const noBase: Base = { generatorVersion: undefined, files: new Map(), text: () => undefined };

/** @throws AppError PROJECT_STATE_INVALID, DIRECTORY_UNSAFE */
export function readBase(fs: FileSystem, directory: string): Base {
  const file = readDiskFile(fs, directory, lockPath);
  if (file.kind !== "file") return noBase;
  const lock = parseLock(Buffer.from(file.bytes).toString("utf8"));
  return {
    ...lock,
    text(path) {
      const stored: DiskFile = readDiskFile(fs, directory, basePath(path));
      if (stored.kind !== "file") return undefined;
      return textHashOf(stored.bytes) === lock.files.get(path)?.sha256 ? stored.bytes : undefined;
    },
  };
}

/** Whether the path is a base text's: `text` notices a damaged one, and until an edit the file itself says the same. */
export function isBasePath(path: string): boolean {
  return path.startsWith(`${stateFolder}/base/`);
}

/**
 * Where the pristine text of a file is kept. The ending hides it from tools that look for files by name in every
 * folder: `deno test` would run a second copy of each test, and dependency bots would update a second package.json.
 */
export function basePath(path: string): string {
  return `${stateFolder}/base/${path}.base`;
}
