/**
 * The cache's zone as one thread uses it: find, store, purge, and who is filling what.
 *
 * A thread joins with an incarnation of its own, a number that no other thread ever had. Locks, fill markers and the
 * chunk being read carry it, so that what a dead thread left behind can be told from what its successor holds.
 */
import { randomFillSync } from "node:crypto";
import { type CacheLayout, FILL_WORDS, FILLS, fillCell, LINE_WORDS, readerLine, zoneHead } from "./cache-layout.ts";
import { EntryMemory, entryBytes, type FoundEntry, type NewEntry } from "./entry.ts";
import { KeyedHash } from "./keyed-hash.ts";
import { type Key, Shard, type Stored } from "./shard.ts";

/** A longer key is not cached: a URL at its default limit, and as much again for the headers by which replies vary. */
export const KEY_BYTES_MAX = 16_384;

/** "mine": fill it. "other": another worker does. "none": the marker is taken by another key; nobody knows. */
export type Claim = "mine" | "other" | "none";

/** What to invalidate: one path with all its queries and variants, all paths with a prefix, a tag, or everything. */
export interface PurgeOrder {
  readonly path?: string;
  readonly prefix?: string;
  readonly tag?: string;
}

const encoder = new TextEncoder();

export class CacheZone {
  readonly layout: CacheLayout;
  readonly shards: readonly Shard[];
  readonly #cells: Int32Array;
  readonly #memory: EntryMemory;
  readonly #hash: KeyedHash;
  readonly #line: number;
  readonly #incarnation: number;
  readonly #scratch = new Uint8Array(KEY_BYTES_MAX + 4);
  readonly #keyBytes = this.#scratch.subarray(0, KEY_BYTES_MAX);
  readonly #key: Key = { words: new Int32Array(this.#scratch.buffer), bytes: 0, low: 0, high: 0 };

