/**
 * An open file on its way out, piece by piece: the reads, the look for changes, and the one close.
 *
 * Two ways lead out of it. A FileStream goes through whatever stands between handler and client, and each read of it has a
 * buffer of its own, because whoever takes a chunk reads it later. An adapter that writes to the socket itself takes the
 * reader out of the stream (`take`) and reads into one buffer again and again: it knows when the socket is done with it.
 */
import { close, fstat, read, type Stats } from "node:fs";
import { promisify } from "node:util";
import type { FileStamp } from "./file-stamp.ts";
import type { FileSegment } from "./port.ts";

/** One read: larger ones cost memory per slow client, smaller ones a system call and a turn more often. */
export const CHUNK_BYTES = 65_536;

export const stats = promisify(fstat) as (fd: number) => Promise<Stats>;

export class FileReader {
  readonly #fd: number;
  readonly #stamp: FileStamp;
  readonly #left: FileSegment[];
  #at = 0;
  #ended = false;
  #begun = false;
  #reading: Promise<unknown> = Promise.resolve();

  /** Owns the descriptor from here on. */
  constructor(fd: number, stamp: FileStamp, segments: readonly FileSegment[]) {
    this.#fd = fd;
    this.#stamp = stamp;
    this.#left = [...segments];
  }

  get hasBegun(): boolean {
    return this.#begun;
  }

  get isDone(): boolean {
    return this.#left.length === 0 || this.#ended;
  }

  get isEnded(): boolean {
    return this.#ended;
  }

  /** Bytes that the next piece may have; 0: it needs no buffer. */
  get nextBytesMax(): number {
    const segment = this.#left[0];
    if (segment === undefined || segment instanceof Uint8Array) return 0;
    return Math.min(CHUNK_BYTES, segment.end - segment.start - this.#at);
  }

  /**
   * The next piece: bytes that were at hand, or what was read to the begin of `buffer`. When this settles nobody writes
   * to `buffer` any more. Rejects when the file is not what it was.
   */
  next(buffer: Uint8Array): Promise<Uint8Array | undefined> {
    this.#begun = true;
    const piece = this.#next(buffer);
    this.#reading = piece;
    return piece;
  }

  async #next(buffer: Uint8Array): Promise<Uint8Array | undefined> {
    const segment = this.#left[0];
    if (segment === undefined) return undefined;
    const isBytes = segment instanceof Uint8Array;
    const piece = isBytes
      ? segment
      : await readInto(this.#fd, buffer.subarray(0, this.nextBytesMax), segment.start + this.#at);
    this.#at += piece.length;
    if (isBytes || segment.start + this.#at >= segment.end) {
      this.#left.shift();
      this.#at = 0;
    }
    // Before the last piece: a client that lacks it knows that it does not have the file.
    if (this.#left.length === 0 && isRewritten(await stats(this.#fd), this.#stamp)) {
      throw new Error("a file changed while it was sent");
    }
    return piece;
  }

  /** Closes the file; not under a read: the number might be another file's by then. */
  end(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#reading.then(
      () => closeFile(this.#fd),
      () => closeFile(this.#fd),
    );
  }
}

/** By content: a link or a permission that is added meanwhile, as backups do, must not end a download. */
function isRewritten({ size, mtimeMs }: Stats, { sizeBytes, modifiedMs }: FileStamp): boolean {
  return size !== sizeBytes || mtimeMs !== modifiedMs;
}

function readInto(fd: number, buffer: Uint8Array, start: number): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    read(fd, buffer, 0, buffer.length, start, (error, bytesRead) => {
      if (error) reject(error);
      else if (bytesRead === 0) reject(new Error("a file became shorter while it was sent"));
      else resolve(buffer.subarray(0, bytesRead));
    });
  });
}

/** Nothing depends on how closing ends. */
export function closeFile(fd: number): void {
  close(fd, () => undefined);
}
