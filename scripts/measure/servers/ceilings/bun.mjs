/** Bun.serve in one of the forms that scripts/measure/ceilings.mjs compares: `bun bun.mjs FORM`. Says `port N` on stderr. */
import { BODY, broadcastTimer, fourHeaders } from "./answers.mjs";

const TOPIC = "all";
const options = { hostname: "127.0.0.1", port: 0, idleTimeout: 255 };
const text = () => new Response(BODY);
const routes = new Map([["/", text]]);

const forms = {
  static: () => ({ routes: { "/": new Response(BODY) }, fetch: text }),
  route: () => ({ routes: { "/": text }, fetch: text }),
  map: () => ({ fetch: (request) => routes.get(new URL(request.url).pathname)() }),
  headers: () => ({ routes: { "/": () => new Response(BODY, { headers: fourHeaders }) }, fetch: text }),
  address: () => ({
    routes: { "/": (request, server) => new Response(server.requestIP(request) ? BODY : "unknown") },
    fetch: text,
  }),
  reads: () => ({
    routes: {
      "/": ({ headers }) => new Response(headers.get("host") && headers.get("accept") !== "" ? BODY : "none"),
    },
    fetch: text,
  }),
  async: () => ({
    routes: {
      "/": async () => {
        await undefined;
        return new Response(BODY);
      },
    },
    fetch: text,
  }),
  sockets: () => ({
    fetch: (request, server) => (server.upgrade(request) ? undefined : text()),
    websocket: {
      idleTimeout: 960,
      open: (socket) => socket.subscribe(TOPIC),
      message: (socket, message) => socket.send(message),
    },
  }),
};

const server = Bun.serve({ ...options, ...forms[process.argv[2]]() });
console.error(`port ${server.port}`);
if (process.argv[3] === "broadcast") broadcastTimer((message) => server.publish(TOPIC, message));
