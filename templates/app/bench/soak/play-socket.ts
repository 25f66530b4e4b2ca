/** One WebSocket client: comes, says something, waits until something is said to it, and closes or vanishes. */
import { Buffer } from "node:buffer";
import { clientFrame, closePayload, opcode } from "../load/socket-frames.ts";
import { HandshakeReader, newHandshake } from "../load/socket-handshake.ts";
import { FrameCounter } from "./frame-counter.ts";
import type { SocketDeed } from "./mixture.ts";
import type { Stage } from "./stage.ts";
import { type Wire, WireEnd } from "./wire.ts";

/** "Going away" (RFC 6455, section 7.4.1). */
const GOING_AWAY = 1001;

export function playSocket({ path, bytes, vanishes }: SocketDeed, stage: Stage): Promise<void> {
  return stage.with(`WebSocket ${path}`, async (wire) => {
    const chat = new Chat(wire, stage.answerMsMax);
    if (!(await chat.open(stage, path))) return;
    stage.counts.sockets += 1;
    for (const size of bytes) {
      if (stage.ending.aborted) break;
      wire.send(clientFrame(opcode.text, Buffer.alloc(size, "x")));
      if (!(await chat.event("message"))) {
        // A worker that is replaced says goodbye; outside of that nobody may.
        return stage.lost("sockets_lost", `WebSocket ${path}, ${size} bytes not passed on`);
      }
      stage.counts.messages += 1;
    }
    if (vanishes) return;
    wire.send(clientFrame(opcode.close, closePayload(GOING_AWAY)));
    if (!(await chat.event("closed"))) stage.lost("sockets_lost", `WebSocket ${path}, no close`);
  });
}

type ChatEvent = "open" | "message" | "closed";

class Chat {
  readonly #wire: Wire;
  readonly #answerMsMax: number;
  readonly #seen: Record<ChatEvent, number> = { open: 0, message: 0, closed: 0 };
  #waiting: (() => void) | undefined;

  constructor(wire: Wire, answerMsMax: number) {
    this.#wire = wire;
    this.#answerMsMax = answerMsMax;
  }

  async open(stage: Stage, path: string): Promise<boolean> {
    const { request, accept } = newHandshake(stage.target, path);
    const reader = new HandshakeReader(accept);
    const counter = new FrameCounter({ message: () => this.#saw("message"), closed: () => this.#saw("closed") });
    let isOpen = false;
    let status: string | undefined;
    const take = (bytes: Buffer) => {
      if (isOpen) return counter.push(bytes);
      const answer = reader.push(bytes);
      if (answer?.outcome === "open") {
        isOpen = true;
        this.#saw("open");
        counter.push(answer.rest);
      } else if (answer) {
        status = answer.outcome;
        this.#waiting?.();
      }
    };
    this.#wire.handOver(take, () => this.#waiting?.());
    this.#wire.send(request);
    const opened = await this.event("open", () => status !== undefined);
    if (!opened) stage.lost("sockets_lost", `WebSocket ${path}, not opened`);
    return opened;
  }

  /** Waits for one more of these; false: the connection ended, or it took too long. */
  async event(event: ChatEvent, isVain: () => boolean = () => false): Promise<boolean> {
    const endMs = performance.now() + this.#answerMsMax;
    while (this.#seen[event] === 0) {
      const leftMs = endMs - performance.now();
      if (this.#wire.hasEnded || isVain()) return false;
      if (leftMs <= 0) throw new WireEnd("timeouts");
      await this.#next(leftMs);
    }
    this.#seen[event] -= 1;
    return true;
  }

  #saw(event: ChatEvent): void {
    this.#seen[event] += 1;
    this.#waiting?.();
  }

  #next(msMax: number): Promise<void> {
    return new Promise((resolve) => {
      const done = () => {
        clearTimeout(timer);
        this.#waiting = undefined;
        resolve();
      };
      const timer = setTimeout(done, msMax);
      this.#waiting = done;
    });
  }
}
