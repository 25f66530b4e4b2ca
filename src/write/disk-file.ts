/** One file of a project as it lies on disk, reached only through real folders: a symlink on the way could lead anywhere. */

import type { FileSystem } from "../io/ports.ts";
import { AppError } from "../lib/errors.ts";
import { hashOf } from "./file-text.ts";
import { inProject, parentsOf } from "./project-path.ts";

export type DiskFile =
  | { readonly kind: "absent" }
  | { readonly kind: "file"; readonly bytes: Uint8Array; readonly executable: boolean }
  /** A folder, symlink or device at the path, or a file where one of its folders should be. */
  | { readonly kind: "obstacle"; readonly what: string };

/** @throws AppError DIRECTORY_UNSAFE when a folder on the path is a symlink */
export function readDiskFile(fs: FileSystem, directory: string, path: string): DiskFile {
  for (const parent of parentsOf(path)) {
    const info = fs.info(inProject(directory, parent));
    if (info === undefined) return { kind: "absent" };
    if (info.kind === "symlink") throw symlinkedParent(path, parent);
    if (info.kind !== "directory") return { kind: "obstacle", what: `${parent} is no folder` };
  }
  const file = inProject(directory, path);
  const info = fs.info(file);
  if (info === undefined) return { kind: "absent" };
  if (info.kind !== "file") return { kind: "obstacle", what: `${path} is a ${info.kind}, not a file` };
  const bytes = fs.read(file);
  return bytes === undefined ? { kind: "absent" } : { kind: "file", bytes, executable: isExecutable(info.mode) };
}

/** Windows knows no permission to execute: there no file has it. */
export function isExecutable(mode: number): boolean {
  return (mode & 0o100) !== 0;
}

/**
 * What a journal compares: content and permission to execute, "none" for no file. Anything else at the path equals
 * no fingerprint, so it is never taken for ours.
 */
export function fingerprintOf(file: DiskFile): string {
  if (file.kind === "absent") return "none";
  return file.kind === "obstacle" ? `obstacle: ${file.what}` : hashOf(file.bytes) + (file.executable ? "+x" : "");
}

/** The folders that must be made before the path can be written, outermost first. */
export function missingParents(fs: FileSystem, directory: string, path: string): string[] {
  return parentsOf(path).filter((parent) => fs.info(inProject(directory, parent)) === undefined);
}

function symlinkedParent(path: string, parent: string): AppError {
  return new AppError({
    code: "DIRECTORY_UNSAFE",
    key: path,
    message: `${path} would be written through the symlink ${parent}, which may lead out of the project.`,
    next: `Replace the symlink ${parent} with a real folder.`,
  });
}
