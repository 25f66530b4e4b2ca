/**
 * Which paths a project may hold. Paths come from a tree, a lock or a journal, and the last two are files that anybody
 * may have written, so every path is judged before it touches the disk. The rules are those of the strictest platform:
 * a project made on Linux is cloned on Windows and macOS too.
 */

import path from "node:path";
import { AppError, type ErrorCode } from "../../lib/errors.ts";

/** The folder of this program's own records inside a project. */
export const stateFolder = ".fastserve";

/** Device names that Windows reserves in every folder, with any extension. */
const RESERVED = /^(?:con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(?:\..*)?$/i;
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it looks for.
const FORBIDDEN = /[<>:"|?*\\/\u0000-\u001f\u007f]/;
/** Characters that HFS+ leaves out when it compares names, by Apple's TN1150: with one of them ".git" is still git's. */
const INVISIBLE = /[\u200c-\u200f\u202a-\u202e\u206a-\u206f\ufeff]/;
/** Windows gives a file with a long name such a short one too: "GIT~1" is ".git". */
const SHORT_NAME = /~\d/;
/** NAME_MAX of Linux, macOS (in UTF-16 units, so less strict) and NTFS. */
const SEGMENT_BYTES_MAX = 255;
const FILE_NAME_BYTES_MAX = SEGMENT_BYTES_MAX - ".fastserve-new".length;

/** Why no file or folder may have this name; undefined when it may. */
export function segmentFault(segment: string): string | undefined {
  if (segment === "") return "is empty";
  if (segment === "." || segment === "..") return "is no name";
  if (FORBIDDEN.test(segment)) return 'contains one of < > : " | ? * \\ / or a control character';
  if (/[. ]$/.test(segment)) return "ends with a dot or a space, which Windows drops";
  if (RESERVED.test(segment)) return "is a reserved name on Windows";
  return Buffer.byteLength(segment) > SEGMENT_BYTES_MAX ? `is longer than ${SEGMENT_BYTES_MAX} bytes` : undefined;
}

/** Why the path may not be written in a project; undefined when it may. POSIX form, relative to the project. */
export function pathFault(relative: string): string | undefined {
  if (relative.startsWith("/")) return "is absolute";
  const segments = relative.split("/");
  for (const segment of segments) {
    const fault = segmentFault(segment);
    if (fault !== undefined) return `has a part that ${fault}`;
    if (INVISIBLE.test(segment)) return "has a part with an invisible character, which macOS ignores";
    if (SHORT_NAME.test(segment)) return "has a part that may be another file's short name on Windows";
    // A file below .git can be a hook, which git runs as a program.
    if (folded(segment) === ".git") return "lies inside a git repository's own folder";
  }
  return undefined;
}

/** Refuses paths of project files that are unsafe or that one of the file systems in use would take for one another. */
export function checkProjectPaths(paths: Iterable<string>, code: ErrorCode, source: string): void {
  const seen: Seen = { spellings: new Map(), files: new Set(), folders: new Set() };
  for (const relative of paths) {
    const fault =
      pathFault(relative) ?? lengthFault(relative) ?? reservedFault(relative) ?? collisionFault(relative, seen);
    if (fault === undefined) continue;
    throw new AppError({
      code,
      key: relative,
      message: `${source} names a path that must not be written: ${JSON.stringify(relative)} ${fault}.`,
      next: `Correct ${source}; nothing was written.`,
    });
  }
}

/** The absolute path in this platform's form. Asked thousands of times in a run, and joining normalises each time. */
export function inProject(directory: string, relative: string): string {
  if (path.sep !== "/" || directory.endsWith("/")) return path.join(directory, ...relative.split("/"));
  return `${directory}/${relative}`;
}

/** Equal for names that macOS or Windows takes for one: no case, one Unicode form. Some letters share a capital only. */
export function folded(name: string): string {
  return name.normalize("NFC").toUpperCase().toLowerCase();
}

/** "a", "a/b" of "a/b/c": the folders a path lies in, outermost first. */
export function parentsOf(relative: string): string[] {
  const segments = relative.split("/").slice(0, -1);
  return segments.map((_, index) => segments.slice(0, index + 1).join("/"));
}

/** Room for what a base text and a sidecar put behind the name of their file. */
function lengthFault(relative: string): string | undefined {
  const bytes = Buffer.byteLength(relative.slice(relative.lastIndexOf("/") + 1));
  return bytes > FILE_NAME_BYTES_MAX ? `has a file name of more than ${FILE_NAME_BYTES_MAX} bytes` : undefined;
}

function reservedFault(relative: string): string | undefined {
  const first = relative.split("/")[0] ?? "";
  return folded(first) === stateFolder ? `lies in ${stateFolder}/, which holds this program's records` : undefined;
}

/** Every file and folder by its folded spelling: "Src/a" and "src/b" are two folders on Linux and one on macOS. */
interface Seen {
  readonly spellings: Map<string, string>;
  readonly files: Set<string>;
  /** As they are spelt, without a fault: most paths lie in the folder of the one before. */
  readonly folders: Set<string>;
}

function collisionFault(relative: string, { spellings, files, folders }: Seen): string | undefined {
  const parents = parentsOf(relative).filter((parent) => !folders.has(parent));
  for (const parent of parents) {
    if (files.has(folded(parent))) return `lies below ${parent}, which is a file`;
  }
  for (const part of [...parents, relative]) {
    const spelling = folded(part);
    const known = spellings.get(spelling);
    if (known !== undefined && (known !== part || part === relative)) return `is the same as ${known} on some systems`;
    spellings.set(spelling, part);
  }
  for (const parent of parents) folders.add(parent);
  files.add(folded(relative));
  return undefined;
}
