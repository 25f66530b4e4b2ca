/**
 * What may be believed when many figures are compared at once.
 *
 * Idea: of a hundred figures that have not changed, at a confidence of 95 % five look changed. So each gets the exact
 * probability that its runs would lie as far apart by chance (the rank test of Mann and Whitney 1947, which holds whatever
 * the distribution is), and of all figures only those are believed among which one in twenty is wrong at most (Benjamini
 * and Hochberg 1995; figures of one case rise and fall together, for which it holds too). Which figures those all are is
 * the caller's choice. Six runs against six reach 2 in 924 at best; eight against eight 2 in 12,870: among many figures a
 * single one that changed cannot be told from chance by few runs, however much it changed.
 */

/** Beyond this many runs on a side the probability is below 10^-10 at best, and more would only take longer. */
const RUNS_MAX = 20;

/** Two-sided: the probability of runs at least as far apart, if both came from the same server. */
export function chanceOf(before: readonly number[], now: readonly number[]): number {
  const [first, second] = [before.slice(0, RUNS_MAX), now.slice(0, RUNS_MAX)];
  if (first.length === 0 || second.length === 0) return 1;
  const ranks = doubledRanks([...first, ...second]);
  const observed = sumOf(ranks.slice(0, first.length));
  const mean = (sumOf(ranks) * first.length) / ranks.length;
  const ways = waysToSums(ranks, first.length);
  const apart = Math.abs(observed - mean);
  let asFar = 0;
  let all = 0;
  for (const [sum, count] of ways.entries()) {
    all += count;
    // Ranks are halves at worst, so the sums are exact and the mean is off by rounding only.
    if (Math.abs(sum - mean) >= apart - 1e-6) asFar += count;
  }
  return asFar / all;
}

/** The chance of runs that lie wholly apart, below which none can be: all ways to deal them out, of which two are so. */
export function leastChance(before: number, now: number): number {
  const [first, second] = [Math.min(before, RUNS_MAX), Math.min(now, RUNS_MAX)];
  let ways = 1;
  for (let index = 1; index <= first; index += 1) ways = (ways * (second + index)) / index;
  return 2 / ways;
}

/** The fewest runs whose least chance beside so many earlier ones is within the bound; undefined: no number of them. */
export function runsToShow(before: number, bound: number): number | undefined {
  for (let runs = 1; runs <= RUNS_MAX; runs += 1) if (leastChance(before, runs) <= bound) return runs;
  return undefined;
}

/** Twice the place of each value in the order of all; equal ones share the mean of their places. */
function doubledRanks(values: readonly number[]): readonly number[] {
  return values.map((value) => {
    const below = values.filter((other) => other < value).length;
    const equal = values.filter((other) => other === value).length;
    return 2 * below + equal + 1;
  });
}

/** In how many ways so many of the ranks add up to each sum. */
function waysToSums(ranks: readonly number[], chosen: number): Float64Array {
  const sums = sumOf(ranks) + 1;
  const ways = Array.from({ length: chosen + 1 }, () => new Float64Array(sums));
  (ways[0] as Float64Array)[0] = 1;
  for (const rank of ranks) {
    for (let count = chosen; count >= 1; count -= 1) {
      const [fewer, these] = [ways[count - 1] as Float64Array, ways[count] as Float64Array];
      for (let sum = sums - 1; sum >= rank; sum -= 1) these[sum] = (these[sum] ?? 0) + (fewer[sum - rank] ?? 0);
    }
  }
  return ways[chosen] as Float64Array;
}

function sumOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}

/** @returns for each probability whether it is believed: of those that are, a share of `wrong` is chance at most */
export function believed(chances: readonly number[], wrong: number): readonly boolean[] {
  const sorted = [...chances].sort((a, b) => a - b);
  const most = sorted.findLastIndex((chance, place) => chance <= (wrong * (place + 1)) / sorted.length);
  const bound = sorted[most] ?? -1;
  return chances.map((chance) => chance <= bound);
}
