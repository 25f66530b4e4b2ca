/**
 * What a three-way merge of one file is made of and gives. All texts have LF line endings and no byte order mark: what the
 * file on disk had is put back when it is written.
 */

export interface Versions {
  /** As the last write generated it; undefined: none is kept, or the file was not ours. */
  readonly base: string | undefined;
  /** As it is on disk. */
  readonly local: string;
  /** As it is generated now. */
  readonly next: string;
}

/** Who wins where both have changed the same lines. */
export type Side = "mine" | "next" | "markers";

export interface Merged {
  /** Clashes stand as the user has them; empty `clashes`: this is the whole result. */
  readonly text: string;
  readonly clashes: readonly Clash[];
  /** Keys that the user and the generator have both changed: the user's stays, and no decision is needed. */
  readonly kept: readonly KeptKey[];
  /** The text with every clash decided for one side. "markers" is refused for files that a program parses. */
  decided(side: Side): string;
}

/** Lines, or a whole file that cannot be parsed, which both have changed in different ways. */
export interface Clash {
  /** For people: "lines 10 to 14", "the whole file: it cannot be parsed (line 3: ...)". */
  readonly where: string;
  readonly base: string;
  readonly mine: string;
  readonly next: string;
}

export interface KeptKey {
  /** "memory.limit_bytes", "scripts.start". */
  readonly key: string;
  readonly mine: string;
  readonly recommended: string;
}
