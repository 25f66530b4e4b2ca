/**
 * Writes a standard response to node:http, with backpressure, and with a length when the body is complete at once.
 *
 * Nothing here may reject: a rejection that nobody awaits ends the worker. Whatever a handler put into the response, and
 * whatever its stream does later, ends at worst this one connection.
 */
import type { ServerResponse } from "node:http";
import type { Writable } from "node:stream";

type Chunk = { readonly done: true } | { readonly done: false; readonly value: Uint8Array };
/** The part of a stream's reader that both runtimes' types agree on. */
interface Reader {
  read(): Promise<Chunk>;
  cancel(): Promise<void>;
}

/** @param onError makes the answer when the response itself cannot be sent: a bad header, a body that was read already */
export async function sendResponse(
  response: Response,
  outgoing: ServerResponse,
  onError: (error: unknown) => Response,
): Promise<void> {
  outgoing.on("error", () => outgoing.destroy());
  try {
    outgoing.statusCode = response.status;
    for (const [name, value] of response.headers) outgoing.appendHeader(name, value);
    if (response.body) await sendBody(readerOf(response, outgoing), outgoing);
    else outgoing.end();
  } catch (error) {
    // After the head an error can only be told by breaking the connection off.
    if (outgoing.headersSent) outgoing.destroy();
    else await sendFailure(onError(error), outgoing);
  }
}

/** Writes a body to a bare connection, for answers that have no ServerResponse; the connection's end ends the body. */
export async function writeBody(response: Response, connection: Writable): Promise<void> {
  if (!response.body) {
    connection.end();
    return;
  }
  const reader = readerOf(response, connection);
  try {
    await pipe(reader, connection, quiet(reader.read()));
  } catch {
    connection.destroy();
  }
}

/** A client that goes away cancels the stream: without that a quiet one would be kept for ever. */
function readerOf(response: Response, writable: Writable): Reader {
  const reader = response.body?.getReader() as unknown as Reader;
  writable.once("close", () => void quiet(reader.cancel()));
  return reader;
}

async function sendBody(reader: Reader, outgoing: ServerResponse): Promise<void> {
  const first = quiet(reader.read());
  const early = await Promise.race([first, nextTurn()]);
  if (early?.done) {
    outgoing.end();
    return;
  }
  if (early) {
    const next = quiet(reader.read());
    const settled = await Promise.race([next, nextTurn()]);
    // A body that is complete by now is sent with its length; one that is still being made goes out in chunks.
    if (settled?.done) {
      outgoing.setHeader("content-length", early.value.byteLength);
      outgoing.end(early.value);
      return;
    }
    if (outgoing.req.method !== "HEAD") outgoing.write(early.value);
    await pipe(reader, outgoing, next);
    return;
  }
  // Nothing to send yet: the head goes out alone, which is what opens an event stream.
  outgoing.flushHeaders();
  await pipe(reader, outgoing, first);
}

/** Writes what the reader gives until it is done or the other side is gone; `pending` is the read under way. */
async function pipe(reader: Reader, writable: Writable, pending: Promise<Chunk>): Promise<void> {
  if (isHead(writable)) {
    writable.end();
    await quiet(reader.cancel());
    return;
  }
  for (let chunk = await pending; !chunk.done && !writable.destroyed; chunk = await reader.read()) {
    if (!writable.write(chunk.value)) await drained(writable);
  }
  writable.end();
}

function isHead(writable: Writable): boolean {
  return (writable as Partial<ServerResponse>).req?.method === "HEAD";
}

/** Resolves when more may be written, or when nothing ever will. */
function drained(writable: Writable): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      writable.off("drain", done);
      writable.off("close", done);
      resolve();
    };
    if (writable.destroyed) resolve();
    else writable.on("drain", done).on("close", done);
  });
}

async function sendFailure(failure: Response, outgoing: ServerResponse): Promise<void> {
  for (const name of outgoing.getHeaderNames()) outgoing.removeHeader(name);
  outgoing.statusCode = failure.status;
  outgoing.setHeader("content-type", failure.headers.get("content-type") ?? "text/plain");
  outgoing.end(await failure.text());
}

/** Marks a promise as handled: its failure is met where it is awaited, if it still is. */
function quiet<T>(promise: Promise<T>): Promise<T> {
  promise.catch(() => undefined);
  return promise;
}

function nextTurn(): Promise<undefined> {
  return new Promise((resolve) => setImmediate(() => resolve(undefined)));
}
