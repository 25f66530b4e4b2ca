/**
 * Three sequences of lines compared: pieces that are settled, and clashes where both sides changed the same or adjoining
 * lines in different ways. Without a base every difference is a clash, for nobody knows who made it.
 */
import { diff3Merge, diffIndices } from "node-diff3";

export type Lines = readonly string[];

export interface Settled {
  readonly kind: "settled";
  readonly lines: Lines;
}

export interface Clashing {
  readonly kind: "clashing";
  readonly hasBase: boolean;
  readonly base: Lines;
  readonly mine: Lines;
  readonly next: Lines;
  /** The indexes of the first lines in the user's text and in the new one. */
  readonly at: { readonly mine: number; readonly next: number };
}

export type Piece = Settled | Clashing;

/** The comparison of texts with more pairs of equal lines takes over a second: its time grows faster than their number. */
const EQUAL_PAIRS_MAX = 1_000_000;

/** Whether the texts hold too many equal lines to be compared in a sensible time. */
export function isTooAlike(left: Lines, right: Lines): boolean {
  const counts = new Map<string, number>();
  for (const line of left) counts.set(line, (counts.get(line) ?? 0) + 1);
  return right.reduce((pairs, line) => pairs + (counts.get(line) ?? 0), 0) > EQUAL_PAIRS_MAX;
}

export function piecesOf(base: Lines | undefined, mine: Lines, next: Lines): readonly Piece[] {
  return base === undefined ? twoWay(mine, next) : threeWay(base, mine, next);
}

function threeWay(base: Lines, mine: Lines, next: Lines): readonly Piece[] {
  const regions = diff3Merge([...mine], [...base], [...next], { excludeFalseConflicts: true });
  return regions.map((region): Piece => {
    if (region.conflict === undefined) return { kind: "settled", lines: region.ok ?? [] };
    const { a, o, b, aIndex, bIndex } = region.conflict;
    const at = { mine: aIndex, next: bIndex };
    return { kind: "clashing", hasBase: true, base: o, mine: a, next: b, at };
  });
}

function twoWay(mine: Lines, next: Lines): readonly Piece[] {
  const pieces: Piece[] = [];
  let done = 0;
  for (const { buffer1, buffer1Content, buffer2, buffer2Content } of diffIndices([...mine], [...next])) {
    if (buffer1[0] > done) pieces.push({ kind: "settled", lines: mine.slice(done, buffer1[0]) });
    const at = { mine: buffer1[0], next: buffer2[0] };
    pieces.push({ kind: "clashing", hasBase: false, base: [], mine: buffer1Content, next: buffer2Content, at });
    done = buffer1[0] + buffer1[1];
  }
  if (done < mine.length) pieces.push({ kind: "settled", lines: mine.slice(done) });
  return pieces;
}
