/** The response cache: what it holds, and how long an answer counts when nobody says. */
import { floorTo, KiB, MiB, seconds } from "../../lib/units.ts";
import { sharesOf } from "../budget.ts";
import { featureRule } from "../feature-rule.ts";
import { reason } from "../reasons.ts";
import type { KeysOf, RuleTable } from "../rule.ts";
import { assumed, documented } from "../sources.ts";
import { divisionOf } from "./division.ts";
import { CACHE_BYTES_MAX, partReads } from "./feature-memory.ts";

/** So many of the largest entries fit, lest one of them empty the cache; its pages are as large as the largest entry. */
const LARGEST_ENTRIES_MIN = 64;
/** Small caches hold fewer, down to this many, so that an ordinary answer of this size still fits. */
const SMALL_CACHE_ENTRIES_MIN = 16;
const ORDINARY_ENTRY_BYTES = KiB(16);

/** The cache's own index and fill markers take a part of this; less would hold next to nothing. */
const CACHE_BYTES_MIN = KiB(256);

export const cacheRules = {
  "cache.zone_bytes": featureRule("response-cache", {
    unit: "bytes",
    reads: partReads,
    source: assumed("how much of an application is worth keeping; the hit ratio in the metrics shows whether it holds"),
    bounds: () => ({ max: { value: CACHE_BYTES_MAX, by: reason("bound_cache", {}) } }),
    decide: (read) => {
      const share = sharesOf[read("answers.workload")].cache;
      const value = floorTo(divisionOf(read).cache, KiB(64));
      return value < CACHE_BYTES_MIN
        ? { value: 0, reason: reason("cache_too_small", { smallest: CACHE_BYTES_MIN }) }
        : { value, reason: reason("cache_zone", { share }) };
    },
  }),
  "cache.entry_bytes_max": featureRule("response-cache", {
    unit: "bytes",
    reads: ["cache.zone_bytes"],
    source: documented("https://docs.memcached.org/serverguide/configuring/"),
    bounds: (read) => {
      const zone = read("cache.zone_bytes") ?? 0;
      const ordinary = Math.min(zone / SMALL_CACHE_ENTRIES_MIN, ORDINARY_ENTRY_BYTES);
      const value = floorTo(Math.max(zone / LARGEST_ENTRIES_MIN, ordinary), KiB(1));
      const entries = value === 0 ? 0 : Math.floor(zone / value);
      return { max: { value, by: reason("bound_cache_entry", { zone, entries }) } };
    },
    decide: () => ({ value: MiB(1), reason: reason("cache_entry", {}) }),
  }),
  "cache.ttl_ms": featureRule("response-cache", {
    unit: "ms",
    reads: [],
    source: documented("https://blog.nginx.org/blog/benefits-of-microcaching-nginx"),
    decide: () => ({ value: seconds(1), reason: reason("cache_ttl", {}) }),
  }),
  "cache.stale_ms": featureRule("response-cache", {
    unit: "ms",
    reads: [],
    source: assumed("ten seconds outlast a slow query; RFC 5861 leaves the number to the application"),
    decide: () => ({ value: seconds(10), reason: reason("cache_stale", {}) }),
  }),
} satisfies RuleTable<KeysOf<"cache">>;
