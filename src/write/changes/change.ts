/** A change of one file: what `--dry-run` and `diff` list and a write carries out. */
import type { Clash, KeptKey } from "../../merge/merged.ts";
import type { FileEntry } from "../../tree/file-tree.ts";

/**
 * create, update, delete: ours alone. merge: the user's and ours together. keep: nothing is written.
 * conflict: both, and no decision yet; refused when it is carried out.
 */
export type ChangeKind = "create" | "update" | "merge" | "keep" | "delete" | "conflict";

/** Why, for people and programs; the words stand in cli/. */
export type ChangeReason =
  | "new"
  | "generated_differs"
  | "mode_differs"
  | "moved"
  | "as_wanted"
  | "seeded"
  | "edited"
  | "deleted_by_user"
  | "restored"
  | "dropped"
  | "dropped_but_edited"
  | "merged"
  | "both_changed"
  | "both_added"
  | "not_ours"
  | "name_in_other_case"
  | "obstacle"
  | "binary"
  | "mine_taken"
  | "next_taken"
  | "set_beside"
  | "marked";

/** How a conflict can end. "sidecar": the user's file stays, ours is put beside it, and it stays undecided. */
export type Way = "mine" | "theirs" | "sidecar" | "markers";

/** What each decision does; one that is missing is impossible for the file. */
export type Ways = { readonly [way in Way]?: readonly Change[] };

export interface Change {
  readonly kind: ChangeKind;
  readonly path: string;
  readonly reason?: ChangeReason;
  /** The file after the change; undefined for keep and delete. Of a conflict: what is generated now. */
  readonly entry?: FileEntry;
  /**
   * The file on disk, at `from` for a moved file, when the plan was made: SHA-256 (hex) of its bytes, and "+x" when it
   * may be executed; undefined: no such file. Checked again before writing.
   */
  readonly preimage?: string;
  /** Where it was before a declared move; that file goes. */
  readonly from?: string;
  /** What is undecided (conflict), or was decided for one side. */
  readonly clashes?: readonly Clash[];
  /** Keys that both have changed; the user's stay. */
  readonly kept?: readonly KeptKey[];
  /** Of a conflict: the decisions that can be taken. None: the user must first move something away. */
  readonly ways?: Ways;
  /** Whether the base text becomes what is generated now; without it the next run sees the same difference again. */
  readonly advancesBase?: boolean;
}
