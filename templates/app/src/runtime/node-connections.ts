/**
 * What a node:http server knows of its connections: how many, what they carried, and why they broke.
 *
 * A client that resets, stalls or speaks no HTTP is counted and answered where that is still possible; it is never an
 * error of a handler nor a line of its own in the log, because strangers must not be able to fill it.
 */
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import type { Duplex } from "node:stream";
import { add, counter } from "../zones/counters.ts";

/** Fields in one request's head; more gets 431. Deno.serve's own limit, so that both adapters of Deno agree. */
export const HEAD_FIELDS_MAX = 128;

const answers: Readonly<Record<string, string>> = {
  HPE_HEADER_OVERFLOW: "431 Request Header Fields Too Large",
  ERR_HTTP_REQUEST_TIMEOUT: "408 Request Timeout",
  HPE_CHUNK_EXTENSIONS_OVERFLOW: "413 Payload Too Large",
};

/** The connection broke off by itself: there is nobody to answer. */
const gone: ReadonlySet<string> = new Set(["ECONNRESET", "EPIPE", "ECONNABORTED", "ETIMEDOUT"]);

interface Limits {
  readonly connectionsMax: number;
  /** 0: no bound. */
  readonly requestsMax: number;
  readonly isTls: boolean;
}

interface Connection {
  requests: number;
  /** The answer to the last request that came. */
  outgoing: ServerResponse | undefined;
  /** The answer before it: once that is out, all earlier ones are. */
  previous: ServerResponse | undefined;
  /** What comes now is no request any more. */
  isBroken: boolean;
}

export class Connections {
  readonly #counters: Float64Array;
  readonly #limits: Limits;
  readonly #states = new WeakMap<object, Connection>();
  #open = 0;

  constructor(server: Server, limits: Limits, counters: Float64Array) {
    this.#counters = counters;
    this.#limits = limits;
    // A worker that died before this one left its connections uncounted; they ended with it.
    counters[counter.connectionsClosed] = counters[counter.connectionsOpened] as number;
    server.on("connection", (socket: Socket) => this.#opened(socket));
    server.on(limits.isTls ? "secureConnection" : "connection", (socket: Socket) => this.#countBytes(socket));
    server.on("clientError", (error: Error & { code?: string }, socket) => this.#broken(error.code ?? "", socket));
  }

  /** The server's own bound on connections closes what is above it as well, but tells nobody on Deno 2.9.6. */
  #opened(socket: Socket): void {
    if (this.#open >= this.#limits.connectionsMax) {
      add(this.#counters, counter.connectionsRefused, 1);
      socket.destroy();
      return;
    }
    this.#open += 1;
    add(this.#counters, counter.connectionsOpened, 1);
    socket.once("close", () => {
      this.#open -= 1;
      add(this.#counters, counter.connectionsClosed, 1);
    });
  }

  /** Under TLS the socket below does not tell what was written; the one that is decrypted does. */
  #countBytes(socket: Socket): void {
    socket.once("close", () => {
      add(this.#counters, counter.connectionBytesIn, socket.bytesRead);
      add(this.#counters, counter.connectionBytesOut, socket.bytesWritten);
    });
  }

  #broken(code: string, socket: Duplex): void {
    if (gone.has(code) || !socket.writable) {
      add(this.#counters, counter.clientsGone, 1);
      socket.destroy();
      return;
    }
    const state = this.#stateOf(socket);
    // The parser complains again about each piece that arrives behind what it could not read.
    if (state.isBroken) return;
    state.isBroken = true;
    const late = code === "ERR_HTTP_REQUEST_TIMEOUT";
    add(this.#counters, late ? counter.requestTimeouts : counter.requestsMalformed, 1);
    // A request that has come whole gets its own answer, and so does whatever was pipelined before it.
    const isWhole = state.outgoing?.req.complete ?? true;
    const pending = isWhole ? state.outgoing : state.previous;
    const refuse = () => refuseOn(socket, code, isWhole ? undefined : state.outgoing);
    if (pending && !pending.writableFinished) pending.once("close", refuse);
    else refuse();
  }

  /**
   * Called for each request. The last one that its connection may bring is answered with "Connection: close"; what a
   * client pipelined behind it would get no answer, so it gets no handler either.
   *
   * @returns whether the request is to be answered
   */
  admit(incoming: IncomingMessage, outgoing: ServerResponse): boolean {
    const state = this.#stateOf(incoming.socket);
    const { requestsMax } = this.#limits;
    state.requests += 1;
    if (requestsMax > 0 && state.requests >= requestsMax) {
      if (state.requests > requestsMax) return false;
      outgoing.setHeader("connection", "close");
    }
    state.previous = state.outgoing;
    state.outgoing = outgoing;
    outgoing.once("close", () => {
      if (!outgoing.writableFinished) add(this.#counters, counter.clientsGone, 1);
    });
    return true;
  }

  #stateOf(socket: object): Connection {
    const known = this.#states.get(socket);
    if (known) return known;
    const made: Connection = { requests: 0, outgoing: undefined, previous: undefined, isBroken: false };
    this.#states.set(socket, made);
    return made;
  }
}

/** @param outgoing the answer to the request that broke off in its body; undefined: what broke was a head */
function refuseOn(socket: Duplex, code: string, outgoing: ServerResponse | undefined): void {
  // The answers before it may have ended the connection themselves.
  if (!socket.writable) return;
  // In the middle of an answer another head would be read as a part of it.
  if (outgoing?.headersSent && !outgoing.writableFinished) socket.destroy();
  else socket.end(`HTTP/1.1 ${answers[code] ?? "400 Bad Request"}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
}
