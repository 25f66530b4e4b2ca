/** One WebSocket over a raw connection: opened, checked, read, and ended exactly once, for a reason that has a name. */
import { Buffer } from "node:buffer";
import { connect, type Socket } from "node:net";
import { connectFailure } from "./connect-failure.ts";
import { type Expectation, FrameReader } from "./frame-reader.ts";
import { FrameError } from "./frame-sink.ts";
import type { LoadTarget } from "./order.ts";
import { clientFrame, opcode } from "./socket-frames.ts";
import { type Handshake, HandshakeReader } from "./socket-handshake.ts";
import type { FailureKind } from "./tally.ts";

/** What all connections of a share have in common. */
export interface SocketRoute {
  readonly target: LoadTarget;
  readonly handshake: Handshake;
  /** The message that comes, again and again; undefined: none must come. */
  readonly expected: Expectation | undefined;
}

export interface SocketEvents {
  opened(): void;
  messages(count: number): void;
  /** The answer to a ping (`ping()`), or one that nobody asked for, which a server may send. */
  pong?(): void;
  /** The server's closing frame; what ends the connection comes on its own, as `ended`. */
  closed?(status: number): void;
  /** Once, and nothing comes after it. undefined: the connection is closed, and so it had to be (`leave`). */
  ended(failure: FailureKind | undefined): void;
}

const pingFrame = clientFrame(opcode.ping, Buffer.alloc(0));

export class SocketConnection {
  readonly #socket: Socket;
  readonly #events: SocketEvents;
  readonly #gone: Promise<void>;
  #isConnected = false;
  #isLeaving = false;
  #hasEnded = false;

  /** `localAddress` undefined: the kernel chooses. */
  constructor(route: SocketRoute, events: SocketEvents, localAddress?: string) {
    this.#events = events;
    const { host, port } = route.target;
    const socket = connect({ host, port, noDelay: true, ...(localAddress === undefined ? {} : { localAddress }) });
    this.#socket = socket;
    const handshake = new HandshakeReader(route.handshake.accept);
    const frames = new FrameReader(route.expected, {
      messages: (count) => events.messages(count),
      ping: (payload) => socket.write(clientFrame(opcode.pong, payload)),
      pong: () => events.pong?.(),
      closed: (status) => events.closed?.(status),
    });
    let isOpen = false;
    let lastError: Error | undefined;
    socket.on("connect", () => {
      this.#isConnected = true;
      socket.write(route.handshake.request);
    });
    socket.on("data", (bytes: Buffer) => {
      if (this.#hasEnded) return;
      if (isOpen) return this.#read(frames, bytes);
      const answer = handshake.push(bytes);
      if (answer === undefined) return;
      if (answer.outcome !== "open") return this.fail(answer.outcome);
      isOpen = true;
      events.opened();
      if (answer.rest.length > 0 && !this.#hasEnded) this.#read(frames, answer.rest);
    });
    // What an error means is decided when the connection closes, which always follows.
    socket.on("error", (error) => {
      lastError = error;
    });
    this.#gone = new Promise((resolve) =>
      socket.on("close", () => {
        resolve();
        this.#end(this.#isLeaving ? undefined : this.#isConnected ? "closed" : connectFailure(lastError));
      }),
    );
  }

  /** One frame, or several in a row. */
  send(frames: Buffer): void {
    this.#socket.write(frames);
  }

  ping(): void {
    this.#socket.write(pingFrame);
  }

  /** The connection is at its end: this side sends no more, and its close is no failure. */
  leave(): void {
    this.#isLeaving = true;
    this.#socket.end();
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

  #read(frames: FrameReader, bytes: Buffer): void {
    try {
      frames.push(bytes);
    } catch (error) {
      if (!(error instanceof FrameError)) throw error;
      this.fail(error.kind);
    }
  }

  #end(failure: FailureKind | undefined): void {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    this.#events.ended(failure);
  }
}
