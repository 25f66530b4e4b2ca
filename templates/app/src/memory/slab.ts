/**
 * A slab: one fixed region of memory, plain or shared, given out in chunks of doubling sizes.
 *
 * Idea: the region is cut into pages; a page is given to one size class when that class needs memory, is cut into equal
 * chunks, and goes back to the others when its last chunk is free. Allocating and freeing are a few steps in the page's
 * own free list, whatever the region's size, and memory never fragments outside: a free page fits any class.
 * Bound: the region, fixed at construction. Above the smallest size a chunk is less than twice what was asked for; `stats`
 * tells the real share. Everything lies in the region itself: zeroed memory is an empty slab, and over shared memory all
 * threads see the same one.
 * Rule: one thread at a time; over shared memory the caller holds a lock. `held` tells of memory that a thread without the
 * lock still reads: such a page is not given to another class.
 * Source: memcached's slab allocator, with the page lists of Linux' SLUB and the doubling sizes of SQLite's mem5.
 */
import { CLASS_WORDS, HEAD_WORDS, PAGE_WORDS, SLAB_BYTES_MAX, type SlabShape, slabHeadWords } from "./slab-layout.ts";
import type { SlabStats } from "./slab-stats.ts";

/** Words (32-bit cells) at a chunk's begin that are the slab's own: bytes asked for (0: free), and the free list's link. */
export const CHUNK_HEAD_WORDS = 2;
const ASKED = 0;
const LINK = 1;

/** Words of the slab's own head: the list of free pages, pages never used yet, bytes asked for. */
const FREE_PAGES = 0;
const FRESH_PAGES = 1;
const ASKED_BYTES = 2;
/** Words of one class: the list of its pages that have a free chunk, its pages, its chunks in use. */
const PARTIAL = 0;
const PAGES = 1;
const USED = 2;
/** Words of one page: its class + 1, chunks in use, free list, chunks never used yet, neighbours in its list. */
const PAGE_CLASS = 0;
const PAGE_USED = 1;
const PAGE_FREE = 2;
const PAGE_FRESH = 3;
const PAGE_PREVIOUS = 4;
const PAGE_NEXT = 5;

export class Slab {
  readonly pages: number;
  readonly classes: number;
  readonly pageBytes: number;
  readonly #cells: Int32Array;
  readonly #base: number;
  readonly #classTable: number;
  readonly #pageTable: number;
  readonly #data: number;
  readonly #pageWords: number;
  readonly #minWords: number;
  readonly #held: (from: number, to: number) => boolean;

