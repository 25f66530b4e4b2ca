/**
 * Which paths a project may hold. Paths come from a tree, a lock or a journal, and the last two are files that anybody
 * may have written, so every path is judged before it touches the disk. The rules are those of the strictest platform:
 * a project made on Linux is cloned on Windows and macOS too.
 */

import path from "node:path";
import { AppError, type ErrorCode } from "../lib/errors.ts";

/** The folder of this program's own records inside a project. */
export const stateFolder = ".fastserve";

/** Device names that Windows reserves in every folder, with any extension. */
const RESERVED = /^(?:con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(?:\..*)?$/i;
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it looks for.
const FORBIDDEN = /[<>:"|?*\\/\u0000-\u001f\u007f]/;
/** NAME_MAX of Linux, macOS (in UTF-16 units, so less strict) and NTFS. */
const SEGMENT_BYTES_MAX = 255;

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
    // A file below .git can be a hook, which git runs as a program.
    if (folded(segment) === ".git") return "lies inside a git repository's own folder";
  }
  return undefined;
}

/** Refuses paths of project files that are unsafe or that one of the file systems in use would take for one another. */
export function checkProjectPaths(paths: Iterable<string>, code: ErrorCode, source: string): void {
  const spellings = new Map<string, string>();
  const files = new Set<string>();
  for (const relative of paths) {
    const fault = pathFault(relative) ?? reservedFault(relative) ?? collisionFault(relative, spellings, files);
    if (fault === undefined) continue;
    throw new AppError({
      code,
      key: relative,
      message: `${source} names a path that must not be written: ${JSON.stringify(relative)} ${fault}.`,
      next: `Correct ${source}; nothing was written.`,
    });
  }
}

/** The absolute path in this platform's form. */
export function inProject(directory: string, relative: string): string {
  return path.join(directory, ...relative.split("/"));
}

/** Equal for names that macOS or Windows takes for one: no case, one Unicode form. */
export function folded(name: string): string {
  return name.normalize("NFC").toLowerCase();
}

/** "a", "a/b" of "a/b/c": the folders a path lies in, outermost first. */
export function parentsOf(relative: string): string[] {
  const segments = relative.split("/").slice(0, -1);
  return segments.map((_, index) => segments.slice(0, index + 1).join("/"));
}

function reservedFault(relative: string): string | undefined {
  const first = relative.split("/")[0] ?? "";
  return folded(first) === stateFolder ? `lies in ${stateFolder}/, which holds this program's records` : undefined;
}

/** Remembers every file and folder by its folded spelling: "Src/a" and "src/b" are two folders on Linux and one on macOS. */
function collisionFault(relative: string, spellings: Map<string, string>, files: Set<string>): string | undefined {
  for (const parent of parentsOf(relative)) {
    if (files.has(folded(parent))) return `lies below ${parent}, which is a file`;
  }
  for (const part of [...parentsOf(relative), relative]) {
    const known = spellings.get(folded(part));
    if (known !== undefined && (known !== part || part === relative)) return `is the same as ${known} on some systems`;
    spellings.set(folded(part), part);
  }
  files.add(folded(relative));
  return undefined;
}
