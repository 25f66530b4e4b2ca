/** Latencies of a load, whether they were counted here or told by a tool. */
import { type LatencyPoint, latencyPoints, quantileUs } from "./latency-histogram.ts";
import type { LoadCounts } from "./order.ts";

type Latencies = Pick<LoadCounts, "latency" | "quantiles">;

/** What the given share (0..1) of the answers does not exceed, in microseconds; undefined: not known. */
export function latencyUs({ latency, quantiles }: Latencies, share: number): number | undefined {
  if (quantiles) return quantiles.find((point) => point.share === share)?.us;
  return quantileUs(latency, share);
}

/** Points of a plot, by rising share; empty: not known. */
export function latencyPointsOf({ latency, quantiles }: Latencies): readonly LatencyPoint[] {
  return quantiles ?? latencyPoints(latency);
}
