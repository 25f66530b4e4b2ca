/** The client's side of the opening handshake (RFC 6455, section 4.1), with the server's proof checked. */
import { Buffer } from "node:buffer";
import { createHash, randomBytes } from "node:crypto";
import type { LoadTarget } from "./order.ts";

/** Section 1.3. */
const GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
const NONCE_BYTES = 16;
/** What this product's servers send is far below; more is no answer to a handshake. */
const HEAD_BYTES_MAX = 16_384;
const HEAD_END = "\r\n\r\n";

export interface Handshake {
  readonly request: Buffer;
  /** What only a server that has read the nonce can answer. */
  readonly accept: string;
}

/** One for all connections of a thread: a nonce of its own for each would test nothing more, and cost the generator a hash. */
export function newHandshake({ host, port }: LoadTarget, path: string): Handshake {
  const key = randomBytes(NONCE_BYTES).toString("base64");
  const lines = [
    `GET ${path} HTTP/1.1`,
    `Host: ${host}:${port}`,
    "Connection: Upgrade",
    "Upgrade: websocket",
    "Sec-WebSocket-Version: 13",
    `Sec-WebSocket-Key: ${key}`,
  ];
  return { request: Buffer.from(lines.join("\r\n") + HEAD_END, "latin1"), accept: acceptOf(key) };
}

export function acceptOf(key: string): string {
  return createHash("sha1")
    .update(key + GUID, "latin1")
    .digest("base64");
}

/** undefined: the head is not complete. "open": with what stood behind the head, frames perhaps. */
export type HandshakeAnswer =
  | undefined
  | { readonly outcome: "open"; readonly rest: Buffer }
  | { readonly outcome: "status" | "malformed" };

const MALFORMED = { outcome: "malformed" } as const;

export class HandshakeReader {
  readonly #accept: string;
  #bytes: Buffer = Buffer.alloc(0);

  constructor(accept: string) {
    this.#accept = accept;
  }

  push(bytes: Buffer): HandshakeAnswer {
    this.#bytes = this.#bytes.length === 0 ? bytes : Buffer.concat([this.#bytes, bytes]);
    const end = this.#bytes.indexOf(HEAD_END, 0, "latin1");
    if (end === -1) return this.#bytes.length > HEAD_BYTES_MAX ? MALFORMED : undefined;
    const [statusLine = "", ...fields] = this.#bytes.toString("latin1", 0, end).split("\r\n");
    const status = /^HTTP\/1\.1 (\d{3})(?: |$)/.exec(statusLine)?.[1];
    if (status === undefined) return MALFORMED;
    if (status !== "101") return { outcome: "status" };
    return isAccepted(fields, this.#accept)
      ? { outcome: "open", rest: this.#bytes.subarray(end + HEAD_END.length) }
      : MALFORMED;
  }
}

/** No extension and no protocol was offered, so none may be chosen. */
function isAccepted(lines: readonly string[], accept: string): boolean {
  const fields = new Map<string, string>();
  for (const line of lines) {
    const colon = line.indexOf(":");
    fields.set(line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim());
  }
  return (
    fields.get("upgrade")?.toLowerCase() === "websocket" &&
    /(?:^|[ ,\t])upgrade(?:[ ,\t]|$)/i.test(fields.get("connection") ?? "") &&
    fields.get("sec-websocket-accept") === accept &&
    !fields.has("sec-websocket-extensions") &&
    !fields.has("sec-websocket-protocol")
  );
}
