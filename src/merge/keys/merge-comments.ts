/**
 * Merges the comments and blank lines in front of a key. What the generator changed is taken over, line by line; what
 * the user wrote stays, and so does what the user took out. Nothing here needs a decision: a comment breaks no program,
 * and a generated line that the user has reworded stays as the user has it.
 *
 * Lines are compared without their indentation, which a formatter may have changed.
 */
import { diffIndices } from "node-diff3";

/**
 * @param indent what new lines begin with
 * @returns text of whole lines, as all three are
 */
export function mergeComments(base: string, local: string, next: string, indent: string): string {
  if (next === base) return local;
  if (local === base && indent === "") return next;
  const lines = { base: linesOf(base), local: linesOf(local), next: linesOf(next) };
  const mine = hunksOf(lines.base, lines.local);
  const ours = hunksOf(lines.base, lines.next)
    .flatMap((hunk) => byLabel(hunk, lines.base, lines.next))
    .filter((hunk) => !isTaken(hunk, mine, lines.base.length));
  const result: string[] = [];
  let localAt = 0;
  for (let at = 0; at <= lines.base.length; at += 1) {
    const inserted = mine.find(({ start }) => start === at);
    if (inserted !== undefined) {
      result.push(...lines.local.slice(inserted.from, inserted.to));
      localAt = inserted.to;
    }
    for (const added of ours.filter(({ start }) => start === at)) {
      result.push(...addedLines(lines.next, added, lines.local, inserted, indent));
    }
    if (at === lines.base.length || isInside(at, mine)) continue;
    const kept = lines.local[localAt];
    localAt += 1;
    if (kept !== undefined && !isInside(at, ours)) result.push(kept);
  }
  return result.join("");
}

/** Lines [start, end) of the base became lines [from, to) of the other version. */
interface Hunk {
  readonly start: number;
  readonly end: number;
  readonly from: number;
  readonly to: number;
}

function hunksOf(base: readonly string[], other: readonly string[]): readonly Hunk[] {
  return diffIndices(base.map(bare), other.map(bare)).map(({ buffer1, buffer2 }) => ({
    start: buffer1[0],
    end: buffer1[0] + buffer1[1],
    from: buffer2[0],
    to: buffer2[0] + buffer2[1],
  }));
}

/**
 * Parts of a change in which a line with a label ("why", "source") became one with the same label: so a user's wording
 * of one line does not keep its neighbours from following the generator.
 */
function byLabel(hunk: Hunk, base: readonly string[], next: readonly string[]): readonly Hunk[] {
  const result: Hunk[] = [];
  const labels = {
    base: base.slice(hunk.start, hunk.end).map(labelOf),
    next: next.slice(hunk.from, hunk.to).map(labelOf),
  };
  let { start, from } = hunk;
  for (const { buffer1, buffer2 } of [...diffIndices(labels.base, labels.next), endOf(hunk)]) {
    const sameUpTo = hunk.start + buffer1[0];
    for (; start < sameUpTo; start += 1, from += 1) result.push({ start, end: start + 1, from, to: from + 1 });
    const [end, to] = [start + buffer1[1], from + buffer2[1]];
    if (end > start || to > from) result.push({ start, end, from, to });
    start = end;
    from = to;
  }
  return result;
}

function endOf({ start, end, from, to }: Hunk): {
  readonly buffer1: [number, number];
  readonly buffer2: [number, number];
} {
  return { buffer1: [end - start, 0], buffer2: [to - from, 0] };
}

/** The first word, or the whole of a line without words. */
function labelOf(line: string): string {
  return /\w+/.exec(line)?.[0] ?? bare(line);
}

/** Whether the user has reworded or removed all that the hunk changes, or all lines next to where it adds. */
function isTaken({ start, end }: Hunk, mine: readonly Hunk[], baseLength: number): boolean {
  const first = start === end ? Math.max(start - 1, 0) : start;
  const last = start === end ? Math.min(start + 1, baseLength) : end;
  if (first === last) return false;
  for (let at = first; at < last; at += 1) if (!isInside(at, mine)) return false;
  return true;
}

function isInside(at: number, hunks: readonly Hunk[]): boolean {
  return hunks.some(({ start, end }) => start <= at && at < end);
}

/** What both have added at one place is added once. */
function addedLines(
  next: readonly string[],
  added: Hunk,
  local: readonly string[],
  inserted: Hunk | undefined,
  indent: string,
): string[] {
  const mine = new Set(inserted ? local.slice(inserted.from, inserted.to).map(bare) : []);
  return next
    .slice(added.from, added.to)
    .filter((line) => bare(line) === "" || !mine.has(bare(line)))
    .map((line) => (bare(line) === "" ? line : `${indent}${line.trimStart()}`));
}

function bare(line: string): string {
  return line.trim();
}

/** Each with its line feed. */
function linesOf(text: string): string[] {
  return text.match(/[^\n]*\n|[^\n]+$/g) ?? [];
}
