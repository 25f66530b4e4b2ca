/** Declared moves in a project: which files are still where an older release wrote them. */

import type { FileEntry, FileTree } from "../../tree/file-tree.ts";
import type { Move } from "../../tree/moves.ts";
import type { DiskFile } from "../disk/disk-file.ts";
import type { Base } from "../records/base.ts";
import { compareVersions } from "../records/version-order.ts";
import type { Change, Way } from "./change.ts";

/**
 * The old path of each moved file by its new one. A file is moved when the last write knew it at the old path only, and
 * nothing of the user stands at the new one; otherwise the old one counts as dropped and the new one as added.
 * @param isFree whether nothing is at the path, not even a name in another case
 */
export function movedFiles(
  tree: FileTree,
  base: Base,
  isFree: (path: string) => boolean,
  declared: readonly Move[],
): ReadonlyMap<string, string> {
  const origins = new Map<string, string>();
  for (const [from, to] of chains(declared, base)) {
    if (tree.has(to) && !tree.has(from) && !base.files.has(to) && isFree(to)) origins.set(to, from);
  }
  return origins;
}

/** The change of a file that was judged at its old path: it goes to the new one, whatever else happens to it. */
export function movedChange(change: Change, from: string, disk: DiskFile, entry: FileEntry): Change {
  if (change.path !== entry.path) return change;
  if (change.kind === "conflict") {
    const ways = Object.entries(change.ways ?? {}).map(([way, changes]): [Way, readonly Change[]] => [
      way as Way,
      changes.map((one) => movedChange(one, from, disk, entry)),
    ]);
    return { ...change, from, ways: Object.fromEntries(ways) };
  }
  if (change.kind !== "keep") return { ...change, from };
  // Deleted by the user, and it stays so under its new name.
  if (disk.kind !== "file") return { ...change, from, advancesBase: true };
  const mode = disk.executable ? 0o755 : 0o644;
  return { ...change, kind: "update", reason: "moved", from, entry: { ...entry, content: disk.bytes, mode } };
}

/** Each path that the base knows, with where all later releases together have put it. */
function chains(declared: readonly Move[], base: Base): ReadonlyMap<string, string> {
  const places = new Map<string, string>();
  for (const { from, to, since } of declared) {
    const origin = [...places].find(([, place]) => place === from)?.[0];
    if (origin !== undefined) places.set(origin, to);
    // A path that a later release uses for something else is that other file in a project of that release.
    else if (base.files.has(from) && isBefore(base, since)) places.set(from, to);
  }
  return places;
}

function isBefore({ generatorVersion }: Base, since: string): boolean {
  return generatorVersion !== undefined && compareVersions(generatorVersion, since) < 0;
}
