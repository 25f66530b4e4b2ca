/**
 * Texts compared by what they say: line endings, a byte order mark and the newline at the end are the editor's business,
 * and a rewritten file gets back those it had. Bytes with a zero byte are binary and taken as they are.
 */

import { createHash } from "node:crypto";
import { withLineEndingsOf } from "./line-endings.ts";

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

/**
 * Whether the bytes are the text with this hash, but for its line endings, byte order mark and newlines at the end.
 * @param known the text hash of the bytes, where the caller has it
 */
export function saysSame(bytes: Uint8Array, sha256: string, known: string = textHashOf(bytes)): boolean {
  if (known === sha256) return true;
  const text = normalised(bytes);
  if (isBinary(text)) return false;
  const bare = withoutFinalNewlines(text);
  return hashOf(bare) === sha256 || hashOf(Buffer.concat([bare, Buffer.of(LINE_FEED)])) === sha256;
}

/** The text with LF line endings, without a byte order mark; undefined when the bytes are no UTF-8 text. */
export function textOf(bytes: Uint8Array): string | undefined {
  if (isBinary(bytes)) return undefined;
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(normalised(bytes));
  } catch {
    // Expected for texts in an older encoding, which decoding and encoding again would damage.
    return undefined;
  }
}

export function endsWithNewline(bytes: Uint8Array): boolean {
  return bytes.at(-1) === LINE_FEED;
}

export function withoutFinalNewlines(text: Uint8Array): Uint8Array {
  let end = text.length;
  while (end > 0 && (text[end - 1] === LINE_FEED || text[end - 1] === CARRIAGE_RETURN)) end -= 1;
  return text.subarray(0, end);
}

export interface Hashes {
  /** Of the bytes as they are. */
  readonly exact: string;
  /** With LF line endings and without a byte order mark. */
  readonly text: string;
}

/** Both hashes; most files have LF and no mark, and then it is one. */
export function hashesOf(bytes: Uint8Array): Hashes {
  const exact = hashOf(bytes);
  const text = normalised(bytes);
  return { exact, text: text === bytes ? exact : hashOf(text) };
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

/** The content with the line endings and the byte order mark that the file on disk has. */
export function dressedLike(content: Uint8Array, disk: Uint8Array): Uint8Array {
  if (isBinary(content) || isBinary(disk)) return content;
  const lines = withLineEndingsOf(normalised(content), disk);
  return hasMark(disk) ? Buffer.concat([Buffer.from(BYTE_ORDER_MARK), lines]) : lines;
}

function isBinary(bytes: Uint8Array): boolean {
  return bytes.includes(0);
}

function hasMark(bytes: Uint8Array): boolean {
  return BYTE_ORDER_MARK.every((byte, index) => bytes[index] === byte);
}
