/** What a reader of frames awaits, finds and refuses. */
import type { Buffer } from "node:buffer";
import type { Message } from "./socket-frames.ts";

/** Called while bytes are read, with views that hold only as long as the call. */
export interface FrameSink {
  /** So many messages have come that are as they must be. */
  messages(count: number): void;
  ping(payload: Buffer): void;
  pong(): void;
  /** The closing frame; 1005 when it names no status. Nothing is read after it. */
  closed(status: number): void;
}

/** The awaited message; undefined: none must come. */
export type Awaited = Message | undefined;

/** Something came that the server cannot have been meant to send. */
export class FrameError extends Error {
  readonly kind: "malformed" | "length" | "content";

  constructor(kind: FrameError["kind"], message: string) {
    super(message);
    this.name = "FrameError";
    this.kind = kind;
  }
}
