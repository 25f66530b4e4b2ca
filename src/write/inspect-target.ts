/**
 * What lies at the path a project is wanted at. One look decides everything that depends on it: whether the run may
 * go on, whether it needs `--force`, and whether the project is made by one rename or written file by file.
 */

import path from "node:path";
import type { FileSystem } from "../io/ports.ts";
import { AppError, type Problem } from "../lib/errors.ts";
import { leavesFolderFree } from "./changes/documents.ts";
import { missingPart } from "./disk/missing-part.ts";
import { inProject, segmentFault, stateFolder } from "./disk/project-path.ts";
import { lockPath, parseLock } from "./records/lock-file.ts";

/** MAX_PATH of Windows is 260 characters; 20 are left for the shortest file names below the project. */
const PATH_CHARACTERS_MAX = 240;
/** 255 bytes hold a name; 55 are left for what is put around it while the project is written beside its place. */
const NAME_BYTES_MAX = 200;
/** Names listed in a message. */
const NAMES_SHOWN_MAX = 5;

export type TargetState =
  | { readonly kind: "absent"; readonly directory: string }
  | { readonly kind: "empty"; readonly directory: string }
  /** Only version control, documents such as README.md, or editor settings: free for a project. */
  | { readonly kind: "documents"; readonly directory: string; readonly names: readonly string[] }
  /** Files of the user. Writing among them needs `--force`, and even then none of them is overwritten. */
  | { readonly kind: "foreign"; readonly directory: string; readonly names: readonly string[] }
  /** A project that create-fastserve made. */
  | { readonly kind: "project"; readonly directory: string; readonly generatorVersion: string | undefined }
  | { readonly kind: "refused"; readonly directory: string; readonly problem: Problem };

/**
 * @param target absolute path, in this platform's form
 * @param home the user's home directory; undefined when unknown
 */
export function inspectTarget(fs: FileSystem, target: string, home: string | undefined): TargetState {
  const directory = path.resolve(target);
  const problem = placeProblem(fs, directory, home) ?? nameProblem(fs, directory);
  if (problem !== undefined) return { kind: "refused", directory, problem };
  if (fs.info(directory) === undefined) return { kind: "absent", directory };
  try {
    return ofFolder(fs, directory);
  } catch (error) {
    if (error instanceof AppError) throw error;
    return { kind: "refused", directory, problem: unsafe(directory, `cannot be read (${(error as Error).message})`) };
  }
}

/** Why a new project must not be written there; undefined when it may. `force` is consent to write among other files. */
export function targetProblem(state: TargetState, force: boolean): Problem | undefined {
  const { directory } = state;
  switch (state.kind) {
    case "refused":
      return state.problem;
    case "project":
      return {
        code: "DIRECTORY_NOT_EMPTY",
        key: directory,
        message: `${directory} is a create-fastserve project already.`,
        next: "Choose another directory, or change this project with `create-fastserve retune`.",
      };
    case "foreign":
      if (force) return undefined;
      return {
        code: "DIRECTORY_NOT_EMPTY",
        key: directory,
        message: `${directory} is not empty: it holds ${shown(state.names)}.`,
        next: "Choose another directory, or write among these files with --force, which overwrites none of them.",
      };
    default:
      return undefined;
  }
}

function ofFolder(fs: FileSystem, directory: string): TargetState {
  const lock = inProject(directory, lockPath);
  if (fs.info(inProject(directory, stateFolder))?.kind === "directory" && fs.info(lock)?.kind === "file") {
    return { kind: "project", directory, generatorVersion: versionOf(fs, lock) };
  }
  // Records without a lock are what an ended run left; recovery removes them.
  const names = fs.list(directory).filter((name) => name !== stateFolder);
  if (names.length === 0) return { kind: "empty", directory };
  return { kind: names.every(leavesFolderFree) ? "documents" : "foreign", directory, names };
}

function versionOf(fs: FileSystem, lock: string): string | undefined {
  try {
    return parseLock(Buffer.from(fs.read(lock) ?? []).toString("utf8")).generatorVersion;
  } catch (error) {
    // A damaged lock still marks a project; reading it for a merge reports what is wrong with it.
    if (error instanceof AppError) return undefined;
    throw error;
  }
}

/** Root, home and what is no folder. */
function placeProblem(fs: FileSystem, directory: string, home: string | undefined): Problem | undefined {
  if (path.parse(directory).root === directory) return unsafe(directory, "is the root of the file system");
  const info = fs.info(directory);
  if (info?.kind === "symlink") {
    return unsafe(directory, "is a symlink, and a project is written only where its path says");
  }
  if (info !== undefined && info.kind !== "directory") return unsafe(directory, `is a ${info.kind}, not a directory`);
  const place = info === undefined ? directory : fs.realPath(directory);
  if (home !== undefined && (place === path.resolve(home) || place === realPathOr(fs, home))) {
    return unsafe(directory, "is your home directory");
  }
  return undefined;
}

/** Only names that do not exist yet are judged: what exists was possible. */
function nameProblem(fs: FileSystem, directory: string): Problem | undefined {
  const { existing, missing } = missingPart(fs, directory);
  if (fs.info(realPathOr(fs, existing))?.kind !== "directory") {
    return unsafe(directory, `lies below ${existing}, which is no directory`);
  }
  for (const name of missing) {
    const tooLong = Buffer.byteLength(name) > NAME_BYTES_MAX ? `is longer than ${NAME_BYTES_MAX} bytes` : undefined;
    const fault = segmentFault(name) ?? tooLong;
    if (fault !== undefined) return badName(`${JSON.stringify(name)} cannot be a directory's name: it ${fault}.`);
  }
  if (missing.length > 0 && directory.length > PATH_CHARACTERS_MAX) {
    return badName(`The path has ${directory.length} characters; at most ${PATH_CHARACTERS_MAX} work everywhere.`);
  }
  return undefined;
}

function realPathOr(fs: FileSystem, directory: string): string {
  try {
    return fs.realPath(directory);
  } catch {
    // Expected for a home that does not exist, as service accounts have, and for a symlink that leads nowhere.
    return directory;
  }
}

function shown(names: readonly string[]): string {
  const rest = names.length - NAMES_SHOWN_MAX;
  return names.slice(0, NAMES_SHOWN_MAX).join(", ") + (rest > 0 ? ` and ${rest} more` : "");
}

function unsafe(directory: string, why: string): Problem {
  return {
    code: "DIRECTORY_UNSAFE",
    key: directory,
    message: `${directory} ${why}.`,
    next: "Choose another directory, such as `create-fastserve my-server`.",
  };
}

function badName(message: string): Problem {
  return { code: "DIRECTORY_NAME_INVALID", message, next: "Choose another name, such as my-server." };
}
