/** Elysia (Bun) with hooks for the same features: request id, security headers, a counter and a timer. */
import { Elysia } from "elysia";
import { ready, user } from "./routes.mjs";

const [mode = "features", json = "{}"] = process.argv.slice(2);
const fixed = JSON.parse(json);
const counted = { requests: 0, ms: 0 };
const prefix = crypto.randomUUID().slice(0, 16);
let number = 0;
const app = new Elysia();
if (mode === "features") {
  app.derive(() => ({ startedMs: performance.now() }));
  app.onAfterHandle(({ set, startedMs }) => {
    Object.assign(set.headers, fixed);
    set.headers["x-request-id"] = prefix + (number++).toString(36);
    counted.requests += 1;
    counted.ms += performance.now() - startedMs;
  });
}
app.get("/user/:id", ({ params }) => user(params.id));
app.listen({ hostname: "127.0.0.1", port: 0 });
ready(app.server.port);
