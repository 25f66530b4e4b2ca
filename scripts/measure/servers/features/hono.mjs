/** Hono with its own middleware for the same features: request id, security headers, a counter and a timer. */
import { Hono } from "hono";
import { requestId } from "hono/request-id";
import { secureHeaders } from "hono/secure-headers";
import { otherHeaders, secureHeaderOptions } from "../../../../templates/app/bench/peers/servers/hono-headers.mjs";
import { ready, user } from "./routes.mjs";

const [mode = "features", json = "{}"] = globalThis.Deno?.args ?? process.argv.slice(2);
/** `context.json()` sets its own media type. */
const fixed = Object.entries(JSON.parse(json)).filter(([name]) => name !== "content-type");
const prefix = crypto.randomUUID().slice(0, 16);
let number = 0;
const app = new Hono();
const counted = { requests: 0, ms: 0 };
if (mode === "features") {
  // An id as the other servers make it: hono's own generator asks for 16 random bytes each time.
  app.use(requestId({ generator: () => prefix + (number++).toString(36) }));
  app.use(secureHeaders(secureHeaderOptions(fixed)));
  const others = otherHeaders(fixed);
  if (others.length > 0) {
    app.use(async (context, next) => {
      await next();
      for (const [name, value] of others) context.res.headers.set(name, value);
    });
  }
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
