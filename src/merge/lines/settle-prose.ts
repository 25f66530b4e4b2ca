/**
 * Clashes in documents, which people read and no program parses. A passage that the user deleted stays deleted: that the
 * generator has changed a figure in it is reported and stops nobody. A passage in which both changed different words is
 * merged by words. A document that the user wrote anew is theirs.
 */

import { laid } from "../layout/layout-tokens.ts";
import { editRuns } from "./edit-runs.ts";
import { type Clashing, type Lines, type Piece, piecesOf } from "./merge-pieces.ts";
import { asLinesText, linesOf } from "./text-lines.ts";

/** Assumed: of a text of which a quarter is left, what is left are headings, articles and punctuation. */
const REWRITTEN_SHARE_MAX = 0.25;
/** Assumed: with half of the words left it is still the same passage, so that words have the places that they had. */
const EDITED_SHARE_MIN = 0.5;

export type Passage =
  | { readonly kind: "deleted" }
  | { readonly kind: "merged"; readonly piece: Piece }
  | { readonly kind: "undecided" };

export function passageOf({ base, mine, next, hasBase }: Clashing): Passage {
  if (!hasBase || base.length === 0) return { kind: "undecided" };
  if (mine.length === 0) return { kind: "deleted" };
  if (shareLeft(base, mine) < EDITED_SHARE_MIN) return { kind: "undecided" };
  const pieces = piecesOf(wordsOf(base), wordsOf(mine), wordsOf(next));
  const words = pieces.flatMap((piece) => (piece.kind === "settled" ? piece.lines : []));
  if (pieces.some(({ kind }) => kind === "clashing")) return { kind: "undecided" };
  return { kind: "merged", piece: { kind: "settled", lines: linesOf(words.join("")) } };
}

/** Whether so little of the generated document is left that it is another one. */
export function isRewritten(base: string, local: string): boolean {
  return shareLeft(linesOf(base), linesOf(local)) <= REWRITTEN_SHARE_MAX;
}

/** The share of the words that are still there, in their order; 1 where there were none. */
function shareLeft(base: Lines, mine: Lines): number {
  const keys = (lines: Lines): readonly string[] => laid(asLinesText(lines), "prose").words.map(({ key }) => key);
  const before = keys(base);
  const gone = editRuns(before, keys(mine)).reduce((sum, { count }) => sum + count, 0);
  return before.length === 0 ? 1 : (before.length - gone) / before.length;
}

/** Each word with the layout before it, then the layout at the end. */
function wordsOf(lines: Lines): Lines {
  const { words, end } = laid(asLinesText(lines), "prose");
  return [...words.map(({ before, raw }) => before + raw), end];
}
