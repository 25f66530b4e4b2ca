/** A reply as the cache keeps it: its head as text, its body in the form that is cheapest to send again. */
import { isAscii, isUtf8 } from "node:buffer";
import type { HeaderPair } from "../../http/responder.ts";
import type { Form } from "./entry.ts";

export interface ReplyHead {
  readonly status: number;
  readonly headers: readonly HeaderPair[];
  /** Nobody may get it once it is stale. */
  readonly mustRevalidate: boolean;
}

export interface Body {
  readonly form: Form;
  readonly bytes: Uint8Array;
}

const nothing = new Uint8Array(0);

export function headText({ status, headers, mustRevalidate }: ReplyHead): string {
  return JSON.stringify([status, mustRevalidate ? 1 : 0, headers]);
}

export function decodeHead(text: string): ReplyHead {
  const [status, mustRevalidate, headers] = JSON.parse(text) as [number, number, readonly HeaderPair[]];
  return { status, mustRevalidate: mustRevalidate === 1, headers };
}

/** @param bytes the text's */
export function textBody(text: string, bytes: Uint8Array): Body {
  if (bytes.length === 0) return { form: "empty", bytes };
  return { form: bytes.length === text.length ? "latin1" : "utf8", bytes };
}

/** Bytes that are text come back as a string, which both runtimes send cheaper, and encode to the same bytes again. */
export function bytesBody(bytes: Uint8Array, hasType: boolean): Body {
  if (bytes.length === 0) return { form: "empty", bytes: nothing };
  // A string would be sent as text, whatever it is.
  if (!hasType) return { form: "bytes", bytes };
  if (isAscii(bytes)) return { form: "latin1", bytes };
  return { form: isUtf8(bytes) ? "utf8" : "bytes", bytes };
}
