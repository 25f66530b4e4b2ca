/**
 * Reads HTTP/1.1 responses off a stream: where each ends, its status, and the bytes of its body.
 *
 * Idea: a load generator needs no header but the three that say how long a body is. Chunks of the stream may cut a response
 * anywhere; an incomplete line or head is kept until the rest comes, and body bytes are only counted.
 */
import { Buffer } from "node:buffer";
import { type Framing, HeadScan, ResponseError, readHead } from "./response-head.ts";

/** Called for each complete final response; `bodyBytes` is without chunk framing. */
export type OnResponse = (status: number, bodyBytes: number) => void;

/** Longest head or line that is kept while its end is missing: far above what a server here sends. */
const KEPT_BYTES_MAX = 65_536;
const HEAD_END = "\r\n\r\n";
const LINE_END = "\r\n";

type State = "head" | "body" | "chunk-size" | "chunk-data" | "trailer" | "until-close";

export class ResponseParser {
  readonly #onResponse: OnResponse;
  #state: State = "head";
  #kept: Buffer | undefined;
  /** Of the input; what stands behind it is of an earlier one. */
  #end = 0;
  /** Bytes of the body or the chunk (with its line end) that are still to come. */
  #left = 0;
  #bodyBytes = 0;
  readonly #scan = new HeadScan();
  #status = 0;
  #keepAlive = true;

  constructor(onResponse: OnResponse) {
    this.#onResponse = onResponse;
  }

  /** Whether the connection may be used again after the last complete answer. */
  get keepAlive(): boolean {
    return this.#keepAlive;
  }

  /** Whether all that came is complete answers. */
  get isBetween(): boolean {
    return this.#state === "head" && this.#kept === undefined;
  }

  /** Takes the next bytes of the stream: the first `length` of these, which may be used again. Throws a ResponseError. */
  push(bytes: Buffer, length = bytes.length): void {
    const kept = this.#kept;
    this.#kept = undefined;
    const input = kept ? Buffer.concat([kept, bytes.subarray(0, length)]) : bytes;
    this.#end = kept ? input.length : length;
    let at = 0;
    while (at < this.#end) {
      const next = this.#step(input, at);
      if (next === -1) {
        this.#keep(input.subarray(at, this.#end));
        return;
      }
      at = next;
    }
  }

  /** The stream has ended. Returns whether it ended between two responses, as it may. */
  end(): boolean {
    if (this.#state === "until-close") this.#finish();
    return this.isBetween;
  }

  /** Reads one piece from `at`; returns where the next one starts, -1 when the input ends inside this one. */
  #step(input: Buffer, at: number): number {
    switch (this.#state) {
      case "head":
        return this.#readHead(input, at);
      case "chunk-size":
        return this.#readChunkSize(input, at);
      case "trailer":
        return this.#readTrailer(input, at);
      default:
        return this.#countBody(input, at);
    }
  }

  #readHead(input: Buffer, at: number): number {
    const scan = this.#scan;
    const found = scan.read(input, at, this.#end);
    if (found === "plain") {
      this.#status = scan.status;
      this.#keepAlive = true;
      this.#startBody(scan.lengthBytes === -1 ? "chunked" : scan.lengthBytes);
      return scan.end;
    }
    const end = this.#find(input, HEAD_END, at);
    if (end === -1) return -1;
    const { status, keepAlive, framing } = readHead(input.toString("latin1", at, end));
    // An interim response (100, 103) announces the final one.
    if (status >= 200) {
      this.#status = status;
      this.#keepAlive = keepAlive;
      this.#startBody(framing);
    }
    return end + HEAD_END.length;
  }

  #startBody(framing: Framing): void {
    this.#bodyBytes = 0;
    if (framing === "chunked") this.#state = "chunk-size";
    else if (framing === "until-close") this.#state = "until-close";
    else if (framing === 0) this.#finish();
    else {
      this.#left = framing;
      this.#state = "body";
    }
  }

  #readChunkSize(input: Buffer, at: number): number {
    const end = this.#find(input, LINE_END, at);
    if (end === -1) return -1;
    const size = /^([0-9a-f]{1,12})[ \t]*(?:;.*)?$/i.exec(input.toString("latin1", at, end))?.[1];
    if (size === undefined) throw new ResponseError("a chunk has no size");
    const bytes = Number.parseInt(size, 16);
    this.#bodyBytes += bytes;
    this.#left = bytes + LINE_END.length;
    this.#state = bytes === 0 ? "trailer" : "chunk-data";
    return end + LINE_END.length;
  }

  /** Lines after the last chunk, up to an empty one. */
  #readTrailer(input: Buffer, at: number): number {
    const end = this.#find(input, LINE_END, at);
    if (end === -1) return -1;
    if (end === at) this.#finish();
    return end + LINE_END.length;
  }

  #countBody(input: Buffer, at: number): number {
    const there = this.#end - at;
    if (this.#state === "until-close") {
      this.#bodyBytes += there;
      return this.#end;
    }
    const taken = Math.min(there, this.#left);
    this.#left -= taken;
    if (this.#state === "body") {
      this.#bodyBytes += taken;
      if (this.#left === 0) this.#finish();
    } else if (this.#left === 0) {
      const end = at + taken;
      // The line end may lie across two pieces; then only its second half can be looked at.
      if (input[end - 1] !== 10) throw new ResponseError("a chunk is longer than its size");
      this.#state = "chunk-size";
    }
    return at + taken;
  }

  #finish(): void {
    this.#state = "head";
    this.#onResponse(this.#status, this.#bodyBytes);
  }

  #find(input: Buffer, text: string, from: number): number {
    const at = input.indexOf(text, from, "latin1");
    return at === -1 || at + text.length > this.#end ? -1 : at;
  }

  #keep(rest: Buffer): void {
    if (rest.length > KEPT_BYTES_MAX) throw new ResponseError(`a head or line is longer than ${KEPT_BYTES_MAX} bytes`);
    // A copy: runtimes may reuse the memory of what they deliver.
    this.#kept = Buffer.from(rest);
  }
}
