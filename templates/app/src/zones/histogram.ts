/**
 * Latency histogram: log-linear buckets in shared memory, one row per worker.
 *
 * Idea (as in HdrHistogram): each power of two of microseconds is cut into `steps` equal buckets, so a value is known
 * to within 1/steps of itself over the whole range, and recording is a shift and an add. Values from 0 to 2^27 us
 * (134 s) fit; longer ones count in one bucket of their own, the last.
 */
import { add } from "./counters.ts";

/** The first value that is too long to tell apart: 2^27 us. */
const POWERS = 27;

/** Buckets of one row: `steps` for the values below `steps`, `steps` for each further power of two, one for the rest. */
export function bucketCount(steps: number): number {
  return (POWERS - Math.log2(steps) + 1) * steps + 1;
}

/** The bucket of a value in microseconds. */
export function bucketOf(us: number, steps: number): number {
  // Written so that NaN is too long as well.
  if (!(us < 2 ** POWERS)) return bucketCount(steps) - 1;
  const value = us | 0;
  if (value < steps) return Math.max(value, 0);
  const shift = 31 - Math.clz32(value) - (31 - Math.clz32(steps));
  return (shift << (31 - Math.clz32(steps))) + (value >>> shift);
}

/** The first value, in microseconds, that no longer falls into the bucket; Infinity for the last one. */
export function bucketEndUs(bucket: number, steps: number): number {
  if (bucket === bucketCount(steps) - 1) return Number.POSITIVE_INFINITY;
  if (bucket < steps) return bucket + 1;
  const shift = Math.floor(bucket / steps) - 1;
  return (bucket - shift * steps + 1) * 2 ** shift;
}

export function record(row: Float64Array, us: number, steps: number): void {
  add(row, bucketOf(us, steps), 1);
}

/** Counts below 2^0, 2^1, ... 2^27 us, cumulative: what Prometheus calls `le` buckets. */
export function cumulativePowers(row: Float64Array, steps: number): { readonly us: number; readonly count: number }[] {
  const powers = [];
  let count = 0;
  let bucket = 0;
  for (let power = 0; power <= POWERS; power += 1) {
    while (bucket < row.length && bucketEndUs(bucket, steps) <= 2 ** power) {
      count += row[bucket] as number;
      bucket += 1;
    }
    powers.push({ us: 2 ** power, count });
  }
  return powers;
}

/** The end of the bucket in which the given share (0..1) of all values is reached, 2^27 at most; 0 for an empty row. */
export function quantileUs(row: Float64Array, share: number, steps: number): number {
  let total = 0;
  for (const count of row) total += count;
  let left = Math.ceil(total * share);
  for (let bucket = 0; bucket < row.length && left > 0; bucket += 1) {
    left -= row[bucket] as number;
    if (left <= 0) return Math.min(bucketEndUs(bucket, steps), 2 ** POWERS);
  }
  return 0;
}
