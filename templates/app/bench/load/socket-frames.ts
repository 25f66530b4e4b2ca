/**
 * WebSocket frames as bytes (RFC 6455, section 5.2), built once before the load and sent many times.
 *
 * A client's frames must be masked. The mask protects middle boxes from scripts of strangers (section 10.3), and here are
 * neither: so all frames have one fixed mask, and the server's work to take it off is the same as with any other.
 */
import { Buffer } from "node:buffer";

export const opcode = { continuation: 0, text: 1, binary: 2, close: 8, ping: 9, pong: 10 } as const;

/** The longest payload of a control frame (section 5.5). */
export const CONTROL_BYTES_MAX = 125;

/** The longest payload whose length stands in 7 and in 16 bits. */
const LENGTH_7_MAX = 125;
const LENGTH_16_MAX = 65_535;

/** No zeros, so that a server which forgets one of its four bytes gives itself away. */
const MASK = [0x5a, 0xc3, 0x3c, 0xa5] as const;

/** One whole frame from the client. */
export function clientFrame(code: number, payload: Uint8Array): Buffer {
  const masked = payload.map((byte, at) => byte ^ (MASK[at % 4] as number));
  return Buffer.concat([frameHead(code, payload.length, 0x80), Uint8Array.from(MASK), masked]);
}

/** One whole frame from the server: what a reader is to find. */
export function serverFrame(code: number, payload: Uint8Array): Buffer {
  return Buffer.concat([frameHead(code, payload.length, 0), payload]);
}

/** A message as the load's order gives it: a text, or so many binary bytes, which are all 0x78 ("x"). */
export interface Message {
  readonly code: typeof opcode.text | typeof opcode.binary;
  readonly payload: Buffer;
}

export function messageOf(message: string | number): Message {
  return typeof message === "string"
    ? { code: opcode.text, payload: Buffer.from(message) }
    : { code: opcode.binary, payload: Buffer.alloc(message, "x") };
}

/** `status`: one of section 7.4. */
export function closePayload(status: number): Buffer {
  return Buffer.from([status >> 8, status & 255]);
}

/** The same frame `count` times over, for several messages in one write. */
export function repeatFrame(frame: Buffer, count: number): Buffer {
  return Buffer.concat(Array.from({ length: count }, () => frame));
}

function frameHead(code: number, bytes: number, maskBit: number): Buffer {
  const first = 0x80 | code;
  if (bytes <= LENGTH_7_MAX) return Buffer.from([first, maskBit | bytes]);
  const is16 = bytes <= LENGTH_16_MAX;
  const head = Buffer.alloc(is16 ? 4 : 10);
  head[0] = first;
  head[1] = maskBit | (is16 ? 126 : 127);
  if (is16) head.writeUInt16BE(bytes, 2);
  else head.writeBigUInt64BE(BigInt(bytes), 2);
  return head;
}
