/** One HTTP connection that asks once and stays: open when its answer is complete and the server keeps the connection. */
import { Buffer } from "node:buffer";
import { connect, type Socket } from "node:net";
import { connectFailure } from "./connect-failure.ts";
import type { IdleOrder } from "./order.ts";
import { ResponseParser } from "./response-parser.ts";
import type { FailureKind } from "./tally.ts";

export interface VisitEvents {
  opened(): void;
  /** Once, and nothing comes after it: the server has ended the connection, or broken a rule. */
  ended(failure: FailureKind): void;
}

export class HttpVisit {
  readonly #socket: Socket;
  readonly #events: VisitEvents;
  readonly #gone: Promise<void>;
  #hasEnded = false;

  constructor(
    { target: { host, port }, path }: Pick<IdleOrder, "target" | "path">,
    events: VisitEvents,
    localAddress?: string,
  ) {
    this.#events = events;
    const socket = connect({ host, port, noDelay: true, ...(localAddress === undefined ? {} : { localAddress }) });
    this.#socket = socket;
    let isConnected = false;
    let lastError: Error | undefined;
    let answers = 0;
    const parser = new ResponseParser((status) => {
      answers += 1;
      if (answers > 1) this.fail("malformed");
      else if (status < 200 || status > 299) this.fail("status");
    });
    socket.on("connect", () => {
      isConnected = true;
      socket.write(Buffer.from(`GET ${path} HTTP/1.1\r\nHost: ${host}:${port}\r\n\r\n`, "latin1"));
    });
    socket.on("data", (bytes: Buffer) => {
      if (this.#hasEnded) return;
      const before = answers;
      try {
        parser.push(bytes);
      } catch {
        // Whatever the reader could not make sense of: the bytes are the server's.
        this.fail("malformed");
      }
      if (this.#hasEnded || answers === before) return;
      if (parser.keepAlive) events.opened();
      else this.fail("closed");
    });
    // What an error means is decided when the connection closes, which always follows.
    socket.on("error", (error) => {
      lastError = error;
    });
    this.#gone = new Promise((resolve) =>
      socket.on("close", () => {
        resolve();
        this.#end(isConnected ? "closed" : connectFailure(lastError));
      }),
    );
  }

  /** Ends at once, as a failure of this kind. */
  fail(kind: FailureKind): void {
    this.#end(kind);
    this.#socket.destroy();
  }

  /** Ends at once, and silently. Resolves when the socket is gone. */
  stop(): Promise<void> {
    this.#hasEnded = true;
    this.#socket.destroy();
    return this.#gone;
  }

  #end(failure: FailureKind): void {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    this.#events.ended(failure);
  }
}
