/**
 * Makes responses with the headers that every response of this server has.
 *
 * Idea: the fixed headers are built once as `Headers` objects, one per kind of reply, and a per-request value is set in
 * that same object before the response copies it. Measured beside a literal object of the same headers, this takes
 * 0.89 times the CPU per request on Bun and 0.94 times on Deno (the generator's docs/measurements/feature-costs.md). A server
 * without fixed headers passes none at all, which keeps Deno on its fast path.
 */
import type { Context } from "./context.ts";
import { type HttpError, internalError, problemBody } from "./http-error.ts";
import { JsonText } from "./json-text.ts";
import { sendable } from "./reply.ts";
import type { Reply } from "./route.ts";
import { withVary } from "./vary.ts";

export type HeaderPair = readonly [name: string, value: string];

/** A header with a value of each request's own. */
export interface Stamp {
  readonly name: string;
  /** undefined: this response goes without the header. */
  value(context: Context): string | undefined;
  /** A response without it would be wrong: constants are then made per request too, on every adapter. */
  readonly essential?: boolean;
}

type Kind = "text" | "json" | "bytes" | "empty" | "problem";

const contentTypes: Readonly<Record<Kind, string | undefined>> = {
  // The runtimes' own: spelled out, because a response made with headers does not get it everywhere.
  text: "text/plain;charset=UTF-8",
  json: "application/json",
  bytes: "application/octet-stream",
  empty: undefined,
  problem: "application/problem+json",
};

/**
 * What a handler says of the body that it meant to send, before it fails. A problem has a body of its own: its sentence may
 * hold a client's words, which must not become a page, and a coding that it does not have makes it unreadable.
 */
const ofTheBody: ReadonlySet<string> = new Set([
  "accept-ranges",
  "content-disposition",
  "content-encoding",
  "content-language",
  "content-length",
  "content-location",
  "content-range",
  "content-type",
  "etag",
  "last-modified",
]);

export class Responder {
  readonly #fixed: readonly HeaderPair[];
  readonly #stamps: readonly Stamp[];
  readonly #plain: boolean;
  readonly #text: Headers;
  readonly #json: Headers;
  readonly #bytes: Headers;
  readonly #empty: Headers;
  readonly #textInit: { readonly headers: Headers };
  readonly #jsonInit: { readonly headers: Headers };
  readonly #bytesInit: { readonly headers: Headers };

  constructor(fixed: readonly HeaderPair[], stamps: readonly Stamp[]) {
    this.#fixed = fixed;
    this.#stamps = stamps;
    this.#plain = fixed.length === 0 && stamps.length === 0;
    this.#text = headersOf("text", fixed);
    this.#json = headersOf("json", fixed);
    this.#bytes = headersOf("bytes", fixed);
    this.#empty = headersOf("empty", fixed);
    this.#textInit = { headers: this.#text };
    this.#jsonInit = { headers: this.#json };
    this.#bytesInit = { headers: this.#bytes };
  }

