/** Changes as a patch: what `git apply` takes, and what a person reads before a decision. */
import { nodeFileSystem } from "../../io/node.ts";
import { unifiedDiff } from "../../merge/lines/unified-diff.ts";
import type { Change } from "../../write/changes/change.ts";
import { readDiskFile } from "../../write/disk/disk-file.ts";
import { toBytes } from "../../write/disk/file-text.ts";
import type { Style } from "./style.ts";

export interface Patch {
  readonly text: string;
  /** Changed files that a patch of text cannot hold. */
  readonly binary: readonly string[];
}

/**
 * Of every change that would be written, as the files lie in the directory now.
 * @param prefix of every path: where the directory lies in its repository
 */
export function patchOf(changes: readonly Change[], directory: string, prefix: string): Patch {
  const parts = changes.map((change) => ({ path: change.path, text: changePatch(change, directory, prefix) }));
  return {
    text: parts.map(({ text }) => text ?? "").join(""),
    binary: parts.filter(({ text }) => text === undefined).map(({ path }) => path),
  };
}

/** One change for a person: added and removed lines in colour. */
export function patchText(change: Change, directory: string, style: Style): string {
  const patch = changePatch(change, directory, "");
  if (patch === undefined) return `${change.path} is a binary file.`;
  const lines = patch.slice(0, -1).split("\n");
  return lines.map((line) => colours(line, style)).join("\n");
}

function colours(line: string, style: Style): string {
  if (/^(?:diff|---|\+\+\+|new file|deleted file|old mode|new mode|rename)/.test(line)) return style.bold(line);
  if (line.startsWith("@@")) return style.cyan(line);
  if (line.startsWith("+")) return style.green(line);
  return line.startsWith("-") ? style.red(line) : line;
}

/** Empty when nothing is written; undefined for a binary file. */
function changePatch(change: Change, directory: string, prefix: string): string | undefined {
  const { kind, path, from = path, entry } = change;
  if (kind === "keep" || kind === "conflict") return "";
  const disk = readDiskFile(nodeFileSystem, directory, from);
  const before = disk.kind === "file" ? textOf(disk.bytes) : "";
  const after = entry === undefined ? "" : textOf(toBytes(entry.content));
  if (before === undefined || after === undefined) return undefined;
  return unifiedDiff(disk.kind === "file" ? before : undefined, entry === undefined ? undefined : after, {
    from: `${prefix}${from}`,
    to: `${prefix}${path}`,
    fromMode: disk.kind === "file" && disk.executable ? 0o755 : 0o644,
    toMode: entry?.mode ?? 0o644,
  });
}

/** The bytes as they are: line endings and a byte order mark are part of what a patch matches. */
function textOf(bytes: Uint8Array): string | undefined {
  if (bytes.includes(0)) return undefined;
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    // Expected for a text in another encoding, which a patch in UTF-8 cannot hold.
    return undefined;
  }
}
