/**
 * How a worker puts bodies together, chosen once: gathered in one buffer that grows, or as a list that is joined.
 *
 * Both tell what they hold before they take it, so that the limit on all bodies holds in bytes of memory and not only in
 * bytes that have arrived.
 */
import type { WorkerMemory } from "../memory/worker-memory.ts";
import { BodyBuffer, type BodyTally } from "./body-buffer.ts";

export interface BodyAssembly {
  /** A body of a declared length, which is reserved already. */
  declared(request: Request, bytes: number): Promise<Uint8Array>;
  /**
   * @param admit told each chunk's size before it is kept; throws above the body's limit
   * @param hold told how much memory the body takes, before it does; throws when that is too much
   */
  chunked(
    request: Request,
    bytesMax: number,
    admit: (bytes: number) => void,
    hold: (bytes: number) => void,
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
    chunked: (request, bytesMax, admit, hold) => gathered(request, new BodyBuffer(bytesMax, hold, tally), admit),
  };
}

/** The runtime's single-shot reader, which has no JavaScript run for each chunk. */
async function whole(request: Request): Promise<Uint8Array> {
  return new Uint8Array(await request.arrayBuffer());
}

/** Into memory of the declared size, chunk by chunk: none is kept, however small a client makes them. */
async function filled(request: Request, bytes: number): Promise<Uint8Array> {
  // A method that takes no body, whatever it declares.
  if (request.body === null) return new Uint8Array(0);
  const body = new Uint8Array(bytes);
  let at = 0;
  for await (const chunk of chunksOf(request)) {
    body.set(chunk, at);
    at += chunk.byteLength;
  }
  if (at !== bytes) throw new Error("the body ended before its declared length");
  return body;
}

async function gathered(request: Request, body: BodyBuffer, admit: (bytes: number) => void): Promise<Uint8Array> {
  try {
    // Leaving the loop by a throw cancels the stream, so the rest of the body is not received into memory.
    for await (const chunk of chunksOf(request)) {
      admit(chunk.byteLength);
      body.append(chunk);
    }
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
): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let total = 0;
  for await (const chunk of chunksOf(request)) {
    admit(chunk.byteLength);
    total += chunk.byteLength;
    hold(Math.max(total, (chunks.length + 1) * LISTED_BYTES_MIN));
    chunks.push(trimmed(chunk));
  }
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

/** The body's stream as both runtimes have it; their types do not say that it can be iterated. */
function chunksOf(request: Request): AsyncIterable<Uint8Array> {
  return request.body as unknown as AsyncIterable<Uint8Array>;
}
