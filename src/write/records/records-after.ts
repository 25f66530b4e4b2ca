/**
 * This program's own records after a write. The base of a file advances only when what is generated now has reached
 * the file or somebody decided against it; an undecided file keeps its old base, so the next run sees it again.
 */

import type { FileSystem } from "../../io/ports.ts";
import type { FileTree } from "../../tree/file-tree.ts";
import type { Change } from "../changes/change.ts";
import { hasBaseText, sidecarOf } from "../changes/sidecar.ts";
import { readDiskFile } from "../disk/disk-file.ts";
import { normalised } from "../disk/file-text.ts";
import { inProject } from "../disk/project-path.ts";
import type { Edit } from "../journal/journal.ts";
import { type Base, basePath } from "./base.ts";
import type { LockedFile } from "./lock-file.ts";
import { lockedFile, stateFiles, type WriteMeta } from "./state-files.ts";

/** What a write starts from. */
export interface Before {
  readonly fs: FileSystem;
  readonly directory: string;
  readonly base: Base;
}

/** The records as edits, the lock last; also those that are as they should be. */
export function recordEdits(before: Before, changes: readonly Change[], tree: FileTree, meta: WriteMeta): Edit[] {
  const { fs, directory, base } = before;
  const files = lockedAfter(before, changes, tree);
  const dropped = [...base.files.keys()].filter((path) => !files.has(path)).map(basePath);
  const removed = dropped.filter((path) => fs.info(inProject(directory, path)) !== undefined);
  const written = stateFiles({ generatorVersion: meta.generatorVersion, files }, tree);
  const others = new Map([...files].filter(([path]) => !written.has(basePath(path))));
  return [
    ...removed.map((path): Edit => ({ path, content: undefined, executable: false })),
    ...[...keptTexts(base, others, changes), ...written].map(
      ([path, content]): Edit => ({ path, content, executable: false }),
    ),
  ];
}

function lockedAfter(before: Before, changes: readonly Change[], tree: FileTree): Map<string, LockedFile> {
  const { fs, directory, base } = before;
  // What the user deleted is remembered even while no plan has it, so that it stays deleted once one has it again.
  const isGone = (path: string): boolean =>
    sidecarOf(path) !== undefined && readDiskFile(fs, directory, path).kind === "absent";
  const files = new Map([...base.files].filter(([path]) => !isGone(path)));
  for (const { kind, path, from, reason, entry, advancesBase } of changes) {
    const wanted = tree.get(path);
    const locked = from === undefined ? undefined : base.files.get(from);
    if (from !== undefined) files.delete(from);
    if (kind === "delete") files.delete(path);
    else if (wanted !== undefined && advancesBase === true) files.set(path, lockedFile(wanted));
    else if (locked !== undefined) files.set(path, locked);
    else if (reason === "set_beside" && entry !== undefined) files.set(path, lockedFile(entry));
  }
  return files;
}

/** Base texts that stay: under a new path for a moved file, and written again where they were lost but are known. */
function keptTexts(
  base: Base,
  files: ReadonlyMap<string, LockedFile>,
  changes: readonly Change[],
): readonly (readonly [string, Uint8Array])[] {
  const origins = new Map(changes.flatMap(({ path, from }) => (from === undefined ? [] : [[path, from] as const])));
  return [...files].flatMap(([path, locked]) => {
    const origin = origins.get(path) ?? path;
    const isAsBefore = hasBaseText(path, locked) && locked.sha256 === base.files.get(origin)?.sha256;
    const text = isAsBefore ? base.text(origin) : undefined;
    return text === undefined ? [] : [[basePath(path), normalised(text)] as const];
  });
}
