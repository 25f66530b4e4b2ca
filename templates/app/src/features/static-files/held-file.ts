/** A small file in memory: its usual answers are made of headers that exist already. */
import type { FileSegment } from "../../runtime/port.ts";
import { type FileReply, fileReply, type Source } from "./file-reply.ts";
import { joined } from "./multipart.ts";
import { contentHeaders, type Representation, validatorHeaders } from "./representation.ts";

export class HeldFile {
  readonly #of: Representation;
  readonly #body: string | Uint8Array<ArrayBuffer>;
  readonly #whole: ResponseInit;
  readonly #notModified: ResponseInit;

  constructor(of: Representation, bytes: Uint8Array) {
    const nowMs = Date.now();
    this.#of = of;
    this.#body = asBody(bytes) as string | Uint8Array<ArrayBuffer>;
    const headers = new Headers(contentHeaders(of, nowMs));
    headers.set("content-type", of.contentType);
    this.#whole = { headers };
    this.#notModified = { status: 304, headers: new Headers(validatorHeaders(of, nowMs)) };
  }

  reply(request: Request): FileReply {
    const { headers } = request;
    if (request.method === "GET" && !isSpecial(headers)) {
      const noneMatch = headers.get("if-none-match");
      if (noneMatch === null && headers.get("if-modified-since") === null) {
        const response = new Response(this.#body, this.#whole);
        return { response, outcome: "whole", bytes: this.#of.sizeBytes };
      }
      if (noneMatch === this.#of.etag) {
        return { response: new Response(null, this.#notModified), outcome: "not-modified", bytes: 0 };
      }
    }
    return fileReply(request, this.#of, this.#source, Date.now());
  }

  get #source(): Source {
    const body = this.#body;
    return {
      whole: () => body,
      part: ({ start, end }) => (typeof body === "string" ? body.slice(start, end) : body.subarray(start, end)),
      segments: (segments) =>
        typeof body === "string" ? joinedText(segments, body) : (joined(segments, body) as Uint8Array<ArrayBuffer>),
      close: () => undefined,
    };
  }
}

/** As `joined`, of text: each of the file's characters is one of its bytes, so that nothing needs to be encoded. */
function joinedText(segments: readonly FileSegment[], content: string): string {
  const texts = segments.map((segment) =>
    segment instanceof Uint8Array ? decoder.decode(segment) : content.slice(segment.start, segment.end),
  );
  return texts.join("");
}

const decoder = new TextDecoder();

/** Fields that few requests have, and that make the answer another one than the usual two. */
function isSpecial(headers: Headers): boolean {
  return headers.has("range") || headers.has("if-match") || headers.has("if-unmodified-since");
}

/** ASCII as text: both runtimes make a response of text several times faster than one of bytes. */
function asBody(bytes: Uint8Array): string | Uint8Array {
  for (let index = 0; index < bytes.length; index += 1) if ((bytes[index] as number) > 127) return bytes;
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("latin1");
}
