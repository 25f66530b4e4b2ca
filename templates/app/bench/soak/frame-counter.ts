/** Counts the messages in a stream of WebSocket frames (RFC 6455, section 5.2); what they say is not looked at. */
import { Buffer } from "node:buffer";
import { CONTROL_BYTES_MAX, opcode } from "../load/socket-frames.ts";

/** Far above what a chat sends; more is a broken stream. */
const PAYLOAD_BYTES_MAX = 1_048_576;

export interface FrameSinks {
  /** One more message has come whole. */
  message(bytes: number): void;
  closed(): void;
}

export class FrameCounter {
  readonly #sinks: FrameSinks;
  #kept: Buffer = Buffer.alloc(0);
  #messageBytes = 0;

  constructor(sinks: FrameSinks) {
    this.#sinks = sinks;
  }

  push(bytes: Buffer): void {
    let rest = this.#kept.length === 0 ? bytes : Buffer.concat([this.#kept, bytes]);
    for (let size = this.#frame(rest); size > 0; size = this.#frame(rest)) rest = rest.subarray(size);
    // A copy: runtimes may reuse the memory of what they deliver.
    this.#kept = Buffer.from(rest);
  }

  /** Takes the frame at the start; returns its size, 0: it is not whole. */
  #frame(bytes: Buffer): number {
    const [first, second] = bytes;
    if (first === undefined || second === undefined) return 0;
    if (second >= 128 || (first & 0x70) !== 0) throw new RangeError("a server's frame has no mask, and no extension");
    const headBytes = second === 126 ? 4 : second === 127 ? 10 : 2;
    if (bytes.length < headBytes) return 0;
    const payload = second === 126 ? bytes.readUInt16BE(2) : second === 127 ? Number(bytes.readBigUInt64BE(2)) : second;
    const code = first & 15;
    if (payload > (code >= opcode.close ? CONTROL_BYTES_MAX : PAYLOAD_BYTES_MAX)) {
      throw new RangeError(`a frame of ${payload} bytes`);
    }
    if (bytes.length < headBytes + payload) return 0;
    if (code === opcode.close) this.#sinks.closed();
    if (code < opcode.close) this.#data(payload, (first & 128) !== 0);
    return headBytes + payload;
  }

  #data(bytes: number, isLast: boolean): void {
    this.#messageBytes += bytes;
    if (!isLast) return;
    this.#sinks.message(this.#messageBytes);
    this.#messageBytes = 0;
  }
}
