/**
 * Arrival times of clients in shared memory: exact across workers, of fixed size, without a lock where a client is known.
 *
 * Idea: a bucket is one cache line: a lock and seven cells of a tag and an arrival time. A client may have its cell in either of two
 * buckets; a new one takes the emptier, which keeps a table with four cells in seven occupied from overflowing. A cell
 * whose arrival time is past says nothing and is free, so nothing is ever cleaned up for room.
 *
 * Exactness: an arrival time changes by compare-and-exchange alone. Who is new takes the lock of both buckets, looks
 * again, and marks a free cell BUSY before checking once more that it is free; who charges a cell looks at its tag
 * afterwards and takes its charge back when the cell is no longer its own. So no request is charged to another client,
 * and none goes uncharged.
 *
 * A client is told by its bucket and 30 bits of the hash: two of a million share a cell with a chance of about 1 in 250.
 */
import { isAhead, type Limit, ticksAt } from "./limit.ts";

/** 32-bit words of a bucket: 64 bytes. */
const WORDS = 16;
/** Where a bucket's seven cells begin; word 0 is the lock, word 1 is not used. */
const FIRST = 2;
/** Cells that a bucket is planned for. */
const PLANNED = 4;
const EMPTY = 0;
/** No client has this tag while its cell changes hands: real ones have a bit above the lowest two. */
const BUSY = 1;
/** A charge is repeated when its cell changed hands meanwhile, which takes a client that was idle and a new one. */
export const ATTEMPTS = 16;
/** The lock's owner was put aside by the system: wait instead of turning, for 50 ms at most. */
const TURNS = 100;
const WAITS = 50;
/** Clients without a cell share this many arrival times per limit, so that one of them does not stop all others. */
const LANES = 16;
/** Before the buckets, for each of the four ticks: the lanes of 64 limits; further limits share those of others. */
const TICK_WORDS = 64 * LANES;
const SHARED_WORDS = 4 * TICK_WORDS;

export function tableWords(clientsMax: number): number {
  return SHARED_WORDS + Math.ceil(clientsMax / PLANNED) * WORDS;
}

/** Length of what is kept beside the cells, indexed by half of a cell's first word. */
export function cellCount(clientsMax: number): number {
  return tableWords(clientsMax) / 2;
}

export class CellTable {
  readonly #words: Int32Array;
  readonly #buckets: number;
  readonly #owner: number;
  /** Requests in flight by cell; a cell with any is not free. */
  readonly #inFlight: Int32Array;
  /** Requests that were charged to a shared arrival time, because the table was full. */
  shared = 0;

  /** @param inFlight of `cellCount`, or of length 0 */
  constructor(words: Int32Array, worker: number, inFlight: Int32Array) {
    this.#words = words;
    this.#buckets = (words.length - SHARED_WORDS) / WORDS;
    this.#owner = worker + 1;
    this.#inFlight = inFlight;
  }

