/** The signs that a configuration looks at, and what they read in one worker. */
import type { ServerConfig } from "../../config/schema.ts";
import type { Sign } from "./level.ts";

export interface ReadSign extends Sign {
  /** @param lagMs how late this probe came */
  read(lagMs: number): number;
}

/** What the readings come from. */
export interface Sources {
  readonly inFlight: () => number;
  readonly rssBytes: () => number;
  /** This worker's heap as a share of its limit, in percent; 0: unknown. */
  readonly heapPercent: () => number;
}

/** Three quarters: far enough from the mark that noise around it does not move the level. */
const CALM = 0.75;
/**
 * Allocators keep pages for later, so a resident size hardly ever falls by a quarter, nor does a heap that is collected when it
 * is full: a server that waited for that would shed for ever.
 */
const CALM_MEMORY = 0.95;

export function signsOf(config: ServerConfig, { inFlight, rssBytes, heapPercent }: Sources): readonly ReadSign[] {
  const { overload, limits, memory } = config;
  const signs: ReadSign[] = [];
  if (overload.lag_ms_high > 0) {
    signs.push({ name: "lag", mark: overload.lag_ms_high, calmShare: CALM, most: 3, read: (lagMs) => lagMs });
  }
  if (overload.in_flight_percent_high > 0) {
    const mark = (limits.in_flight_max * overload.in_flight_percent_high) / 100;
    signs.push({ name: "in_flight", mark, calmShare: CALM, most: 3, read: inFlight });
  }
  if (overload.memory_percent_high > 0) {
    const mark = (memory.rss_high_bytes * overload.memory_percent_high) / 100;
    // Shedding gives back little of what is resident already. It goes on to level 3 only half-way to the kernel's kill.
    const last = (mark + Math.max(mark, memory.limit_bytes)) / 2;
    signs.push({ name: "memory", mark, calmShare: CALM_MEMORY, most: 2, read: rssBytes });
    signs.push({ name: "memory", mark: last, calmShare: CALM_MEMORY, most: 3, atOnce: last, read: rssBytes });
  }
  if (overload.heap_percent_high > 0) {
    const mark = overload.heap_percent_high;
    // V8 ends the process at its limit: half-way there nothing milder is tried.
    const atOnce = (mark + 100) / 2;
    signs.push({ name: "heap", mark, calmShare: CALM_MEMORY, most: 3, atOnce, read: heapPercent });
  }
  return signs;
}

/** Whether the configuration looks at any sign. */
export function looksAtAny({ overload }: ServerConfig): boolean {
  const { lag_ms_high, in_flight_percent_high, memory_percent_high, heap_percent_high } = overload;
  return [lag_ms_high, in_flight_percent_high, memory_percent_high, heap_percent_high].some((mark) => mark > 0);
}
