/**
 * One connection: writes a batch of requests when it is told to, matches answers in their order, and says when it is free.
 *
 * It opens itself anew whenever it was lost, refused or used up, until it is stopped. What drives it decides when it sends:
 * at once (a closed loop) or when a request is due (an open loop).
 *
 * A server may say that it closes after the answer to a request in the middle of a batch. What was sent behind that request
 * is not served and is no failure: it is asked again on a new connection (RFC 9112, section 9.6), and its latency goes on.
 */
import { Buffer } from "node:buffer";
import { connect, type Socket } from "node:net";
import { connectFailure } from "./connect-failure.ts";
import { recordUs } from "./latency-histogram.ts";
import { BODY_PIECE_BYTES, bodyPiece, type RequestImages } from "./request-image.ts";
import { ResponseError } from "./response-head.ts";
import { ResponseParser } from "./response-parser.ts";
import type { FailureKind, Tally } from "./tally.ts";

export interface HttpConnectionOptions {
  readonly host: string;
  readonly port: number;
  readonly images: RequestImages;
  readonly tally: Tally;
  /** Answers after which the client closes and opens anew; 0: never. */
  readonly requestsPerConnection: number;
  /** It is open and has all its answers: it may send. `sinceMs`: since when a request could have been made. */
  readonly onFree: (connection: HttpConnection, sinceMs: number, nowMs: number) => void;
  /** Once: the first attempt to open it is over, well or not. */
  readonly onFirst: () => void;
}

/** Pause before a lost or refused connection is opened again, so that a dead server is not hammered. */
const REOPEN_MS = 50;
/**
 * Memory that is read into again and again: a stream's "data" would cost an object and two events for each answer. One
 * read yields this at most; a larger answer takes several.
 */
const INPUT_BYTES = 32_768;

export class HttpConnection {
  /** Kept for the one that drives it. */
  freeSinceMs = 0;
  readonly #options: HttpConnectionOptions;
  readonly #parser: () => ResponseParser;
  #input: Buffer | undefined;
  #spare: Buffer | undefined;
  #socket: Socket | undefined;
  #reopening: ReturnType<typeof setTimeout> | undefined;
  #openedMs = 0;
  /** Latency counts from here; in an open loop it is the scheduled moment. */
  #sinceMs = 0;
  #writtenMs = 0;
  #nowMs = 0;
  #waiting = 0;
  /** To be asked again when the connection is open. */
  #again = 0;
  #unwrittenBytes = 0;
  /** Of the request whose answer comes next. */
  #turn: number;
  #left = 0;
  #isOpen = false;
  #isFirst = true;
  #stopped = false;

  /** `turn`: the request that it begins with, so that connections do not all ask the same at once. */
  constructor(options: HttpConnectionOptions, turn: number) {
    this.#options = options;
    this.#turn = turn % options.images.all.length;
    const onResponse = (status: number, bodyBytes: number) => this.#answered(status, bodyBytes);
    this.#parser = () => new ResponseParser(onResponse);
  }