  /**
   * Charges one request. Positive: admitted, and so many ticks the arrival time is ahead now; negative: refused, and
   * in so many ticks it would be admitted.
   */
  charge(high: number, low: number, limit: Limit, nowUs: number): number {
    const tag = tagOf(low, limit.tick);
    const now = ticksAt(nowUs, limit.tick);
    const words = this.#words;
    for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
      const at = this.cell(high, low, limit.tick, nowUs);
      if (at < 0) break;
      const result = advance(words, at + 1, now, limit);
      if (Atomics.load(words, at) === tag) return result;
      if (result > 0) Atomics.sub(words, at + 1, limit.interval);
    }
    this.shared += 1;
    return advance(words, sharedAt(limit, low), now, limit);
  }

  /** The client's cell, taken if it has none yet; -1: both its buckets are full. Its tag may change until it is charged. */
  cell(high: number, low: number, tick: number, nowUs: number): number {
    const tag = tagOf(low, tick);
    const first = this.#bucket(high);
    const found = this.#scan(first, tag);
    if (found >= 0) return found;
    const second = this.#second(first, low);
    const foundThere = this.#scan(second, tag);
    return foundThere >= 0 ? foundThere : this.#take(first, second, tag, nowUs);
  }

  /** Whether the cell is still that of the client. */
  holds(at: number, low: number, tick: number): boolean {
    return Atomics.load(this.#words, at) === tagOf(low, tick);
  }

  /**
   * Moves arrival times that are long past to now, in one of `parts` of the table: after 2^32 ticks they would look
   * like future ones. Called in turn so often that each part is seen well before.
   */
  sweep(part: number, parts: number, nowUs: number): void {
    const words = this.#words;
    const from = SHARED_WORDS + Math.floor((this.#buckets * part) / parts) * WORDS;
    const to = SHARED_WORDS + Math.floor((this.#buckets * (part + 1)) / parts) * WORDS;
    for (let start = from; start < to; start += WORDS) {
      for (let at = start + FIRST; at < start + WORDS; at += 2) {
        const tag = Atomics.load(words, at);
        // What was never used is not written either: its memory is not resident yet.
        if (tag === EMPTY || tag === BUSY) continue;
        const arrival = Atomics.load(words, at + 1);
        // Both are of one client, or the tag has changed; and the exchange fails where it changes from here on.
        if (Atomics.load(words, at) === tag) forget(words, at + 1, arrival, ticksAt(nowUs, tag & 3));
      }
    }
    if (part > 0) return;
    for (let at = 0; at < SHARED_WORDS; at += 1) {
      const arrival = Atomics.load(words, at);
      if (arrival !== 0) forget(words, at, arrival, ticksAt(nowUs, Math.floor(at / TICK_WORDS)));
    }
  }

  /** Opens the locks that a dead worker held. Call only when its thread has ended. */
  reclaim(): void {
    const words = this.#words;
    for (let start = SHARED_WORDS; start < words.length; start += WORDS) {
      if (Atomics.load(words, start) !== this.#owner) continue;
      for (let at = start + FIRST; at < start + WORDS; at += 2) Atomics.compareExchange(words, at, BUSY, EMPTY);
      Atomics.store(words, start, 0);
    }
  }

  /** The first word of a bucket. */
  #bucket(hash: number): number {
    return SHARED_WORDS + Math.floor(((hash >>> 0) / 2 ** 32) * this.#buckets) * WORDS;
  }

  #second(first: number, low: number): number {
    // Other bits of the hash than the tag's share of them: an odd multiplier mixes the low ones into the high ones.
    const other = this.#bucket(Math.imul(low, 0x9e3779b1));
    if (other !== first) return other;
    return first + WORDS < this.#words.length ? first + WORDS : SHARED_WORDS;
  }

  /** Plain reads: what they miss is looked for again under the lock. */
  #scan(start: number, tag: number): number {
    const words = this.#words;
    for (let at = start + FIRST; at < start + WORDS; at += 2) if (words[at] === tag) return at;
    return -1;
  }

  #take(first: number, second: number, tag: number, nowUs: number): number {
    const lower = Math.min(first, second);
    const upper = Math.max(first, second);
    if (!this.#lock(lower)) return -1;
    if (upper !== lower && !this.#lock(upper)) {
      Atomics.store(this.#words, lower, 0);
      return -1;
    }
    const at = this.#takeLocked(first, second, tag, nowUs);
    // A table of one bucket has one lock, which may be another's as soon as it is open.
    if (upper !== lower) Atomics.store(this.#words, upper, 0);
    Atomics.store(this.#words, lower, 0);
    return at;
  }

  #takeLocked(first: number, second: number, tag: number, nowUs: number): number {
    let freeInFirst = 0;
    let freeInSecond = 0;
    for (let offset = FIRST; offset < WORDS; offset += 2) {
      if (Atomics.load(this.#words, first + offset) === tag) return first + offset;
      if (Atomics.load(this.#words, second + offset) === tag) return second + offset;
      if (this.#isFree(first + offset, nowUs)) freeInFirst += 1;
      if (this.#isFree(second + offset, nowUs)) freeInSecond += 1;
    }
    const [better, worse] = freeInSecond > freeInFirst ? [second, first] : [first, second];
    const at = this.#takeIn(better, tag, nowUs);
    return at >= 0 ? at : this.#takeIn(worse, tag, nowUs);
  }

  #takeIn(start: number, tag: number, nowUs: number): number {
    const words = this.#words;
    for (let at = start + FIRST; at < start + WORDS; at += 2) {
      if (!this.#isFree(at, nowUs)) continue;
      const before = Atomics.exchange(words, at, BUSY);
      const arrival = Atomics.load(words, at + 1);
      const isFree = this.#isIdle(at, before, arrival, nowUs);
      if (isFree && Atomics.compareExchange(words, at + 1, arrival, ticksAt(nowUs, tag & 3)) === arrival) {
        Atomics.store(words, at, tag);
        return at;
      }
      Atomics.store(words, at, before);
    }
    return -1;
  }

  #isFree(at: number, nowUs: number): boolean {
    return this.#isIdle(at, Atomics.load(this.#words, at), Atomics.load(this.#words, at + 1), nowUs);
  }

  #isIdle(at: number, tag: number, arrival: number, nowUs: number): boolean {
    if (tag === EMPTY) return true;
    if (this.#inFlight.length > 0 && Atomics.load(this.#inFlight, at >> 1) > 0) return false;
    return !isAhead(arrival, ticksAt(nowUs, tag & 3));
  }

  #lock(start: number): boolean {
    const words = this.#words;
    for (let turn = 0; turn < TURNS + WAITS; turn += 1) {
      const owner = Atomics.compareExchange(words, start, 0, this.#owner);
      if (owner === 0) return true;
      if (turn >= TURNS) Atomics.wait(words, start, owner, 1);
    }
    return false;
  }
}

/** Where clients without a cell are counted together: limited still, and more strictly the more they are. */
function sharedAt(limit: Limit, low: number): number {
  const lane = (low >>> 2) & (LANES - 1);
  return limit.tick * TICK_WORDS + ((Math.imul(limit.id, LANES) + lane) & (TICK_WORDS - 1));
}

/** 30 bits of the hash and the tick; never EMPTY or BUSY. */
function tagOf(low: number, tick: number): number {
  const bits = low & ~3;
  return (bits === 0 ? 4 : bits) | tick;
}

function forget(words: Int32Array, at: number, arrival: number, now: number): void {
  if (!isAhead(arrival, now)) Atomics.compareExchange(words, at, arrival, now);
}

/** GCRA: admits and moves the arrival time, or leaves it. */
function advance(words: Int32Array, at: number, now: number, limit: Limit): number {
  for (;;) {
    const arrival = Atomics.load(words, at);
    const next = (isAhead(arrival, now) ? (arrival - now) | 0 : 0) + limit.interval;
    if (next > limit.ahead + limit.early) return limit.ahead - next;
    if (Atomics.compareExchange(words, at, arrival, (now + next) | 0) === arrival) return next;
  }
}
