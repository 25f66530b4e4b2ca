/** A file that both the user and the generator have changed: the bytes on disk merged, or a conflict with its ways out. */

import { leftoverMarkers } from "../../lib/leftover-markers.ts";
import { mergeVersions } from "../../merge/merge.ts";
import type { Clash, KeptKey, Merged } from "../../merge/merged.ts";
import { takesMarkers } from "../../merge/strategy.ts";
import type { FileEntry } from "../../tree/file-tree.ts";
import { fingerprint } from "../disk/disk-file.ts";
import { dressedLike, hashOf, textOf, toBytes } from "../disk/file-text.ts";
import type { Change, ChangeReason, Way, Ways } from "./change.ts";
import { isLockfile } from "./documents.ts";
import type { Sidecars } from "./sidecar.ts";

/** Merging by lines takes the square of their number at worst; what is generated is below 100 KiB. */
const MERGE_BYTES_MAX = 1024 * 1024;

export interface Sides {
  readonly entry: FileEntry;
  readonly disk: { readonly bytes: Uint8Array; readonly executable: boolean };
  /** The permissions that the file gets. */
  readonly mode: FileEntry["mode"];
  /** The pristine text; undefined when none is kept. */
  readonly base: Uint8Array | undefined;
  /** Whether the last write made the file; otherwise both sides have added it. */
  readonly isOurs: boolean;
}

export function mergeFile(sides: Sides, sidecars: Sidecars): Change {
  const { entry, disk, isOurs } = sides;
  const local = textOf(disk.bytes);
  const next = textOf(toBytes(entry.content));
  const isLarge = disk.bytes.length > MERGE_BYTES_MAX;
  if (local === undefined || next === undefined || isLarge) return wholeConflict(sides, sidecars, "binary", []);
  const isWhole = entry.owner === "seeded" || isLockfile(entry.path);
  if (isWhole) return wholeConflict(sides, sidecars, isOurs ? "both_changed" : "both_added", []);
  const left = leftoverMarkers(local);
  if (left.length > 0) return wholeConflict(sides, sidecars, "both_changed", [markedClash(left, local, next)]);
  const base = sides.base === undefined ? undefined : textOf(sides.base);
  const merged = mergeVersions(entry.path, { base, local, next });
  if (merged.clashes.length === 0) return mergedChange(sides, merged);
  return {
    ...conflictOf(sides, isOurs ? "both_changed" : "both_added"),
    clashes: merged.clashes,
    kept: merged.kept,
    ways: mergedWays(sides, merged, sidecars),
  };
}

function mergedChange(sides: Sides, merged: Merged): Change {
  const change = withText(sides, merged.text, { reason: "merged", kept: merged.kept });
  return change.kind === "keep" ? { ...change, reason: "edited" } : change;
}

function mergedWays(sides: Sides, merged: Merged, sidecars: Sidecars): Ways {
  const { path } = sides.entry;
  const { clashes, kept } = merged;
  const decided = (way: Way, text: string): readonly Change[] => [
    withText(sides, text, { reason: reasonOf[way], clashes, kept }),
    ...sidecars.gone(path),
  ];
  return {
    mine: decided("mine", merged.decided("mine")),
    theirs: decided("theirs", merged.decided("next")),
    ...besideWay(sides, sidecars, clashes),
    ...(takesMarkers(path) ? { markers: decided("markers", merged.decided("markers")) } : {}),
  };
}

const reasonOf = { mine: "mine_taken", theirs: "next_taken", sidecar: "set_beside", markers: "marked" } as const;

/** Nothing of the file can be merged: one side as a whole. */
function wholeConflict(sides: Sides, sidecars: Sidecars, reason: ChangeReason, clashes: readonly Clash[]): Change {
  const { entry, disk, mode } = sides;
  const preimage = fingerprint(hashOf(disk.bytes), disk.executable);
  const { path } = entry;
  const gone = sidecars.gone(path);
  const content = dressedLike(toBytes(entry.content), disk.bytes);
  const theirs: Change = {
    kind: "update",
    path,
    entry: { ...entry, content, mode },
    preimage,
    clashes,
    advancesBase: true,
  };
  return {
    ...conflictOf(sides, reason),
    clashes,
    ways: {
      mine: [{ kind: "keep", path, reason: "mine_taken", preimage, clashes, advancesBase: true }, ...gone],
      theirs: [{ ...theirs, reason: "next_taken" }, ...gone],
      ...besideWay(sides, sidecars, clashes),
    },
  };
}

function conflictOf({ entry, disk }: Sides, reason: ChangeReason): Change {
  return {
    kind: "conflict",
    path: entry.path,
    reason,
    entry,
    preimage: fingerprint(hashOf(disk.bytes), disk.executable),
  };
}

function besideWay({ entry, disk }: Sides, sidecars: Sidecars, clashes: readonly Clash[]): Ways {
  const beside = sidecars.beside(entry);
  if (beside === undefined) return {};
  const preimage = fingerprint(hashOf(disk.bytes), disk.executable);
  return { sidecar: [{ kind: "keep", path: entry.path, reason: "set_beside", preimage, clashes }, beside] };
}

interface Outcome {
  readonly reason: ChangeReason;
  readonly clashes?: readonly Clash[];
  readonly kept: readonly KeptKey[];
}

/** The change that gives the file this text, with the line endings and the permissions that it has. */
function withText(sides: Sides, text: string, outcome: Outcome): Change {
  const { entry, disk, mode } = sides;
  const change = {
    path: entry.path,
    preimage: fingerprint(hashOf(disk.bytes), disk.executable),
    ...outcome,
    advancesBase: true,
  };
  const isSame = text === textOf(disk.bytes);
  if (isSame && disk.executable === (mode === 0o755)) return { kind: "keep", ...change };
  const content = isSame ? disk.bytes : dressedLike(Buffer.from(text, "utf8"), disk.bytes);
  return { kind: "merge", ...change, entry: { ...entry, content, mode } };
}

function markedClash(lines: readonly number[], mine: string, next: string): Clash {
  return { where: `the whole file: it holds conflict markers (line ${lines.join(", ")})`, base: "", mine, next };
}
