/**
 * Requests in flight per client, exact across workers, beside the clients' cells.
 *
 * Idea: a cell's count says how many, and each worker keeps a list, in shared memory too, of the cells that its own requests
 * hold. A worker that dies leaves that list, from which the control plane gives the places back.
 * Bound: a list has as many entries as limits.in_flight_max, which the pipeline admits beforehand.
 */
import { ATTEMPTS, type CellTable } from "./cell-table.ts";

/** What `enter` returns instead of a place. */
export const REFUSED = -1;
/** The table has no cell for the client: it is admitted, and nothing needs to be given back. */
export const UNCOUNTED = -2;

export class Places {
  readonly #table: CellTable;
  readonly #counts: Int32Array;
  readonly #held: Int32Array;
  readonly #max: number;
  readonly #tick: number;
  /** Entries of the list that are free; the last one is taken first. */
  readonly #free: Int32Array;
  #freeCount: number;

  /**
   * @param held this worker's list: 0, or the index of a count and one
   * @param tick that of the client's limit, whose cell it then is
   */
  constructor(table: CellTable, counts: Int32Array, held: Int32Array, max: number, tick: number) {
    this.#table = table;
    this.#counts = counts;
    this.#held = held;
    this.#max = max;
    this.#tick = tick;
    this.#free = Int32Array.from(held, (_, index) => index);
    this.#freeCount = held.length;
  }

  /** Takes a place of the client: its number, REFUSED or UNCOUNTED. */
  enter(high: number, low: number, nowUs: number): number {
    if (this.#freeCount === 0) return UNCOUNTED;
    for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
      const cell = this.#table.cell(high, low, this.#tick, nowUs);
      if (cell < 0) return UNCOUNTED;
      const at = cell >> 1;
      const place = this.#free[this.#freeCount - 1] as number;
      // Written before the count, so that a death in between never leaves a count that nobody gives back.
      Atomics.store(this.#held, place, at + 1);
      const before = Atomics.add(this.#counts, at, 1);
      // The count keeps the cell from changing hands, unless it was about to when we looked.
      const isOurs = this.#table.holds(cell, low, this.#tick);
      if (isOurs && before < this.#max) {
        this.#freeCount -= 1;
        return place;
      }
      Atomics.sub(this.#counts, at, 1);
      Atomics.store(this.#held, place, 0);
      if (isOurs) return REFUSED;
    }
    return UNCOUNTED;
  }

  leave(place: number): void {
    if (place < 0) return;
    Atomics.sub(this.#counts, (this.#held[place] as number) - 1, 1);
    Atomics.store(this.#held, place, 0);
    this.#free[this.#freeCount] = place;
    this.#freeCount += 1;
  }
}

/** Gives back what a dead worker held. Call only when its thread has ended. */
export function reclaimPlaces(counts: Int32Array, held: Int32Array): void {
  for (let place = 0; place < held.length; place += 1) {
    const at = Atomics.exchange(held, place, 0) - 1;
    if (at < 0) continue;
    // It may have died between its list and the count.
    for (let count = Atomics.load(counts, at); count > 0; count = Atomics.load(counts, at)) {
      if (Atomics.compareExchange(counts, at, count, count - 1) === count) break;
    }
  }
}
