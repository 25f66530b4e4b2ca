/**
 * Your middleware: runs around every route, inside the features of `src/wiring.ts`, the first as the outermost.
 * Written once when the project was created; never touched again.
 *
 *   const timing: Middleware = (next) => (context) => {
 *     context.setHeader("x-served-by", "me");
 *     return next(context);
 *   };
 *
 * For a route that it does not concern a middleware returns `next` itself: `(next, route) => ...` knows the route. Constants
 * are sent without running any code only where every middleware does so for them (`route.constant`).
 */
import type { Middleware } from "../http/middleware.ts";

export const middleware: readonly Middleware[] = [];
