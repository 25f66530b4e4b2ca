/** This program's own records in a project, as files to be written with it: the lock, the base texts, git's ignore list. */

import type { FileEntry, FileTree } from "../../tree/file-tree.ts";
import { normalised, textHashOf, toBytes } from "../disk/file-text.ts";
import { stateFolder } from "../disk/project-path.ts";
import { basePath } from "./base.ts";
import { type Lock, type LockedFile, lockPath, printLock } from "./lock-file.ts";

/** What a write records beside the files. */
export interface WriteMeta {
  readonly generatorVersion: string;
}

/** Lock and base texts are committed with the project; what belongs to one write on one machine is not. */
const IGNORED = "/journal/\n/undo/\n/undo-replaced/\n/writing-*\n";

export function lockedFile(entry: FileEntry): LockedFile {
  return { owner: entry.owner, sha256: textHashOf(toBytes(entry.content)), mode: entry.mode };
}

/**
 * The records for a lock, by path, the lock last: it completes a write.
 * @param tree holds the entries whose base text is written; other locked files keep theirs
 */
export function stateFiles(lock: Lock, tree: FileTree): Map<string, Uint8Array> {
  const files = new Map<string, Uint8Array>([[`${stateFolder}/.gitignore`, Buffer.from(IGNORED, "utf8")]]);
  for (const entry of tree.values()) {
    if (entry.owner === "seeded" || lock.files.get(entry.path)?.sha256 !== lockedFile(entry).sha256) continue;
    files.set(basePath(entry.path), normalised(toBytes(entry.content)));
  }
  return files.set(lockPath, Buffer.from(printLock(lock), "utf8"));
}
