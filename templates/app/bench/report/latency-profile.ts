/**
 * Latency by percentile on the axis that shows tails: equal steps for each further nine, as HdrHistogram plots it, so that
 * the slowest answer in ten thousand has as much room as the slower half.
 */
import type { CaseDocument } from "./document.ts";

type Latency = CaseDocument["latency"];

/** The share 1, the slowest answer of all, has no place on this axis: it is drawn one halving beyond the last share. */
export function placesOf(latency: Latency): readonly (readonly [oneIn: number, us: number])[] {
  const below = latency.filter(({ share }) => share < 1);
  const places = below.map(({ share, us }) => [1 / (1 - share), us] as const);
  const slowest = latency.find(({ share }) => share >= 1);
  const last = places.at(-1);
  if (!slowest || (last && slowest.us === last[1])) return places;
  return [...places, [(last?.[0] ?? 1) * 2, slowest.us]];
}

/** The latencies at so many equal steps of the axis, for a sparkline; logarithms, because tails are many times as long. */
export function profileOf(latency: Latency, columns: number): readonly number[] {
  const places = placesOf(latency);
  const end = Math.log(places.at(-1)?.[0] ?? 1);
  return Array.from({ length: columns }, (_, column) => {
    const oneIn = Math.exp(((column + 1) / columns) * end);
    // Rounding of the exponential must not miss the last place.
    const at = places.find(([place]) => place >= oneIn * (1 - 1e-9));
    return Math.log(at?.[1] ?? Number.NaN);
  });
}
