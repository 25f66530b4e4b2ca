/**
 * The fewest insertions and deletions that turn one sequence into another: the greedy algorithm of E. Myers, "An O(ND)
 * Difference Algorithm and Its Variations" (1986), on the part between the common beginning and the common end.
 */

/** `count` items at `from` become `nextCount` items at `nextFrom`; what is not in any run is equal. */
export interface EditRun {
  readonly from: number;
  readonly count: number;
  readonly nextFrom: number;
  readonly nextCount: number;
}

/**
 * Insertions and deletions beyond which the part in between counts as replaced. The rows kept for the way back take
 * 4 bytes x the square of this: 36 MB.
 */
const DISTANCE_MAX = 3000;

export function editRuns(before: readonly string[], after: readonly string[]): readonly EditRun[] {
  const start = commonStart(before, after);
  const end = commonEnd(before, after, start);
  const middleBefore = before.slice(start, before.length - end);
  const middleAfter = after.slice(start, after.length - end);
  const runs = middleRuns(middleBefore, middleAfter);
  return runs.map((run) => ({ ...run, from: run.from + start, nextFrom: run.nextFrom + start }));
}

function commonStart(before: readonly string[], after: readonly string[]): number {
  const max = Math.min(before.length, after.length);
  let count = 0;
  while (count < max && before[count] === after[count]) count += 1;
  return count;
}

function commonEnd(before: readonly string[], after: readonly string[], start: number): number {
  const max = Math.min(before.length, after.length) - start;
  let count = 0;
  while (count < max && before[before.length - 1 - count] === after[after.length - 1 - count]) count += 1;
  return count;
}

function middleRuns(before: readonly string[], after: readonly string[]): readonly EditRun[] {
  if (before.length === 0 && after.length === 0) return [];
  const whole: EditRun = { from: 0, count: before.length, nextFrom: 0, nextCount: after.length };
  if (before.length === 0 || after.length === 0) return [whole];
  const rows = furthestRows(before, after);
  return rows === undefined ? [whole] : wayBack(rows, before.length, after.length);
}

/**
 * For each distance the row of furthest points: the entry of diagonal k is how far `before` is consumed there. The row
 * of distance d holds the diagonals -d to d. undefined: the distance is beyond the bound.
 */
function furthestRows(before: readonly string[], after: readonly string[]): readonly Int32Array[] | undefined {
  const rows: Int32Array[] = [];
  const max = Math.min(before.length + after.length, DISTANCE_MAX);
  for (let distance = 0; distance <= max; distance += 1) {
    const last = rows.at(-1);
    const row = new Int32Array(2 * distance + 1);
    rows.push(row);
    for (let k = -distance; k <= distance; k += 2) {
      let x = last === undefined ? 0 : stepTo(last, distance, k).x;
      while (x < before.length && x - k < after.length && before[x] === after[x - k]) x += 1;
      row[k + distance] = x;
      if (x >= before.length && x - k >= after.length) return rows;
    }
  }
  return undefined;
}

/** From the row before to diagonal k: by an insertion from k + 1, or by a deletion from k - 1. */
function stepTo(last: Int32Array, distance: number, k: number): { readonly x: number; readonly inserts: boolean } {
  const above = k + 1 <= distance - 1 ? (last[k + distance] ?? -1) : -1;
  const left = k - 1 >= -(distance - 1) ? (last[k + distance - 2] ?? -1) : -1;
  return above > left ? { x: above, inserts: true } : { x: left + 1, inserts: false };
}

function wayBack(rows: readonly Int32Array[], beforeLength: number, afterLength: number): readonly EditRun[] {
  const runs: EditRun[] = [];
  let x = beforeLength;
  let y = afterLength;
  for (let distance = rows.length - 1; distance > 0; distance -= 1) {
    const k = x - y;
    const step = stepTo(rows[distance - 1] ?? new Int32Array(), distance, k);
    // The step itself, before the equal items that follow it.
    const from = step.inserts ? step.x : step.x - 1;
    const nextFrom = step.inserts ? step.x - k - 1 : step.x - k;
    const single: EditRun = { from, count: step.inserts ? 0 : 1, nextFrom, nextCount: step.inserts ? 1 : 0 };
    const following = runs.at(-1);
    if (following !== undefined && touches(single, following)) runs.splice(-1, 1, joined(single, following));
    else runs.push(single);
    x = from;
    y = nextFrom;
  }
  return runs.reverse();
}

function touches(run: EditRun, following: EditRun): boolean {
  return run.from + run.count === following.from && run.nextFrom + run.nextCount === following.nextFrom;
}

function joined(run: EditRun, following: EditRun): EditRun {
  return {
    from: run.from,
    count: run.count + following.count,
    nextFrom: run.nextFrom,
    nextCount: run.nextCount + following.nextCount,
  };
}
