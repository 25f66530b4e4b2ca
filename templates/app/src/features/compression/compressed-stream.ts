/**
 * A body that is compressed while it is sent.
 *
 * It takes from its source only when the client has taken what is there, and flushes when the source pauses, so that a
 * page that is made piece by piece also arrives piece by piece. Whoever cancels it ends source and compressor at once.
 */

import { type BodyReader, type Chunk, quiet, readyChunk } from "./body-reader.ts";
import type { Engine } from "./codings.ts";

/**
 * @param first what has been read of the source already, and `pending` the read that is under way
 * @param onEnd called once, however it ends, with the bytes that came in and went out
 */
export function compressedStream(
  source: BodyReader,
  first: readonly Uint8Array[],
  pending: Promise<Chunk>,
  engine: Engine,
  onEnd: (bytesIn: number, bytesOut: number) => void,
): ReadableStream<Uint8Array<ArrayBuffer>> {
  const body = new CompressedBody(source, first, pending, engine, onEnd);
  return new ReadableStream<Uint8Array<ArrayBuffer>>({
    start: (controller) => body.start(controller),
    pull: () => body.pull(),
    cancel: () => body.cancel(),
  });
}

class CompressedBody {
  readonly #source: BodyReader;
  readonly #first: Uint8Array[];
  readonly #engine: Engine;
  readonly #onEnd: (bytesIn: number, bytesOut: number) => void;
  #pending: Promise<Chunk>;
  #controller: ReadableStreamDefaultController<Uint8Array<ArrayBuffer>> | undefined;
  #bytesIn = 0;
  #bytesOut = 0;
  /** Whether something came out since the last pull. */
  #produced = false;
  /** Whether the engine holds something back. */
  #held = false;
  #ended = false;

  constructor(
    source: BodyReader,
    first: readonly Uint8Array[],
    pending: Promise<Chunk>,
    engine: Engine,
    onEnd: (bytesIn: number, bytesOut: number) => void,
  ) {
    this.#source = source;
    this.#first = [...first];
    this.#pending = quiet(pending);
    this.#engine = engine;
    this.#onEnd = onEnd;
  }

  start(controller: ReadableStreamDefaultController<Uint8Array<ArrayBuffer>>): void {
    this.#controller = controller;
    this.#engine.on("data", (chunk) => {
      if (this.#ended) return;
      this.#produced = true;
      this.#bytesOut += chunk.length;
      controller.enqueue(chunk as Uint8Array<ArrayBuffer>);
    });
    this.#engine.on("error", (error) => this.#fail(error));
    this.#engine.on("end", () => {
      if (!this.#end()) return;
      controller.close();
    });
  }

  async pull(): Promise<void> {
    this.#produced = false;
    try {
      while (!this.#produced && !this.#ended) {
        const chunk = await this.#next();
        if (chunk.done) {
          await this.#finish();
          return;
        }
        await this.#write(chunk.value);
      }
    } catch (error) {
      this.#fail(error);
    }
  }

  cancel(): void {
    if (!this.#end()) return;
    this.#engine.destroy();
    quiet(this.#source.cancel());
  }

  /** What the source has, or what it will have, after a flush. */
  async #next(): Promise<Chunk> {
    const early = this.#first.shift();
    if (early) return { done: false, value: early };
    let chunk = await readyChunk(this.#pending);
    if (!chunk) {
      if (this.#held) await this.#flush();
      chunk = await this.#pending;
    }
    if (!chunk.done) this.#pending = quiet(this.#source.read());
    return chunk;
  }

  #write(chunk: Uint8Array): Promise<void> {
    this.#bytesIn += chunk.length;
    this.#held = true;
    return new Promise((resolve, reject) => {
      this.#engine.write(chunk, (error) => (error && !this.#ended ? reject(error) : resolve()));
    });
  }

  #flush(): Promise<void> {
    this.#held = false;
    return new Promise((resolve) => this.#engine.flushNow(resolve));
  }

  /** Resolves with the engine's last byte. */
  #finish(): Promise<void> {
    return new Promise((resolve) => {
      this.#engine.on("end", resolve);
      this.#engine.on("error", () => resolve());
      this.#engine.end();
    });
  }

  #fail(error: unknown): void {
    if (!this.#end()) return;
    this.#engine.destroy();
    quiet(this.#source.cancel());
    this.#controller?.error(error);
  }

  /** false: it had ended before. */
  #end(): boolean {
    if (this.#ended) return false;
    this.#ended = true;
    this.#onEnd(this.#bytesIn, this.#bytesOut);
    return true;
  }
}
