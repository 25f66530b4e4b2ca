/**
 * A bump arena: one buffer, one offset. Allocating moves the offset, resetting sets it to zero.
 *
 * Idea: memory that is freed together needs no free list. Callers get offsets and read or write through the arena's own
 * `bytes`; a view per allocation costs seven to nine times as much (measured by the generator's
 * scripts/measure/memory-primitives.mjs: 4 ns against 28-38 ns).
 * Bound: the capacity, fixed at construction. What does not fit is refused with -1 and counted; the caller then takes
 * memory of its own (spills), so a full arena costs time, never correctness.
 * Rule: nothing that outlives the next reset may keep an offset, and no view of `bytes` goes to asynchronous readers.
 * Source: region allocation as in nginx's and APR's pools, without their growth.
 */

/** V8's and JavaScriptCore's small-integer range ends near 2^30; offsets beyond it would be boxed. */
const CAPACITY_BYTES_MAX = 2 ** 30;

const encoder = new TextEncoder();

export class Arena {
  /** The whole backing memory; allocations are offsets into it. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  #usedBytes = 0;
  #highBytes = 0;
  #spills = 0;

  constructor(capacityBytes: number) {
    if (!Number.isInteger(capacityBytes) || capacityBytes < 1 || capacityBytes > CAPACITY_BYTES_MAX) {
      throw new RangeError(`arena capacity must be 1 to ${CAPACITY_BYTES_MAX} bytes, not ${capacityBytes}`);
    }
    this.bytes = new Uint8Array(capacityBytes);
  }

  /** Offset of `bytes` bytes, a multiple of `alignBytes` (a power of two), or -1 when they do not fit: a spill. */
  allocate(bytes: number, alignBytes = 1): number {
    // `|| bytes < 0` lets no NaN or fraction through: both differ from their own integer part.
    if (bytes !== Math.floor(bytes) || bytes < 0) throw new RangeError(`arena cannot allocate ${bytes} bytes`);
    // A power of two is its own lowest bit; no fraction and nothing past 2^30 is.
    if (alignBytes < 1 || (alignBytes & -alignBytes) !== alignBytes) {
      throw new RangeError(`arena alignment must be a power of two, not ${alignBytes}`);
    }
    const offset = (this.#usedBytes + alignBytes - 1) & -alignBytes;
    // Subtracting keeps the comparison exact for any request; adding could pass the integer range.
    if (bytes > this.bytes.length - offset) {
      this.#spills += 1;
      return -1;
    }
    this.#usedBytes = offset + bytes;
    return offset;
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

  /** Frees everything at once. The bytes stay as they are: zero them first when they held a secret. */
  reset(): void {
    this.#highBytes = this.highBytes;
    this.#usedBytes = 0;
  }

  get capacityBytes(): number {
    return this.bytes.length;
  }

  get usedBytes(): number {
    return this.#usedBytes;
  }

  /** The most that was ever in use: what the capacity is tuned by. */
  get highBytes(): number {
    return Math.max(this.#highBytes, this.#usedBytes);
  }

  /** Allocations that did not fit. */
  get spills(): number {
    return this.#spills;
  }
}
