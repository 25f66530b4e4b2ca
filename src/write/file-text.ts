/**
 * Texts compared by what they say: line endings and a byte order mark are the editor's business, so hashes are taken
 * without them, and a rewritten file gets back those it had. Bytes with a zero byte are binary and taken as they are.
 */

import { createHash } from "node:crypto";

const CARRIAGE_RETURN = 0x0d;
const LINE_FEED = 0x0a;
const BYTE_ORDER_MARK = [0xef, 0xbb, 0xbf] as const;

/** SHA-256 (hex) of the bytes as they are. */
export function hashOf(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

/** SHA-256 (hex) of the bytes with LF line endings and without a byte order mark. */
export function textHashOf(bytes: Uint8Array): string {
  return hashOf(normalised(bytes));
}

export function toBytes(content: string | Uint8Array): Uint8Array {
  return typeof content === "string" ? Buffer.from(content, "utf8") : content;
}

export function normalised(bytes: Uint8Array): Uint8Array {
  if (isBinary(bytes)) return bytes;
  const text = hasMark(bytes) ? bytes.subarray(BYTE_ORDER_MARK.length) : bytes;
  if (!text.includes(CARRIAGE_RETURN)) return text;
  const result = new Uint8Array(text.length);
  let length = 0;
  for (const [index, byte] of text.entries()) {
    if (byte === CARRIAGE_RETURN && text[index + 1] === LINE_FEED) continue;
    result[length] = byte;
    length += 1;
  }
  return result.subarray(0, length);
}

/** The content with the line endings (those of most lines) and the byte order mark that the file on disk has. */
export function dressedLike(content: Uint8Array, disk: Uint8Array): Uint8Array {
  if (isBinary(content) || isBinary(disk)) return content;
  const plain = Buffer.from(normalised(content));
  const lines = mostlyCarriageReturns(disk)
    ? Buffer.from(plain.toString("latin1").replaceAll("\n", "\r\n"), "latin1")
    : plain;
  return hasMark(disk) ? Buffer.concat([Buffer.from(BYTE_ORDER_MARK), lines]) : lines;
}

function isBinary(bytes: Uint8Array): boolean {
  return bytes.includes(0);
}

function hasMark(bytes: Uint8Array): boolean {
  return BYTE_ORDER_MARK.every((byte, index) => bytes[index] === byte);
}

function mostlyCarriageReturns(bytes: Uint8Array): boolean {
  let lines = 0;
  let withReturn = 0;
  for (const [index, byte] of bytes.entries()) {
    if (byte !== LINE_FEED) continue;
    lines += 1;
    if (bytes[index - 1] === CARRIAGE_RETURN) withReturn += 1;
  }
  return withReturn * 2 > lines;
}
