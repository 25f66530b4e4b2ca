/** Elysia with its life cycle hooks: https://elysiajs.com/essential/life-cycle.html. Runs on Bun. */
import { Elysia } from "elysia";
import { announce, CONSTANT, count, HOSTNAME, message, order } from "./order.mjs";

const { equal, headers, requestIdHeader, constantHasId } = order;
const app = new Elysia();

if (equal) app.headers(Object.fromEntries(headers));
// A route is subject to the hooks that stand before it.
if (!constantHasId) app.get("/constant", CONSTANT);
if (equal) {
  if (requestIdHeader !== "") {
    app.onBeforeHandle(({ set }) => {
      set.headers[requestIdHeader] = crypto.randomUUID();
    });
  }
  app.derive(() => ({ startMs: performance.now() })).onAfterResponse(({ startMs }) => count(startMs));
}
if (constantHasId) app.get("/constant", () => CONSTANT);
app.get("/json", () => message());
app.get("/users/:id", ({ params: { id } }) => ({ id }));

app.listen({ hostname: HOSTNAME, port: 0 }, ({ port }) => announce(port));
