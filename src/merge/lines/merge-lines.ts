/**
 * A merge by lines: what only one side changed is taken, what both changed alike is taken once, the rest clashes. Where
 * that clashes, the generator's versions are brought to the layout of the user's file and compared again: a file that a
 * formatter ran over has no edits, and keeps its layout.
 */
import { checkMarkers, markedClash } from "../conflict-markers.ts";
import { inUsersLayout } from "../layout/in-layout-of.ts";
import { type LayoutKind, layoutKindOf, opensBlock, saysTheSame } from "../layout/layout-tokens.ts";
import { wholeFileClash, withoutClash } from "../merge-result.ts";
import type { Clash, KeptKey, Merged, Side, Versions } from "../merged.ts";
import { type Clashing, isTooAlike, type Piece, piecesOf } from "./merge-pieces.ts";
import { refinedClash } from "./refine-clash.ts";
import { settledList } from "./settle-lists.ts";
import { isRewritten, passageOf } from "./settle-prose.ts";
import { asLinesText, endsOpen, linesOf } from "./text-lines.ts";

export function mergeLines(path: string, versions: Versions): Merged {
  const { base, local, next } = versions;
  if ([base ?? "", next].some((text) => isTooAlike(linesOf(local), linesOf(text)))) {
    return wholeFileClash(path, versions, "it has too many equal lines to tell which one moved");
  }
  const kind = layoutKindOf(path);
  if (kind !== "prose") return toMerged(path, settledPieces(versions, kind), endsOpen(local));
  if (base !== undefined && isRewritten(base, local)) {
    return withoutClash(local, [{ key: "text", mine: local, recommended: next }]);
  }
  const kept: KeptKey[] = [];
  const pieces = settledPieces(versions, kind).map((piece) => settledProse(piece, kept));
  return toMerged(path, pieces, endsOpen(local), kept);
}

/** @param kept takes the passages that the user deleted */
function settledProse(piece: Piece, kept: KeptKey[]): Piece {
  if (piece.kind === "settled") return piece;
  const passage = passageOf(piece);
  if (passage.kind === "undecided") return piece;
  if (passage.kind === "merged") return passage.piece;
  const { where, next } = toClash(piece);
  kept.push({ key: `text ${where}`, mine: "deleted", recommended: next });
  return { kind: "settled", lines: piece.mine };
}

function settledPieces(versions: Versions, kind: LayoutKind | undefined): readonly Piece[] {
  const strict = comparedLines(versions, kind);
  if (kind === undefined || clashCount(strict) === 0) return strict;
  const laid = inUsersLayout(versions, kind);
  if (laid === undefined) return strict;
  const again = comparedLines(laid, kind);
  return clashCount(again) < clashCount(strict) ? again : strict;
}

function comparedLines({ base, local, next }: Versions, kind: LayoutKind | undefined): readonly Piece[] {
  const mine = linesOf(local);
  const pieces = piecesOf(base === undefined ? undefined : linesOf(base), mine, linesOf(next));
  return pieces.flatMap((piece) => {
    if (piece.kind === "settled") return [piece];
    const settled = kind === undefined ? undefined : settledClash(piece, kind, mine);
    if (settled !== undefined) return [settled];
    return refinedClash(piece).map((rest) =>
      rest.kind === "clashing" && kind !== undefined ? (settledClash(rest, kind, mine) ?? rest) : rest,
    );
  });
}

/** Ours says the same as the user's, or as it said before, so that the user's lines stand; or lists go together. */
function settledClash(clash: Clashing, kind: LayoutKind, local: readonly string[]): Piece | undefined {
  const above = local.slice(0, clash.at.mine);
  if (opensBlock(asLinesText(above), kind)) return undefined;
  const [base, mine, next] = [clash.base, clash.mine, clash.next].map(asLinesText) as [string, string, string];
  const same = saysTheSame(mine, next, kind) || (clash.hasBase && saysTheSame(base, next, kind));
  const list = () => (kind === "code" ? settledList(clash, above) : undefined);
  const lines = same ? clash.mine : list();
  return lines === undefined ? undefined : { kind: "settled", lines };
}

function clashCount(pieces: readonly Piece[]): number {
  return pieces.filter(({ kind }) => kind === "clashing").length;
}

/** @param open whether the text ends without a line feed, as the user's does */
function toMerged(path: string, pieces: readonly Piece[], open: boolean, kept: readonly KeptKey[] = []): Merged {
  const clashes = pieces.flatMap((piece) => (piece.kind === "clashing" ? [toClash(piece)] : []));
  const textOf = (side: Side): string => {
    if (side === "markers" && clashes.length > 0) checkMarkers(path);
    const text = pieces.map((piece) => pieceText(piece, side)).join("");
    return open ? text.replace(/\n$/, "") : text;
  };
  return { text: textOf("mine"), clashes, kept, decided: textOf };
}

function pieceText(piece: Piece, side: Side): string {
  if (piece.kind === "settled") return asLinesText(piece.lines);
  if (side === "markers") return markedClash(toClash(piece));
  return asLinesText(side === "mine" ? piece.mine : piece.next);
}

function toClash(piece: Clashing): Clash {
  return {
    where: whereOf(piece.at.mine, piece.mine.length),
    base: asLinesText(piece.base),
    mine: asLinesText(piece.mine),
    next: asLinesText(piece.next),
  };
}

/** In the user's file, whose lines they can look up. */
function whereOf(index: number, count: number): string {
  if (count === 0) return index === 0 ? "before line 1" : `after line ${index}`;
  return count === 1 ? `line ${index + 1}` : `lines ${index + 1} to ${index + count}`;
}
