/**
 * Whether a plan would change neither files nor records, told without reading what a write reads: the usual run finds
 * nothing to do, and should cost no more than finding that out.
 */
import type { FileSystem } from "../../io/ports.ts";
import type { Change } from "../changes/change.ts";
import { hasBaseText, sidecarOf } from "../changes/sidecar.ts";
import { hashOf } from "../disk/file-text.ts";
import { inProject } from "../disk/project-path.ts";
import { type Base, basePath } from "./base.ts";
import { printLock } from "./lock-file.ts";

/**
 * A base text that is damaged, not lost, does not count: until its file changes it is not needed, and `doctor` finds it.
 * @param base the one on disk, which the changes were planned from
 */
export function isRecorded(
  fs: FileSystem,
  directory: string,
  changes: readonly Change[],
  base: Base,
  generatorVersion: string,
): boolean {
  // Also false for a lock that version control left with conflict markers, which a write puts in order.
  const wanted = printLock({ generatorVersion, files: base.files });
  if (hashOf(Buffer.from(wanted, "utf8")) !== base.lockHash) return false;
  if (changes.some(({ kind, advancesBase }) => kind !== "keep" || advancesBase === true)) return false;
  const known = new Set(changes.map(({ path }) => path));
  return [...base.files].every(([path, locked]) => {
    // A sidecar that the user deleted is forgotten; any other file that is deleted on all sides is remembered.
    if (sidecarOf(path) !== undefined && !known.has(path)) return false;
    return !hasBaseText(path, locked) || fs.info(inProject(directory, basePath(path))) !== undefined;
  });
}
