/**
 * Which entries make room: CLOCK, a hand per size class that gives used entries a second chance.
 *
 * Idea: LRU without a list. A hit sets a bit, the hand clears it, and an entry that it finds cleared, or that is past
 * its time, goes. Classes would keep for ever what pages they got first (memcached calls that calcification), so a class
 * whose content turned over twice takes a page from one that had no need to evict meanwhile, and a class without any page
 * takes one from the largest.
 * Bound: a sweep looks at no more than `LOOKS_MAX` entries; then the next one goes, used or not.
 * Source: Corbató, "A Paging Experiment with the Multics System" (1969); memcached's slab_automove.
 */
import type { Slab } from "../../memory/slab.ts";
import { SHARD_CLASS_WORDS, SHARD_CLASSES, shardHead } from "./cache-layout.ts";
import { type EntryMemory, entryWord } from "./entry.ts";

/** A look takes some 20 ns: this many keep the lock for 20 us at most. */
const LOOKS_MAX = 1024;
const HAND = 0;
const EVICTED = 1;
/** Turnovers of a class's content before it may take a page from another. */
const TURNOVERS = 2;

export class Clock {
  readonly #memory: EntryMemory;
  readonly #cells: Int32Array;
  readonly #base: number;
  readonly #slab: Slab;
  readonly #remove: (chunk: number) => void;

  constructor(memory: EntryMemory, base: number, slab: Slab, remove: (chunk: number) => void) {
    this.#memory = memory;
    this.#cells = memory.cells;
    this.#base = base;
    this.#slab = slab;
    this.#remove = remove;
  }

  /** Frees a chunk of this class, or a page for it; false: there is nothing to evict. */
  makeRoom(size: number, nowMs: number): boolean {
    const pages = this.#slab.pagesOf(size);
    if (pages === 0) return this.#emptyPage(this.#largestClass());
    const word = this.#word(size, EVICTED);
    const evicted = (this.#cells[word] as number) + 1;
    this.#cells[word] = evicted;
    if (evicted > TURNOVERS * pages * this.#slab.chunksPerPage(size)) {
      const donor = this.#idleClass(size);
      for (let other = 0; other < this.#slab.classes; other += 1) this.#cells[this.#word(other, EVICTED)] = 0;
      if (donor >= 0 && this.#emptyPage(donor)) {
        Atomics.add(this.#cells, this.#base + shardHead.moves, 1);
        return true;
      }
    }
    return this.#evictOne(size, nowMs);
  }

  reset(): void {
    for (let word = 0; word < this.#slab.classes * SHARD_CLASS_WORDS; word += 1) {
      this.#cells[this.#base + SHARD_CLASSES + word] = 0;
    }
    this.#cells[this.#base + shardHead.pageHand] = 0;
  }

  #evictOne(size: number, nowMs: number): boolean {
    const perPage = this.#slab.chunksPerPage(size);
    const places = this.#slab.pages * perPage;
    const hand = this.#word(size, HAND);
    let place = (this.#cells[hand] as number) % places;
    let looks = 0;
    // Two turns: the first may only clear the bits.
    for (let steps = 0; steps < 2 * places; ) {
      const page = Math.floor(place / perPage);
      if (this.#slab.classOfPage(page) !== size) {
        steps += perPage - (place % perPage);
        place = ((page + 1) * perPage) % places;
        continue;
      }
      const index = place % perPage;
      steps += 1;
      place = (place + 1) % places;
      if (!this.#slab.isUsed(page, size, index)) continue;
      looks += 1;
      const chunk = this.#slab.chunkAt(page, size, index);
      if (looks < LOOKS_MAX && this.#hasChance(chunk, nowMs)) continue;
      this.#cells[hand] = place;
      this.#evict(chunk);
      return true;
    }
    this.#cells[hand] = place;
    return false;
  }

  #hasChance(chunk: number, nowMs: number): boolean {
    if (this.#memory.endMs(chunk) < nowMs) return false;
    return Atomics.exchange(this.#cells, chunk + entryWord.used, 0) === 1;
  }

  /** Evicts all of one page of this class; the slab then has it back. */
  #emptyPage(size: number): boolean {
    if (size < 0) return false;
    const hand = this.#base + shardHead.pageHand;
    for (let step = 1; step <= this.#slab.pages; step += 1) {
      const page = ((this.#cells[hand] as number) + step) % this.#slab.pages;
      if (this.#slab.classOfPage(page) !== size) continue;
      this.#cells[hand] = page;
      for (let index = 0; index < this.#slab.chunksPerPage(size); index += 1) {
        if (this.#slab.classOfPage(page) !== size) break;
        if (this.#slab.isUsed(page, size, index)) this.#evict(this.#slab.chunkAt(page, size, index));
      }
      return true;
    }
    return false;
  }

  #largestClass(): number {
    let largest = -1;
    for (let size = 0; size < this.#slab.classes; size += 1) {
      const pages = this.#slab.pagesOf(size);
      if (pages > 0 && (largest < 0 || pages > this.#slab.pagesOf(largest))) largest = size;
    }
    return largest;
  }

  /** The class with the most pages, two at least, of those that evicted less than half of their content this period. */
  #idleClass(except: number): number {
    let idle = -1;
    for (let size = 0; size < this.#slab.classes; size += 1) {
      const pages = this.#slab.pagesOf(size);
      const evicted = this.#cells[this.#word(size, EVICTED)] as number;
      if (size === except || pages < 2 || 2 * evicted > pages * this.#slab.chunksPerPage(size)) continue;
      if (idle < 0 || pages > this.#slab.pagesOf(idle)) idle = size;
    }
    return idle;
  }

  #evict(chunk: number): void {
    this.#remove(chunk);
    Atomics.add(this.#cells, this.#base + shardHead.evictions, 1);
  }

  #word(size: number, word: number): number {
    return this.#base + SHARD_CLASSES + size * SHARD_CLASS_WORDS + word;
  }
}
