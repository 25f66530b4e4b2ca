/** Hono with its own middleware for the same features: request id, security headers, a counter and a timer. */
import { Hono } from "hono";
import { requestId } from "hono/request-id";
import { secureHeaders } from "hono/secure-headers";
import { ready, user } from "./routes.mjs";

const [mode = "features"] = globalThis.Deno?.args ?? process.argv.slice(2);
const app = new Hono();
const counted = { requests: 0, ms: 0 };
if (mode === "features") {
  app.use(requestId());
  app.use(secureHeaders());
  app.use(async (_context, next) => {
    const startedMs = performance.now();
    await next();
    counted.requests += 1;
    counted.ms += performance.now() - startedMs;
  });
}
app.get("/user/:id", (context) => context.json(user(context.req.param("id"))));

if (globalThis.Bun) ready(Bun.serve({ hostname: "127.0.0.1", port: 0, fetch: app.fetch }).port);
else ready(Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, app.fetch).addr.port);
