/** Reading a body in chunks, whether it is a stream or bytes that are there already. */

export type Chunk = { readonly done: true } | { readonly done: false; readonly value: Uint8Array };

/** The part of a stream's reader that both runtimes' types agree on. */
export interface BodyReader {
  read(): Promise<Chunk>;
  cancel(): Promise<void>;
}

/** Bun also takes streams of strings and buffers, and so does this. */
export function streamReader(stream: ReadableStream<unknown>): BodyReader {
  const reader = stream.getReader();
  return {
    async read() {
      const { done, value } = await reader.read();
      return done ? { done: true } : { done: false, value: bytesOf(value) };
    },
    cancel: () => reader.cancel(),
  };
}

const encoder = new TextEncoder();

function bytesOf(value: unknown): Uint8Array {
  if (value instanceof Uint8Array) return value;
  if (typeof value === "string") return encoder.encode(value);
  if (value instanceof ArrayBuffer) return new Uint8Array(value);
  if (ArrayBuffer.isView(value)) return new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
  throw new TypeError("a response's stream has a chunk that is neither bytes nor text");
}

/** Bytes in slices: one write of all of them would have the compressor put out everything at once. */
export function slicesReader(bytes: Uint8Array, sliceBytes: number): BodyReader {
  let at = 0;
  return {
    async read() {
      if (at >= bytes.length) return { done: true };
      const value = bytes.subarray(at, at + sliceBytes);
      at += sliceBytes;
      return { done: false, value };
    },
    async cancel() {
      at = bytes.length;
    },
  };
}

/** The chunk if it is there within this turn of the event loop; undefined: the source pauses. */
export function readyChunk(pending: Promise<Chunk>): Promise<Chunk | undefined> {
  return Promise.race([pending, nextTurn()]);
}

function nextTurn(): Promise<undefined> {
  return new Promise((resolve) => setImmediate(() => resolve(undefined)));
}

/** Marks a promise as handled: its failure is met where it is awaited, if it still is. */
export function quiet<T>(promise: Promise<T>): Promise<T> {
  promise.catch(() => undefined);
  return promise;
}

/** What was read already, and the rest. */
export function continued(
  reader: BodyReader,
  first: readonly Uint8Array[],
  pending: Promise<Chunk>,
): ReadableStream<Uint8Array<ArrayBuffer>> {
  const early = [...first];
  let next = pending;
  return new ReadableStream<Uint8Array<ArrayBuffer>>({
    async pull(controller) {
      const value = early.shift();
      const chunk: Chunk = value ? { done: false, value } : await next;
      if (chunk.done) {
        controller.close();
        return;
      }
      if (!value) next = quiet(reader.read());
      controller.enqueue(chunk.value as Uint8Array<ArrayBuffer>);
    },
    cancel: () => reader.cancel(),
  });
}

export function joined(chunks: readonly Uint8Array[], bytes: number): Uint8Array<ArrayBuffer> {
  const [only] = chunks;
  if (chunks.length === 1 && only) return only as Uint8Array<ArrayBuffer>;
  const whole = new Uint8Array(bytes);
  let at = 0;
  for (const chunk of chunks) {
    whole.set(chunk, at);
    at += chunk.length;
  }
  return whole;
}
