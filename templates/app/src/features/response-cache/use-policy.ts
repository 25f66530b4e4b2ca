/** Whether a kept reply answers a request: its times against what the request accepts (RFC 9111, sections 4.2 and 5.2.1). */
import { type Directives, secondsOf } from "./cache-control.ts";

export interface Times {
  /** When the reply was young. */
  readonly storedMs: number;
  readonly freshMs: number;
  readonly staleMs: number;
  readonly mustRevalidate: boolean;
}

/** "refresh": it answers, and a new one is made meanwhile. */
export type Use = "fresh" | "stale" | "refresh" | "no";

export function useOf(times: Times, directives: Directives, nowMs: number): Use {
  if (directives.size === 0) {
    if (nowMs < times.freshMs) return "fresh";
    return nowMs < times.staleMs ? "refresh" : "no";
  }
  if (directives.has("no-cache")) return "no";
  const ageMs = nowMs - times.storedMs;
  const maxAgeS = secondsOf(directives, "max-age");
  if (maxAgeS !== undefined && ageMs > maxAgeS * 1000) return "no";
  const leftMs = times.freshMs - nowMs;
  const minFreshS = secondsOf(directives, "min-fresh");
  if (minFreshS !== undefined && leftMs < minFreshS * 1000) return "no";
  if (leftMs > 0) return "fresh";
  if (times.mustRevalidate && nowMs >= times.staleMs) return "no";
  const maxStale = directives.get("max-stale");
  if (maxStale !== undefined && !times.mustRevalidate) {
    if (maxStale === "" || -leftMs < (secondsOf(directives, "max-stale") ?? 0) * 1000) return "stale";
  }
  return nowMs < times.staleMs ? "refresh" : "no";
}
