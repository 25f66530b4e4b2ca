/** The change for one file of the tree, from what is on disk and in the base: the rows of the table in diff.ts. */

import type { FileEntry } from "../../tree/file-tree.ts";
import { PROJECT_FILE } from "../../tree/project-file.ts";
import { type DiskFile, fingerprint } from "../disk/disk-file.ts";
import {
  dressedLike,
  endsWithNewline,
  type Hashes,
  hashesOf,
  saysSame,
  textHashOf,
  toBytes,
  withoutFinalNewlines,
} from "../disk/file-text.ts";
import type { Base } from "../records/base.ts";
import type { LockedFile } from "../records/lock-file.ts";
import type { Change, ChangeReason } from "./change.ts";
import { isDocument } from "./documents.ts";
import { mergeFile } from "./merge-file.ts";
import type { Sidecars } from "./sidecar.ts";
import { wishBase } from "./wish-base.ts";

export interface Judged {
  readonly entry: FileEntry;
  readonly disk: DiskFile;
  /** Where disk and base have the file: the entry's path, or the one before a declared move. */
  readonly origin: string;
  /** The user has the same name in another case. */
  readonly hasTwin: boolean;
}

export function judgeFile(judged: Judged, base: Base, sidecars: Sidecars): Change {
  const { entry, origin } = judged;
  const locked = base.files.get(origin);
  if (judged.hasTwin || judged.disk.kind === "obstacle") return ofUnreachable(judged, locked, base);
  if (judged.disk.kind === "absent") return ofAbsent(entry, locked);
  const { path } = entry;
  const disk: Local = { ...judged.disk, ...hashesOf(judged.disk.bytes) };
  const keep: Change = { kind: "keep", path, preimage: fingerprint(disk.exact, disk.executable) };
  if (entry.owner === "seeded" && locked !== undefined) return { ...keep, reason: "seeded" };
  const content = toBytes(entry.content);
  // The usual case costs one hash.
  const wanted = Buffer.compare(content, disk.bytes) === 0 ? disk.text : textHashOf(content);
  if (saysSame(disk.bytes, wanted, disk.text)) return asWanted(entry, disk, locked, wanted);
  if (locked !== undefined && saysSame(disk.bytes, locked.sha256, disk.text)) return updated(entry, disk, locked);
  if (wanted === locked?.sha256 && path !== PROJECT_FILE) return withOurMode(entry, disk, locked, "edited");
  if (locked === undefined && isDocument(path)) return { ...keep, reason: "not_ours" };
  // Without a lock this is no project: the file is somebody's, and creating a project merges nothing.
  if (base.generatorVersion === undefined) return { ...keep, kind: "conflict", reason: "not_ours", entry };
  const stored = base.text(origin);
  const text = path === PROJECT_FILE ? wishBase(disk.bytes, content, stored) : stored;
  const mode = modeAfter(entry, disk, locked);
  return mergeFile({ entry, disk, mode, base: text, isOurs: locked !== undefined }, sidecars);
}

/** A file of the disk with its hashes. */
interface Local extends Hashes {
  readonly bytes: Uint8Array;
  readonly executable: boolean;
}

function ofAbsent(entry: FileEntry, locked: LockedFile | undefined): Change {
  const { path } = entry;
  if (locked === undefined) return { kind: "create", path, reason: "new", entry, advancesBase: true };
  const keep: Change = { kind: "keep", path, reason: "deleted_by_user" };
  // The next run reads a deleted wish from its base text.
  const isOtherWish = path === PROJECT_FILE && locked.sha256 !== textHashOf(toBytes(entry.content));
  return isOtherWish ? { ...keep, advancesBase: true } : keep;
}

/** Something else is where the file belongs: a folder, a symlink, or the name in another case. Nothing goes there. */
function ofUnreachable({ entry, hasTwin }: Judged, locked: LockedFile | undefined, base: Base): Change {
  const { path } = entry;
  const reason: ChangeReason = hasTwin ? "name_in_other_case" : "obstacle";
  // Under its other name the file is the user's, as one that was deleted; a document of the user stays what it is.
  if (locked === undefined ? isDocument(path) : hasTwin) return { kind: "keep", path, reason };
  if (locked?.sha256 === textHashOf(toBytes(entry.content))) return { kind: "keep", path, reason };
  const conflict: Change = { kind: "conflict", path, reason, entry };
  if (base.generatorVersion === undefined) return conflict;
  return { ...conflict, ways: { mine: [{ kind: "keep", path, reason: "mine_taken", advancesBase: true }] } };
}

function asWanted(entry: FileEntry, disk: Local, locked: LockedFile | undefined, wanted: string): Change {
  const change = withOurMode(entry, disk, locked, "as_wanted");
  const isRecorded =
    locked?.sha256 === wanted &&
    locked.mode === entry.mode &&
    locked.owner === entry.owner &&
    locked.unverified !== true;
  return isRecorded ? change : { ...change, advancesBase: true };
}

/** Not edited: what is generated now, dressed as the file is. */
function updated(entry: FileEntry, disk: Local, locked: LockedFile): Change {
  const dressed = dressedLike(toBytes(entry.content), disk.bytes);
  const lacksEnd = disk.text !== locked.sha256 && !endsWithNewline(disk.bytes);
  const content = lacksEnd ? withoutFinalNewlines(dressed) : dressed;
  const mode = modeAfter(entry, disk, locked);
  const preimage = fingerprint(disk.exact, disk.executable);
  const next = { ...entry, content, mode };
  return { kind: "update", path: entry.path, reason: "generated_differs", entry: next, preimage, advancesBase: true };
}

/** The text stays; the permission to execute follows ours where it is still the one that we gave. */
function withOurMode(
  entry: FileEntry,
  disk: Local,
  locked: LockedFile | undefined,
  reason: "as_wanted" | "edited",
): Change {
  const { path } = entry;
  const preimage = fingerprint(disk.exact, disk.executable);
  const mode = modeAfter(entry, disk, locked);
  if (locked === undefined || disk.executable === (mode === 0o755)) return { kind: "keep", path, reason, preimage };
  const next = { ...entry, content: disk.bytes, mode };
  return { kind: "update", path, reason: "mode_differs", entry: next, preimage, advancesBase: true };
}

/** Ours where the user left the permission alone, and the user's otherwise. */
function modeAfter(entry: FileEntry, disk: Local, locked: LockedFile | undefined): FileEntry["mode"] {
  const mode = disk.executable ? 0o755 : 0o644;
  return locked?.mode === mode ? entry.mode : mode;
}
