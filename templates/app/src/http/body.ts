/**
 * Reading a request's body within bounds.
 *
 * Two bounds hold: one body's size (413), and the bytes that all bodies together hold in memory (503). A declared length
 * is checked and reserved before the first byte is read; a chunked body is counted, and what it holds reserved, while it
 * arrives. How the bytes come together is body-assembly.ts's.
 */
import { add, counter } from "../zones/counters.ts";
import type { WorkerZones } from "../zones/zones.ts";
import type { BodyAssembly, Reading } from "./body-assembly.ts";
import { HttpError } from "./http-error.ts";

export interface BodyLimits {
  readonly bodyBytesMax: number;
  readonly zones: WorkerZones;
  readonly assembly: BodyAssembly;
}

/** Reserved memory of one request's body, given back when the request is answered and no read of it goes on. */
export interface Reservation extends Reading {
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
  if (request.bodyUsed) throw new TypeError("the body of this request has been read already");
  try {
    return await readBounded(request, shared, reserved, bytesMax ?? shared.bodyBytesMax);
  } catch (error) {
    if (error instanceof HttpError) throw error;
    // Whoever goes away in the middle of an upload is no defect of the handler, and no line in its log.
    add(shared.zones.counters, counter.bodiesIncomplete, 1);
    throw new HttpError(400, "BODY_INCOMPLETE", "The body ended before it was complete.");
  }
}

async function readBounded(
  request: Request,
  limits: BodyLimits,
  reserved: Reservation,
  bytesMax: number,
): Promise<Uint8Array> {
  const declared = declaredBytes(request);
  if (declared === undefined) return readChunked(request, limits, reserved, bytesMax);
  if (declared > bytesMax) throw tooLarge(limits, bytesMax);
  reserve(limits, reserved, declared);
  const bytes = await limits.assembly.declared(request, declared, reserved);
  add(limits.zones.counters, counter.bodyBytesRead, bytes.byteLength);
  return bytes;
}

/** The Content-Length, or undefined for a chunked body. The runtime has refused malformed and conflicting ones. */
function declaredBytes(request: Request): number | undefined {
  const text = request.headers.get("content-length");
  if (text !== null) return Number(text);
  return request.body === null ? 0 : undefined;
}

async function readChunked(
  request: Request,
  limits: BodyLimits,
  reserved: Reservation,
  bytesMax: number,
): Promise<Uint8Array> {
  let total = 0;
  const admit = (more: number) => {
    total += more;
    if (total > bytesMax) throw tooLarge(limits, bytesMax);
  };
  const hold = (held: number) => reserve(limits, reserved, held);
  const bytes = await limits.assembly.chunked(request, bytesMax, admit, hold, reserved);
  settle(limits, reserved, bytes.byteLength);
  add(limits.zones.counters, counter.bodyBytesRead, total);
  return bytes;
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

/** Gives back what was reserved beyond the body as it is now. The answer may have given back all of it meanwhile. */
function settle(limits: BodyLimits, reserved: Reservation, bytes: number): void {
  const spare = reserved.kib - Math.ceil(bytes / 1024);
  if (spare <= 0) return;
  limits.zones.bodiesKiB.release(spare);
  reserved.kib -= spare;
}

function tooLarge({ zones }: BodyLimits, bytesMax: number): HttpError {
  add(zones.counters, counter.bodiesTooLarge, 1);
  return new HttpError(413, "BODY_TOO_LARGE", `The body is larger than ${bytesMax} bytes.`);
}
