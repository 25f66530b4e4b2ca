/**
 * When the requests of an open loop fall due: one every 1/rate, whatever the server does.
 *
 * Idea: the n-th request is due at start + (n + phase) / rate, so all that must be kept is how many have left. Those that
 * are due and have not left are a queue without memory: however long the server stalls, each keeps its moment. See Gil Tene's
 * wrk2 and Schroeder et al., "Open Versus Closed: A Cautionary Tale" (2006), for why.
 */
export class OpenSchedule {
  readonly #startMs: number;
  readonly #intervalMs: number;
  #sent = 0;

  /** `phase` (0..1 of an interval) sets threads apart, so that together they are spaced evenly. */
  constructor(ratePerS: number, { startMs, phase }: { readonly startMs: number; readonly phase: number }) {
    if (!(ratePerS > 0)) throw new RangeError(`a rate of ${ratePerS} a second is no schedule`);
    this.#intervalMs = 1000 / ratePerS;
    this.#startMs = startMs + phase * this.#intervalMs;
  }

  /** The moment of the request that leaves next; it may be past. */
  get nextMs(): number {
    return this.#startMs + this.#sent * this.#intervalMs;
  }

  /** The next request leaves. */
  take(): void {
    this.#sent += 1;
  }

  /** How many are due at `nowMs` and have not left. */
  dueAt(nowMs: number): number {
    return Math.max(0, Math.floor((nowMs - this.#startMs) / this.#intervalMs) + 1 - this.#sent);
  }
}
