/**
 * One shard: an index of buckets over a slab, written under a lock and read without one.
 *
 * Idea: a key has one bucket of 16 slots, so a search looks at two cache lines and nothing ever moves. A reader publishes
 * the chunk that it reads (a hazard pointer) and then looks whether the slot still names it; a writer unlinks first and
 * never reuses a chunk that somebody published. So readers neither lock nor wait nor see half an entry, on any memory
 * model: all that orders them are sequentially consistent atomics.
 * Bound: the slab; a full bucket or class evicts (clock.ts).
 * Source: Michael, "Hazard Pointers: Safe Memory Reclamation for Lock-Free Objects" (2004); memcached's slab classes.
 */
import { Slab } from "../../memory/slab.ts";
import {
  BUCKET_WORDS,
  type CacheLayout,
  INDEX_AT,
  SLOT_WORDS,
  shardHead,
  slabAt,
  WAYS,
  zoneHead,
} from "./cache-layout.ts";
import { Clock } from "./clock.ts";
import { type EntryMemory, entryBytes, entryWord, type NewEntry } from "./entry.ts";
import { tryLock, unlock } from "./spin-lock.ts";

/** The key of one search, as its thread's scratch memory holds it. */
export interface Key {
  readonly words: Int32Array;
  bytes: number;
  low: number;
  high: number;
}

/** "broken": the change failed half way, and the shard was emptied. */
export type Stored = "stored" | "busy" | "full" | "purged" | "broken";

/** Chunks that a reader held and that were passed over; more readers than that in one class are not waited for. */
const HELD_MAX = 8;
/** Tries of a purge for a lock, each of about 20 us: it gives a descheduled owner a few ms before it gives up the shard. */
const PURGE_ROUNDS = 200;

export class Shard {
  readonly slab: Slab;
  readonly #memory: EntryMemory;
  readonly #cells: Int32Array;
  readonly #base: number;
  readonly #index: number;
  readonly #bucketMask: number;
  readonly #clock: Clock;
  readonly #held: (from: number, to: number) => boolean;

  constructor(memory: EntryMemory, base: number, layout: CacheLayout, held: (from: number, to: number) => boolean) {
    this.#memory = memory;
    this.#cells = memory.cells;
    this.#base = base;
    this.#index = base + INDEX_AT;
    this.#bucketMask = layout.buckets - 1;
    this.#held = held;
    this.slab = new Slab(memory.cells, base + slabAt(layout), layout.slab, held);
    this.#clock = new Clock(memory, base, this.slab, (chunk) => this.#remove(chunk));
  }

