/** Routes as their author writes them: "METHOD /path/:name" to a handler, with the parameters' names in its type. */
import type { Context } from "./context.ts";

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

export interface Route {
  readonly method: string;
  readonly pattern: string;
  readonly handler: Handler;
}

const KEY = /^([A-Z]+) (\/\S*)$/;

/**
 * A table of routes. Keys are checked by the compiler as "METHOD /path"; at start-up a malformed or repeated key throws
 * with that key.
 */
export function defineRoutes<const Table extends Record<string, unknown>>(
  table: {
    readonly [Key in keyof Table & string]: Key extends `${string} ${infer Pattern}` ? Handler<Params<Pattern>> : never;
  },
): readonly Route[] {
  return Object.entries(table).map(([key, handler]) => {
    const match = KEY.exec(key);
    if (!match) throw new TypeError(`route "${key}" is not of the form "METHOD /path"`);
    return { method: match[1] as string, pattern: match[2] as string, handler: handler as Handler };
  });
}