  /** @param base index of the slab's first cell @param held whether a reader still uses one of the cells from..to */
  constructor(
    cells: Int32Array,
    base: number,
    shape: SlabShape,
    held: (from: number, to: number) => boolean = () => false,
  ) {
    const { pageBytes, pages, chunkBytesMin } = shape;
    if (!isPowerOfTwo(pageBytes) || !isPowerOfTwo(chunkBytesMin) || chunkBytesMin < 64 || pageBytes < chunkBytesMin) {
      throw new RangeError(`slab sizes must be powers of two: chunks of ${chunkBytesMin}, pages of ${pageBytes} bytes`);
    }
    if (pages < 1 || pages * pageBytes > SLAB_BYTES_MAX) {
      throw new RangeError(`a slab has 1 to ${Math.floor(SLAB_BYTES_MAX / pageBytes)} pages, not ${pages}`);
    }
    this.pages = pages;
    this.pageBytes = pageBytes;
    this.classes = Math.log2(pageBytes / chunkBytesMin) + 1;
    this.#cells = cells;
    this.#base = base;
    this.#classTable = base + HEAD_WORDS;
    this.#pageTable = this.#classTable + this.classes * CLASS_WORDS;
    this.#data = base + slabHeadWords(shape);
    this.#pageWords = pageBytes / 4;
    this.#minWords = chunkBytesMin / 4;
    this.#held = held;
    if (this.#data + pages * this.#pageWords > cells.length) throw new RangeError("the slab does not fit its cells");
  }

  /** First cell of a chunk that holds `bytes` beside its head, or 0: no memory, somebody must be evicted first. */
  allocate(bytes: number): number {
    const size = this.classOf(bytes);
    if (size >= this.classes) return 0;
    const table = this.#classTable + size * CLASS_WORDS;
    const page = this.#get(table + PARTIAL) > 0 ? this.#get(table + PARTIAL) - 1 : this.#assignPage(size);
    if (page < 0) return 0;
    const record = this.#pageTable + page * PAGE_WORDS;
    const chunk = this.#takeChunk(page, record, size);
    this.#add(record + PAGE_USED, 1);
    this.#add(table + USED, 1);
    if (this.#get(record + PAGE_FREE) === 0 && this.#get(record + PAGE_FRESH) === this.chunksPerPage(size)) {
      this.#unlink(table + PARTIAL, record, page);
    }
    this.#set(chunk + ASKED, bytes);
    this.#add(this.#base + ASKED_BYTES, bytes);
    return chunk;
  }

  /** Gives a chunk back. @throws RangeError for one that is not in use: the books would no longer close */
  free(chunk: number): void {
    const page = this.pageOf(chunk);
    const isInside = page >= 0 && page < this.pages;
    const size = isInside ? this.classOfPage(page) : -1;
    const asked = size < 0 || this.#isInner(chunk, size) ? 0 : this.#get(chunk + ASKED);
    if (asked === 0) throw new RangeError(`the chunk at ${chunk} is not in use`);
    const record = this.#pageTable + page * PAGE_WORDS;
    const table = this.#classTable + size * CLASS_WORDS;
    const full = this.#get(record + PAGE_FREE) === 0 && this.#get(record + PAGE_FRESH) === this.chunksPerPage(size);
    this.#set(chunk + LINK, this.#get(record + PAGE_FREE));
    this.#set(record + PAGE_FREE, chunk);
    this.#set(chunk + ASKED, 0);
    this.#add(this.#base + ASKED_BYTES, -asked);
    this.#add(table + USED, -1);
    if (full) this.#link(table + PARTIAL, record, page);
    if (this.#add(record + PAGE_USED, -1) === 0) this.#releasePage(page, record, table);
  }

  /** Whether the cell lies inside a chunk of its page, behind the chunk's first one. */
  #isInner(cell: number, size: number): boolean {
    // Chunks are powers of two and so are pages: their begins are multiples of their size.
    return ((cell - this.#data) & ((this.#minWords << size) - 1)) !== 0;
  }

  /** Class of the chunks that hold `bytes`; `classes` when none is large enough. */
  classOf(bytes: number): number {
    const words = Math.ceil(bytes / 4) + CHUNK_HEAD_WORDS;
    let size = 0;
    while (size < this.classes && this.#minWords << size < words) size += 1;
    return size;
  }

  chunksPerPage(size: number): number {
    return (this.#pageWords / this.#minWords) >>> size;
  }

  pageOf(chunk: number): number {
    return Math.floor((chunk - this.#data) / this.#pageWords);
  }

  /** The class that owns a page; -1: none. */
  classOfPage(page: number): number {
    return this.#get(this.#pageTable + page * PAGE_WORDS + PAGE_CLASS) - 1;
  }

  pagesOf(size: number): number {
    return this.#get(this.#classTable + size * CLASS_WORDS + PAGES);
  }

  /** First cell of a page's chunk, and the cell behind its last. */
  chunkAt(page: number, size: number, index: number): number {
    return this.#data + page * this.#pageWords + index * (this.#minWords << size);
  }

  endOf(chunk: number): number {
    return chunk + (this.#minWords << this.classOfPage(this.pageOf(chunk)));
  }

  /** Whether the chunk of a page that a class owns is in use. */
  isUsed(page: number, size: number, index: number): boolean {
    if (index >= this.#get(this.#pageTable + page * PAGE_WORDS + PAGE_FRESH)) return false;
    return this.#get(this.chunkAt(page, size, index) + ASKED) !== 0;
  }

  /** Forgets all chunks, as after a thread that died in the middle of a change. Readers may still hold some. */
  reset(): void {
    this.#cells.fill(0, this.#base, this.#data);
  }

  get stats(): SlabStats {
    let usedBytes = 0;
    let ownedPages = 0;
    for (let size = 0; size < this.classes; size += 1) {
      const table = this.#classTable + size * CLASS_WORDS;
      usedBytes += this.#get(table + USED) * (this.#minWords << size) * 4;
      ownedPages += this.#get(table + PAGES);
    }
    return {
      capacityBytes: this.pages * this.pageBytes,
      usedBytes,
      askedBytes: this.#get(this.#base + ASKED_BYTES),
      classFreeBytes: ownedPages * this.pageBytes - usedBytes,
      pageFreeBytes: this.#freePages() * this.pageBytes,
    };
  }

  /** Counted by walking, not by subtracting: the test that the books close must be able to fail. */
  #freePages(): number {
    let count = this.pages - this.#get(this.#base + FRESH_PAGES);
    let page = this.#get(this.#base + FREE_PAGES);
    for (let steps = 0; page > 0 && steps < this.pages; steps += 1) {
      count += 1;
      page = this.#get(this.#pageTable + (page - 1) * PAGE_WORDS + PAGE_NEXT);
    }
    return count;
  }

  #takeChunk(page: number, record: number, size: number): number {
    const free = this.#get(record + PAGE_FREE);
    if (free !== 0) {
      this.#set(record + PAGE_FREE, this.#get(free + LINK));
      return free;
    }
    return this.chunkAt(page, size, this.#add(record + PAGE_FRESH, 1) - 1);
  }

  /** A free page that no reader is in becomes this class's; -1: there is none. */
  #assignPage(size: number): number {
    const page = this.#takeFreePage();
    if (page < 0) return -1;
    const record = this.#pageTable + page * PAGE_WORDS;
    const table = this.#classTable + size * CLASS_WORDS;
    this.#cells.fill(0, record, record + PAGE_WORDS);
    this.#set(record + PAGE_CLASS, size + 1);
    this.#add(table + PAGES, 1);
    this.#link(table + PARTIAL, record, page);
    return page;
  }

  #takeFreePage(): number {
    let before = 0;
    let page = this.#get(this.#base + FREE_PAGES);
    for (let steps = 0; page > 0 && steps < this.pages; steps += 1) {
      const next = this.#get(this.#pageTable + (page - 1) * PAGE_WORDS + PAGE_NEXT);
      if (!this.#isHeld(page - 1)) {
        if (before === 0) this.#set(this.#base + FREE_PAGES, next);
        else this.#set(this.#pageTable + (before - 1) * PAGE_WORDS + PAGE_NEXT, next);
        return page - 1;
      }
      before = page;
      page = next;
    }
    // After a reset even a page that looks fresh may have a reader.
    const fresh = this.#get(this.#base + FRESH_PAGES);
    if (fresh >= this.pages || this.#isHeld(fresh)) return -1;
    this.#set(this.#base + FRESH_PAGES, fresh + 1);
    return fresh;
  }

  #isHeld(page: number): boolean {
    const from = this.#data + page * this.#pageWords;
    return this.#held(from, from + this.#pageWords);
  }

  #releasePage(page: number, record: number, table: number): void {
    this.#unlink(table + PARTIAL, record, page);
    this.#add(table + PAGES, -1);
    this.#set(record + PAGE_CLASS, 0);
    this.#set(record + PAGE_NEXT, this.#get(this.#base + FREE_PAGES));
    this.#set(this.#base + FREE_PAGES, page + 1);
  }

  #link(list: number, record: number, page: number): void {
    const first = this.#get(list);
    this.#set(record + PAGE_PREVIOUS, 0);
    this.#set(record + PAGE_NEXT, first);
    if (first > 0) this.#set(this.#pageTable + (first - 1) * PAGE_WORDS + PAGE_PREVIOUS, page + 1);
    this.#set(list, page + 1);
  }

  #unlink(list: number, record: number, page: number): void {
    const previous = this.#get(record + PAGE_PREVIOUS);
    const next = this.#get(record + PAGE_NEXT);
    if (this.#get(list) === page + 1) this.#set(list, next);
    if (previous > 0) this.#set(this.#pageTable + (previous - 1) * PAGE_WORDS + PAGE_NEXT, next);
    if (next > 0) this.#set(this.#pageTable + (next - 1) * PAGE_WORDS + PAGE_PREVIOUS, previous);
    this.#set(record + PAGE_PREVIOUS, 0);
    this.#set(record + PAGE_NEXT, 0);
  }

  #get(cell: number): number {
    return this.#cells[cell] as number;
  }

  #set(cell: number, value: number): void {
    this.#cells[cell] = value;
  }

  #add(cell: number, amount: number): number {
    const value = this.#get(cell) + amount;
    this.#set(cell, value);
    return value;
  }
}

function isPowerOfTwo(value: number): boolean {
  return Number.isInteger(value) && value > 0 && Number.isInteger(Math.log2(value));
}
