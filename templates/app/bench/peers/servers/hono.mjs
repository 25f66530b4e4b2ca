/** Hono with its own middleware: https://hono.dev/docs/middleware/builtin/secure-headers and request-id */
import { Hono } from "hono";
import { requestId } from "hono/request-id";
import { secureHeaders } from "hono/secure-headers";
import { otherHeaders, secureHeaderOptions } from "./hono-headers.mjs";
import { announce, CONSTANT, count, HOSTNAME, message, order } from "./order.mjs";

const { equal, headers, requestIdHeader, constantHasId } = order;
const app = new Hono();

if (equal) {
  app.use(async (_context, next) => {
    const startMs = performance.now();
    await next();
    count(startMs);
  });
  if (requestIdHeader !== "") {
    const withId = requestId({ headerName: requestIdHeader });
    app.use(constantHasId ? "*" : "/json", withId);
    if (!constantHasId) app.use("/users/*", withId);
  }
  app.use(secureHeaders(secureHeaderOptions(headers)));
  const others = otherHeaders(headers);
  if (others.length > 0) {
    app.use(async (context, next) => {
      await next();
      for (const [name, value] of others) context.res.headers.set(name, value);
    });
  }
}

app.get("/constant", (context) => context.text(CONSTANT));
app.get("/json", (context) => context.json(message()));
app.get("/users/:id", (context) => context.json({ id: context.req.param("id") }));

if (globalThis.Bun) {
  announce(Bun.serve({ hostname: HOSTNAME, port: 0, fetch: app.fetch }).port);
} else {
  Deno.serve({ hostname: HOSTNAME, port: 0, onListen: ({ port }) => announce(port) }, app.fetch);
}
