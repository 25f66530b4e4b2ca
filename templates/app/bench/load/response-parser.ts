/**
 * Reads HTTP/1.1 responses off a stream: where each ends, its status, and the bytes of its body.
 *
 * Idea: a load generator needs no header but the three that say how long a body is. Heads mostly repeat (`Date` changes
 * once a second), so a head equal to the one before is not looked at again. Chunks of the stream may cut a response
 * anywhere; an incomplete line or head is kept until the rest comes, and body bytes are only counted.
 */
import { Buffer } from "node:buffer";

/** Called for each complete final response; `bodyBytes` is without chunk framing. */
export type OnResponse = (status: number, bodyBytes: number) => void;

/** The peer does not speak HTTP/1.1 as this reader knows it; the connection is of no further use. */
export class ResponseError extends Error {}

/** Longest head or line that is kept while its end is missing: far above what a server here sends. */
const KEPT_BYTES_MAX = 65_536;
const HEAD_END = "\r\n\r\n";
const LINE_END = "\r\n";

type Framing = number | "chunked" | "until-close";
interface Head {
  readonly status: number;
  readonly keepAlive: boolean;
  readonly framing: Framing;
}

type State = "head" | "body" | "chunk-size" | "chunk-data" | "trailer" | "until-close";

export class ResponseParser {
  readonly #onResponse: OnResponse;
  #state: State = "head";
  #kept: Buffer | undefined;
  /** Bytes of the body or the chunk (with its line end) that are still to come. */
  #left = 0;
  #bodyBytes = 0;
  #head = "";
  #status = 0;
  #framing: Framing = 0;
  #keepAlive = true;

  constructor(onResponse: OnResponse) {
    this.#onResponse = onResponse;
  }

  /** Whether the connection may be used again after the last complete answer. */
  get keepAlive(): boolean {
    return this.#keepAlive;
  }

  /** Takes the next bytes of the stream; throws a ResponseError. */
  push(bytes: Buffer): void {
    const input = this.#kept ? Buffer.concat([this.#kept, bytes]) : bytes;
    this.#kept = undefined;
    let at = 0;
    while (at < input.length) {
      const next = this.#step(input, at);
      if (next === -1) {
        this.#keep(input.subarray(at));
        return;
      }
      at = next;
    }
  }

  /** The stream has ended. Returns whether it ended between two responses, as it may. */
  end(): boolean {
    if (this.#state === "until-close") this.#finish();
    return this.#state === "head" && this.#kept === undefined;
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
    const end = input.indexOf(HEAD_END, at, "latin1");
    if (end === -1) return -1;
    const head = input.toString("latin1", at, end);
    if (head !== this.#head) {
      ({ status: this.#status, framing: this.#framing, keepAlive: this.#keepAlive } = readHead(head));
      this.#head = head;
    }
    // An interim response (100, 103) announces the final one.
    if (this.#status >= 200) this.#startBody(this.#framing);
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
    const end = input.indexOf(LINE_END, at, "latin1");
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
    const end = input.indexOf(LINE_END, at, "latin1");
    if (end === -1) return -1;
    if (end === at) this.#finish();
    return end + LINE_END.length;
  }

  #countBody(input: Buffer, at: number): number {
    const there = input.length - at;
    if (this.#state === "until-close") {
      this.#bodyBytes += there;
      return input.length;
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

  #keep(rest: Buffer): void {
    if (rest.length > KEPT_BYTES_MAX) throw new ResponseError(`a head or line is longer than ${KEPT_BYTES_MAX} bytes`);
    // A copy: runtimes may reuse the memory of what they deliver.
    this.#kept = Buffer.from(rest);
  }
}

/** `head`: everything before the empty line, without it. */
function readHead(head: string): Head {
  const [, version, code] = /^HTTP\/1\.([01]) ([1-5]\d\d)(?: |\r\n|$)/.exec(head) ?? [];
  if (code === undefined) throw new ResponseError(`not a status line: ${JSON.stringify(head.slice(0, 40))}`);
  const status = Number(code);
  const words = valuesOf(head, "connection")
    .join(",")
    .toLowerCase()
    .split(/[\s,]+/);
  const keepAlive = version === "1" ? !words.includes("close") : words.includes("keep-alive");
  return { status, keepAlive, framing: framingOf(status, head) };
}

function framingOf(status: number, head: string): Framing {
  if (status < 200 || status === 204 || status === 304) return 0;
  const codings = valuesOf(head, "transfer-encoding");
  if (codings.length > 0) {
    if (codings.join(",").toLowerCase() === "chunked") return "chunked";
    throw new ResponseError(`Transfer-Encoding ${codings.join(", ")} is not read here`);
  }
  const lengths = new Set(valuesOf(head, "content-length"));
  if (lengths.size === 0) return "until-close";
  const [length = ""] = lengths;
  if (lengths.size > 1 || !/^\d{1,15}$/.test(length)) {
    throw new ResponseError(`Content-Length is ${[...lengths].join(" and ")}`);
  }
  return Number(length);
}

function valuesOf(head: string, name: string): readonly string[] {
  return head
    .split(LINE_END)
    .slice(1)
    .filter((line) => line.slice(0, name.length + 1).toLowerCase() === `${name}:`)
    .map((line) => line.slice(name.length + 1).trim());
}
