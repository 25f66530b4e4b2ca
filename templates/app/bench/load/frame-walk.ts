/**
 * Walks through a server's frames one by one, wherever their bytes are cut (RFC 6455, section 5.2): for all that is not
 * simply the awaited message over again. It holds a frame's head and a control frame's payload; of messages it holds nothing,
 * each piece of them is compared with its place in the awaited one.
 */
import { Buffer } from "node:buffer";
import { type Awaited, FrameError, type FrameSink } from "./frame-sink.ts";
import { sameBytes } from "./same-bytes.ts";
import { CONTROL_BYTES_MAX, opcode } from "./socket-frames.ts";

/** The longest head of an unmasked frame: two bytes and a length of 64 bits. */
const HEAD_BYTES_MAX = 10;
const FIN = 0x80;
const RESERVED = 0x70;
const MASKED = 0x80;
/** What a close frame without a status counts as (section 7.1.5). */
const NO_STATUS = 1005;

export class FrameWalk {
  readonly #awaited: Awaited;
  readonly #sink: FrameSink;
  readonly #head = Buffer.alloc(HEAD_BYTES_MAX);
  #headBytes = 0;
  readonly #control = Buffer.alloc(CONTROL_BYTES_MAX);
  #code = 0;
  #isFinal = false;
  /** Payload bytes of the frame that have come, and all of them; not known while its head is incomplete. */
  #at = 0;
  #length = 0;
  #inPayload = false;
  /** Payload bytes of the message that have come, its other fragments included; undefined: no message has begun. */
  #messageAt: number | undefined;
  /** The frame under way is a whole message of its own. */
  #isWhole = false;
  #isClosed = false;

  constructor(awaited: Awaited, sink: FrameSink) {
    this.#awaited = awaited;
    this.#sink = sink;
  }

  /** @throws FrameError */
  push(bytes: Buffer): void {
    let at = 0;
    // After a close frame nothing counts any more (section 5.5.1).
    while (at < bytes.length && !this.#isClosed) {
      at = this.#inPayload ? this.#readPayload(bytes, at) : this.#readHead(bytes, at);
    }
  }

  /**
   * Bytes of the awaited message's own frame that have come, where that is all that is under way; else undefined. The walk
   * then forgets them: it is given them again if it has to go on.
   */
  phase(): number | undefined {
    if (this.#isClosed) return undefined;
    if (!this.#inPayload) return this.#headBytes === 0 && this.#messageAt === undefined ? 0 : undefined;
    if (!this.#isWhole) return undefined;
    const phase = this.#headBytes + this.#at;
    this.#inPayload = false;
    this.#messageAt = undefined;
    this.#headBytes = 0;
    return phase;
  }

  #readHead(bytes: Buffer, from: number): number {
    let at = from;
    while (at < bytes.length) {
      this.#head[this.#headBytes] = bytes[at] as number;
      this.#headBytes += 1;
      at += 1;
      if (this.#headBytes >= 2 && this.#headBytes === headLength(this.#head[1] as number)) {
        this.#begin();
        break;
      }
    }
    return at;
  }

  #begin(): void {
    const first = this.#head[0] as number;
    const second = this.#head[1] as number;
    if (first & RESERVED) throw new FrameError("malformed", "a reserved bit is set, and no extension was agreed");
    if (second & MASKED) throw new FrameError("malformed", "a server must not mask");
    this.#code = first & 15;
    this.#isFinal = (first & FIN) !== 0;
    this.#length = lengthIn(this.#head);
    this.#at = 0;
    this.#inPayload = true;
    this.#isWhole = false;
    if (this.#code >= opcode.close) this.#beginControl();
    else this.#beginData();
    if (this.#length === 0) this.#end();
  }

  #beginControl(): void {
    const isKnown = this.#code === opcode.close || this.#code === opcode.ping || this.#code === opcode.pong;
    if (!isKnown || !this.#isFinal || this.#length > CONTROL_BYTES_MAX) {
      throw new FrameError("malformed", "a control frame that is not known, cut, or too long");
    }
  }

  #beginData(): void {
    const awaited = this.#awaited;
    if (!awaited) throw new FrameError("malformed", "a message that nobody awaits");
    const continues = this.#code === opcode.continuation;
    if (continues !== (this.#messageAt !== undefined)) {
      throw new FrameError("malformed", "a fragment that nothing began, or a message within another");
    }
    if (!continues && this.#code !== awaited.code) throw new FrameError("content", "text for bytes, or bytes for text");
    const start = this.#messageAt ?? 0;
    const end = start + this.#length;
    const isLengthRight = this.#isFinal ? end === awaited.payload.length : end <= awaited.payload.length;
    if (!isLengthRight) throw new FrameError("length", `${end} bytes instead of ${awaited.payload.length}`);
    this.#messageAt = start;
    this.#isWhole = !continues && this.#isFinal && this.#headBytes === shortestHead(this.#length);
  }

  #readPayload(bytes: Buffer, from: number): number {
    const to = Math.min(bytes.length, from + this.#length - this.#at);
    if (this.#code >= opcode.close) bytes.copy(this.#control, this.#at, from, to);
    else this.#compare(bytes, from, to);
    this.#at += to - from;
    if (this.#at === this.#length) this.#end();
    return to;
  }

  #compare(bytes: Buffer, from: number, to: number): void {
    const start = this.#messageAt ?? 0;
    const end = start + to - from;
    if (!this.#awaited || !sameBytes(bytes, from, this.#awaited.payload, start, to - from)) {
      throw new FrameError("content", "another message than the awaited one");
    }
    this.#messageAt = end;
  }

  #end(): void {
    this.#inPayload = false;
    this.#headBytes = 0;
    if (this.#code < opcode.close) {
      if (!this.#isFinal) return;
      this.#messageAt = undefined;
      this.#sink.messages(1);
    } else if (this.#code === opcode.ping) {
      this.#sink.ping(this.#control.subarray(0, this.#length));
    } else if (this.#code === opcode.pong) {
      this.#sink.pong();
    } else {
      if (this.#length === 1) throw new FrameError("malformed", "half a close status");
      this.#isClosed = true;
      this.#sink.closed(this.#length === 0 ? NO_STATUS : this.#control.readUInt16BE(0));
    }
  }
}

/** By the frame's second byte. */
function headLength(second: number): number {
  const length = second & 127;
  if (length < 126) return 2;
  return length === 126 ? 4 : HEAD_BYTES_MAX;
}

function lengthIn(head: Buffer): number {
  const length = (head[1] as number) & 127;
  if (length < 126) return length;
  return length === 126 ? head.readUInt16BE(2) : Number(head.readBigUInt64BE(2));
}

/** A server may write a length longer than needed only against the rule (section 5.2); such a frame is not the usual one. */
function shortestHead(length: number): number {
  if (length <= CONTROL_BYTES_MAX) return 2;
  return length < 2 ** 16 ? 4 : HEAD_BYTES_MAX;
}
