/**
 * FileTree x disk x base -> Change[]. Pure reading: `--dry-run` prints the result, and a write carries out that same
 * value. Nothing that the user wrote is ever planned away: it is kept, merged, or a conflict that somebody decides.
 *
 * L: on disk, B: generated last time, N: generated now. Texts are equal when only line endings, a byte order mark or
 * newlines at the end differ; the file keeps its own. A file that a release has moved is judged as one file.
 *
 * | disk | base | tree | change |
 * |---|---|---|---|
 * | absent | absent | N | create |
 * | absent | B | N | keep: deleted by the user |
 * | = N | any | N | keep (update when only the permission to execute changed and is as we left it) |
 * | any | B | N, seeded | keep: written once |
 * | = B | B | N | update |
 * | L | = N | N | keep: edited by the user |
 * | L | B | N | merge, or a conflict where both changed the same |
 * | L | absent | N | merge by keys, or a conflict; keep for a document such as README.md |
 * | other case | B | N | keep: renamed by the user |
 * | symlink, folder | = N | N | keep |
 * | symlink, folder | other | N | conflict |
 * | other case, symlink, folder | absent | N | conflict; keep for a document such as README.md |
 * | = B, or only formatted | B | absent | delete, seeded files too: what belongs to a feature must not outlive it and break the build |
 * | L | B | absent | keep |
 */

import type { FileSystem } from "../../io/ports.ts";
import { onlyLaidOut } from "../../merge/layout/only-laid-out.ts";
import type { FileTree } from "../../tree/file-tree.ts";
import { type Move, moves } from "../../tree/moves.ts";
import { type DiskFile, fingerprintOf, readDiskFile } from "../disk/disk-file.ts";
import { saysSame, textOf } from "../disk/file-text.ts";
import { checkProjectPaths } from "../disk/project-path.ts";
import type { Base } from "../records/base.ts";
import type { LockedFile } from "../records/lock-file.ts";
import type { Change } from "./change.ts";
import { judgeFile } from "./judge-file.ts";
import { movedChange, movedFiles } from "./moved-files.ts";
import { twinFinder } from "./name-twins.ts";
import { rememberingInfo } from "./remembering-info.ts";
import { hasBaseText, sidecarOf, sidecarsIn } from "./sidecar.ts";

/**
 * The changes that bring the directory to the tree, in the order of their paths. The directory may be absent.
 * @throws AppError DIRECTORY_UNSAFE when a path is unsafe or leads through a symlink
 */
export function diff(
  tree: FileTree,
  disk: FileSystem,
  directory: string,
  base: Base,
  declared: readonly Move[] = moves,
): Change[] {
  checkProjectPaths(tree.keys(), "DIRECTORY_UNSAFE", "the file tree");
  const fs = rememberingInfo(disk);
  const twins = twinFinder(fs, directory);
  const sidecars = sidecarsIn(fs, directory, base);
  const isFree = (path: string): boolean => !twins(path) && readDiskFile(fs, directory, path).kind === "absent";
  const origins = movedFiles(tree, base, isFree, declared);
  const written = [...tree.values()].map((entry) => {
    const origin = origins.get(entry.path) ?? entry.path;
    const file = readDiskFile(fs, directory, origin);
    const change = judgeFile({ entry, disk: file, origin, hasTwin: twins(entry.path) }, base, sidecars);
    return origin === entry.path ? change : movedChange(change, origin, file, entry);
  });
  const open = new Set(written.filter(({ kind }) => kind === "conflict").map(({ path }) => path));
  const moved = new Set(origins.values());
  const dropped = [...base.files].flatMap(([path, locked]) => {
    if (tree.has(path) || moved.has(path)) return [];
    return ofDropped(path, locked, base, readDiskFile(fs, directory, path), open.has(sidecarOf(path) ?? ""));
  });
  return [...written, ...dropped].sort((a, b) => (a.path < b.path ? -1 : 1));
}

/**
 * The change for a file that the last write made and the tree no longer has; none when the user deleted it as well.
 * @param isOpen the file is the sidecar of one that is still in conflict
 */
function ofDropped(path: string, locked: LockedFile, base: Base, disk: DiskFile, isOpen: boolean): Change[] {
  if (disk.kind !== "file") return [];
  const change = { path, preimage: fingerprintOf(disk) };
  if (isOpen) return [{ kind: "keep", ...change, reason: "as_wanted" }];
  const isOurs =
    saysSame(disk.bytes, locked.sha256) || (hasBaseText(path, locked) && isOnlyLaidOut(path, base, disk.bytes));
  return [
    isOurs
      ? { kind: "delete", ...change, reason: "dropped" }
      : { kind: "keep", ...change, reason: "dropped_but_edited" },
  ];
}

/** A formatter that ran over the project has edited nothing. */
function isOnlyLaidOut(path: string, base: Base, bytes: Uint8Array): boolean {
  const stored = base.text(path);
  const before = stored === undefined ? undefined : textOf(stored);
  const local = textOf(bytes);
  return before !== undefined && local !== undefined && onlyLaidOut(path, before, local);
}
