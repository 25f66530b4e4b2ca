/**
 * Decides and compresses: by size, then by type, then by what the client accepts. So a small reply is looked at once, and
 * the request's headers are read for no other than one that would be compressed.
 */
import { type ContentCoding, preferredEncoding } from "../../http/accept-encoding.ts";
import type { Context } from "../../http/context.ts";
import { JsonText } from "../../http/json-text.ts";
import type { Reply } from "../../http/route.ts";
import { withVary } from "../../http/vary.ts";
import type { TextEncoding } from "../../memory/encode-scratch.ts";
import { add } from "../../zones/counters.ts";
import {
  type BodyReader,
  type Chunk,
  continued,
  joined,
  quiet,
  readyChunk,
  slicesReader,
  streamReader,
} from "./body-reader.ts";
import type { Coding } from "./codings.ts";
import { compressedStream } from "./compressed-stream.ts";
import { compressionCounter, repliesCounter } from "./counters.ts";
import { codedHead, mayBeCoded, sentHeader } from "./reply-head.ts";

export interface CompressorOptions {
  readonly bytesMin: number;
  /** Up to here a body is compressed at once, which blocks the thread. */
  readonly bytesMax: number;
  readonly streamsMax: number;
  readonly codings: readonly Coding[];
  readonly matches: (contentType: string) => boolean;
  readonly counters: Float64Array;
  /** Where text becomes bytes before it is compressed at once; undefined: node:zlib does it by itself. */
  readonly encoding: TextEncoding | undefined;
}

/** One reply that its client takes coded. */
interface Job {
  readonly coding: Coding;
  readonly status: number;
  /** The reply's own. */
  readonly headers: Headers;
  readonly context: Context;
}

/** What the responder gives to replies that are no Response. */
const TEXT = "text/plain;charset=UTF-8";
const JSON_TYPE = "application/json";
const BYTES = "application/octet-stream";

/** Four times zlib's output buffer: what one slice puts out waits in memory until the client takes it. */
const SLICE_BYTES = 65_536;

export class Compressor {
  readonly #options: CompressorOptions;
  readonly #names: readonly ContentCoding[];
  readonly #byName: ReadonlyMap<string, Coding>;
  readonly #matchesText: boolean;
  readonly #matchesJson: boolean;
  readonly #matchesBytes: boolean;
  readonly #encoder = new TextEncoder();
  readonly #compress: (coding: Coding, body: string | Uint8Array) => Uint8Array;
  #streams = 0;

  constructor(options: CompressorOptions) {
    this.#options = options;
    this.#names = options.codings.map(({ name }) => name);
    this.#byName = new Map(options.codings.map((coding) => [coding.name, coding]));
    this.#compress = compressWith(options.encoding);
    this.#matchesText = options.matches(TEXT);
    this.#matchesJson = options.matches(JSON_TYPE);
    this.#matchesBytes = options.matches(BYTES);
  }

  /** Streams being compressed right now. */
  get streams(): number {
    return this.#streams;
  }

  /** A string's length in UTF-16 units is at most its bytes; what that leaves out is not worth the counting. */
  reply(reply: Reply, context: Context): Reply | Promise<Reply> {
    if (typeof reply === "string") return this.#body(reply, reply.length, TEXT, this.#matchesText, context);
    if (reply === undefined) return reply;
    if (reply instanceof Response) return this.#response(reply, context);
    if (reply instanceof Uint8Array) return this.#body(reply, reply.length, BYTES, this.#matchesBytes, context);
    return this.#json(reply, context);
  }

  #json(reply: Exclude<Reply, Response | Uint8Array | string | undefined>, context: Context): Reply {
    if (!this.#matchesJson && context.outcome === undefined) return reply;
    const text = reply instanceof JsonText ? reply.text : JSON.stringify(reply);
    // What JSON has no text for is the responder's to refuse.
    if (text === undefined) return reply;
    const small = reply instanceof JsonText ? reply : new JsonText(text);
    const coded = this.#body(text, text.length, JSON_TYPE, this.#matchesJson, context);
    return coded === text ? small : coded;
  }

