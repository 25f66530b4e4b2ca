/**
 * Latencies by bucket, in the layout of Gil Tene's HdrHistogram (hdrhistogram.org): linear within a power of two.
 *
 * Idea: a latency is a whole number of units of 1/16 us. Numbers below 2048 have a bucket each; every further power of two
 * is cut into 1024 buckets. So a latency is known to one part in 1024 (three significant digits) or to 1/16 us, whichever is
 * more, and recording is a shift and an add. Bound: 2^30 units, 67 s, above the 60 s that a load may wait; what is longer
 * counts in the last bucket. 21,504 buckets, 168 KiB.
 */

/** 2 x 10^3, rounded up to a power of two: HdrHistogram's sub-bucket count for three significant digits. */
const SUB_BUCKETS = 2048;
const HALF = SUB_BUCKETS / 2;
const HALF_BITS = 10;
const UNITS_PER_US = 16;
const UNITS_MAX = 2 ** 30 - 1;

export const BUCKETS = bucketOfUnits(UNITS_MAX) + 1;

/** The shares of a latency plot: they get denser towards the slowest, which is where servers differ. */
export const PLOT_SHARES = [0, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99, 0.999, 0.9999, 0.99999, 1] as const;

export interface LatencyPoint {
  /** 0..1 of the answers took at most `us`. */
  readonly share: number;
  readonly us: number;
}

export function newHistogram(): Float64Array {
  return new Float64Array(BUCKETS);
}

export function bucketOf(us: number): number {
  // Written so that NaN and what is too long fall into the last bucket.
  const units = us * UNITS_PER_US;
  if (!(units <= UNITS_MAX)) return BUCKETS - 1;
  return bucketOfUnits(units > 0 ? units | 0 : 0);
}

function bucketOfUnits(units: number): number {
  if (units < SUB_BUCKETS) return units;
  const shift = 31 - Math.clz32(units) - HALF_BITS;
  return (shift << HALF_BITS) + (units >>> shift);
}

/** The first latency, in microseconds, that is too long for the bucket. */
export function bucketEndUs(bucket: number): number {
  const shift = bucket < SUB_BUCKETS ? 0 : (bucket >>> HALF_BITS) - 1;
  return ((bucket - shift * HALF + 1) * 2 ** shift) / UNITS_PER_US;
}

export function recordUs(histogram: Float64Array, us: number): void {
  const bucket = bucketOf(us);
  histogram[bucket] = (histogram[bucket] ?? 0) + 1;
}

export function mergeInto(sum: Float64Array, other: Float64Array): void {
  for (let bucket = 0; bucket < other.length; bucket += 1) sum[bucket] = (sum[bucket] ?? 0) + (other[bucket] ?? 0);
}

export function countOf(histogram: Float64Array): number {
  let count = 0;
  for (const part of histogram) count += part;
  return count;
}

/** The least latency, as its bucket's end, that the given share (0..1) of all does not exceed; undefined: nothing was recorded. */
export function quantileUs(histogram: Float64Array, share: number): number | undefined {
  let left = Math.max(1, Math.ceil(countOf(histogram) * share));
  for (let bucket = 0; bucket < histogram.length; bucket += 1) {
    left -= histogram[bucket] ?? 0;
    if (left <= 0) return bucketEndUs(bucket);
  }
  return undefined;
}

/** What a plot needs: a point for each share that so many latencies can tell apart, and the ends. Empty: nothing was recorded. */
export function latencyPoints(histogram: Float64Array): readonly LatencyPoint[] {
  const count = countOf(histogram);
  return PLOT_SHARES.filter((share) => share === 1 || (1 - share) * count >= 1).flatMap((share) => {
    const us = quantileUs(histogram, share);
    return us === undefined ? [] : [{ share, us }];
  });
}
