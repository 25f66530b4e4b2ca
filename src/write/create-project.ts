/**
 * A project in a directory that does not exist yet. Everything is written into a temporary folder beside it and
 * flushed; one rename makes it appear. Whenever the run ends, the project is whole or not there.
 */

import path from "node:path";
import type { FileSystem } from "../io/ports.ts";
import { AppError } from "../lib/errors.ts";
import type { FileTree } from "../tree/file-tree.ts";
import { toBytes } from "./disk/file-text.ts";
import { missingPart } from "./disk/missing-part.ts";
import { checkProjectPaths, inProject, parentsOf } from "./disk/project-path.ts";
import { busyError, newMark } from "./journal/mark.ts";
import { removeDeadFolders, temporaryPrefix } from "./journal/temporary-folder.ts";
import { isBasePath } from "./records/base.ts";
import { lockedFile, stateFiles, type WriteMeta } from "./records/state-files.ts";
import { toWriteError } from "./write-error.ts";

interface NewFile {
  readonly content: Uint8Array;
  readonly mode: number;
}

/**
 * Makes the directory (absolute path), with the parents it lacks, and everything in it.
 * @throws AppError DIRECTORY_NOT_EMPTY when it exists, DIRECTORY_BUSY when another run is making it,
 *   DIRECTORY_UNSAFE for an unsafe path in the tree, WRITE_FAILED; then nothing is left behind
 */
export function createProject(fs: FileSystem, tree: FileTree, directory: string, meta: WriteMeta): void {
  checkProjectPaths(tree.keys(), "DIRECTORY_UNSAFE", "the file tree");
  const files = newFiles(tree, meta);
  const { existing, missing } = missingPart(fs, directory);
  const outermost = missing[0];
  if (outermost === undefined) throw existsError(directory);
  // The outermost missing folder is what appears, so that no empty parent is left behind either.
  const target = path.join(existing, outermost);
  const mark = newMark(fs, temporaryPrefix(outermost));
  const temporary = path.join(existing, mark);
  let appeared = false;
  try {
    fs.makeDirectory(temporary);
    const held = removeDeadFolders(fs, directory, mark)[0];
    if (held !== undefined) throw busyError(directory, existing, held);
    writeFiles(fs, temporary, missing.slice(1), files);
    if (fs.info(target) !== undefined) throw existsError(target);
    fs.rename(temporary, target);
    appeared = true;
    fs.syncDirectory(existing);
  } catch (error) {
    takeBack(fs, temporary, appeared ? target : undefined);
    throw raced(error) ? busyError(directory, existing, outermost) : toWriteError(error, directory, "unchanged");
  }
}

function newFiles(tree: FileTree, meta: WriteMeta): Map<string, NewFile> {
  const files = new Map<string, NewFile>();
  for (const entry of tree.values()) files.set(entry.path, { content: toBytes(entry.content), mode: entry.mode });
  const locked = new Map([...tree.values()].map((entry) => [entry.path, lockedFile(entry)]));
  const records = stateFiles({ generatorVersion: meta.generatorVersion, files: locked }, tree);
  for (const [file, content] of records) files.set(file, { content, mode: 0o644 });
  return files;
}

/** @param inner the folders between the temporary one and the project */
function writeFiles(fs: FileSystem, temporary: string, inner: readonly string[], files: Map<string, NewFile>): void {
  const folders: string[] = [temporary];
  for (const name of inner) folders.push(path.join(folders.at(-1) ?? temporary, name));
  const root = folders.at(-1) ?? temporary;
  const parents = new Set([...files.keys()].flatMap(parentsOf));
  folders.push(...[...parents].sort().map((parent) => inProject(root, parent)));
  for (const folder of folders.slice(1)) fs.makeDirectory(folder);
  for (const [file, { content, mode }] of files) {
    // Flushing takes most of the time of a write, and base texts are half of the files.
    fs.create(inProject(root, file), content, mode, isBasePath(file) ? "later" : "now");
  }
  for (const folder of folders.reverse()) fs.syncDirectory(folder);
}

/**
 * Removes what was made. Never fails: the first error is the one to report, and the next run removes what stays.
 * @param appeared where the project has appeared already; it is first taken out of sight, never shown half removed
 */
function takeBack(fs: FileSystem, temporary: string, appeared: string | undefined): void {
  try {
    if (appeared !== undefined) fs.rename(appeared, temporary);
    fs.removeTree(temporary);
  } catch {
    // Expected on a failing disk.
  }
}

/** The directory appeared between the last look and the rename. */
function raced(error: unknown): boolean {
  const { code } = error as { code?: unknown };
  return code === "ENOTEMPTY" || code === "EEXIST";
}

function existsError(directory: string): AppError {
  return new AppError({
    code: "DIRECTORY_NOT_EMPTY",
    key: directory,
    message: `${directory} exists already.`,
    next: "Choose another directory.",
  });
}
