/** Plays one case over a raw socket: does its steps, and listens until nothing more comes. */
import { Buffer } from "node:buffer";
import { connect, type Socket } from "node:net";
import { pause } from "../fixture/until.ts";
import type { AttackCase, Step } from "./attack-case.ts";
import { type Heard, readResponses } from "./responses.ts";

export interface Played extends Heard {
  /** Whether the server ended the connection, by whatever means. */
  readonly closed: boolean;
}

/** How long silence must last to count as the end of what a server says. */
export interface Patience {
  /** After an answer. */
  readonly answeredMs: number;
  /** Before any answer: a server that means to close takes a moment longer. */
  readonly silentMs: number;
  /** After the client has left: what the server does about that is to be seen before the next case begins. */
  readonly leftMs: number;
}

/** Client and server share this thread or this machine: what is to come on loopback comes at once. */
export const loopbackPatience: Patience = { answeredMs: 100, silentMs: 400, leftMs: 100 };
/** For requests of a valid form, each of which is answered however busy the machine is. */
export const promptly: Patience = { answeredMs: 0, silentMs: 5000, leftMs: 0 };
/** Only a case that waits in vain for a response takes this long. */
const AWAIT_MS = 2000;

export async function play(port: number, attack: AttackCase, patience: Patience = loopbackPatience): Promise<Played> {
  const socket = await open(port);
  const line = new Line(socket, attack.heads ?? false);
  try {
    for (const step of attack.steps) {
      if (line.closed) break;
      await perform(step, socket, line, attack.byteByByte ?? false);
    }
    await line.quiet(patience);
    return { ...line.heard(), closed: line.closed };
  } finally {
    socket.destroy();
    if (patience.leftMs > 0) await pause(patience.leftMs);
  }
}

async function perform(step: Step, socket: Socket, line: Line, byteByByte: boolean): Promise<void> {
  if (typeof step === "string") {
    await (byteByByte ? sendBytes(socket, step) : send(socket, step));
  } else if (step.do === "await") {
    await line.until((heard) => heard.statuses.length >= step.responses, AWAIT_MS);
  } else if (step.do === "end") {
    socket.end();
  } else {
    socket.destroy();
  }
}

/** Resolves when the bytes are with the kernel, or cannot be any more: the server may have closed already. */
function send(socket: Socket, text: string): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      socket.off("close", done);
      resolve();
    };
    socket.on("close", done);
    socket.write(Buffer.from(text, "latin1"), done);
  });
}

async function sendBytes(socket: Socket, text: string): Promise<void> {
  for (const byte of text) {
    if (socket.destroyed) return;
    await send(socket, byte);
    // The turn of the loop lets a server in the same thread read this byte alone.
    await new Promise((resolve) => setImmediate(resolve));
  }
}

/** What has arrived on one connection. */
class Line {
  closed = false;
  #received = "";
  #lastMs = performance.now();
  readonly #heads: boolean;
  #wake: () => void = () => undefined;

  constructor(socket: Socket, heads: boolean) {
    this.#heads = heads;
    socket.on("data", (chunk: Uint8Array) => {
      this.#received += Buffer.from(chunk).toString("latin1");
      this.#lastMs = performance.now();
      this.#wake();
    });
    const end = () => {
      this.closed = true;
      this.#wake();
    };
    // A reset is an end too; what arrived before it counts.
    socket.on("error", end);
    socket.on("end", end);
    socket.on("close", end);
  }

  heard(): Heard {
    return readResponses(this.#received, this.#heads);
  }

  async until(enough: (heard: Heard) => boolean, patienceMs: number): Promise<void> {
    const endMs = performance.now() + patienceMs;
    for (let leftMs = patienceMs; leftMs > 0 && !this.closed && !enough(this.heard()); ) {
      await this.#news(leftMs);
      leftMs = endMs - performance.now();
    }
  }

  /** Resolves when the server has closed, or has said nothing for a while. */
  async quiet({ answeredMs, silentMs }: Patience): Promise<void> {
    this.#lastMs = performance.now();
    while (!this.closed) {
      const waitMs = this.heard().statuses.length > 0 ? answeredMs : silentMs;
      const leftMs = this.#lastMs + waitMs - performance.now();
      if (leftMs <= 0) return;
      await this.#news(leftMs);
    }
  }

  /** Resolves when something arrives or the connection ends, or after this time. */
  #news(waitMs: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, waitMs);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}

function open(port: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: "127.0.0.1", port }, () => {
      socket.removeListener("error", reject);
      socket.setNoDelay(true);
      resolve(socket);
    });
    socket.once("error", reject);
  });
}
