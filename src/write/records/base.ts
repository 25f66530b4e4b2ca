/**
 * The base: what the last write generated, before anybody edited it. The lock holds every file's hash; the pristine
 * texts of managed and merged files are kept beside it, so that a later merge needs no network, no git and no older
 * version of this program. Seeded files have none: they are never merged.
 */

import type { FileSystem } from "../../io/ports.ts";
import { AppError } from "../../lib/errors.ts";
import { type DiskFile, readDiskFile } from "../disk/disk-file.ts";
import { hashOf, textHashOf } from "../disk/file-text.ts";
import { stateFolder } from "../disk/project-path.ts";
import { type LockedFile, lockPath, parseLock } from "./lock-file.ts";

export interface Base {
  /** undefined: no lock, so no file on disk counts as generated. */
  readonly generatorVersion: string | undefined;
  readonly files: ReadonlyMap<string, LockedFile>;
  /** Files that a lock with git's conflict markers says two things of, where no base text tells which one holds. */
  readonly disputed: ReadonlyMap<string, readonly LockedFile[]>;
  /** SHA-256 (hex) of the lock as it was read; undefined: there was none. */
  readonly lockHash: string | undefined;
  /** The pristine text (LF); undefined when none is kept or it no longer matches the lock. */
  text(path: string): Uint8Array | undefined;
}

export const noBase: Base = {
  generatorVersion: undefined,
  files: new Map(),
  disputed: new Map(),
  lockHash: undefined,
  text: () => undefined,
};

/** @throws AppError PROJECT_STATE_INVALID, DIRECTORY_UNSAFE */
export function readBase(fs: FileSystem, directory: string): Base {
  const file = readDiskFile(fs, directory, lockPath);
  if (file.kind === "absent") return noBase;
  if (file.kind === "obstacle") throw unreadableLock(file.what);
  const lock = parseLock(Buffer.from(file.bytes).toString("utf8"));
  const storedText = (path: string, candidates: readonly LockedFile[]): [LockedFile, Uint8Array] | undefined => {
    const stored: DiskFile = readDiskFile(fs, directory, basePath(path));
    if (stored.kind !== "file") return undefined;
    const sha256 = textHashOf(stored.bytes);
    const match = candidates.find((candidate) => candidate.sha256 === sha256);
    return match === undefined ? undefined : [match, stored.bytes];
  };
  const settled = [...lock.disputed].flatMap(([path, sides]): [string, LockedFile][] => {
    const side = storedText(path, sides)?.[0];
    return side === undefined ? [] : [[path, side]];
  });
  const files = new Map([...lock.files, ...settled]);
  return {
    generatorVersion: lock.generatorVersion,
    files,
    disputed: new Map([...lock.disputed].filter(([path]) => !files.has(path))),
    lockHash: hashOf(file.bytes),
    text(path) {
      const locked = files.get(path);
      return locked === undefined ? undefined : storedText(path, [locked])?.[1];
    },
  };
}

function unreadableLock(what: string): AppError {
  return new AppError({
    code: "DIRECTORY_UNSAFE",
    key: lockPath,
    message: `${lockPath} cannot be read: ${what}.`,
    next: "Move away what is there, or restore the file from version control.",
  });
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