  open(): void {
    const { host, port, requestsPerConnection } = this.#options;
    this.#openedMs = performance.now();
    this.#left = requestsPerConnection === 0 ? Number.POSITIVE_INFINITY : requestsPerConnection;
    const parser = this.#parser();
    // Not the memory of the last socket, into which a read may still be under way.
    const buffer = this.#spare ?? Buffer.allocUnsafeSlow(INPUT_BYTES);
    this.#spare = this.#input;
    this.#input = buffer;
    const callback = (bytes: number): boolean => {
      if (socket === this.#socket) this.#read(parser, buffer, bytes);
      return true;
    };
    const socket: Socket = connect({ host, port, noDelay: true, onread: { buffer, callback } });
    let connected = false;
    let lastError: Error | undefined;
    this.#socket = socket;
    socket.on("connect", () => {
      connected = true;
      if (socket !== this.#socket) return;
      this.#isOpen = true;
      this.#first();
      if (this.#stopped) return;
      if (this.#again > 0) this.#sendAgain(socket);
      else this.#options.onFree(this, this.#openedMs, performance.now());
    });
    socket.on("drain", () => {
      if (socket === this.#socket) this.#writeRest(socket);
    });
    // What an error means is decided when the connection closes, which always follows.
    socket.on("error", (error) => {
      lastError = error;
    });
    socket.on("close", () => {
      if (socket !== this.#socket) return;
      if (!connected) {
        this.#first();
        this.#lost(connectFailure(lastError));
      } else this.#closed(parser);
    });
  }

  /** Whether it could send now: it is neither being opened nor waiting for answers. */
  get isUsable(): boolean {
    return this.#isOpen && this.#waiting === 0;
  }

  /** Sends the next requests. Latency counts from `sinceMs`. */
  send(sinceMs: number, nowMs: number): void {
    const socket = this.#socket;
    if (!socket) return;
    const { images, tally } = this.#options;
    const count = Math.min(images.depth, this.#left);
    tally.hasWorked = true;
    this.#sinceMs = sinceMs;
    this.#writtenMs = nowMs;
    this.#waiting = count;
    this.#left -= count;
    const batch = count === images.depth ? images.batchAt(this.#turn) : undefined;
    if (batch) socket.write(batch);
    else if (count === 1) this.#write(socket, this.#turn);
    else this.#writeEach(socket, count);
  }

  /** Gives up requests that were written before `beforeMs` (of `performance.now()`). */
  expire(beforeMs: number): void {
    if (this.#waiting === 0 || this.#writtenMs >= beforeMs) return;
    // Left out, those that waited the longest would be missing among the latencies.
    const nowMs = performance.now();
    this.pending((sinceMs) => recordUs(this.#options.tally.latency, (nowMs - sinceMs) * 1000));
    this.#lost("timeout");
  }

  /** Calls back with the moments that unanswered requests count from. */
  pending(each: (sinceMs: number) => void): void {
    for (let count = 0; count < this.#waiting + this.#again; count += 1) each(this.#sinceMs);
  }

  /** Ends at once; nothing is counted any more. Resolves when the socket is closed. */
  stop(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#reopening);
    const socket = this.#socket;
    this.#socket = undefined;
    if (!socket || socket.closed) return Promise.resolve();
    return new Promise((resolve) => {
      socket.once("close", () => resolve());
      socket.destroy();
    });
  }

  #first(): void {
    if (!this.#isFirst) return;
    this.#isFirst = false;
    this.#options.onFirst();
  }

  #write(socket: Socket, turn: number): void {
    const { bytes, restBytes } = this.#options.images.at(turn);
    if (restBytes === 0) {
      socket.write(bytes);
      return;
    }
    this.#unwrittenBytes = restBytes;
    if (socket.write(bytes)) this.#writeRest(socket);
  }

  /** Until the socket has enough; "drain" calls for more. */
  #writeRest(socket: Socket): void {
    while (this.#unwrittenBytes > 0) {
      const bytes = Math.min(this.#unwrittenBytes, BODY_PIECE_BYTES);
      this.#unwrittenBytes -= bytes;
      if (!socket.write(bytes === BODY_PIECE_BYTES ? bodyPiece : bodyPiece.subarray(0, bytes))) return;
    }
  }

  /** A short batch, or one too large to be kept: rare or dominated by its bytes. */
  #writeEach(socket: Socket, count: number): void {
    const { images } = this.#options;
    socket.cork();
    for (let index = 0; index < count; index += 1) {
      const { bytes, restBytes } = images.at(this.#turn + index);
      socket.write(bytes);
      for (let left = restBytes; left > 0; left -= BODY_PIECE_BYTES) {
        socket.write(left >= BODY_PIECE_BYTES ? bodyPiece : bodyPiece.subarray(0, left));
      }
    }
    socket.uncork();
  }

  #read(parser: ResponseParser, bytes: Buffer, length: number): void {
    this.#nowMs = performance.now();
    this.#options.tally.hasWorked = true;
    try {
      parser.push(bytes, length);
    } catch {
      // Whatever the reader could not make sense of: the bytes are the server's, so the count is what is needed.
      this.#lost("malformed");
      return;
    }
    if (this.#waiting > 0) {
      if (isClosing(parser)) this.#askAgain();
      // Answers that cannot come for another reason are lost when the connection closes.
      return;
    }
    // The beginning of an answer that nobody asked for.
    if (!parser.isBetween) {
      this.#lost("malformed");
      return;
    }
    if (this.#unwrittenBytes > 0 || this.#left <= 0 || !parser.keepAlive) this.#reopen(0);
    else this.#options.onFree(this, this.#nowMs, this.#nowMs);
  }

  #answered(status: number, bodyBytes: number): void {
    if (this.#waiting === 0) throw new ResponseError("an answer that nobody asked for");
    this.#waiting -= 1;
    const { images, tally } = this.#options;
    const image = images.at(this.#turn);
    this.#turn = (this.#turn + 1) % images.all.length;
    tally.answered((this.#nowMs - this.#sinceMs) * 1000, status, bodyBytes, image.expected);
    tally.bytesOut += image.bodyBytes;
  }

  /** The other side has closed: it may when nothing was under way, or when it has said so. */
  #closed(parser: ResponseParser): void {
    this.#nowMs = performance.now();
    const before = this.#waiting;
    try {
      if (!parser.end()) this.#lost("closed");
      else if (this.#waiting === 0) this.#reopen(0);
      // This end was that of an answer whose body ends with the connection.
      else if (this.#waiting < before) this.#askAgain();
      else this.#lost("closed");
    } catch {
      this.#lost("malformed");
    }
  }

  #askAgain(): void {
    const again = this.#waiting;
    this.#reopen(0);
    this.#again = again;
  }

  #sendAgain(socket: Socket): void {
    const count = this.#again;
    this.#again = 0;
    this.#waiting = count;
    this.#left -= count;
    this.#writtenMs = performance.now();
    if (count === 1) this.#write(socket, this.#turn);
    else this.#writeEach(socket, count);
  }

  /** Counts what was under way as failed, and starts anew. */
  #lost(kind: FailureKind): void {
    this.#options.tally.failed(kind, Math.max(1, this.#waiting + this.#again));
    this.#again = 0;
    this.#reopen(REOPEN_MS);
  }

  #reopen(afterMs: number): void {
    const socket = this.#socket;
    this.#socket = undefined;
    this.#isOpen = false;
    this.#waiting = 0;
    this.#unwrittenBytes = 0;
    socket?.destroy();
    if (this.#stopped) return;
    if (afterMs === 0) this.open();
    else this.#reopening = setTimeout(() => this.open(), afterMs);
  }
}

/** Its last answer said that no other follows on this connection. */
function isClosing(parser: ResponseParser): boolean {
  return parser.isBetween && !parser.keepAlive;
}
