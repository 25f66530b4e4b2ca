/**
 * FileTree x disk x base -> Change[]. Pure reading: `--dry-run` prints the result, and a write carries out that same
 * value. Nothing that the user wrote is ever planned away: what is neither ours nor as we left it is kept or a conflict.
 *
 * | disk | base | tree | change |
 * |---|---|---|---|
 * | absent | absent | N | create |
 * | absent | B | N | keep: deleted by the user |
 * | = N | any | N | keep (update when only the permission to execute changed and is as we left it) |
 * | any | B | N, seeded | keep: written once |
 * | = B | B | N | update |
 * | L | = N | N | keep: edited by the user |
 * | L | B or absent | N | conflict (keep for a document such as README.md that is not ours) |
 * | = B | B | absent | delete (keep when seeded) |
 * | L | B | absent | keep |
 */

import type { FileSystem } from "../io/ports.ts";
import type { FileEntry, FileTree } from "../tree/file-tree.ts";
import type { Base } from "./base.ts";
import type { Change } from "./change.ts";
import { type DiskFile, readDiskFile } from "./disk-file.ts";
import { isDocument } from "./documents.ts";
import { dressedLike, hashOf, textHashOf, toBytes } from "./file-text.ts";
import type { LockedFile } from "./lock-file.ts";
import { checkProjectPaths, folded, inProject, parentsOf } from "./project-path.ts";

/**
 * The changes that bring the directory to the tree, in the order of their paths. The directory may be absent.
 * @throws AppError DIRECTORY_UNSAFE when a path is unsafe or leads through a symlink
 */
export function diff(tree: FileTree, fs: FileSystem, directory: string, base: Base): Change[] {
  checkProjectPaths(tree.keys(), "DIRECTORY_UNSAFE", "the file tree");
  const twins = twinFinder(fs, directory);
  const written = [...tree.values()].map((entry) =>
    twins(entry.path) ? besideTwin(entry) : ofEntry(entry, readDiskFile(fs, directory, entry.path), base),
  );
  const dropped = [...base.files].flatMap(([path, locked]) =>
    tree.has(path) ? [] : ofDropped(path, locked, readDiskFile(fs, directory, path)),
  );
  return [...written, ...dropped].sort((a, b) => (a.path < b.path ? -1 : 1));
}

/** The change for a file of the tree. */
function ofEntry(entry: FileEntry, disk: DiskFile, base: Base): Change {
  const { path } = entry;
  const locked = base.files.get(path);
  if (disk.kind === "obstacle") return { kind: "conflict", path, entry };
  if (disk.kind === "absent") return locked === undefined ? { kind: "create", path, entry } : { kind: "keep", path };
  const preimage = hashOf(disk.bytes);
  const keep: Change = { kind: "keep", path, preimage };
  const local = textHashOf(disk.bytes);
  const wanted = textHashOf(toBytes(entry.content));
  if (entry.owner === "seeded" && locked !== undefined) return keep;
  if (local === wanted) return modeIsOurs(entry, disk, locked) ? update(entry, disk.bytes, preimage) : keep;
  if (local === locked?.sha256) return update(entry, disk.bytes, preimage);
  if (wanted === locked?.sha256) return keep;
  if (locked === undefined && isDocument(path)) return keep;
  return { kind: "conflict", path, entry, preimage };
}

/** The change for a file that the last write made and the tree no longer has; none when the user deleted it as well. */
function ofDropped(path: string, locked: LockedFile, disk: DiskFile): Change[] {
  if (disk.kind !== "file") return [];
  const preimage = hashOf(disk.bytes);
  const isOurs = locked.owner !== "seeded" && textHashOf(disk.bytes) === locked.sha256;
  return [{ kind: isOurs ? "delete" : "keep", path, preimage }];
}

function update(entry: FileEntry, disk: Uint8Array, preimage: string): Change {
  const content = dressedLike(toBytes(entry.content), disk);
  return { kind: "update", path: entry.path, entry: { ...entry, content }, preimage };
}

/** Equal texts: the permission to execute is set only when it is still the one we gave and ours has changed. */
function modeIsOurs(entry: FileEntry, disk: DiskFile & { kind: "file" }, locked: LockedFile | undefined): boolean {
  if (locked === undefined || locked.mode === entry.mode) return false;
  return disk.executable === (locked.mode === 0o755);
}

/** The user has the same name in another case, which some file systems take for one: nothing of ours goes beside it. */
function besideTwin(entry: FileEntry): Change {
  const { path } = entry;
  return isDocument(path) ? { kind: "keep", path } : { kind: "conflict", path, entry };
}

/** Whether the folder on disk holds the path, or a folder of it, in another spelling. Each folder is listed once. */
function twinFinder(fs: FileSystem, directory: string): (path: string) => boolean {
  const listings = new Map<string, ReadonlyMap<string, string>>();
  const namesIn = (parent: string): ReadonlyMap<string, string> => {
    const known = listings.get(parent);
    if (known !== undefined) return known;
    const folder = parent === "" ? directory : inProject(directory, parent);
    const names = fs.info(folder)?.kind === "directory" ? fs.list(folder) : [];
    const exact = new Set(names);
    const listing = new Map(names.map((name) => [folded(name), name]));
    // A folder of a case-sensitive system may hold both spellings; then ours is there and no twin.
    for (const name of exact) listing.set(`=${name}`, name);
    listings.set(parent, listing);
    return listing;
  };
  return (path) =>
    [...parentsOf(path), path].some((part) => {
      const name = part.slice(part.lastIndexOf("/") + 1);
      const listing = namesIn(part.slice(0, Math.max(0, part.lastIndexOf("/"))));
      return listing.has(folded(name)) && !listing.has(`=${name}`);
    });
}
