/** node:http, routed by hand: https://nodejs.org/api/http.html. Runs on Deno and on Node. */
import { randomUUID } from "node:crypto";
import { createServer } from "node:http";
import { announce, CONSTANT, count, HOSTNAME, message, order } from "./order.mjs";

const { equal, headers, requestIdHeader, constantHasId } = order;
const fixed = Object.fromEntries(headers);
const USERS = "/users/";
const TEXT = "text/plain;charset=UTF-8";
const JSON_TYPE = "application/json";

const server = createServer(equal ? timed : respond);
server.listen(0, HOSTNAME, () => announce(server.address().port));

function respond(request, response) {
  const query = request.url.indexOf("?");
  const path = query === -1 ? request.url : request.url.slice(0, query);
  if (path === "/constant") return send(response, 200, TEXT, CONSTANT, constantHasId);
  if (path === "/json") return send(response, 200, JSON_TYPE, JSON.stringify(message()), true);
  if (path.startsWith(USERS)) {
    return send(response, 200, JSON_TYPE, JSON.stringify({ id: path.slice(USERS.length) }), true);
  }
  send(response, 404, TEXT, "not found", true);
}

function send(response, status, type, body, withId) {
  const id = equal && withId && requestIdHeader !== "" ? { [requestIdHeader]: randomUUID() } : {};
  response.writeHead(status, { ...fixed, ...id, "content-type": type, "content-length": body.length });
  response.end(body);
}

function timed(request, response) {
  const startMs = performance.now();
  respond(request, response);
  count(startMs);
}
