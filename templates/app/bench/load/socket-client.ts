/** What the socket driver asks of each pattern's clients, and what it gives them. */
import type { Buffer } from "node:buffer";
import type { SocketRoute } from "./socket-connection.ts";
import type { Tally } from "./tally.ts";

export interface SocketClient {
  /** Resolves when it is open for the first time, or has failed to be and was counted. */
  start(): Promise<void>;
  /** Gives up what has been waiting since before `sinceMs` (of `performance.now()`). */
  expire(sinceMs: number): void;
  /** Ends at once and silently. Resolves when no socket is left. */
  stop(): Promise<void>;
}

export interface SocketLoad {
  readonly route: SocketRoute;
  readonly tally: Tally;
  /** `window` copies of the message's frame: its first part is as many of them as are wanted in one write. */
  readonly burst: Buffer;
  readonly frameBytes: number;
  readonly payloadBytes: number;
  readonly replyBytes: number;
  readonly window: number;
}

/** Pause before a lost or refused connection is opened again, so that a dead server is not hammered. */
export const REOPEN_MS = 50;
