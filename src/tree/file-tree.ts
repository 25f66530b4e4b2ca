/** The files to write, in memory: sorted by path, POSIX paths relative to the project. */

/**
 * managed: ours, overwritten while unedited; merged: three-way against the base. seeded: written once, then the user's;
 * one that was never edited goes with the feature that it belongs to.
 */
export type Owner = "managed" | "seeded" | "merged";

export interface FileEntry {
  readonly path: string;
  /** UTF-8 text, or bytes for binary files. */
  readonly content: string | Uint8Array;
  readonly owner: Owner;
  /** Unix permissions; 0o644 or 0o755. */
  readonly mode: 0o644 | 0o755;
}

/** Entries by path, in the order of their paths' code units. */
export type FileTree = ReadonlyMap<string, FileEntry>;
