/** Files that the user deleted stay deleted, until they are asked for by name. */

import { posix } from "node:path";
import { AppError, type Problem } from "../../lib/errors.ts";
import type { FileTree } from "../../tree/file-tree.ts";
import type { Change } from "./change.ts";

/**
 * The changes with the named files written anew. A name is a file or a folder, relative to the project; "." is all.
 * @throws AppError FILE_NOT_RESTORABLE for each name that is no generated file which the user has deleted
 */
export function restoreDeleted(
  changes: readonly Change[],
  tree: FileTree,
  names: readonly string[],
): readonly Change[] {
  const wanted = names.map(pathNamed);
  const deleted = changes.filter(({ reason }) => reason === "deleted_by_user");
  const problems = wanted
    .filter((name) => !deleted.some(({ path }) => isWanted(path, name)))
    .map((name) => notDeleted(name, tree));
  if (problems.length > 0) throw new AppError(problems);
  return changes.map((change): Change => {
    const entry = tree.get(change.path);
    if (change.reason !== "deleted_by_user" || entry === undefined) return change;
    if (!wanted.some((name) => isWanted(change.path, name))) return change;
    const moved = change.from === undefined ? {} : { from: change.from };
    return { kind: "create", path: change.path, reason: "restored", entry, ...moved, advancesBase: true };
  });
}

/** An empty name, such as that of a variable which is not set, names nothing. */
function pathNamed(name: string): string {
  return name === "" ? name : posix.normalize(name.replaceAll("\\", "/")).replace(/\/+$/, "");
}

/** Whether the file is the named one, or lies in the named folder. */
function isWanted(path: string, name: string): boolean {
  return name === "." || path === name || path.startsWith(`${name}/`);
}

function notDeleted(name: string, tree: FileTree): Problem {
  const isGenerated = [...tree.keys()].some((path) => isWanted(path, name));
  return {
    code: "FILE_NOT_RESTORABLE",
    key: name,
    message: isGenerated
      ? `${name} is there: nothing of it was deleted.`
      : `${name || "An empty name"} is no file of this project's plan.`,
    next: isGenerated
      ? "Move your version away first, then run with --restore again."
      : "`create-fastserve diff` lists the generated files that were deleted.",
  };
}
