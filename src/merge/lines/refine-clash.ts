/**
 * A clash made as small as it is. A comparison of three texts takes changes of adjoining lines for one; but lines that both
 * sides added alike are settled, and so are lines that one side inserted beside a line that the other one replaced: there
 * is one order in which both can stand, such as a new image version above the user's own instruction.
 */
import { type EditRun, editRuns } from "./edit-runs.ts";
import type { Clashing, Lines, Piece } from "./merge-pieces.ts";

export function refinedClash(clash: Clashing): readonly Piece[] {
  if (!clash.hasBase) return [clash];
  const { base, mine, next, at } = clash;
  const start = commonStart(mine, next);
  const end = commonStart(reversed(mine.slice(start)), reversed(next.slice(start)));
  const baseStart = commonStart(base, mine.slice(0, start));
  const baseRest = base.slice(baseStart);
  const baseEnd = commonStart(reversed(baseRest), reversed(mine.slice(mine.length - end)));
  const inner: Clashing = {
    ...clash,
    base: baseRest.slice(0, baseRest.length - baseEnd),
    mine: mine.slice(start, mine.length - end),
    next: next.slice(start, next.length - end),
    at: { mine: at.mine + start, next: at.next + start },
  };
  const lines = joined(inner.base, inner.mine, inner.next);
  const pieces: readonly Piece[] = [
    { kind: "settled", lines: mine.slice(0, start) },
    lines === undefined ? inner : { kind: "settled", lines },
    { kind: "settled", lines: mine.slice(mine.length - end) },
  ];
  return pieces.filter((piece) => piece.kind === "clashing" || piece.lines.length > 0);
}

/** Both changes of the base in one text; undefined: they need a decision. */
function joined(base: Lines, mine: Lines, next: Lines): Lines | undefined {
  const ours = editRuns(base, next).map((run) => ({ run, lines: next }));
  const theirs = editRuns(base, mine).map((run) => ({ run, lines: mine }));
  if (ours.some((our) => theirs.some((their) => !standBoth(our, their)))) return undefined;
  // An insertion before a replaced line has the same place as that line, and comes first.
  const changes = [...ours, ...theirs].sort((a, b) => a.run.from - b.run.from || a.run.count - b.run.count);
  const result: string[] = [];
  let done = 0;
  for (const { run, lines } of changes) {
    result.push(...base.slice(done, run.from), ...lines.slice(run.nextFrom, run.nextFrom + run.nextCount));
    done = run.from + run.count;
  }
  return [...result, ...base.slice(done)];
}

interface SideRun {
  readonly run: EditRun;
  /** Of that side. */
  readonly lines: Lines;
}

/** Whether a line is between them that tells them apart, or one inserts at the edge of what the other replaces. */
function standBoth(one: SideRun, other: SideRun): boolean {
  const [first, second] = one.run.from <= other.run.from ? [one.run, other.run] : [other.run, one.run];
  if (first.from + first.count < second.from) return true;
  const [{ run: insertion }, { run: change, lines }] = one.run.count === 0 ? [one, other] : [other, one];
  // What stands beside a deleted line may have been about it, and more lines than before may have another structure.
  if (insertion.count > 0 || change.count === 0 || change.nextCount !== change.count) return false;
  if (insertion.from === change.from) return true;
  return insertion.from === change.from + change.count && !leaves(lines[change.nextFrom + change.nextCount - 1] ?? "");
}

/** Code below such a line is not reached. */
function leaves(line: string): boolean {
  return /^\s*(?:return|throw|break|continue)\b/.test(line);
}

function commonStart(left: Lines, right: Lines): number {
  const max = Math.min(left.length, right.length);
  let count = 0;
  while (count < max && left[count] === right[count]) count += 1;
  return count;
}

function reversed(lines: Lines): Lines {
  return [...lines].reverse();
}
