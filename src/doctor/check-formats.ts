/** Edited files that are no text of their format any more: nothing of them can be merged, and their programs fail on them. */
import type { FileSystem } from "../io/ports.ts";
import { parseFault } from "../merge/merge.ts";
import type { Change } from "../write/changes/change.ts";
import { readDiskFile } from "../write/disk/disk-file.ts";
import { normalised } from "../write/disk/file-text.ts";
import { type Finding, namesText, warning } from "./finding.ts";

/** @param changes what a run with nothing told would do; a conflict says itself that a file cannot be parsed */
export function checkFormats(fs: FileSystem, directory: string, changes: readonly Change[]): readonly Finding[] {
  const edited = changes.filter(({ reason }) => reason === "edited").map(({ path }) => path);
  const faults = edited.flatMap((path) => {
    const file = readDiskFile(fs, directory, path);
    if (file.kind !== "file") return [];
    const fault = parseFault(path, Buffer.from(normalised(file.bytes)).toString("utf8"));
    return fault === undefined ? [] : [`${path} (${fault})`];
  });
  if (faults.length === 0) return [];
  const reason = "It cannot be parsed, so its program may fail, and a newer version of it would be one conflict.";
  return [warning("files", namesText(faults), reason, "correct it")];
}
