/**
 * Requests as bytes, made once: what a connection writes is always a piece of memory that exists already.
 *
 * Small requests are whole, and so is a batch of them for a pipeline. A large body is never made: it is one piece of
 * `BODY_PIECE_BYTES`, written again and again.
 */
import { Buffer } from "node:buffer";
import type { HttpOrder, RequestOrder } from "./order.ts";
import type { Expected } from "./tally.ts";

export interface RequestImage {
  /** The whole request, or its head where the body is written in pieces. */
  readonly bytes: Buffer;
  /** Of the body that is not in `bytes`. */
  readonly restBytes: number;
  readonly bodyBytes: number;
  readonly expected: Expected;
}

/** As much as a socket takes at once by default (net.core.wmem_default is 208 KiB). */
export const BODY_PIECE_BYTES = 65_536;
export const bodyPiece: Buffer = Buffer.alloc(BODY_PIECE_BYTES, "x");

export function requestImage(request: RequestOrder, { host, port }: HttpOrder["target"]): RequestImage {
  const { method, path, expected } = request;
  const body = request.body === null ? undefined : Buffer.from(request.body);
  const inChunks = isChunked(request);
  const bodyBytes = inChunks ? request.bodyBytes : (body?.length ?? request.bodyBytes);
  const inPieces = body === undefined && bodyBytes > BODY_PIECE_BYTES;
  const lines = [
    `${method} ${path} HTTP/1.1`,
    // The least that HTTP/1.1 allows, so that the generator and the server's parser have little to do.
    `Host: ${host}:${port}`,
    ...Object.entries(request.headers).map(([name, value]) => `${name}: ${value}`),
    ...(!inChunks && (bodyBytes > 0 || !["GET", "HEAD"].includes(method)) ? [`Content-Length: ${bodyBytes}`] : []),
    "\r\n",
  ];
  const head = Buffer.from(lines.join("\r\n"), "latin1");
  const small = body ?? bodyPiece.subarray(0, bodyBytes);
  return {
    bytes: inPieces ? head : Buffer.concat([head, small]),
    restBytes: inPieces ? bodyBytes : 0,
    bodyBytes,
    expected,
  };
}

/** A body in chunks is given as it goes over the wire; `bodyBytes` says how many of these bytes are the body's own. */
export function isChunked({ headers }: RequestOrder): boolean {
  return Object.keys(headers).some((name) => name.toLowerCase() === "transfer-encoding");
}

/** Bytes of batches at most; above it the requests of a batch are written one by one. */
const BATCHES_BYTES_MAX = 4 * 1024 * 1024;

/** The requests of an order, and its batches of `depth`: one for each request that a batch can begin with. */
export class RequestImages {
  readonly all: readonly RequestImage[];
  readonly depth: number;
  readonly #batches: readonly Buffer[];

  constructor(all: readonly RequestImage[], depth: number) {
    if (all.length === 0) throw new RangeError("an order needs a request");
    this.all = all;
    this.depth = depth;
    const bytes = all.reduce((sum, image) => sum + image.bytes.length + image.restBytes, 0);
    const hasBatches = depth > 1 && bytes * depth <= BATCHES_BYTES_MAX && all.every((image) => image.restBytes === 0);
    this.#batches = hasBatches ? all.map((_, first) => this.#batch(first)) : [];
  }

  at(turn: number): RequestImage {
    return this.all[turn % this.all.length] as RequestImage;
  }

  /** A whole batch that begins with this turn; undefined: its requests are written one by one. */
  batchAt(turn: number): Buffer | undefined {
    return this.#batches[turn % this.all.length];
  }

  #batch(first: number): Buffer {
    return Buffer.concat(Array.from({ length: this.depth }, (_, index) => this.at(first + index).bytes));
  }
}
