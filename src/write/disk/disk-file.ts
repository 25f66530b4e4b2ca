/** One file of a project as it lies on disk, reached only through real folders: a symlink on the way could lead anywhere. */

import type { FileSystem } from "../../io/ports.ts";
import { AppError } from "../../lib/errors.ts";
import { hashOf } from "./file-text.ts";
import { inProject, parentsOf } from "./project-path.ts";

/** Nothing generated is nearly as large, so a larger file is somebody's, whatever a lock says of it; it is not read. */
const FILE_BYTES_MAX = 64 * 1024 * 1024;

export type DiskFile =
  | { readonly kind: "absent" }
  | { readonly kind: "file"; readonly bytes: Uint8Array; readonly executable: boolean }
  /** A folder, symlink, device or huge file at the path, or a file where one of its folders should be. */
  | { readonly kind: "obstacle"; readonly what: string };

/** @throws AppError DIRECTORY_UNSAFE when a folder on the path is a symlink, or when the file may not be read */
export function readDiskFile(fs: FileSystem, directory: string, path: string): DiskFile {
  return permitted(path, () => lookAt(fs, directory, path));
}

/** Missing permission is the user's to give, so it is no defect. @param path relative to the project */
export function permitted<T>(path: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    const { code } = error as { code?: unknown };
    if (code !== "EACCES" && code !== "EPERM") throw error;
    throw forbidden(path, error as Error);
  }
}

function lookAt(fs: FileSystem, directory: string, path: string): DiskFile {
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
  if (info.bytes > FILE_BYTES_MAX) return { kind: "obstacle", what: `${path} is larger than ${FILE_BYTES_MAX} bytes` };
  const bytes = fs.read(file);
  return bytes === undefined ? { kind: "absent" } : { kind: "file", bytes, executable: isExecutable(info.mode) };
}

/** Windows knows no permission to execute: there no file has it. */
export function isExecutable(mode: number): boolean {
  return (mode & 0o100) !== 0;
}

/**
 * What a plan and a journal compare: content and permission to execute, "none" for no file. Anything else at the path equals
 * no fingerprint, so it is never taken for ours.
 */
export function fingerprintOf(file: DiskFile): string {
  if (file.kind === "absent") return "none";
  return file.kind === "obstacle" ? `obstacle: ${file.what}` : fingerprint(hashOf(file.bytes), file.executable);
}

/** Of a file. @param sha256 of its bytes (hex) */
export function fingerprint(sha256: string, executable: boolean): string {
  return sha256 + (executable ? "+x" : "");
}

/** The folders that must be made before the path can be written, outermost first. */
export function missingParents(fs: FileSystem, directory: string, path: string): string[] {
  return parentsOf(path).filter((parent) => fs.info(inProject(directory, parent)) === undefined);
}

function forbidden(path: string, cause: Error): AppError {
  return new AppError(
    {
      code: "DIRECTORY_UNSAFE",
      key: path,
      message: `${path} cannot be read: ${cause.message}.`,
      next: `Give yourself the permission to read ${path} and the folders that it lies in.`,
    },
    { cause },
  );
}

function symlinkedParent(path: string, parent: string): AppError {
  return new AppError({
    code: "DIRECTORY_UNSAFE",
    key: path,
    message: `${path} is behind the symlink ${parent}, which may lead out of the project.`,
    next: `Replace the symlink ${parent} with a real folder.`,
  });
}
