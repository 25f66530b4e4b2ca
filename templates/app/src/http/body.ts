/**
 * Reading a request's body within bounds.
 *
 * Two bounds hold: one body's size (413), and the bytes that all bodies together hold in memory (503). A declared length
 * is checked and reserved before the first byte is read, and the runtime's own single-shot reader then does the work;
 * a chunked body is counted while it arrives.
 */
import { add, counter } from "../zones/counters.ts";
import type { WorkerZones } from "../zones/zones.ts";
import { HttpError } from "./http-error.ts";

export interface BodyLimits {
  readonly bodyBytesMax: number;
  readonly zones: WorkerZones;
}

/** Reserved memory of one request's body, given back by the pipeline when the request is done. */
export interface Reservation {
  kib: number;
  /** The request is answered: nothing would give back what is reserved from now on. */
  closed: boolean;
}

/** @param bytesMax the route's own limit */
export async function readBody(
  request: Request,
  shared: BodyLimits,
  reserved: Reservation,
  bytesMax: number | undefined,
): Promise<Uint8Array> {
  const limits = bytesMax === undefined ? shared : { ...shared, bodyBytesMax: bytesMax };
  if (request.bodyUsed) throw new TypeError("the body of this request has been read already");
  try {
    return await readBounded(request, limits, reserved);
  } catch (error) {
    if (error instanceof HttpError) throw error;
    // Whoever goes away in the middle of an upload is no defect of the handler, and no line in its log.
    add(shared.zones.counters, counter.bodiesIncomplete, 1);
    throw new HttpError(400, "BODY_INCOMPLETE", "The body ended before it was complete.");
  }
}

async function readBounded(request: Request, limits: BodyLimits, reserved: Reservation): Promise<Uint8Array> {
  const declared = declaredBytes(request);
  if (declared === undefined) return readChunked(request, limits, reserved);
  if (declared > limits.bodyBytesMax) throw tooLarge(limits);
  reserve(limits, reserved, declared);
  const bytes = new Uint8Array(await request.arrayBuffer());
  add(limits.zones.counters, counter.bodyBytesRead, bytes.byteLength);
  return bytes;
}

/** The Content-Length, or undefined for a chunked body. The runtime has refused malformed and conflicting ones. */
function declaredBytes(request: Request): number | undefined {
  const text = request.headers.get("content-length");
  if (text !== null) return Number(text);
  return request.body === null ? 0 : undefined;
}

async function readChunked(request: Request, limits: BodyLimits, reserved: Reservation): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let total = 0;
  // Leaving the loop by a throw cancels the stream, so the rest of the body is not received into memory.
  for await (const chunk of request.body as unknown as AsyncIterable<Uint8Array>) {
    total += chunk.byteLength;
    if (total > limits.bodyBytesMax) throw tooLarge(limits);
    reserve(limits, reserved, total);
    chunks.push(chunk);
  }
  add(limits.zones.counters, counter.bodyBytesRead, total);
  return joinChunks(chunks, total);
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

/** Raises this request's reservation to `bytes`. */
function reserve(limits: BodyLimits, reserved: Reservation, bytes: number): void {
  if (reserved.closed) throw new TypeError("the request was answered before its body was read");
  const more = Math.ceil(bytes / 1024) - reserved.kib;
  if (more <= 0) return;
  if (!limits.zones.bodiesKiB.acquire(more)) {
    add(limits.zones.counters, counter.refusedBodies, 1);
    throw new HttpError(503, "BODIES_FULL", "The server holds as many request bodies as its memory allows.", {
      "retry-after": "1",
    });
  }
  reserved.kib += more;
}

function tooLarge({ bodyBytesMax, zones }: BodyLimits): HttpError {
  add(zones.counters, counter.bodiesTooLarge, 1);
  return new HttpError(413, "BODY_TOO_LARGE", `The body is larger than ${bodyBytesMax} bytes.`);
}
