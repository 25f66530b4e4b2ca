/**
 * Fills the cache: one run of the handler for all requests that miss the same key at the same time.
 *
 * Idea: within a worker, later misses await the first one's run; across workers, a marker in the zone says who is at it,
 * and others wait for its end with Atomics.waitAsync, which wakes an event loop 0.03 ms later on Bun and 0.1 ms on Deno
 * (medians of 30; looking every few ms would cost as many). Nobody waits longer than `FILL_MS_MAX`, and whoever finds no
 * entry after waiting goes itself: what failed for one request, or may not be shared, is no other request's answer.
 */
import type { CacheCount } from "./cache-counters.ts";
import type { CacheZone } from "./cache-zone.ts";

/** nginx's proxy_cache_lock_timeout and proxy_cache_lock_age have the same default. */
export const FILL_MS_MAX = 5000;

interface Run {
  readonly settled: Promise<void>;
  readonly sinceMs: number;
}

/** A handler that hangs must not make all later misses of its key wait. */
function isGivenUp({ sinceMs }: Run, nowMs: number): boolean {
  return nowMs - sinceMs >= FILL_MS_MAX;
}

export class Filler {
  readonly #zone: CacheZone;
  readonly #alone: boolean;
  readonly #count: (name: CacheCount) => void;
  /** In the order in which they began. Bounded by the runs that begin within `FILL_MS_MAX`: older ones are given up. */
  readonly #runs = new Map<string, Run>();

  constructor(zone: CacheZone, workers: number, count: (name: CacheCount) => void) {
    this.#zone = zone;
    this.#alone = workers === 1;
    this.#count = count;
  }

  /** Somebody else's run that may bring the entry; undefined: this request is the one to run, and must call `ended`. */
  join(key: string, nowMs: number): Promise<void> | undefined {
    const run = this.#runs.get(key);
    if (run !== undefined && !isGivenUp(run, nowMs)) {
      this.#count("joined");
      return withinBound(run.settled);
    }
    if (this.#alone || this.#zone.claim(key, nowMs, FILL_MS_MAX) !== "other") return undefined;
    this.#count("waited");
    return this.#zone.filled(key, FILL_MS_MAX);
  }

  /** Whether a background fill of this key may start; it must then call `ended`. */
  mayRefresh(key: string, nowMs: number): boolean {
    const run = this.#runs.get(key);
    if (run !== undefined && !isGivenUp(run, nowMs)) return false;
    return this.#alone || this.#zone.claim(key, nowMs, FILL_MS_MAX) !== "other";
  }

  /** Makes the run known to later misses; it never rejects here. */
  begun(key: string, run: Promise<unknown>): void {
    const end = () => this.ended(key, settled);
    const settled: Promise<void> = run.then(end, end);
    const sinceMs = Date.now();
    // Anew, for the order.
    this.#runs.delete(key);
    this.#runs.set(key, { settled, sinceMs });
    for (const [oldest, older] of this.#runs) {
      if (!isGivenUp(older, sinceMs)) break;
      this.#runs.delete(oldest);
    }
  }

  /** The run is over, whatever came of it. */
  ended(key: string, run?: Promise<void>): void {
    if (run === undefined || this.#runs.get(key)?.settled === run) this.#runs.delete(key);
    if (!this.#alone) this.#zone.release(key);
  }
}

function withinBound(run: Promise<void>): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, FILL_MS_MAX);
    void run.then(() => {
      clearTimeout(timer);
      resolve();
    });
  });
}
