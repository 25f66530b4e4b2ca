/** Routes as their author writes them: "METHOD /path/:name" to a handler, with the parameters' names in its type. */
import type { Context } from "./context.ts";
import type { RouteOptions } from "./route-options.ts";

export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json | undefined };

/** What a handler returns: a standard response, or a value that becomes one (string: text; bytes; anything else: JSON). */
export type Reply = Response | Uint8Array | Json | undefined;

export type Handler<Params = Readonly<Record<string, string>>> = (context: Context<Params>) => Reply | Promise<Reply>;

/** Names of the parameters in a pattern: "/users/:id/posts/:post" is "id" | "post"; "/files/*" is "*". */
export type ParamNames<Pattern extends string> = Pattern extends `${string}:${infer Name}/${infer Rest}`
  ? Name | ParamNames<`/${Rest}`>
  : Pattern extends `${string}:${infer Name}`
    ? Name
    : Pattern extends `${string}*`
      ? "*"
      : never;

export type Params<Pattern extends string> = { readonly [Name in ParamNames<Pattern>]: string };

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
 * An answer that is the same for every request. Where the runtime serves it natively, the request is neither counted
 * nor limited nor logged; so it takes no options.
 */
export function constant(body: string, init: { status?: number; headers?: Record<string, string> } = {}): Constant {
  return new Constant(body, init.status ?? 200, init.headers ?? {});
}

const KEY = /^([A-Z]+|\*) (\/\S*)$/;

type Entry<Params> = Handler<Params> | OptionedHandler<Params> | Constant;

/**
 * A table of routes. Keys are checked by the compiler as "METHOD /path"; at start-up a malformed or repeated key throws
 * with that key.
 */
export function defineRoutes<const Table extends Record<string, unknown>>(
  table: {
    readonly [Key in keyof Table & string]: Key extends `${string} ${infer Pattern}` ? Entry<Params<Pattern>> : never;
  },
): readonly Route[] {
  return Object.entries(table).map(([key, entry]) => {
    const match = KEY.exec(key);
    if (!match) throw new TypeError(`route "${key}" is not of the form "METHOD /path"`);
    return toRoute(match[1] as string, match[2] as string, entry as Entry<Readonly<Record<string, string>>>);
  });
}

function toRoute(method: string, pattern: string, entry: Entry<Readonly<Record<string, string>>>): Route {
  if (typeof entry === "function") return { method, pattern, options: {}, handler: entry };
  if (entry instanceof Constant) {
    const { body, status, headers } = entry;
    return { method, pattern, options: {}, handler: () => new Response(body, { status, headers }), constant: entry };
  }
  const { handler, ...options } = entry;
  return { method, pattern, options, handler };
}
