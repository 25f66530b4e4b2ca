/** One client: a connection that sends its next request when the last answer is complete (a closed loop). */
import type { Buffer } from "node:buffer";
import { connect, type Socket } from "node:net";
import { ResponseError, ResponseParser } from "./response-parser.ts";
import type { Expected, Tally } from "./tally.ts";

export interface ConnectionOptions {
  readonly host: string;
  readonly port: number;
  /** Complete requests, sent in turn. */
  readonly requests: readonly Buffer[];
  readonly expected: Expected;
  readonly tally: Tally;
}

/** Pause before a lost or refused connection is opened again, so that a dead server is not hammered. */
const REOPEN_MS = 50;

export class Connection {
  readonly #options: ConnectionOptions;
  #socket: Socket | undefined;
  #sentMs = 0;
  #waiting = false;
  #stopped = false;
  #turn = 0;

  constructor(options: ConnectionOptions) {
    this.#options = options;
  }

  open(): void {
    const { host, port, expected, tally } = this.#options;
    const socket = connect({ host, port, noDelay: true });
    const parser = new ResponseParser((status, bodyBytes) => {
      if (!this.#waiting) throw new ResponseError("an answer that nobody asked for");
      this.#waiting = false;
      tally.answered((performance.now() - this.#sentMs) * 1000, status, bodyBytes, expected);
    });
    let connected = false;
    this.#socket = socket;
    socket.on("connect", () => {
      connected = true;
      this.#send(socket);
    });
    socket.on("data", (bytes) => this.#read(socket, parser, bytes));
    // What an error means is decided when the connection closes, which always follows.
    socket.on("error", () => undefined);
    socket.on("close", () => {
      if (this.#stopped) return;
      if (!connected) tally.failed("connect");
      else if (parser.end() && !this.#waiting) return this.#reopen(0);
      else tally.failed("closed");
      this.#reopen(REOPEN_MS);
    });
  }

  /** Gives up a request that has been waiting since before `sinceMs` (of `performance.now()`). */
  expire(sinceMs: number): void {
    if (!this.#waiting || this.#sentMs >= sinceMs) return;
    this.#options.tally.failed("timeout");
    this.#abandon();
  }

  /** Ends at once; nothing is counted any more. */
  stop(): void {
    this.#stopped = true;
    this.#socket?.destroy();
  }

  #send(socket: Socket): void {
    this.#waiting = true;
    this.#sentMs = performance.now();
    const { requests } = this.#options;
    socket.write(requests[this.#turn] ?? "");
    this.#turn = (this.#turn + 1) % requests.length;
  }

  #read(socket: Socket, parser: ResponseParser, bytes: Buffer): void {
    if (this.#stopped || socket !== this.#socket) return;
    try {
      parser.push(bytes);
    } catch {
      // Whatever the reader could not make sense of: the bytes are the server's, so the count is what is needed.
      this.#options.tally.failed("malformed");
      this.#abandon();
      return;
    }
    if (this.#waiting) return;
    if (parser.keepAlive) this.#send(socket);
    else socket.end();
  }

  /** Drops the socket without counting its end, and starts anew. */
  #abandon(): void {
    const socket = this.#socket;
    this.#socket = undefined;
    socket?.removeAllListeners("close");
    socket?.destroy();
    this.#reopen(REOPEN_MS);
  }

  #reopen(afterMs: number): void {
    this.#waiting = false;
    setTimeout(() => {
      if (!this.#stopped) this.open();
    }, afterMs);
  }
}
