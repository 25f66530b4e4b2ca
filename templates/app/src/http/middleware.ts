/**
 * Middleware: a plain function around the handler of a route, composed once at start-up.
 *
 * It may answer itself, change what the handler answers, or add headers through the context. A middleware that only
 * some routes need returns `next` for the others, which then pay nothing.
 */
import type { Context } from "./context.ts";
import type { Reply, Route } from "./route.ts";

/** Answers one request. A synchronous answer stays synchronous: it costs no promise. */
export type Handle = (context: Context) => Reply | Promise<Reply>;

/** @returns what runs in place of `next` for this route; `next` itself where the route is none of its business */
export type Middleware = (next: Handle, route: Route) => Handle;

/** Wraps a handler for one route; the first middleware is the outermost. */
export function compose(middleware: readonly Middleware[], handler: Handle, route: Route): Handle {
  return middleware.reduceRight((next, wrap) => wrap(next, route), handler);
}

/** Goes on with a reply when it is there: at once, or when its promise resolves. */
export function whenReady<T>(reply: Reply | Promise<Reply>, use: (reply: Reply) => T | Promise<T>): T | Promise<T> {
  return reply instanceof Promise ? reply.then(use) : use(reply);
}