  constructor(zone: SharedArrayBuffer, layout: CacheLayout, worker: number) {
    this.layout = layout;
    this.#memory = new EntryMemory(zone);
    this.#cells = this.#memory.cells;
    initialise(this.#cells);
    this.#hash = new KeyedHash(this.#cells[zoneHead.key0] as number, this.#cells[zoneHead.key1] as number);
    this.#incarnation = Atomics.add(this.#cells, zoneHead.incarnations, 1) + 1;
    this.#line = this.#join(worker);
    this.shards = Array.from(
      { length: layout.shards },
      (_, index) =>
        new Shard(this.#memory, layout.shardsAt + index * layout.shardWords, layout, (from, to) =>
          this.#held(from, to),
        ),
    );
  }

  /** The entry of this key, copied; undefined: there is none. */
  find(key: string): FoundEntry | undefined {
    if (!this.#take(key)) return undefined;
    const hold = this.#line + readerLine.held;
    const chunk = this.#shard().find(this.#key, hold);
    if (chunk === 0) return undefined;
    const found = this.#memory.read(chunk);
    Atomics.store(this.#cells, hold, 0);
    return found;
  }

  /** Whether an entry that this thread found earlier still is the one that a search would find. */
  isCurrent({ shard, slot, chunk, id }: { shard: number; slot: number; chunk: number; id: number }): boolean {
    return (this.shards[shard] as Shard).isCurrent(slot, chunk, id, this.#line + readerLine.held);
  }

  shardOf(chunk: number): number {
    return Math.floor((chunk - this.layout.shardsAt) / this.layout.shardWords);
  }

  /** What `store` compares: it changes with every purge. */
  get purges(): number {
    return Atomics.load(this.#cells, zoneHead.purges);
  }

  /** @param purgesSeen `purges` before the reply was begun: a reply older than a purge must not come back behind it */
  store(key: string, entry: NewEntry, nowMs: number, purgesSeen: number): Stored | "key" | "size" {
    if (!this.#take(key)) return "key";
    if (entryBytes(entry, this.#key.bytes) > this.layout.entryBytesMax) return "size";
    const isPurged = () => this.purges !== purgesSeen;
    return this.#shard().store(this.#key, entry, this.#nextId(), this.#incarnation, nowMs, isPurged);
  }

  /** Two words that stand for a tag. */
  tag(name: string): readonly [number, number] {
    this.#take(name.slice(0, KEY_BYTES_MAX / 3));
    return [this.#key.low, this.#key.high];
  }

  /**
   * Invalidates in all workers. One pass over the index, about 10 ns per slot and 100 ns per entry whose key is compared.
   * A shard whose lock cannot be had loses all its entries instead: too much is invalidated, never too little.
   */
  purge(order: PurgeOrder): number {
    Atomics.add(this.#cells, zoneHead.purges, 1);
    const matches = this.#matcher(order);
    const newestId = Atomics.load(this.#cells, zoneHead.ids);
    return this.shards.reduce((sum, shard) => sum + Math.max(0, shard.purge(this.#incarnation, newestId, matches)), 0);
  }

  /** Asks to be the one that fills this key until the deadline. */
  claim(key: string, nowMs: number, forMs: number): Claim {
    if (!this.#take(key)) return "none";
    const cell = this.#fill();
    const owner = Atomics.load(this.#cells, cell + fillCell.owner);
    // Milliseconds of 32 bits wrap after 24 days, so they are compared by their distance.
    const leftMs = (Atomics.load(this.#cells, cell + fillCell.deadline) - nowMs) | 0;
    if (owner !== 0 && leftMs > 0) {
      return Atomics.load(this.#cells, cell + fillCell.tag) === this.#key.high ? "other" : "none";
    }
    if (Atomics.compareExchange(this.#cells, cell + fillCell.owner, owner, this.#incarnation) !== owner) return "none";
    Atomics.store(this.#cells, cell + fillCell.tag, this.#key.high);
    Atomics.store(this.#cells, cell + fillCell.deadline, (nowMs + forMs) | 0);
    return "mine";
  }

  /** Resolves when the fill that somebody else has begun is over, however it ended, and after `forMs` at the latest. */
  async filled(key: string, forMs: number): Promise<void> {
    if (!this.#take(key)) return;
    const cell = this.#fill();
    const owner = Atomics.load(this.#cells, cell + fillCell.owner);
    if (owner === 0 || Atomics.load(this.#cells, cell + fillCell.tag) !== this.#key.high) return;
    const ended = Atomics.waitAsync(this.#cells, cell + fillCell.owner, owner, forMs);
    if (!ended.async) return;
    // With a timer of our own: Deno 2.9.6 leaves a wait that has timed out pending while its event loop has nothing to do.
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, forMs);
      void ended.value.then(() => {
        clearTimeout(timer);
        resolve();
      });
    });
  }

  /** The fill is over, whatever came of it. */
  release(key: string): void {
    if (!this.#take(key)) return;
    const cell = this.#fill();
    if (Atomics.load(this.#cells, cell + fillCell.tag) !== this.#key.high) return;
    this.#end(cell + fillCell.owner, this.#incarnation);
  }

  /** This thread uses the zone no more. */
  leave(): void {
    this.#forget(this.#line);
  }

  /** Incarnations of a worker whose thread has ended. */
  incarnationsOf(worker: number): readonly number[] {
    const lines = this.#lines().filter((line) => this.#cells[line + readerLine.worker] === worker);
    return lines.map((line) => Atomics.load(this.#cells, line)).filter((incarnation) => incarnation !== 0);
  }

  /** Gives back what dead threads held. A shard that one of them was changing is emptied; returns how many. */
  recover(incarnations: readonly number[]): number {
    let emptied = 0;
    const newestId = Atomics.load(this.#cells, zoneHead.ids);
    for (const incarnation of incarnations) {
      for (const shard of this.shards) if (shard.recover(incarnation, newestId)) emptied += 1;
      for (let at = 0; at < FILLS; at += 1) {
        const cell = this.layout.fillsAt + at * FILL_WORDS + fillCell.owner;
        this.#end(cell, incarnation);
      }
      for (const line of this.#lines()) if (Atomics.load(this.#cells, line) === incarnation) this.#forget(line);
    }
    return emptied;
  }

  /** Ends a fill if it still is this owner's, and wakes who waits for it. */
  #end(cell: number, owner: number): void {
    if (Atomics.compareExchange(this.#cells, cell, owner, 0) === owner) Atomics.notify(this.#cells, cell);
  }

  #matcher({ path, prefix, tag }: PurgeOrder): (chunk: number) => boolean {
    if (tag !== undefined) {
      const [low, high] = this.tag(tag);
      return (chunk) => this.#memory.hasTag(chunk, low, high);
    }
    if (path !== undefined) return (chunk) => pathOfKey(this.#memory.key(chunk)) === path;
    if (prefix !== undefined) return (chunk) => pathOfKey(this.#memory.key(chunk)).startsWith(prefix);
    return () => true;
  }

  /** Encodes and hashes a key; false: it is too long. */
  #take(key: string): boolean {
    const { read, written } = encoder.encodeInto(key, this.#keyBytes);
    if (read < key.length) return false;
    for (let at = written; at < written + 4; at += 1) this.#scratch[at] = 0;
    this.#hash.update(this.#key.words, written);
    this.#key.bytes = written;
    this.#key.low = this.#hash.low;
    this.#key.high = this.#hash.high;
    return true;
  }

  #shard(): Shard {
    return this.shards[this.#key.low & (this.layout.shards - 1)] as Shard;
  }

  #fill(): number {
    return this.layout.fillsAt + (this.#key.low & (FILLS - 1)) * FILL_WORDS;
  }

  /** 0 stands for "no entry", and is passed over when the ids wrap. */
  #nextId(): number {
    const id = (Atomics.add(this.#cells, zoneHead.ids, 1) + 1) | 0;
    return id === 0 ? (Atomics.add(this.#cells, zoneHead.ids, 1) + 1) | 0 : id;
  }

  #held(from: number, to: number): boolean {
    const end = this.layout.readersAt + this.layout.readers * LINE_WORDS;
    for (let line = this.layout.readersAt; line < end; line += LINE_WORDS) {
      const chunk = Atomics.load(this.#cells, line + readerLine.held);
      if (chunk >= from && chunk < to) return true;
    }
    return false;
  }

  #lines(): readonly number[] {
    return Array.from({ length: this.layout.readers }, (_, index) => this.layout.readersAt + index * LINE_WORDS);
  }

  #join(worker: number): number {
    for (const line of this.#lines()) {
      if (Atomics.compareExchange(this.#cells, line, 0, this.#incarnation) !== 0) continue;
      this.#cells[line + readerLine.worker] = worker;
      return line;
    }
    throw new Error("the response cache has more threads than its zone was made for");
  }

  #forget(line: number): void {
    Atomics.store(this.#cells, line + readerLine.held, 0);
    Atomics.store(this.#cells, line + readerLine.incarnation, 0);
  }
}

/** The path of a key: keys begin with the URL, whose query and whose variants' separator end it. */
export function pathOfKey(key: string): string {
  const start = key.indexOf("/", key.indexOf("://") + 3);
  if (start < 0) return "/";
  const end = /[?\n]/.exec(key.slice(start))?.index;
  return end === undefined ? key.slice(start) : key.slice(start, start + end);
}

/** The first thread draws the hash's key; others wait for the few instructions that this takes. */
function initialise(cells: Int32Array): void {
  if (Atomics.compareExchange(cells, zoneHead.state, 0, 1) === 0) {
    const key = randomFillSync(new Int32Array(2));
    cells.set(key, zoneHead.key0);
    Atomics.store(cells, zoneHead.state, 2);
    return;
  }
  for (let tries = 0; Atomics.load(cells, zoneHead.state) !== 2; tries += 1) {
    if (tries > INITIALISE_TRIES_MAX) throw new Error("the response cache's zone was never made ready");
  }
}

/** About a second: the control plane makes the zone ready before any worker starts. */
const INITIALISE_TRIES_MAX = 50_000_000;
