/** A change of one file: what `--dry-run` lists and `apply` carries out. */
import type { FileEntry } from "../tree/file-tree.ts";

export type ChangeKind = "create" | "update" | "keep" | "merge" | "conflict" | "delete";

export interface Change {
  readonly kind: ChangeKind;
  readonly path: string;
  /** The file after the change; undefined for keep and delete. */
  readonly entry?: FileEntry;
  /** SHA-256 (hex) of the bytes on disk when the plan was made; undefined: no such file. Checked again before writing. */
  readonly preimage?: string;
}
