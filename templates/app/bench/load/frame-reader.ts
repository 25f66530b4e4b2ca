/**
 * Reads what a server sends on one WebSocket, and checks every byte of it (RFC 6455, section 5).
 *
 * Idea: the load knows the one message that must come, again and again, so the stream is that message's frame repeated.
 * A piece of the stream, wherever it is cut, is compared with the repeated frame at once: one comparison of memory for
 * as many messages as the piece holds, without a copy. Only a piece that differs is walked through frame by frame: a ping, a
 * close, a message in fragments, or a mistake of the server.
 */
import type { Buffer } from "node:buffer";
import type { FrameSink } from "./frame-sink.ts";
import { FrameWalk } from "./frame-walk.ts";
import { sameBytes } from "./same-bytes.ts";
import { type Message, repeatFrame, serverFrame } from "./socket-frames.ts";

/** Bytes compared at once: what one read of a socket yields at most, as a rule (libuv's reads are this long). */
const COMPARE_BYTES = 65_536;

/** The repeated frame, shared by all readers that await the same message. */
export interface Expectation extends Message {
  readonly frame: Buffer;
  /** From each place of the first frame on, `COMPARE_BYTES` and more. */
  readonly run: Buffer;
}

export function expectMessage(message: Message): Expectation {
  const frame = serverFrame(message.code, message.payload);
  return { ...message, frame, run: repeatFrame(frame, Math.ceil(COMPARE_BYTES / frame.length) + 1) };
}

export class FrameReader {
  readonly #expected: Expectation | undefined;
  readonly #sink: FrameSink;
  readonly #walk: FrameWalk;
  /** Bytes of the awaited frame that have come; undefined: the walk is in the middle of something else. */
  #phase: number | undefined = 0;

  /** `expected` undefined: no message must come at all. */
  constructor(expected: Expectation | undefined, sink: FrameSink) {
    this.#expected = expected;
    this.#sink = sink;
    this.#walk = new FrameWalk(expected, sink);
  }

  /** @throws FrameError */
  push(bytes: Buffer): void {
    const expected = this.#expected;
    const phase = this.#phase;
    if (expected && phase !== undefined) {
      if (matches(bytes, phase, expected)) {
        const { length } = expected.frame;
        const end = phase + bytes.length;
        const count = Math.floor(end / length);
        this.#phase = end - count * length;
        if (count > 0) this.#sink.messages(count);
        return;
      }
      // What has come of the frame was as awaited, so the walk may see it as if it came now.
      this.#walk.push(expected.frame.subarray(0, phase));
    }
    this.#walk.push(bytes);
    this.#phase = this.#walk.phase();
  }
}

function matches(bytes: Buffer, phase: number, { frame, run }: Expectation): boolean {
  for (let at = 0; at < bytes.length; at += COMPARE_BYTES) {
    const size = Math.min(COMPARE_BYTES, bytes.length - at);
    const from = (phase + at) % frame.length;
    if (!sameBytes(bytes, at, run, from, size)) return false;
  }
  return true;
}
