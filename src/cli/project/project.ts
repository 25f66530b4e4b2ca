/**
 * A project as the commands of its life see it: the wish, what the last write generated, and what its user set.
 * Reads only; what a person may edit is judged by the stage that owns it.
 */
import { resolve as resolvePath } from "node:path";
import { TUNED_FILE, USER_FILE } from "../../../templates/app/src/config/profile-files.ts";
import { type RecordedValues, recordedValues } from "../../drift/recorded-values.ts";
import { readUserSettings, type UserSettings } from "../../drift/user-settings.ts";
import { nodeFileSystem } from "../../io/node.ts";
import { AppError } from "../../lib/errors.ts";
import { PROJECT_FILE, type ProjectFile, parseProjectFile } from "../../tree/project-file.ts";
import { readDiskFile } from "../../write/disk/disk-file.ts";
import { normalised } from "../../write/disk/file-text.ts";
import { type Base, readBase } from "../../write/records/base.ts";
import { refuseNewerFiles } from "../../write/records/downgrade.ts";
import type { Session } from "../command.ts";
import { generatorVersion } from "../package-root.ts";

export interface OpenProject {
  /** Absolute path. */
  readonly directory: string;
  /** The wish as `fastserve.json` states it now; editing it by hand is one way to change it. */
  readonly wish: ProjectFile;
  /** The wish that the last write generated from; the one above when no base text tells. */
  readonly recordedWish: ProjectFile;
  readonly base: Base;
  readonly user: UserSettings;
  readonly recorded: RecordedValues;
}

/**
 * @param directory absolute path
 * @throws AppError PROJECT_NOT_FOUND, PROJECT_STATE_INVALID, DIRECTORY_UNSAFE, and what is wrong in the user's files
 */
export function openProject(directory: string): OpenProject {
  const project = findProject(directory);
  if (project === undefined) throw notFound(directory);
  return project;
}

/** The same where a project may also be absent; undefined: no `fastserve.json`, on disk or in the records. */
export function findProject(directory: string): OpenProject | undefined {
  const base = readBase(nodeFileSystem, directory);
  const generated = baseText(base, PROJECT_FILE);
  // A deleted wish is the one that was written last.
  const text = textOf(directory, PROJECT_FILE) ?? generated;
  if (text === undefined) return undefined;
  const wish = readWish(text, base);
  return {
    directory,
    wish,
    recordedWish: generated === undefined ? wish : readWish(generated, base),
    base,
    user: readUserSettings(textOf(directory, USER_FILE) ?? "", USER_FILE),
    recorded: recordedValues(baseText(base, TUNED_FILE) ?? textOf(directory, TUNED_FILE) ?? "", TUNED_FILE),
  };
}

function readWish(text: string, base: Base): ProjectFile {
  try {
    return parseProjectFile(text, PROJECT_FILE);
  } catch (error) {
    refuseNewerFiles(base, generatorVersion, error);
    throw error;
  }
}

/** The directory that the command line names, as its word or as --directory; the current one unless given. */
export function projectDirectory({ cwd, words, line }: Pick<Session, "cwd" | "words" | "line">): string {
  const flag = line.given.find(({ key }) => key === "directory")?.raw;
  return resolvePath(cwd, words[0] ?? (typeof flag === "string" ? flag : "."));
}

/**
 * Without byte order mark and with LF; undefined: no such file.
 * @throws AppError DIRECTORY_UNSAFE when something is there that is no file: what it says must not count as unsaid
 */
export function textOf(directory: string, path: string): string | undefined {
  const file = readDiskFile(nodeFileSystem, directory, path);
  if (file.kind === "obstacle") throw unreadable(path, file.what);
  return file.kind === "file" ? Buffer.from(normalised(file.bytes)).toString("utf8") : undefined;
}

/** As the last write generated the file; undefined: no such text is kept. */
export function baseText(base: Base, path: string): string | undefined {
  const bytes = base.text(path);
  return bytes === undefined ? undefined : Buffer.from(bytes).toString("utf8");
}

function unreadable(path: string, what: string): AppError {
  return new AppError({
    code: "DIRECTORY_UNSAFE",
    key: path,
    message: `${path} cannot be read: ${what}.`,
    next: "Put a file in its place, or remove it.",
  });
}

function notFound(directory: string): AppError {
  return new AppError({
    code: "PROJECT_NOT_FOUND",
    key: directory,
    message: `${directory} is no create-fastserve project: it has no ${PROJECT_FILE}.`,
    next: "Run the command in the project's directory, or name it: `create-fastserve retune my-server`.",
  });
}