  /**
   * The chunk that has the key, published as held in the cell `hold`; 0: none. The caller clears that cell when it has
   * read the entry.
   */
  find(key: Key, hold: number): number {
    const bucket = this.#bucket(key.low);
    for (let slot = bucket; slot < bucket + BUCKET_WORDS; slot += SLOT_WORDS) {
      const chunk = Atomics.load(this.#cells, slot + 1);
      if (chunk === 0 || Atomics.load(this.#cells, slot) !== key.high) continue;
      Atomics.store(this.#cells, hold, chunk);
      if (
        Atomics.load(this.#cells, slot + 1) === chunk &&
        this.#memory.hasKey(chunk, key.words, key.bytes) &&
        this.isValid(Atomics.load(this.#cells, chunk + entryWord.id))
      ) {
        this.#touch(chunk);
        return chunk;
      }
    }
    Atomics.store(this.#cells, hold, 0);
    return 0;
  }

  /** Whether a slot still names this very entry; if so, it gets its second chance. */
  isCurrent(slot: number, chunk: number, id: number, hold: number): boolean {
    if (!this.#names(slot, chunk, id)) return false;
    if (Atomics.load(this.#cells, chunk + entryWord.used) !== 0) return true;
    // The chunk must be held to be written: meanwhile it could have become the middle of another one.
    Atomics.store(this.#cells, hold, chunk);
    const isStill = this.#names(slot, chunk, id);
    if (isStill) this.#touch(chunk);
    Atomics.store(this.#cells, hold, 0);
    return isStill;
  }

  /** Ids up to the floor were given up at once. They wrap, so they are compared by their distance. */
  isValid(id: number): boolean {
    return ((id - Atomics.load(this.#cells, this.#base + shardHead.floor)) | 0) > 0;
  }

  /** @param isPurged asked under the lock: whether something was invalidated since the reply was begun */
  store(key: Key, entry: NewEntry, id: number, owner: number, nowMs: number, isPurged: () => boolean): Stored {
    return this.#locked<Stored>(owner, "busy", "broken", () => {
      if (isPurged()) return "purged";
      this.#advanceFloor(id);
      const old = this.#slotOf(key);
      if (old >= 0) this.#remove(this.#cells[old + 1] as number);
      const chunk = this.#allocate(entryBytes(entry, key.bytes), nowMs);
      if (chunk === 0) return "full";
      this.#memory.write(chunk, entry, key.words, key.bytes);
      const slot = this.#freeSlot(key.low, nowMs);
      this.#cells[chunk + entryWord.slot] = slot;
      this.#cells[chunk + entryWord.low] = key.low;
      this.#cells[chunk + entryWord.high] = key.high;
      Atomics.store(this.#cells, chunk + entryWord.used, 0);
      Atomics.store(this.#cells, chunk + entryWord.id, id);
      Atomics.store(this.#cells, slot, key.high);
      Atomics.store(this.#cells, slot + 1, chunk);
      this.#count(shardHead.entries, 1);
      return "stored";
    });
  }

  /** Removes what matches, in one pass over the index; -1: the lock could not be had, and everything was given up. */
  purge(owner: number, newestId: number, matches: (chunk: number) => boolean): number {
    for (let round = 0; round < PURGE_ROUNDS; round += 1) {
      const removed = this.#locked(owner, -1, 0, () => this.#removeAll(matches));
      if (removed >= 0) return removed;
    }
    this.giveUp(newestId);
    return -1;
  }

  /** Makes every entry up to this id invalid, without a lock. Their memory comes back as the clock meets them. */
  giveUp(newestId: number): void {
    Atomics.store(this.#cells, this.#base + shardHead.floor, newestId);
  }

  /** Empties the shard if a dead thread holds its lock: its change may be half done. */
  recover(owner: number, newestId: number): boolean {
    const lock = this.#base + shardHead.lock;
    if (Atomics.load(this.#cells, lock) !== owner) return false;
    this.#reset(newestId);
    unlock(this.#cells, lock, owner);
    return true;
  }

  get entries(): number {
    return Atomics.load(this.#cells, this.#base + shardHead.entries);
  }

  get evictions(): number {
    return Atomics.load(this.#cells, this.#base + shardHead.evictions) >>> 0;
  }

  /** Chunks that are linked in the index: what `entries` and the slab must agree with. */
  linked(): number {
    let count = 0;
    const end = this.#index + (this.#bucketMask + 1) * BUCKET_WORDS;
    for (let slot = this.#index; slot < end; slot += SLOT_WORDS) if (this.#cells[slot + 1] !== 0) count += 1;
    return count;
  }

  #removeAll(matches: (chunk: number) => boolean): number {
    let removed = 0;
    const end = this.#index + (this.#bucketMask + 1) * BUCKET_WORDS;
    for (let slot = this.#index; slot < end; slot += SLOT_WORDS) {
      const chunk = this.#cells[slot + 1] as number;
      if (chunk === 0 || !matches(chunk)) continue;
      this.#remove(chunk);
      removed += 1;
    }
    return removed;
  }

  #locked<T>(owner: number, otherwise: T, broken: T, change: () => T): T {
    const lock = this.#base + shardHead.lock;
    if (!tryLock(this.#cells, lock, owner)) return otherwise;
    try {
      return change();
    } catch {
      // A change that threw is half done; an empty shard is whole again. Its books did not close: the slab said so.
      this.#reset(Atomics.load(this.#cells, zoneHead.ids));
      return broken;
    } finally {
      unlock(this.#cells, lock, owner);
    }
  }

  #reset(newestId: number): void {
    this.giveUp(newestId);
    const end = this.#index + (this.#bucketMask + 1) * BUCKET_WORDS;
    for (let cell = this.#index; cell < end; cell += 1) Atomics.store(this.#cells, cell, 0);
    this.slab.reset();
    this.#clock.reset();
    Atomics.store(this.#cells, this.#base + shardHead.entries, 0);
  }

  #names(slot: number, chunk: number, id: number): boolean {
    return (
      Atomics.load(this.#cells, slot + 1) === chunk &&
      Atomics.load(this.#cells, chunk + entryWord.id) === id &&
      this.isValid(id)
    );
  }

  /** Written once per turn of the clock, so that hits share the cache line. */
  #touch(chunk: number): void {
    if (Atomics.load(this.#cells, chunk + entryWord.used) === 0) Atomics.store(this.#cells, chunk + entryWord.used, 1);
  }

  #bucket(low: number): number {
    // The lowest bits choose the shard; these are others.
    return this.#index + ((low >>> 8) & this.#bucketMask) * BUCKET_WORDS;
  }

  #slotOf(key: Key): number {
    const bucket = this.#bucket(key.low);
    for (let slot = bucket; slot < bucket + BUCKET_WORDS; slot += SLOT_WORDS) {
      const chunk = this.#cells[slot + 1] as number;
      if (chunk === 0 || this.#cells[slot] !== key.high) continue;
      if (this.#memory.hasKey(chunk, key.words, key.bytes)) return slot;
    }
    return -1;
  }

  /** A slot of the bucket; a full one gives up an entry without a second chance, or its first. */
  #freeSlot(low: number, nowMs: number): number {
    const bucket = this.#bucket(low);
    let victim = bucket;
    for (let way = WAYS - 1; way >= 0; way -= 1) {
      const slot = bucket + way * SLOT_WORDS;
      const chunk = this.#cells[slot + 1] as number;
      if (chunk === 0) return slot;
      if (this.#memory.endMs(chunk) < nowMs || Atomics.load(this.#cells, chunk + entryWord.used) === 0) victim = slot;
    }
    this.#remove(this.#cells[victim + 1] as number);
    this.#count(shardHead.evictions, 1);
    return victim;
  }

  /** Keeps the floor within the distance that 32 bits can tell: entries of 2^30 stores ago are given up. */
  #advanceFloor(id: number): void {
    const floor = Atomics.load(this.#cells, this.#base + shardHead.floor);
    if (((id - floor) | 0) > 2 ** 30) this.giveUp((id - 2 ** 30) | 0);
  }

  /** A chunk that no reader holds; 0: none to be had. */
  #allocate(bytes: number, nowMs: number): number {
    const size = this.slab.classOf(bytes);
    if (size >= this.slab.classes) return 0;
    const passedOver: number[] = [];
    let found = 0;
    for (let tries = 0; found === 0 && tries < HELD_MAX; tries += 1) {
      let chunk = this.slab.allocate(bytes);
      // Chunks that were passed over are in no slot yet: the clock must not meet them.
      if (chunk === 0 && passedOver.length === 0 && this.#clock.makeRoom(size, nowMs))
        chunk = this.slab.allocate(bytes);
      if (chunk === 0) break;
      if (this.#held(chunk, this.slab.endOf(chunk))) passedOver.push(chunk);
      else found = chunk;
    }
    for (const chunk of passedOver) this.slab.free(chunk);
    return found;
  }

  #remove(chunk: number): void {
    const slot = this.#cells[chunk + entryWord.slot] as number;
    Atomics.store(this.#cells, slot + 1, 0);
    Atomics.store(this.#cells, chunk + entryWord.id, 0);
    this.#count(shardHead.entries, -1);
    this.slab.free(chunk);
  }

  #count(word: number, amount: number): void {
    Atomics.add(this.#cells, this.#base + word, amount);
  }
}
