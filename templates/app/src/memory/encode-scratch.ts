/**
 * Text as UTF-8 for whoever copies it at once: encoded into one buffer of the worker, over and over.
 *
 * Idea: `TextEncoder.encode` makes a new buffer for each text, on Deno at a high price however short the text is, and for
 * the collector on both; `encodeInto` writes where there is memory already. The bytes exist only while the function that
 * is given them runs, so that no caller can overwrite another's: uses within uses stack up.
 * Bound: memory.encode_bytes; longer text, or text that no longer fits inside another's use, is encoded on its own and
 * counted as missed.
 * Rule: the function hands the bytes to nothing that reads them after it returns. Stores into shared memory, node:zlib's
 * Sync functions, hashes and the constructor of Response read them at once; streams, those of zlib too, read them later
 * (test/unit/memory/sinks-encode.test.ts).
 * Source: nginx's and HAProxy's trash buffers, one per thread.
 */
import type { Arena } from "./arena.ts";

export interface TextEncoding {
  /** What `use` makes of the text's bytes. It must not be asynchronous, nor keep them. */
  withBytes<Result>(text: string, use: (bytes: Uint8Array<ArrayBuffer>) => Result): Result;
}

const encoder = new TextEncoder();

/** Each text in memory of its own. */
export const plainEncoding: TextEncoding = {
  withBytes: (text, use) => use(encoder.encode(text)),
};

export class EncodeScratch implements TextEncoding {
  readonly #arena: Arena;
  readonly #zero: boolean;
  #uses = 0;

  /** @param zero whether text that was encoded on its own is zeroed, too; the arena knows for itself */
  constructor(arena: Arena, zero: boolean) {
    this.#arena = arena;
    this.#zero = zero;
  }

  withBytes<Result>(text: string, use: (bytes: Uint8Array<ArrayBuffer>) => Result): Result {
    const arena = this.#arena;
    const mark = this.#uses === 0 ? undefined : arena.mark();
    this.#uses += 1;
    try {
      const from = arena.usedBytes;
      const isWhole = arena.append(text) === text.length;
      if (!isWhole) return this.#withOwn(text, use);
      return done(use(arena.bytes.subarray(from, arena.usedBytes)));
    } finally {
      this.#uses -= 1;
      if (mark === undefined) arena.reset();
      else arena.release(mark);
    }
  }

  #withOwn<Result>(text: string, use: (bytes: Uint8Array<ArrayBuffer>) => Result): Result {
    const bytes = encoder.encode(text);
    try {
      return done(use(bytes));
    } finally {
      if (this.#zero) bytes.fill(0);
    }
  }
}

/** @throws TypeError for a promise: what it waits for would read the next text's bytes */
function done<Result>(result: Result): Result {
  if (!(result instanceof Promise)) return result;
  result.catch(() => undefined);
  throw new TypeError("what uses encoded text must not be asynchronous");
}
