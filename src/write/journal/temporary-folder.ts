/** The folder a new project is written in before it appears under its own name: beside it, so that one rename does it. */

import path from "node:path";
import type { FileSystem } from "../../io/ports.ts";
import { missingPart } from "../disk/missing-part.ts";
import { otherMarks } from "./mark.ts";

/** Of the folder that becomes `name`; the mark of its writer follows. */
export function temporaryPrefix(name: string): string {
  return `.${name}.tmp-`;
}

/**
 * Removes the folders of runs that were killed while they made this directory or the outermost of its missing parents.
 * @returns those of runs that still hold theirs
 */
export function removeDeadFolders(fs: FileSystem, directory: string, own?: string): readonly string[] {
  const { existing, missing } = missingPart(fs, directory);
  const parent = missing.length > 0 ? existing : path.dirname(directory);
  if (fs.info(fs.realPath(parent))?.kind !== "directory") return [];
  const { dead, held } = otherMarks(fs, parent, temporaryPrefix(missing[0] ?? path.basename(directory)), own);
  for (const name of dead) fs.removeTree(path.join(parent, name));
  return held;
}
