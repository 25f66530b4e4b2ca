/**
 * Writes a standard response to node:http, with backpressure, and with a length when the body is complete at once.
 *
 * Nothing here may reject: a rejection that nobody awaits ends the worker. Whatever a handler put into the response, and
 * whatever its stream does later, ends at worst this one connection.
 */
import type { ServerResponse } from "node:http";
import type { Writable } from "node:stream";
import { expires } from "./deadline.ts";
import type { FileChunks } from "./file-chunks.ts";
import type { FileReader } from "./file-reader.ts";
import { takeReader } from "./file-stream.ts";
import { writeFile } from "./node-file.ts";
import type { IncomingBody } from "./node-request.ts";

type Chunk = { readonly done: true } | { readonly done: false; readonly value: Uint8Array };
/** The part of a stream's reader that both runtimes' types agree on. */
interface Reader {
  read(): Promise<Chunk>;
  cancel(): Promise<void>;
}

/**
 * How long a connection that cannot go on stays open after its answer, for the client to read it: closing at once would
 * reset the connection under a client that is still sending. Go's net/http waits as long (rstAvoidanceDelay).
 */
const LINGER_MS = 500;

/**
 * A body goes out in pieces of this size, each within the idle time: so a reader that stands still is noticed however
 * large the body is, and a slow one that goes on is not. Below it the kernel's buffer takes the body at once.
 */
const PIECE_BYTES = 256 * 1024;

/** What the sending of one answer needs to know. */
export interface Sending {
  readonly body: IncomingBody;
  /** Longest time in which a reader takes nothing; undefined or 0: no bound. */
  readonly idleMs: number | undefined;
  /** What files are read into. */
  readonly chunks: FileChunks;
}

/** @param onError makes the answer when the response itself cannot be sent: a bad header, a body that was read already */
export async function sendResponse(
  response: Response,
  outgoing: ServerResponse,
  sending: Sending,
  onError: (error: unknown) => Response,
): Promise<void> {
  outgoing.on("error", () => outgoing.destroy());
  try {
    outgoing.statusCode = response.status;
    for (const [name, value] of response.headers) {
      // The framing is this module's; a second one beside a length would let two readers disagree on where this ends.
      if (name !== "transfer-encoding") outgoing.appendHeader(name, value);
    }
    const file = response.body ? takeReader(response.body) : undefined;
    if (file) await sendFile(file, outgoing, sending);
    else if (response.body) await sendBody(readerOf(response, outgoing), outgoing, sending);
    else await end(outgoing, sending);
  } catch (error) {
    // After the head an error can only be told by breaking the connection off.
    if (outgoing.headersSent) outgoing.destroy();
    else await sendFailure(onError(error), outgoing, sending);
  }
}

/** Sends the rest of the answer; a body that nobody reads to its end takes the connection with it. */
async function end(outgoing: ServerResponse, sending: Sending, last?: Uint8Array): Promise<void> {
  const { body, idleMs } = sending;
  const goesOn = body.leave();
  if (!(goesOn || outgoing.headersSent)) outgoing.setHeader("connection", "close");
  if (last && last.byteLength > PIECE_BYTES) {
    await write(outgoing, last, idleMs);
    return end(outgoing, sending);
  }
  if (goesOn) {
    if (last) outgoing.end(last);
    else outgoing.end();
    return;
  }
  if (last) outgoing.write(last);
  else if (!outgoing.headersSent) outgoing.flushHeaders();
  await expires(body.discarded(), LINGER_MS);
  outgoing.end();
  outgoing.req.socket.destroySoon();
}

/** Writes a body to a bare connection, for answers that have no ServerResponse; the connection's end ends the body. */
export async function writeBody(response: Response, connection: Writable, idleMs: number | undefined): Promise<void> {
  if (!response.body) {
    connection.end();
    return;
  }
  const reader = readerOf(response, connection);
  try {
    await pipe([], reader, connection, idleMs);
    connection.end();
  } catch {
    connection.destroy();
  }
}

/** A client that goes away cancels the stream: without that a quiet one would be kept for ever. */
function readerOf(response: Response, writable: Writable): Reader {
  const reader = response.body?.getReader() as unknown as Reader;
  const cancel = () => void quiet(reader.cancel());
  // It may have left while the handler was still at work.
  if (writable.destroyed) cancel();
  else writable.once("close", cancel);
  return reader;
}

