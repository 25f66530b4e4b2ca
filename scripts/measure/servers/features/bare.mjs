/**
 * The bare runtime, answering the same bytes as the emitted server with the given headers. Arguments: "literal" (a new
 * object of headers per response, as handlers are usually written) or "shared" (one Headers object); then the fixed
 * headers as JSON, and the name of the header that carries a request id, or "".
 */
import { ready, user } from "./routes.mjs";

const [style = "literal", json = "{}", idHeader = ""] = globalThis.Deno?.args ?? process.argv.slice(2);
const fixed = JSON.parse(json);
const shared = new Headers(fixed);
const plain = Object.keys(fixed).length === 0 && idHeader === "";
const prefix = crypto.randomUUID().slice(0, 16);
let number = 0;

function respond(id) {
  if (plain) return Response.json(user(id));
  const body = JSON.stringify(user(id));
  if (style === "shared") {
    if (idHeader !== "") shared.set(idHeader, prefix + (number++).toString(36));
    return new Response(body, { headers: shared });
  }
  if (idHeader === "") return new Response(body, { headers: { ...fixed } });
  return new Response(body, { headers: { ...fixed, [idHeader]: prefix + (number++).toString(36) } });
}

if (globalThis.Bun) {
  const server = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    routes: { "/user/:id": { GET: (request) => respond(request.params.id) } },
    fetch: () => new Response("not found", { status: 404 }),
  });
  ready(server.port);
} else {
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, (request) => {
    const { url } = request;
    const at = url.indexOf("/", 8);
    if (request.method === "GET" && url.startsWith("/user/", at)) return respond(url.slice(at + 6));
    return new Response("not found", { status: 404 });
  });
  ready(server.addr.port);
}
