/** Routes as their author writes them: "METHOD /path/:name" to a handler, with the parameters' names in its type. */
import type { Context } from "./context.ts";
import type { JsonText } from "./json-text.ts";
import type { ParameterTypeName, ParameterValue, PathParams } from "./parameter-types.ts";
import { parsePattern } from "./pattern.ts";
import type { RouteOptions } from "./route-options.ts";

export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json | undefined };

/** What a handler returns: a standard response, or a value that becomes one (string: text; bytes; anything else: JSON). */
export type Reply = Response | Uint8Array | JsonText | Json | undefined;

export type Handler<Params = PathParams> = (context: Context<Params>) => Reply | Promise<Reply>;

type Segments<Pattern extends string> = Pattern extends `${infer Head}/${infer Rest}` ? Head | Segments<Rest> : Pattern;

/** The segments that capture something: ":id", ":id<int>", "*". */
type Captures<Pattern extends string> = Extract<Segments<Pattern>, `:${string}` | "*">;

type NameOf<Segment extends string> = Segment extends `:${infer Name}<${string}>`
  ? Name
  : Segment extends `:${infer Name}`
    ? Name
    : Segment;

type ValueOf<Segment extends string> = Segment extends `:${string}<${infer Type}>`
  ? Type extends ParameterTypeName
    ? ParameterValue<Type>
    : never
  : string;

/** Names of the parameters in a pattern: "/users/:id<int>/posts/:post" is "id" | "post"; "/files/*" is "*". */
export type ParamNames<Pattern extends string> = NameOf<Captures<Pattern>>;

/** What a handler finds in `params`: "/users/:id<int>/*" is `{ id: number; "*": string }`. */
export type Params<Pattern extends string> = {
  readonly [Segment in Captures<Pattern> as NameOf<Segment>]: ValueOf<Segment>;
};

/** A handler with what its route asks for: `{ timeoutMs: 2000, handler: (context) => ... }`. */
export interface OptionedHandler<Params> extends RouteOptions {
  readonly handler: Handler<Params>;
}

export interface Route {
  /** An HTTP method, or "*" for all of them. */
  readonly method: string;
  readonly pattern: string;
  readonly options: RouteOptions;
  readonly handler: Handler;
  /** The whole answer, when it is the same for every request. */
  readonly constant?: Constant;
}

/** An answer that is the same for every request: made once, and on Bun sent without running any JavaScript. */
export class Constant {
  readonly body: string;
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;

  constructor(body: string, status: number, headers: Readonly<Record<string, string>>) {
    this.body = body;
    this.status = status;
    this.headers = headers;
  }
}

/**
 * An answer that is the same for every request: `"GET /robots.txt": constant("User-agent: *\n")`. It has the headers that
 * every response has, and nothing that differs from request to request: no request id, no line in the request log. Where
 * the runtime sends it natively it is not counted either. So it takes no options, and its path no parameters.
 */
export function constant(body: string, init: { status?: number; headers?: Record<string, string> } = {}): Constant {
  return new Constant(body, init.status ?? 200, init.headers ?? {});
}

const KEY = /^([A-Z]+|\*) (\/\S*)$/;

type Entry<Params> = Handler<Params> | OptionedHandler<Params> | Constant;

/**
 * A table of routes: "METHOD /path" to a handler, a handler with options, or a constant.
 *
 *   "GET /users/:id"               params.id is a string, decoded; an encoded slash stays in it
 *   "GET /users/:id<int>"          params.id is a number; other paths are not this route's (types: parameter-types.ts)
 *   "GET /files/*"                 params["*"] is the rest of the path
 *   "* /any"                       every method that no other route of the path names
 *
 * The more specific pattern wins, wherever it stands: literal before typed parameter before parameter before "*". The
 * compiler checks the keys; at start-up one that is malformed, repeated or not to be told from another throws.
 */
export function defineRoutes<const Key extends string>(
  table: { readonly [Each in Key]: Each extends `${string} ${infer Pattern}` ? Entry<Params<Pattern>> : never },
): readonly Route[] {
  return Object.entries(table).map(([key, entry]) => {
    const match = KEY.exec(key);
    if (!match) throw new TypeError(`route "${key}" is not of the form "METHOD /path"`);
    return toRoute(match[1] as string, match[2] as string, entry as Entry<PathParams>);
  });
}

function toRoute(method: string, pattern: string, entry: Entry<PathParams>): Route {
  const { exact } = parsePattern(pattern);
  if (typeof entry === "function") return { method, pattern, options: {}, handler: entry };
  if (entry instanceof Constant) {
    if (exact === undefined || method === "*")
      throw notConstant(method, pattern, "needs one method and one exact path");
    const { status, headers } = entry;
    const body = entry.body === "" ? null : entry.body;
    return { method, pattern, options: {}, handler: () => new Response(body, { status, headers }), constant: entry };
  }
  const { handler, ...options } = entry;
  if ((handler as unknown) instanceof Constant) throw notConstant(method, pattern, "takes no options");
  return { method, pattern, options, handler };
}

function notConstant(method: string, pattern: string, reason: string): TypeError {
  const remedy = "the runtime may send it without running any of this server's code; write a handler instead";
  return new TypeError(`route "${method} ${pattern}": a constant ${reason}, because ${remedy}`);
}
