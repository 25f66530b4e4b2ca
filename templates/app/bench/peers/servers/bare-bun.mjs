/** Bun.serve with native routes: https://bun.com/docs/api/http */
import { announce, CONSTANT, count, HOSTNAME, message, order } from "./order.mjs";

const { equal, headers, requestIdHeader, constantHasId } = order;
const fixed = Object.fromEntries(headers);

const bareRoutes = {
  "/constant": new Response(CONSTANT),
  "/json": () => Response.json(message()),
  "/users/:id": (request) => Response.json({ id: request.params.id }),
};

const equalRoutes = {
  "/constant": constantHasId
    ? () => timed(() => new Response(CONSTANT, { headers: ofRequest() }))
    : new Response(CONSTANT, { headers: fixed }),
  "/json": () => timed(() => Response.json(message(), { headers: ofRequest() })),
  "/users/:id": (request) => timed(() => Response.json({ id: request.params.id }, { headers: ofRequest() })),
};

const server = Bun.serve({
  hostname: HOSTNAME,
  port: 0,
  routes: equal ? equalRoutes : bareRoutes,
  fetch: () => new Response("not found", { status: 404 }),
});
announce(server.port);

function ofRequest() {
  return requestIdHeader === "" ? fixed : { ...fixed, [requestIdHeader]: crypto.randomUUID() };
}

function timed(respond) {
  const startMs = performance.now();
  const response = respond();
  count(startMs);
  return response;
}
