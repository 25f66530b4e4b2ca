/**
 * Edits moved to where a reader sees them. Of "f(a) g(b)" without "g(b)" a comparison may say that ") g(b" is gone, which is
 * as short; a run that is moved along equal words until it begins a line names what was removed or added as a whole.
 */
import type { EditRun } from "../lines/edit-runs.ts";
import type { Word } from "./layout-tokens.ts";

export function slidRuns(runs: readonly EditRun[], words: readonly Word[], other: readonly Word[]): readonly EditRun[] {
  const result: EditRun[] = [];
  for (const [index, run] of runs.entries()) {
    const last = result.at(-1);
    const next = runs[index + 1];
    const room = {
      back: run.from - (last === undefined ? 0 : last.from + last.count),
      ahead: (next === undefined ? words.length : next.from) - run.from - run.count,
    };
    result.push(slid(run, words, other, room));
  }
  return result;
}

interface Room {
  readonly back: number;
  readonly ahead: number;
}

/** Only what is purely removed or purely added can be moved. */
function slid(run: EditRun, words: readonly Word[], other: readonly Word[], room: Room): EditRun {
  if (run.count > 0 && run.nextCount > 0) return run;
  const [list, start, count] = run.count > 0 ? [words, run.from, run.count] : [other, run.nextFrom, run.nextCount];
  const places = [0, ...reach(list, start, count, -1, room.back), ...reach(list, start, count, 1, room.ahead)];
  const shift = places.find((place) => beginsLine(list, start + place)) ?? 0;
  return { ...run, from: run.from + shift, nextFrom: run.nextFrom + shift };
}

/** The distances by which the run can move in one direction: the word that it gains equals the one that it loses. */
function reach(list: readonly Word[], start: number, count: number, step: 1 | -1, max: number): readonly number[] {
  const distances: number[] = [];
  for (let moved = 1; moved <= max; moved += 1) {
    const gained = step === 1 ? start + count + moved - 1 : start - moved;
    const lost = step === 1 ? start + moved - 1 : start + count - moved;
    if (list[gained] === undefined || list[gained].key !== list[lost]?.key) break;
    distances.push(step * moved);
  }
  return distances;
}

function beginsLine(list: readonly Word[], index: number): boolean {
  return index === 0 || (list[index]?.before.includes("\n") ?? false);
}
