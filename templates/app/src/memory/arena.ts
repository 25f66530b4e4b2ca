/**
 * A bump arena: one buffer, one offset. Allocating moves the offset, resetting sets it to zero.
 *
 * Idea: memory that is freed together needs no free list. Callers get offsets and read or write through the arena's own
 * `bytes`; a view per allocation costs seven times as much and more (measured by the generator's
 * scripts/measure/memory-primitives.mjs: 3-8 ns against 60-80 ns). What does not fit is refused by the offset API with -1,
 * and the view API gives it memory of its own, kept on a spill list until the reset. Scopes free the end of the arena
 * before the rest. Hooks run, the last one first, before the memory that they may still read is freed.
 * Bound: the capacity, fixed at construction, and `spillBytesMax` beyond it; hooks and scopes are counted.
 * Cost: `allocate` and `reset` are a few steps whatever was allocated; only hooks, spills and zeroing take time of their own.
 * Rule: nothing that outlives the next reset may keep an offset or a view, and no view goes to asynchronous readers. The
 * bytes of an allocation are whatever lay there before, unless `zero` is set.
 * Source: nginx's ngx_pool_t (small allocations by moving a pointer, large ones on a list, cleanup handlers in reverse
 * order), the cleanups and sub-pools of Apache's APR, and h2o's memory pool; without nginx's growth by further blocks.
 */
import { type Hook, runHooks } from "./cleanup.ts";
import { MemoryError } from "./memory-error.ts";

/** V8's and JavaScriptCore's small-integer range ends near 2^30; offsets beyond it would be boxed. */
const CAPACITY_BYTES_MAX = 2 ** 30;
/** Far more than a handler's resources or a parser's depth; a count beyond it is a loop that does not end. */
const HOOKS_MAX = 4096;
const SCOPES_MAX = 1024;
/** Numbers per open scope: bytes in use, hooks and large objects at its begin. */
const MARK_FIELDS = 3;

const encoder = new TextEncoder();

export interface ArenaOptions {
  /** What views may take beyond the capacity, all together; 0 by default: nothing. */
  readonly spillBytesMax?: number;
  /** Whether freed bytes are set to zero. */
  readonly zero?: boolean;
  /** Told about each hook that fails. Without it a reset throws what the hooks threw, once everything is free. */
  readonly report?: (error: unknown) => void;
}

export class Arena {
  /** The whole backing memory; allocations are offsets into it. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly #spillBytesMax: number;
  readonly #zero: boolean;
  readonly #report: ((error: unknown) => void) | undefined;
  #usedBytes = 0;
  #peakBytes = 0;
  #highBytes = 0;
  #spills = 0;
  #spillsBefore = 0;
  #resets = 0;
  #large: Uint8Array<ArrayBuffer>[] = [];
  #largeBytes = 0;
  #hooks: Hook[] = [];
  #marks: number[] = [];
  #isCleaning = false;

  constructor(capacityBytes: number, { spillBytesMax = 0, zero = false, report }: ArenaOptions = {}) {
    if (!Number.isInteger(capacityBytes) || capacityBytes < 1 || capacityBytes > CAPACITY_BYTES_MAX) {
      throw new RangeError(`arena capacity must be 1 to ${CAPACITY_BYTES_MAX} bytes, not ${capacityBytes}`);
    }
    if (!(spillBytesMax >= 0)) throw new RangeError(`an arena's spills cannot take ${spillBytesMax} bytes`);
    this.bytes = new Uint8Array(capacityBytes);
    this.#spillBytesMax = spillBytesMax;
    this.#zero = zero;
    this.#report = report;
  }

  /** Offset of `bytes` bytes, a multiple of `alignBytes` (a power of two), or -1 when they do not fit: a spill. */
  allocate(bytes: number, alignBytes = 1): number {
    // `|| bytes < 0` lets no NaN or fraction through: both differ from their own integer part.
    if (bytes !== Math.floor(bytes) || bytes < 0) throw new RangeError(`arena cannot allocate ${bytes} bytes`);
    const offset = alignBytes === 1 ? this.#usedBytes : this.#aligned(alignBytes);
    // Subtracting keeps the comparison exact for any request; adding could pass the integer range.
    if (bytes > this.bytes.length - offset) {
      this.#spills += 1;
      return -1;
    }
    this.#usedBytes = offset + bytes;
    return offset;
  }

  /** Apart, because negating a number takes JavaScriptCore ten times as long as the rest of an allocation. */
  #aligned(alignBytes: number): number {
    // A power of two is its own lowest bit; no fraction and nothing past 2^30 is.
    if (alignBytes < 1 || (alignBytes & -alignBytes) !== alignBytes) {
      throw new RangeError(`arena alignment must be a power of two, not ${alignBytes}`);
    }
    return (this.#usedBytes + alignBytes - 1) & -alignBytes;
  }

  /**
   * Appends text as UTF-8 at the current offset and returns how many of its UTF-16 units fit. Whole characters only;
   * fewer than `text.length` is a spill.
   */
  append(text: string): number {
    const free = this.#usedBytes === 0 ? this.bytes : this.bytes.subarray(this.#usedBytes);
    const { read, written } = encoder.encodeInto(text, free);
    this.#usedBytes += written;
    if (read < text.length) this.#spills += 1;
    return read;
  }

  /**
   * `bytes` bytes as a view that holds until the reset or the scope's release: of the arena, or of their own when they do
   * not fit. @throws MemoryError ARENA_SPILL_EXCEEDED when those of their own would be more than spillBytesMax
   */
  view(bytes: number, alignBytes = 1): Uint8Array<ArrayBuffer> {
    const offset = this.allocate(bytes, alignBytes);
    return offset < 0 ? this.#spill(bytes) : this.bytes.subarray(offset, offset + bytes);
  }

