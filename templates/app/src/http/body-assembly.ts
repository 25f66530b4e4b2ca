/**
 * How a worker puts bodies together, chosen once: gathered in one buffer that grows, or as a list that is joined.
 *
 * Both tell what they hold before they take it, so that the limit on all bodies holds in bytes of memory and not only in
 * bytes that have arrived.
 */
import type { WorkerMemory } from "../memory/worker-memory.ts";
import { BodyBuffer, type BodyTally } from "./body-buffer.ts";

/** A read under way. */
export interface Reading {
  /** Ends it, with a failure for who waits: the request is answered. undefined: nothing is under way that can be ended. */
  stop: (() => void) | undefined;
  /** What has come is held until the runtime's own reader is done, whatever becomes of the request. */
  isHeld: boolean;
}

export interface BodyAssembly {
  /** A body of a declared length, which is reserved already. */
  declared(request: Request, bytes: number, reading: Reading): Promise<Uint8Array>;
  /**
   * @param admit told each chunk's size before it is kept; throws above the body's limit
   * @param hold told how much memory the body takes, before it does; throws when that is too much
   */
  chunked(
    request: Request,
    bytesMax: number,
    admit: (bytes: number) => void,
    hold: (bytes: number) => void,
    reading: Reading,
  ): Promise<Uint8Array>;
}

/** @param hasWholeBodies whether the runtime's own reader puts a declared body together outside JavaScript */
export function bodyAssembly({ settings, books }: WorkerMemory, hasWholeBodies: boolean): BodyAssembly {
  if (!settings.body_assembly) return { declared: whole, chunked: listed };
  const tally: BodyTally = { heldBytes: 0, usedBytes: 0, highBytes: 0, pages: 0, chained: 0 };
  books.open("body", () => ({
    heldBytes: tally.heldBytes,
    usedBytes: tally.usedBytes,
    highBytes: tally.highBytes,
    taken: tally.pages,
    missed: tally.chained,
  }));
  return {
    declared: hasWholeBodies ? whole : filled,
    chunked: (request, bytesMax, admit, hold, reading) =>
      gathered(request, new BodyBuffer(bytesMax, hold, tally), admit, reading),
  };
}

/**
 * The runtime's single-shot reader, which has no JavaScript run for each chunk. Nothing but the client, or the runtime at
 * the answer, ends it.
 */
async function whole(request: Request, _bytes: number, reading: Reading): Promise<Uint8Array> {
  reading.isHeld = true;
  try {
    return new Uint8Array(await request.arrayBuffer());
  } finally {
    reading.isHeld = false;
  }
}

/** Into memory of the declared size, chunk by chunk: none is kept, however small a client makes them. */
async function filled(request: Request, bytes: number, reading: Reading): Promise<Uint8Array> {
  // A method that takes no body, whatever it declares.
  if (request.body === null) return new Uint8Array(0);
  const body = new Uint8Array(bytes);
  let at = 0;
  await eachChunk(request, reading, (chunk) => {
    body.set(chunk, at);
    at += chunk.byteLength;
  });
  if (at !== bytes) throw new Error("the body ended before its declared length");
  return body;
}

async function gathered(
  request: Request,
  body: BodyBuffer,
  admit: (bytes: number) => void,
  reading: Reading,
): Promise<Uint8Array> {
  try {
    await eachChunk(request, reading, (chunk) => {
      admit(chunk.byteLength);
      body.append(chunk);
    });
    return body.joined();
  } finally {
    body.close();
  }
}

/**
 * What a chunk in a list is taken to hold at least: a typed array, its buffer and what the engine knows of both are less
 * than a KiB on V8 and JavaScriptCore, the unit that bodies are reserved in.
 */
const LISTED_BYTES_MIN = 1024;

async function listed(
  request: Request,
  _bytesMax: number,
  admit: (bytes: number) => void,
  hold: (bytes: number) => void,
  reading: Reading,
): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let total = 0;
  await eachChunk(request, reading, (chunk) => {
    admit(chunk.byteLength);
    total += chunk.byteLength;
    hold(Math.max(total, (chunks.length + 1) * LISTED_BYTES_MIN));
    chunks.push(trimmed(chunk));
  });
  return joinChunks(chunks, total);
}

/** A chunk that keeps no more than twice its size alive: Deno.serve's are views of 64 KiB each, however small they are. */
function trimmed(chunk: Uint8Array): Uint8Array {
  return chunk.buffer.byteLength > chunk.byteLength * 2 ? chunk.slice() : chunk;
}

function joinChunks(chunks: readonly Uint8Array[], total: number): Uint8Array {
  const only = chunks[0];
  if (chunks.length === 1 && only) return only;
  const joined = new Uint8Array(total);
  let at = 0;
  for (const chunk of chunks) {
    joined.set(chunk, at);
    at += chunk.byteLength;
  }
  return joined;
}

/** What both runtimes' types of a body's reader have in common. */
interface ChunkReader {
  read(): Promise<{ readonly done: boolean; readonly value?: Uint8Array }>;
  cancel(): Promise<void>;
}

/**
 * Hands each chunk to `take`. Whatever ends it early cancels the stream, so that the rest is not received into memory;
 * `reading.stop` does so between two chunks, too, or a client that sends slowly would decide how long what came is held.
 */
async function eachChunk(request: Request, reading: Reading, take: (chunk: Uint8Array) => void): Promise<void> {
  const reader = request.body?.getReader() as unknown as ChunkReader;
  let isStopped = false;
  reading.stop = () => {
    isStopped = true;
    reader.cancel().catch(() => undefined);
  };
  try {
    for (;;) {
      const { value } = await reader.read();
      // A cancelled read ends as the last one does: what is there would pass for the whole body.
      if (isStopped) throw new Error("the request was answered before its body was read");
      if (value === undefined) return;
      take(value);
    }
  } catch (error) {
    if (!isStopped) reader.cancel().catch(() => undefined);
    throw error;
  } finally {
    reading.stop = undefined;
  }
}