  /** @returns `body` itself where it is not compressed */
  #body(
    body: string | Uint8Array,
    size: number,
    kindType: string,
    kindMatches: boolean,
    context: Context,
  ): string | Uint8Array | Response {
    const { bytesMin, bytesMax, matches } = this.#options;
    if (size < bytesMin || size === 0) return body;
    const type = context.outcome === undefined ? null : sentHeader("content-type", undefined, context);
    if (type === null ? !kindMatches : !matches(type)) return body;
    const status = context.outcome?.status ?? 200;
    if (!mayBeCoded(status, undefined, context)) return body;
    const job = this.#negotiate(undefined, status, context);
    if (!job) return body;
    const headers = new Headers([["content-type", type ?? kindType]]);
    if (size <= bytesMax) return this.#now({ ...job, headers }, body, size) ?? body;
    const reader = slicesReader(typeof body === "string" ? this.#encoder.encode(body) : body, SLICE_BYTES);
    return this.#stream({ ...job, headers }, reader, [], reader.read()) ?? body;
  }

  #response(response: Response, context: Context): Response | Promise<Response> {
    const { bytesMin, matches } = this.#options;
    const { headers } = response;
    const type = sentHeader("content-type", headers, context);
    if (type === null || !matches(type)) return response;
    const status = context.outcome?.status ?? response.status;
    if (!mayBeCoded(status, headers, context)) return response;
    const length = sentHeader("content-length", headers, context);
    if (length !== null && Number(length) < bytesMin) return response;
    const job = this.#negotiate(headers, status, context);
    // Its body is looked at last: Deno makes a stream of it then, and sends it slower and without its length.
    // One that was read before is the responder's to refuse.
    if (!job || response.bodyUsed || response.body === null) return response;
    return this.#read(job, streamReader(response.body));
  }

  /** Reads on as long as the body is there already: most are complete at once, and then their size is known. */
  async #read(job: Job, reader: BodyReader): Promise<Response> {
    const { bytesMin, bytesMax } = this.#options;
    const asItIs = { status: job.status, headers: job.headers };
    const first: Uint8Array[] = [];
    let bytes = 0;
    let pending = quiet(reader.read());
    for (;;) {
      const chunk: Chunk | undefined = await readyChunk(pending);
      if (chunk?.done) {
        const body = joined(first, bytes);
        const coded = bytes < bytesMin || bytes === 0 ? undefined : this.#now(job, body, bytes);
        return coded ?? new Response(body, asItIs);
      }
      if (chunk) {
        first.push(chunk.value);
        bytes += chunk.value.length;
        pending = quiet(reader.read());
        if (bytes <= bytesMax) continue;
      }
      return this.#stream(job, reader, first, pending) ?? new Response(continued(reader, first, pending), asItIs);
    }
  }

  /** undefined: it is sent as it is. */
  #negotiate(own: Headers | undefined, status: number, context: Context): Job | undefined {
    const preferred = preferredEncoding(context.request.headers.get("accept-encoding"), this.#names);
    const coding = preferred === undefined ? undefined : this.#byName.get(preferred);
    if (coding) return { coding, status, headers: own ?? noHeaders, context };
    vary(own, context);
    return undefined;
  }

  /** undefined: it does not get smaller. */
  #now(job: Job, body: string | Uint8Array, size: number): Response | undefined {
    const coded = this.#compress(job.coding, body);
    if (coded.length >= size) {
      vary(job.headers, job.context);
      return undefined;
    }
    this.#count(job.coding, size, coded.length);
    return codedResponse(job, coded as Uint8Array<ArrayBuffer>);
  }

  /** undefined: as many as may be are at work. */
  #stream(job: Job, reader: BodyReader, first: readonly Uint8Array[], pending: Promise<Chunk>): Response | undefined {
    if (this.#streams >= this.#options.streamsMax) {
      add(this.#options.counters, compressionCounter.busy, 1);
      vary(job.headers, job.context);
      return undefined;
    }
    if (job.context.request.method === "HEAD") {
      quiet(reader.cancel());
      // No length, as in the head of a stream. One that ended would have the length 0 on Bun; this one runtimes cancel.
      return codedResponse(job, new ReadableStream());
    }
    this.#streams += 1;
    const onEnd = (bytesIn: number, bytesOut: number) => {
      this.#streams -= 1;
      this.#count(job.coding, bytesIn, bytesOut);
    };
    return codedResponse(job, compressedStream(reader, first, pending, job.coding.stream(), onEnd));
  }

  #count({ name }: Coding, bytesIn: number, bytesOut: number): void {
    const { counters } = this.#options;
    add(counters, repliesCounter[name], 1);
    add(counters, compressionCounter.bytesIn, bytesIn);
    add(counters, compressionCounter.bytesOut, bytesOut);
  }
}

/** The Sync functions of node:zlib have read their input when they return, and their output is their own. */
function compressWith(encoding: TextEncoding | undefined): (coding: Coding, body: string | Uint8Array) => Uint8Array {
  if (!encoding) return (coding, body) => coding.now(body);
  return (coding, body) => (typeof body === "string" ? encoding.withBytes(body, coding.now) : coding.now(body));
}

const noHeaders = new Headers();

function codedResponse(
  { coding, status, headers, context }: Job,
  body: Uint8Array<ArrayBuffer> | ReadableStream<Uint8Array<ArrayBuffer>>,
): Response {
  return new Response(body, { status, headers: codedHead(headers, coding.name, context) });
}

/** The answer depends on Accept-Encoding also where it is not coded. Named with it is what it depends on besides. */
function vary(own: Headers | undefined, context: Context): void {
  context.setHeader("vary", withVary(sentHeader("vary", own, context), "accept-encoding"));
}
