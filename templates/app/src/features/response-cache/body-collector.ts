/**
 * Reads a response's body without keeping its client waiting and without holding more than an entry may have.
 *
 * Idea: a body that is there (text, bytes) is read whole at once, and is sent on with its length. One that is still being
 * made when the event loop has turned is passed on as it comes, and collected on the way; what grows past the limit is
 * passed on and no longer collected. The client's leaving ends the source, as it does without a cache.
 */
export interface Collected {
  /** The whole body, when it was there at once. */
  readonly whole: Uint8Array<ArrayBuffer> | undefined;
  /** The body to send in place of the one that was read; undefined: `whole` is it. */
  readonly stream: ReadableStream<Uint8Array> | undefined;
  /** The whole body once it was passed on; undefined: too large, failed, or its client left. */
  readonly later: Promise<Uint8Array<ArrayBuffer> | undefined>;
}

export async function collectBody(body: ReadableStream<Uint8Array>, bytesMax: number): Promise<Collected> {
  const reader: Reader = body.getReader();
  const chunks: Uint8Array[] = [];
  const turned = new Promise<"turned">((resolve) => setTimeout(resolve, 0, "turned"));
  let bytes = 0;
  for (;;) {
    const pending = reader.read();
    const result = await Promise.race([pending, turned]);
    if (result === "turned") return passOn(reader, pending, chunks, bytesMax);
    if (result.value === undefined) {
      return { whole: joined(chunks, bytes), stream: undefined, later: Promise.resolve(undefined) };
    }
    chunks.push(result.value);
    bytes += result.value.byteLength;
    if (bytes > bytesMax) return passOn(reader, reader.read(), chunks, bytesMax);
  }
}

/** What both runtimes' readers have in common. */
interface Reader {
  read(): Promise<{ done: boolean; value?: Uint8Array | undefined }>;
  cancel(reason: unknown): Promise<void>;
}
type Read = ReturnType<Reader["read"]>;

function passOn(reader: Reader, pending: Read, begun: readonly Uint8Array[], bytesMax: number): Collected {
  const { promise: later, resolve } = Promise.withResolvers<Uint8Array<ArrayBuffer> | undefined>();
  let kept: Uint8Array[] | undefined = [];
  let bytes = 0;
  const keep = (chunk: Uint8Array) => {
    bytes += chunk.byteLength;
    if (bytes > bytesMax) kept = undefined;
    // A copy: whoever gets the chunk may do with it what it wants.
    kept?.push(chunk.slice());
    if (kept === undefined) resolve(undefined);
  };
  let next: Read | undefined = pending;
  const stream = new ReadableStream<Uint8Array>({
    start(controller) {
      for (const chunk of begun) {
        keep(chunk);
        controller.enqueue(chunk);
      }
    },
    async pull(controller) {
      try {
        const { value } = await (next ?? reader.read());
        next = undefined;
        if (value === undefined) {
          resolve(kept && joined(kept, bytes));
          controller.close();
        } else {
          keep(value);
          controller.enqueue(value);
        }
      } catch (error) {
        resolve(undefined);
        controller.error(error);
      }
    },
    async cancel(reason) {
      kept = undefined;
      resolve(undefined);
      await reader.cancel(reason);
    },
  });
  return { whole: undefined, stream, later };
}

function joined(chunks: readonly Uint8Array[], bytes: number): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(bytes);
  let at = 0;
  for (const chunk of chunks) {
    whole.set(chunk, at);
    at += chunk.byteLength;
  }
  return whole;
}