  #spill(bytes: number): Uint8Array<ArrayBuffer> {
    if (bytes > this.#spillBytesMax - this.#largeBytes) {
      throw new MemoryError(
        "ARENA_SPILL_EXCEEDED",
        `${bytes} bytes do not fit: the arena has ${this.bytes.length} bytes, ${this.#usedBytes} in use, and ${this.#largeBytes} of at most ${this.#spillBytesMax} lie beside it; take less at once, or raise the bound`,
      );
    }
    const own = new Uint8Array(bytes);
    this.#large.push(own);
    this.#largeBytes += bytes;
    return own;
  }

  /** Calls back before what is allocated now is freed: at the open scope's release, or at the reset. Last in, first out. */
  onReset(hook: Hook): void {
    if (this.#isCleaning || this.#hooks.length >= HOOKS_MAX) {
      throw new MemoryError(
        "ARENA_CLEANUP",
        `a hook is added before the others run, as one of at most ${HOOKS_MAX}; clean up without one`,
      );
    }
    this.#hooks.push(hook);
  }

  /** Opens a scope: what is allocated from here on is freed by `release` of the number that this returns. */
  mark(): number {
    if (this.#marks.length >= SCOPES_MAX * MARK_FIELDS) {
      throw new MemoryError("ARENA_SCOPE", `${SCOPES_MAX} scopes are open; release each one`);
    }
    this.#marks.push(this.#usedBytes, this.#hooks.length, this.#large.length);
    return this.#marks.length / MARK_FIELDS;
  }

  /** Frees what was allocated since `mark`, and the scopes that were opened in it. */
  release(mark: number): void {
    const at = (mark - 1) * MARK_FIELDS;
    const [used, hooks, large] = [this.#marks[at], this.#marks[at + 1], this.#marks[at + 2]];
    if (used === undefined || hooks === undefined || large === undefined) {
      throw new MemoryError("ARENA_SCOPE", `the scope ${mark} is not open: it is released once, and not after a reset`);
    }
    this.#marks.length = at;
    this.#free(used, hooks, large);
  }

  /** What `work` allocates is freed when it returns or throws. It must not be asynchronous: scopes end in their order. */
  scope<Result>(work: () => Result): Result {
    const mark = this.mark();
    try {
      const result = work();
      if (!(result instanceof Promise)) return result;
      result.catch(() => undefined);
      throw new MemoryError("ARENA_SCOPE", "a scope's function returned a promise: it would use what is freed by then");
    } finally {
      this.release(mark);
    }
  }

  /** Frees everything at once. */
  reset(): void {
    if (this.#usedBytes > this.#peakBytes) this.#peakBytes = this.#usedBytes;
    if (this.#marks.length > 0) this.#marks.length = 0;
    this.#resets += 1;
    // Most often there is nothing to run, to free or to zero, and this is all that it takes.
    if (this.#hooks.length > 0 || this.#large.length > 0 || this.#zero) this.#freeAll();
    else this.#begin();
  }

  #freeAll(): void {
    try {
      this.#free(0, 0, 0);
    } finally {
      this.#begin();
    }
  }

  /** What is counted since the last reset begins anew. */
  #begin(): void {
    if (this.#peakBytes > this.#highBytes) this.#highBytes = this.#peakBytes;
    this.#peakBytes = 0;
    this.#usedBytes = 0;
    this.#spillsBefore = this.#spills;
  }

  /**
   * Ends an arena that is not used again, while somebody may still read or write its memory: the hooks run, and the bytes
   * are left to the collector. With `zero` they are zeroed all the same.
   */
  abandon(): void {
    try {
      if (this.#zero) this.reset();
      else this.#clean(0);
    } finally {
      // Nothing would ever run a further hook.
      this.#isCleaning = true;
    }
  }

  #free(used: number, hooks: number, large: number): void {
    try {
      if (this.#hooks.length > hooks) this.#clean(hooks);
    } finally {
      // Hooks may have allocated.
      if (this.#usedBytes > this.#peakBytes) this.#peakBytes = this.#usedBytes;
      if (this.#zero) this.bytes.fill(0, used, this.#usedBytes);
      if (this.#large.length > large) this.#freeLarge(large);
      this.#usedBytes = used;
    }
  }

  #clean(first: number): void {
    this.#isCleaning = true;
    try {
      runHooks(this.#hooks, first, this.#report);
    } finally {
      this.#isCleaning = false;
    }
  }

  #freeLarge(first: number): void {
    for (const own of this.#large.splice(first)) {
      this.#largeBytes -= own.length;
      if (this.#zero) own.fill(0);
    }
  }

  get capacityBytes(): number {
    return this.bytes.length;
  }

  get usedBytes(): number {
    return this.#usedBytes;
  }

  /** What lies beside the arena now. */
  get spilledBytes(): number {
    return this.#largeBytes;
  }

  /** The most that was in use since the last reset. */
  get peakBytes(): number {
    return Math.max(this.#peakBytes, this.#usedBytes);
  }

  /** The most that was ever in use: what the capacity is tuned by. */
  get highBytes(): number {
    return Math.max(this.#highBytes, this.#peakBytes, this.#usedBytes);
  }

  /** Allocations that did not fit. */
  get spills(): number {
    return this.#spills;
  }

  get resets(): number {
    return this.#resets;
  }

  /** Those of them since the last reset. */
  get spillsNow(): number {
    return this.#spills - this.#spillsBefore;
  }
}