async function sendFile(file: FileReader, outgoing: ServerResponse, sending: Sending): Promise<void> {
  part(outgoing, sending.body);
  await writeFile(file, outgoing, sending.chunks, sending.idleMs);
  await end(outgoing, sending);
}

async function sendBody(reader: Reader, outgoing: ServerResponse, sending: Sending): Promise<void> {
  const { body, idleMs } = sending;
  const first = quiet(reader.read());
  const early = await Promise.race([first, nextTurn()]);
  if (early && !early.done) {
    const next = quiet(reader.read());
    const settled = await Promise.race([next, nextTurn()]);
    // A body that is complete by now is sent with its length; one that is still being made goes out in chunks.
    if (settled?.done) {
      outgoing.setHeader("content-length", early.value.byteLength);
      await end(outgoing, sending, isHead(outgoing) ? undefined : early.value);
      return;
    }
    part(outgoing, body);
    await pipe([Promise.resolve(early), next], reader, outgoing, idleMs);
  } else {
    part(outgoing, body);
    // Nothing to send yet: the head goes out alone, which is what opens an event stream.
    if (!early) outgoing.flushHeaders();
    await pipe([first], reader, outgoing, idleMs);
  }
  await end(outgoing, sending);
}

/** Before the head of a stream: only a handler that streams its own request back still reads that. */
function part(outgoing: ServerResponse, body: IncomingBody): void {
  if (!body.isRead && !body.leave()) outgoing.setHeader("connection", "close");
}

/** Writes what the reader gives until it is done or the other side is gone; the promises are reads under way. */
async function pipe(
  begun: Promise<Chunk>[],
  reader: Reader,
  writable: Writable,
  idleMs: number | undefined,
): Promise<void> {
  if (isHead(writable)) return await quiet(reader.cancel());
  const declared = declaredBytes(writable);
  let written = 0;
  for (;;) {
    const chunk = await (begun.shift() ?? reader.read());
    if (chunk.done || writable.destroyed) break;
    written += chunk.value.byteLength;
    if (written > declared) throw new RangeError("the body is longer than its Content-Length");
    await write(writable, chunk.value, idleMs);
  }
  // What came after the body's end would be read as a part of it.
  if (written < declared && Number.isFinite(declared))
    throw new RangeError("the body is shorter than its Content-Length");
}

/** The length that a handler has put before its stream; Infinity where there is none. */
function declaredBytes(writable: Writable): number {
  const value = (writable as Partial<ServerResponse>).getHeader?.("content-length");
  return value === undefined ? Number.POSITIVE_INFINITY : Number(value);
}

function isHead(writable: Writable): boolean {
  return (writable as Partial<ServerResponse>).req?.method === "HEAD";
}

/** Resolves when more may be written, or when nothing ever will. */
async function write(writable: Writable, bytes: Uint8Array, idleMs: number | undefined): Promise<void> {
  for (let at = 0; at < bytes.byteLength && !writable.destroyed; at += PIECE_BYTES) {
    const piece = bytes.byteLength <= PIECE_BYTES ? bytes : bytes.subarray(at, at + PIECE_BYTES);
    if (writable.write(piece)) continue;
    const taken = drained(writable);
    // A reader that takes nothing would hold its connection and this body for ever.
    if (!idleMs) await taken;
    else if (await expires(taken, idleMs)) writable.destroy();
  }
}

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

async function sendFailure(failure: Response, outgoing: ServerResponse, sending: Sending): Promise<void> {
  for (const name of outgoing.getHeaderNames()) if (name !== "connection") outgoing.removeHeader(name);
  outgoing.statusCode = failure.status;
  outgoing.setHeader("content-type", failure.headers.get("content-type") ?? "text/plain");
  const text = new TextEncoder().encode(await failure.text());
  outgoing.setHeader("content-length", text.byteLength);
  await end(outgoing, sending, isHead(outgoing) ? undefined : text);
}

/** Marks a promise as handled: its failure is met where it is awaited, if it still is. */
function quiet<T>(promise: Promise<T>): Promise<T> {
  promise.catch(() => undefined);
  return promise;
}

function nextTurn(): Promise<undefined> {
  return new Promise((resolve) => setImmediate(() => resolve(undefined)));
}
