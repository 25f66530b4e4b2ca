/** Deno.serve, routed by hand: https://docs.deno.com/api/deno/~/Deno.serve */
import { announce, CONSTANT, count, HOSTNAME, message, order } from "./order.mjs";

const { equal, headers, requestIdHeader, constantHasId } = order;
const fixed = Object.fromEntries(headers);
const USERS = "/users/";

function bare(request) {
  const path = pathOf(request.url);
  if (path === "/constant") return new Response(CONSTANT);
  if (path === "/json") return Response.json(message());
  if (path.startsWith(USERS)) return Response.json({ id: path.slice(USERS.length) });
  return new Response("not found", { status: 404 });
}

function respond(request) {
  const path = pathOf(request.url);
  if (path === "/constant") return new Response(CONSTANT, { headers: constantHasId ? ofRequest() : fixed });
  if (path === "/json") return Response.json(message(), { headers: ofRequest() });
  if (path.startsWith(USERS)) return Response.json({ id: path.slice(USERS.length) }, { headers: ofRequest() });
  return new Response("not found", { status: 404, headers: ofRequest() });
}

Deno.serve(
  { hostname: HOSTNAME, port: 0, onListen: ({ port }) => announce(port) },
  equal ? (request) => timed(request) : bare,
);

/** Without `new URL()`, which takes longer than the rest of a small handler. */
function pathOf(url) {
  const start = url.indexOf("/", 8);
  const end = url.indexOf("?", start);
  return end === -1 ? url.slice(start) : url.slice(start, end);
}

function ofRequest() {
  return requestIdHeader === "" ? fixed : { ...fixed, [requestIdHeader]: crypto.randomUUID() };
}

function timed(request) {
  const startMs = performance.now();
  const response = respond(request);
  count(startMs);
  return response;
}
