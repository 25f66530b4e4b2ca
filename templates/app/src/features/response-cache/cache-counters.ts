/** What the cache counts, per worker; the zone's own figures are gauges of the control plane. */
import type { CounterDefinition } from "../../http/feature.ts";
import { type Refusal, refusals } from "./store-policy.ts";

const results = ["hit", "stale", "miss", "bypass", "not_modified", "error"] as const;
const fills = ["led", "joined", "waited", "refreshed", "failed"] as const;

export const cacheCounters: readonly CounterDefinition[] = [
  ...results.map((result) => ({
    metric: `fastserve_cache_requests_total{result="${result}"}`,
    help: "Requests of cached routes: answered fresh, stale, by the handler, past the cache, with 304, or stale for an error.",
  })),
  ...fills.map((kind) => ({
    metric: `fastserve_cache_fills_total{kind="${kind}"}`,
    help: "Misses that ran the handler, joined another's run in this worker, waited for another worker's; refreshes of stale replies; runs that failed.",
  })),
  { metric: "fastserve_cache_stores_total", help: "Replies stored." },
  ...refusals.map((reason) => ({
    metric: `fastserve_cache_refusals_total{reason="${reason}"}`,
    help: "Replies of cached routes that were not stored.",
  })),
];

export type CacheCount = (typeof results)[number] | (typeof fills)[number] | "store" | Refusal;

/** Index of each in a worker's row. */
export const cacheCount: ReadonlyMap<CacheCount, number> = new Map(
  [...results, ...fills, "store" as const, ...refusals].map((name, index) => [name, index]),
);
