/** How several measurements become one figure with its spread. All of it is exact arithmetic on few numbers. */

export interface Figure {
  readonly median: number;
  /** Half of the range that the middle half of the values spans. */
  readonly spread: number;
  readonly rounds: number;
}

export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

/** Between two values the line between them: the quantile of type 7 in R and NumPy. */
export function quantile(values: readonly number[], share: number): number {
  if (values.length === 0) throw new RangeError("there is no quantile of nothing");
  const sorted = [...values].sort((a, b) => a - b);
  const place = (sorted.length - 1) * share;
  const lower = sorted[Math.floor(place)] ?? Number.NaN;
  const upper = sorted[Math.ceil(place)] ?? Number.NaN;
  return lower + (upper - lower) * (place - Math.floor(place));
}

export function figureOf(values: readonly number[]): Figure {
  const spread = (quantile(values, 0.75) - quantile(values, 0.25)) / 2;
  return { median: median(values), spread, rounds: values.length };
}

export interface Comparison {
  /** Median of the pairs' ratios. */
  readonly ratio: number;
  /** An interval that covers the true median with `confidence`, whatever the distribution. */
  readonly low: number;
  readonly high: number;
  readonly confidence: number;
}

/** The usual measure of proof, one error in twenty. */
const CONFIDENCE_MIN = 0.95;

/** Fewer pairs than this prove nothing: five of them on one side of 1 happen by chance in 6 % of all cases. */
export const PAIRS_MIN = 6;

/** Pairs that were measured side by side, so that a slow moment of the machine falls on both. */
export function compare(pairs: readonly (readonly [on: number, off: number])[]): Comparison {
  const ratios = pairs.map(([on, off]) => on / off).sort((a, b) => a - b);
  const { rank, confidence } = medianRank(ratios.length);
  return {
    ratio: median(ratios),
    low: ratios[rank] ?? Number.NaN,
    high: ratios[ratios.length - 1 - rank] ?? Number.NaN,
    confidence,
  };
}

/**
 * How many values may be left out at each end so that the others still span the median: each value lies above it with one
 * half, so the number above is binomial (the interval of the sign test; Conover, Practical Nonparametric Statistics, 3.2).
 */
export function medianRank(count: number): { readonly rank: number; readonly confidence: number } {
  let ways = 1;
  let outside = ways / 2 ** count;
  let rank = 0;
  for (;;) {
    ways = (ways * (count - rank)) / (rank + 1);
    const next = outside + ways / 2 ** count;
    if (1 - 2 * next < CONFIDENCE_MIN) return { rank, confidence: Math.max(0, 1 - 2 * outside) };
    outside = next;
    rank += 1;
  }
}

export type Verdict = "wins" | "loses" | "no difference shown";

/** A use wins only when the whole interval says so: costs on are below costs off. */
export function verdictOf({ low, high }: Comparison, pairs: number): Verdict {
  if (pairs < PAIRS_MIN) return "no difference shown";
  if (high < 1) return "wins";
  return low > 1 ? "loses" : "no difference shown";
}
