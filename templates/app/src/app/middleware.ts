/**
 * Your middleware: runs around every route, inside the features of `src/wiring.ts`, the first as the outermost.
 * Written once when the project was created; never touched again.
 *
 *   const timing: Middleware = (next) => (context) => {
 *     context.setHeader("x-served-by", "me");
 *     return next(context);
 *   };
 */
import type { Middleware } from "../http/middleware.ts";

export const middleware: readonly Middleware[] = [];
