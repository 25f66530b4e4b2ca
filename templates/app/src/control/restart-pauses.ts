/** How long a dead worker is waited for, and when deaths come too fast to go on. */
import type { ServerConfig } from "../config/schema.ts";

export class RestartPauses {
  readonly #settings: ServerConfig["workers"];
  /** Times of the deaths within the window: one more than restarts_max at most. */
  #deathsMs: number[] = [];

  constructor(settings: ServerConfig["workers"]) {
    this.#settings = settings;
  }

  /** Counts a death. Returns the pause before the replacement, or why there is none. */
  died(reason: string, nowMs: number): { readonly pauseMs: number } | { readonly giveUp: string } {
    const { restart_window_ms, restarts_max, restart_ms_min, restart_ms_max } = this.#settings;
    this.#deathsMs = this.#deathsMs.filter((deathMs) => nowMs - deathMs < restart_window_ms);
    this.#deathsMs.push(nowMs);
    const deaths = this.#deathsMs.length;
    if (deaths > restarts_max) {
      const seconds = Math.round(restart_window_ms / 1000);
      return { giveUp: `${deaths} workers died within ${seconds} s; the last one: ${reason}` };
    }
    return { pauseMs: Math.min(restart_ms_min * 2 ** (deaths - 1), restart_ms_max) };
  }
}
