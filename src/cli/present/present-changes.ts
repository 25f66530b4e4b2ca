/** The files of a run, each with what happens to it and its size. */
import { formatBytes } from "../../lib/units.ts";
import type { FileTree } from "../../tree/file-tree.ts";
import type { Change } from "../../write/changes/change.ts";

export interface ListedChange {
  readonly path: string;
  readonly kind: Change["kind"];
  readonly owner: string;
  /** Of the file as it would be written. */
  readonly bytes: number;
}

export function listChanges(changes: readonly Change[], tree: FileTree): readonly ListedChange[] {
  return changes.map(({ path, kind }) => {
    const entry = tree.get(path);
    const content = entry?.content ?? "";
    const bytes = typeof content === "string" ? Buffer.byteLength(content) : content.length;
    return { path, kind, owner: entry?.owner ?? "managed", bytes };
  });
}

export function changeLines(changes: readonly ListedChange[]): string {
  const total = changes.reduce((sum, change) => sum + change.bytes, 0);
  return [
    ...changes.map(({ kind, path, bytes }) => `  ${kind.padEnd(8)}  ${formatBytes(bytes).padStart(10)}  ${path}`),
    `  ${"in all".padEnd(8)}  ${formatBytes(total).padStart(10)}  ${changes.length} files`,
  ].join("\n");
}
