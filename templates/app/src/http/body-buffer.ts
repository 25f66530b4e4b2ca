/**
 * One body that arrives in chunks of any size, put together.
 *
 * Idea: small chunks are copied into pages, each as large as all before it; large ones are chained as they are; the end
 * copies all of them once into memory of the handler's own. It is not about time, which a list of chunks takes no more
 * of, but about a client that chooses the chunks' size: one of a single byte is an object of half a KiB, and on
 * Deno.serve a view that keeps 64 KiB alive.
 * Bound: what is held is told before it is taken. It is at most twice what has arrived and the least page, and never more
 * than the body's limit; a chained chunk may waste an eighth of itself. Joining holds the body twice, but it cannot be
 * interrupted: so one body per worker at a time.
 * Source: copying below and chaining above a threshold as in Rust's h2 (codec/framed_write.rs) and hyper.
 */

/**
 * Below it a chunk is copied. A chunk's objects take less than a KiB, so that what is chained costs at most a quarter more
 * than its bytes; h2 copies below 1 KiB, where a chunk's bookkeeping is a few words.
 */
const CHAIN_BYTES_MIN = 4096;
/** The first page: the unit that bodies are reserved in. */
const PAGE_BYTES_MIN = 1024;
/** What both runtimes read at once from a connection. */
const PAGE_BYTES_MAX = 65_536;

/** What all bodies of a worker hold right now; the books read it. */
export interface BodyTally {
  heldBytes: number;
  usedBytes: number;
  highBytes: number;
  pages: number;
  chained: number;
}

export class BodyBuffer {
  readonly #bytesMax: number;
  readonly #hold: (bytes: number) => void;
  readonly #tally: BodyTally;
  readonly #parts: Uint8Array[] = [];
  #page: Uint8Array = nothing;
  #filledBytes = 0;
  #heldBytes = 0;
  #totalBytes = 0;

  /** @param hold told how much all of it will be before memory is taken; throws to refuse it */
  constructor(bytesMax: number, hold: (bytes: number) => void, tally: BodyTally) {
    this.#bytesMax = bytesMax;
    this.#hold = hold;
    this.#tally = tally;
  }

  get totalBytes(): number {
    return this.#totalBytes;
  }

  get heldBytes(): number {
    return this.#heldBytes;
  }

  /** The caller has checked that the body stays within its limit. The chunk may be kept; nobody else may write it. */
  append(chunk: Uint8Array): void {
    // A page's empty end counts: where it would take the body above its limit, the chunk fills it.
    if (isChained(chunk) && this.#heldBytes + chunk.byteLength <= this.#bytesMax) this.#chain(chunk);
    else this.#copy(chunk);
    this.#totalBytes += chunk.byteLength;
    this.#tally.usedBytes += chunk.byteLength;
  }

  /** All of it, in memory that has exactly its size and is nobody else's. */
  joined(): Uint8Array<ArrayBuffer> {
    this.#seal();
    const only = this.#parts[0];
    if (this.#parts.length === 1 && only && only.byteLength === only.buffer.byteLength) {
      return only as Uint8Array<ArrayBuffer>;
    }
    const whole = new Uint8Array(this.#totalBytes);
    let at = 0;
    for (const part of this.#parts) {
      whole.set(part, at);
      at += part.byteLength;
    }
    return whole;
  }

  /** Lets go of what it holds, as it must at the end, however that came. */
  close(): void {
    this.#tally.heldBytes -= this.#heldBytes;
    this.#tally.usedBytes -= this.#totalBytes;
    this.#heldBytes = 0;
    this.#totalBytes = 0;
    this.#parts.length = 0;
    this.#page = nothing;
  }

  #chain(chunk: Uint8Array): void {
    this.#take(chunk.byteLength);
    this.#seal();
    this.#parts.push(chunk);
    this.#tally.chained += 1;
  }

  #copy(chunk: Uint8Array): void {
    let from = 0;
    while (from < chunk.byteLength) {
      if (this.#filledBytes === this.#page.byteLength) this.#addPage(chunk.byteLength - from, from);
      const bytes = Math.min(this.#page.byteLength - this.#filledBytes, chunk.byteLength - from);
      this.#page.set(bytes === chunk.byteLength ? chunk : chunk.subarray(from, from + bytes), this.#filledBytes);
      this.#filledBytes += bytes;
      from += bytes;
    }
  }

  /** As large as all before it, so that at most half of what is held is empty; no more than the body can still get. */
  #addPage(bytes: number, copiedBytes: number): void {
    const beforeBytes = this.#totalBytes + copiedBytes;
    const wishedBytes = Math.min(Math.max(PAGE_BYTES_MIN, beforeBytes, bytes), PAGE_BYTES_MAX);
    const size = Math.min(wishedBytes, this.#bytesMax - beforeBytes);
    this.#take(size);
    this.#seal();
    this.#page = new Uint8Array(size);
    this.#tally.pages += 1;
  }

  #take(bytes: number): void {
    this.#hold(this.#heldBytes + bytes);
    this.#heldBytes += bytes;
    this.#tally.heldBytes += bytes;
    this.#tally.highBytes = Math.max(this.#tally.highBytes, this.#tally.heldBytes);
  }

  /** What the page has is a part; what is left of it takes the next small chunks. */
  #seal(): void {
    if (this.#filledBytes === 0) return;
    this.#parts.push(this.#page.subarray(0, this.#filledBytes));
    this.#page = this.#page.subarray(this.#filledBytes);
    this.#filledBytes = 0;
  }
}

const nothing = new Uint8Array(0);

/** Whether keeping the chunk wastes little: neither its object nor what else its buffer holds weighs beside its bytes. */
function isChained({ byteLength, buffer }: Uint8Array): boolean {
  return byteLength >= CHAIN_BYTES_MIN && (buffer.byteLength - byteLength) * 8 <= byteLength;
}
