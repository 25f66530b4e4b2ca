/** One client's connection: bytes out, answers in, and an end that says whose doing it was. */
import type { Buffer } from "node:buffer";
import { connect, type Socket } from "node:net";
import type { LoadTarget } from "../load/order.ts";
import { ResponseParser } from "../load/response-parser.ts";

export type WireEndKind = "refused" | "lost" | "not_http" | "timeouts";

/** The connection is of no further use. */
export class WireEnd extends Error {
  readonly kind: WireEndKind;

  constructor(kind: WireEndKind) {
    super(kind);
    this.name = "WireEnd";
    this.kind = kind;
  }
}

export interface Answer {
  readonly status: number;
  readonly bodyBytes: number;
}

interface Waiting {
  resolve(answer: Answer): void;
  reject(end: WireEnd): void;
}

export class Wire {
  readonly #socket: Socket;
  readonly #parser: ResponseParser;
  readonly #answers: Answer[] = [];
  #waiting: Waiting | undefined;
  #end: WireEnd | undefined;
  #take: (bytes: Buffer) => void;
  #onEnd: () => void = () => undefined;
  #receivedBytes = 0;
  readonly opened: Promise<void>;
  readonly closed: Promise<void>;

  constructor({ host, port }: LoadTarget) {
    this.#parser = new ResponseParser((status, bodyBytes) => this.#answered({ status, bodyBytes }));
    this.#take = (bytes) => this.#parser.push(bytes);
    const socket = connect({ host, port, noDelay: true });
    this.#socket = socket;
    let connected = false;
    this.opened = new Promise((resolve, reject) => {
      socket.once("connect", () => {
        connected = true;
        resolve();
      });
      socket.once("close", () => reject(this.#end ?? new WireEnd("refused")));
    });
    // Whoever waits for it hears of it; a client that left does not.
    this.opened.catch(() => undefined);
    this.closed = new Promise((resolve) => socket.once("close", () => resolve()));
    socket.on("data", (bytes) => this.#read(bytes));
    // What an error means is decided when the connection closes, which always follows.
    socket.on("error", () => undefined);
    socket.on("close", () => {
      this.#parser.end();
      this.#finish(connected ? "lost" : "refused");
    });
  }

  /** Bytes of anything that came. */
  get receivedBytes(): number {
    return this.#receivedBytes;
  }

  /** Whether the server keeps the connection after the last answer. */
  get keepAlive(): boolean {
    return this.#parser.keepAlive && this.#end === undefined;
  }

  get hasEnded(): boolean {
    return this.#end !== undefined;
  }

  send(bytes: Buffer | string): void {
    this.#socket.write(bytes);
  }

  /** The next answer, in the order of the requests; one caller at a time. Rejects with a WireEnd. */
  answer(msMax: number): Promise<Answer> {
    const there = this.#answers.shift();
    if (there) return Promise.resolve(there);
    if (this.#end) return Promise.reject(this.#end);
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => this.giveUp(), msMax);
      this.#waiting = {
        resolve: (answer) => {
          clearTimeout(timer);
          resolve(answer);
        },
        reject: (end) => {
          clearTimeout(timer);
          reject(end);
        },
      };
    });
  }

  /** From now on the bytes are somebody else's to read, who is told of the end too; what it throws ends the connection. */
  handOver(take: (bytes: Buffer) => void, onEnd: () => void): void {
    this.#take = take;
    this.#onEnd = onEnd;
  }

  /** Stops reading: what the server sends fills the buffers on the way. */
  pauseReading(): void {
    this.#socket.pause();
  }

  resumeReading(): void {
    this.#socket.resume();
  }

  /** Leaves because what it waits for has not come in time. */
  giveUp(): void {
    this.#finish("timeouts");
    this.destroy();
  }

  /** Leaves at once. */
  destroy(): void {
    this.#socket.destroy();
  }

  #read(bytes: Buffer): void {
    this.#receivedBytes += bytes.length;
    if (this.#end) return;
    try {
      this.#take(bytes);
    } catch {
      // Whatever the reader could not make sense of: the bytes are the server's, so the kind is what is needed.
      this.#finish("not_http");
      this.destroy();
    }
  }

  #answered(answer: Answer): void {
    const waiting = this.#waiting;
    this.#waiting = undefined;
    if (waiting) waiting.resolve(answer);
    else this.#answers.push(answer);
  }

  #finish(kind: WireEndKind): void {
    this.#end ??= new WireEnd(kind);
    this.#waiting?.reject(this.#end);
    this.#waiting = undefined;
    this.#onEnd();
  }
}