  /** @throws TypeError for a header that must not be sent */
  respond(reply: Reply, context: Context): Response {
    if (reply instanceof Response) return this.#complete(sendable(reply), context);
    if (context.outcome !== undefined) return this.#special(reply, context);
    if (typeof reply === "string") {
      if (this.#plain) return new Response(reply);
      this.#stamp(this.#text, context);
      return new Response(reply, this.#textInit);
    }
    if (reply instanceof Uint8Array) {
      this.#stamp(this.#bytes, context);
      return new Response(reply as Uint8Array<ArrayBuffer>, this.#bytesInit);
    }
    if (reply === undefined) {
      this.#stamp(this.#empty, context);
      return new Response(null, { status: 204, headers: this.#empty });
    }
    const isText = reply instanceof JsonText;
    if (this.#plain && !isText) return Response.json(reply);
    this.#stamp(this.#json, context);
    return new Response(isText ? reply.text : JSON.stringify(reply), this.#jsonInit);
  }

  /** The error as the client sees it. */
  problem(error: HttpError, context: Context | undefined): Response {
    const headers = headersOf("problem", this.#fixed);
    if (context) {
      this.#stamp(headers, context);
      for (const [name, value] of context.outcome?.headers ?? []) {
        if (!ofTheBody.has(name.toLowerCase())) put(headers, name, value);
      }
    }
    // Last: what refuses a request knows more of it than what let it through.
    for (const [name, value] of Object.entries(error.headers)) put(headers, name, value);
    return sendable(new Response(problemBody(error), { status: error.status, headers }));
  }

  /** The answer where a handler failed: without what it added, and without the stamps when one of them is what failed. */
  failure(context: Context): Response {
    context.outcome = undefined;
    try {
      return this.problem(internalError(), context);
    } catch {
      return this.problem(internalError(), undefined);
    }
  }

  /** Whether a response that is made once would lack a header that it must have. */
  get isPerRequest(): boolean {
    return this.#stamps.some((stamp) => stamp.essential === true);
  }

  /** The fixed headers, for answers that are made once. */
  get fixed(): readonly HeaderPair[] {
    return this.#fixed;
  }

  #stamp(headers: Headers, context: Context): void {
    for (const stamp of this.#stamps) {
      const value = stamp.value(context);
      if (value !== undefined) headers.set(stamp.name, value);
      // What the request before has left in the shared object.
      else if (headers === this.#text || headers === this.#json || headers === this.#bytes || headers === this.#empty) {
        headers.delete(stamp.name);
      }
    }
  }

  /** A reply to which handler or middleware added a status or headers. */
  #special(reply: Exclude<Reply, Response>, context: Context): Response {
    const kind = kindOf(reply);
    const headers = headersOf(kind, this.#fixed);
    this.#stamp(headers, context);
    const { status, headers: added } = context.outcome ?? { status: undefined, headers: [] };
    for (const [name, value] of added) put(headers, name, value);
    const init = { status: status ?? (kind === "empty" ? 204 : 200), headers };
    if (typeof reply === "string") return new Response(reply, init);
    if (reply instanceof Uint8Array) return new Response(reply as Uint8Array<ArrayBuffer>, init);
    if (reply instanceof JsonText) return new Response(reply.text, init);
    return new Response(reply === undefined ? null : JSON.stringify(reply), init);
  }

  /** A handler's own response: its headers win over the fixed ones. */
  #complete(response: Response, context: Context): Response {
    const { outcome } = context;
    if (this.#plain && outcome === undefined) return response;
    const target = mutable(response);
    const { headers } = target;
    for (const [name, value] of this.#fixed) if (name === "vary" || !headers.has(name)) put(headers, name, value);
    this.#stamp(headers, context);
    for (const [name, value] of outcome?.headers ?? []) put(headers, name, value);
    if (outcome?.status === undefined || outcome.status === target.status) return target;
    return new Response(target.body, { status: outcome.status, headers });
  }
}

/** Vary is a list to which everybody adds (RFC 9110, section 12.5.5): replaced, caches would mix answers up. */
function put(headers: Headers, name: string, value: string): void {
  if (name.length !== 4 || name.toLowerCase() !== "vary") headers.set(name, value);
  else headers.set(name, withVary(headers.get(name), value));
}

function kindOf(reply: Exclude<Reply, Response>): Kind {
  if (typeof reply === "string") return "text";
  if (reply instanceof Uint8Array) return "bytes";
  return reply === undefined ? "empty" : "json";
}

function headersOf(kind: Kind, fixed: readonly HeaderPair[]): Headers {
  const headers = new Headers(fixed as [string, string][]);
  const type = contentTypes[kind];
  if (type !== undefined) headers.set("content-type", type);
  return headers;
}

/** What `fetch` returned, or `Response.redirect`, has headers that cannot be changed. */
function mutable(response: Response): Response {
  try {
    response.headers.delete("x-fastserve-probe");
    return response;
  } catch {
    return new Response(response.body, { status: response.status, headers: new Headers(response.headers) });
  }
}
