/**
 * How fast a figure grows, and how surely: the Theil-Sen slope with an interval from Kendall's test.
 *
 * Idea: the slope is the median of the slopes between all pairs of points, so that steps and outliers, such as a collection
 * or a burst of the machine, move it little: up to 29 % of the points may be anything. Its interval is made of the slopes
 * whose ranks lie as far from the middle as Kendall's S may by chance (Theil 1950; Sen 1968; Conover, Practical
 * Nonparametric Statistics, 5.4). Points that remember the ones before make S vary more, and a plain interval too narrow, so
 * the variance of S is raised by the autocorrelation of the ranks around the slope (Hamed and Rao, J. Hydrol. 204, 1998).
 * Bound: all pairs of the points; the caller keeps at most some hundred.
 */
import { median } from "../method/statistics.ts";
import { normalQuantile } from "./normal-quantile.ts";

export type Point = readonly [x: number, y: number];

export interface Slope {
  /** y per x, as are the two ends. */
  readonly slope: number;
  readonly low: number;
  readonly high: number;
  /** By how much memory of the points raised the variance of S; 1: not at all. */
  readonly inflation: number;
}

/** Of five points or fewer none proves anything at the chances asked for here, and their memory cannot be estimated. */
export const POINTS_MIN = 6;

/** @param alarm the chance that `low` is above 0 when nothing grows; @returns undefined: too few points for that chance */
export function theilSen(points: readonly Point[], alarm: number): Slope | undefined {
  if (points.length < POINTS_MIN) return undefined;
  const slopes = pairSlopes(points);
  const slope = median(slopes);
  const inflation = varianceInflation(points.map(([x, y]) => y - slope * x));
  const plainReach = normalQuantile(1 - alarm) * Math.sqrt(kendallVariance(points.map(([, y]) => y)));
  if (rankAt(slopes.length, plainReach) < 1) return undefined;
  // Never wider than all slopes there are: what rises from each point to every later one is seen to rise.
  const rank = Math.max(1, rankAt(slopes.length, plainReach * Math.sqrt(inflation)));
  return { slope, low: slopes[rank - 1] as number, high: slopes[slopes.length - rank] as number, inflation };
}

/** Rounded down: the interval is rather too wide than too narrow. */
function rankAt(slopes: number, reach: number): number {
  return Math.floor((slopes - reach) / 2);
}

/** In rising order; of pairs at the same x there is none. */
function pairSlopes(points: readonly Point[]): readonly number[] {
  const slopes: number[] = [];
  for (const [index, [x, y]] of points.entries()) {
    for (let other = 0; other < index; other += 1) {
      const [otherX, otherY] = points[other] as Point;
      if (x !== otherX) slopes.push((y - otherY) / (x - otherX));
    }
  }
  return slopes.sort((a, b) => a - b);
}

/** Variance of Kendall's S when nothing grows; values that are equal make it less (Kendall 1975). */
export function kendallVariance(values: readonly number[]): number {
  const counts = new Map<number, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  const part = (count: number) => count * (count - 1) * (2 * count + 5);
  const ties = [...counts.values()].reduce((sum, count) => sum + part(count), 0);
  return (part(values.length) - ties) / 18;
}

/**
 * What n points with this memory are worth: n over as many points without. Never below 1, so that it can only widen.
 * A bend of the curve is no memory: it is taken off the ranks, which no outlier can bend, before they are compared.
 */
export function varianceInflation(residuals: readonly number[]): number {
  const n = residuals.length;
  // What does not vary remembers nothing.
  if (residuals.every((residual) => residual === residuals[0])) return 1;
  const ranks = withoutParabola(averageRanks(residuals));
  let sum = 0;
  for (let lag = 1; lag <= n / LAG_SHARE; lag += 1) {
    const memory = correctedMemory(autocorrelation(ranks, lag), n);
    // From the first lag without memory on there is only noise.
    if (memory <= 0) break;
    sum += (n - lag) * (n - lag - 1) * (n - lag - 2) * memory;
  }
  return 1 + (2 * sum) / (n * (n - 1) * (n - 2));
}

/** Lags beyond a third of the points rest on too few pairs to tell anything. */
const LAG_SHARE = 3;

/** Memory beyond this is a random walk, of which so few points tell nothing. */
const MEMORY_MAX = 0.95;

/**
 * Taking a parabola away makes few points look as if they remembered less than they do, by about (3 + 5 r) / n: (1 + 3 r) / n
 * for the mean (Kendall, Biometrika 41, 1954) and (1 + r) / n for each further term. So much is put back.
 */
function correctedMemory(r: number, n: number): number {
  return Math.min(MEMORY_MAX, (n * r + 3) / (n - 5));
}

/** What is left after the least-squares parabola, by orthogonal polynomials on equal steps. */
function withoutParabola(values: readonly number[]): readonly number[] {
  const n = values.length;
  const centred = values.map((_, index) => index - (n - 1) / 2);
  const bases = [values.map(() => 1), centred, centred.map((x) => x * x - (n * n - 1) / 12)];
  let rest: readonly number[] = values;
  for (const basis of bases) {
    const share = dot(rest, basis) / dot(basis, basis);
    rest = rest.map((value, index) => value - share * (basis[index] as number));
  }
  return rest;
}

function dot(a: readonly number[], b: readonly number[]): number {
  return a.reduce((sum, value, index) => sum + value * (b[index] as number), 0);
}

/** Equal values share the mean of their ranks. */
export function averageRanks(values: readonly number[]): readonly number[] {
  const order = values.map((_, index) => index).sort((a, b) => (values[a] as number) - (values[b] as number));
  const ranks = new Array<number>(values.length).fill(0);
  for (let from = 0; from < order.length; ) {
    let to = from;
    while (to + 1 < order.length && values[order[to + 1] as number] === values[order[from] as number]) to += 1;
    for (let at = from; at <= to; at += 1) ranks[order[at] as number] = (from + to) / 2;
    from = to + 1;
  }
  return ranks;
}

export function autocorrelation(values: readonly number[], lag: number): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  let [product, square] = [0, 0];
  for (const [index, value] of values.entries()) {
    square += (value - mean) ** 2;
    if (index >= lag) product += (value - mean) * ((values[index - lag] as number) - mean);
  }
  return square === 0 ? 0 : product / square;
}
