/**
 * A LIFO pool: what is given back is taken again first, while it is still in the processor's caches.
 *
 * Idea: a free list on top of an array; taking and giving are one step each. When it is empty it makes a new item, so a pool
 * never makes anybody wait. `trim` drops the items at the bottom that nobody needed since the last trim: as many as the
 * list never fell below. A pool in steady use keeps its items, and one after a peak shrinks within two intervals.
 * Bound: `max` items are kept; what is given back beyond them is left to the collector.
 * Rule: an item is given back once, by whoever took it, and not touched after. Debug mode finds who breaks it (debug-pool.ts).
 * Source: HAProxy's per-thread object caches (the hottest object first), and the working set of illumos' kmem depots
 * (kmem_depot_ws_update): what a list never fell below in an interval may be reaped.
 */
import type { UseReading } from "./memory-books.ts";

export interface PoolOptions<Item extends object> {
  /** Who holds this memory; named in misuse and leaks. */
  readonly owner: string;
  /** Items kept for later. */
  readonly max: number;
  /** What one item holds. */
  readonly bytesEach: number;
  readonly make: () => Item;
  /** Made before the first is taken; trimming leaves as many. */
  readonly preallocate?: number;
  /** Makes a given-back item ready for the next taker. It must not throw. */
  readonly clear?: (item: Item) => void;
  /** An item's memory, which createPool has zeroed or poisoned; a Uint8Array is its own. */
  readonly bytesOf?: (item: Item) => Uint8Array | undefined;
  /** Debug mode only: makes a given-back item refuse further use. */
  readonly retire?: (item: Item) => void;
}

/** What was taken and not given back; known in debug mode. */
export interface Leak {
  readonly owner: string;
  readonly count: number;
  /** Where some of them were taken. */
  readonly takenAt: readonly string[];
}

export class Pool<Item extends object> {
  readonly owner: string;
  readonly max: number;
  readonly #bytesEach: number;
  readonly #make: () => Item;
  readonly #clear: ((item: Item) => void) | undefined;
  readonly #kept: number;
  #free: Item[] = [];
  /** The fewest that were free since the last trim. */
  #lowest: number;
  #out = 0;
  #outHigh = 0;
  #taken = 0;
  #missed = 0;

  constructor({ owner, max, bytesEach, make, clear, preallocate = 0 }: PoolOptions<Item>) {
    if (!Number.isInteger(max) || max < 0) throw new RangeError(`the pool "${owner}" cannot keep ${max} items`);
    if (!Number.isInteger(preallocate) || preallocate < 0 || preallocate > max) {
      throw new RangeError(`the pool "${owner}" keeps ${max} items and cannot begin with ${preallocate}`);
    }
    this.owner = owner;
    this.max = max;
    this.#bytesEach = bytesEach;
    this.#make = make;
    this.#clear = clear;
    this.#kept = preallocate;
    for (let made = 0; made < preallocate; made += 1) this.#free.push(make());
    this.#lowest = preallocate;
  }

  take(): Item {
    const item = this.#free.pop() ?? this.#made();
    if (this.#free.length < this.#lowest) this.#lowest = this.#free.length;
    this.#taken += 1;
    this.#out += 1;
    if (this.#out > this.#outHigh) this.#outHigh = this.#out;
    return item;
  }

  #made(): Item {
    const item = this.#make();
    this.#missed += 1;
    return item;
  }

  give(item: Item): void {
    this.#out -= 1;
    this.#clear?.(item);
    if (this.#free.length < this.max) this.#free.push(item);
    else this.dropped(item);
  }

  /** Ends the use of an item that is not to be used again. */
  abandon(item: Item): void {
    this.#out -= 1;
    this.dropped(item);
  }

  /** Drops what was not needed since the last trim, beyond what it began with. @returns how many */
  trim(): number {
    const count = Math.max(0, Math.min(this.#lowest, this.#free.length - this.#kept));
    // The bottom of the list: what was used longest ago.
    for (const item of this.#free.splice(0, count)) this.dropped(item);
    this.#lowest = this.#free.length;
    return count;
  }

  /** Told about each item that the pool forgets. */
  protected dropped(_item: Item): void {}

  /** Known in debug mode only. */
  get leaks(): readonly Leak[] {
    return [];
  }

  /** Items kept for later. */
  get free(): number {
    return this.#free.length;
  }

  /** Items in use. */
  get out(): number {
    return this.#out;
  }

  get reading(): UseReading {
    return {
      heldBytes: (this.#free.length + this.#out) * this.#bytesEach,
      usedBytes: this.#out * this.#bytesEach,
      highBytes: this.#outHigh * this.#bytesEach,
      taken: this.#taken,
      missed: this.#missed,
    };
  }
}
