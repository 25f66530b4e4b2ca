/** One share of a load, in the thread that this runs in: its driver and its tally, and the measured time of both. */
import type { Place } from "./driver.ts";
import { driverOf } from "./drivers.ts";
import type { LoadCounts, LoadOrder } from "./order.ts";
import { Tally } from "./tally.ts";

export interface ShareOrder {
  readonly share: LoadOrder;
  readonly place: Place;
}

/** Moments of `Date.now()`, which all threads read alike. */
export interface Window {
  readonly startMs: number;
  readonly endMs: number;
}

export type ShareCounts = Omit<LoadCounts, "generatorCpuSeconds" | "generatorThreads" | "quantiles">;

export class LoadShare {
  readonly #tally = new Tally();
  readonly #driver;
  readonly #isOpenLoop: boolean;
  readonly #tellsIdle: boolean;
  #startMs = 0;
  #cut: () => void = () => undefined;

  constructor({ share, place }: ShareOrder) {
    this.#driver = driverOf(share, this.#tally, place);
    this.#isOpenLoop = share.kind === "http" && share.model.kind === "open";
    this.#tellsIdle = this.#isOpenLoop && place.spins;
  }

  start(): Promise<void> {
    return this.#driver.start();
  }

  /** Counts from the window's start to its end, or until `cut`; a window that was cut before its start counts nothing. */
  async measure({ startMs, endMs }: Window): Promise<ShareCounts> {
    const isCut = await this.#pauseUntil(startMs);
    this.#tally.reset();
    this.#startMs = performance.now();
    if (!isCut) await this.#pauseUntil(endMs);
    const seconds = (performance.now() - this.#startMs) / 1000;
    if (!isCut) this.#driver.settle?.();
    const { done, bytesIn, bytesOut, failures, latency, lateness, idleMs } = this.#tally;
    return {
      done,
      failures: { ...failures },
      seconds,
      latency: latency.slice(),
      lateness: this.#isOpenLoop ? lateness.slice() : new Float64Array(0),
      bytesIn,
      bytesOut,
      ...(this.#tellsIdle ? { generatorIdleSeconds: idleMs / 1000 } : {}),
    };
  }

  /** Ends the window at once. */
  cut(): void {
    this.#cut();
  }

  stop(): Promise<void> {
    return this.#driver.stop();
  }

  /** Resolves with whether it was cut. */
  #pauseUntil(epochMs: number): Promise<boolean> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => resolve(false), Math.max(0, epochMs - Date.now()));
      this.#cut = () => {
        clearTimeout(timer);
        resolve(true);
      };
    });
  }
}
