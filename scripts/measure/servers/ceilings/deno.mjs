/** Deno.serve in one of the forms that scripts/measure/ceilings.mjs compares: `deno run deno.mjs FORM`. Says `port N`. */
import { BODY, broadcastTimer, fourHeaders } from "./answers.mjs";

const text = () => new Response(BODY);
const routes = new Map([["/", text]]);
const sockets = new Set();

const forms = {
  plain: text,
  map: (request) => routes.get(new URL(request.url).pathname)(),
  headers: () => new Response(BODY, { headers: fourHeaders }),
  reads: (request, { remoteAddr }) =>
    new Response(request.headers.get("host") && remoteAddr.hostname ? BODY : "unknown"),
  sockets: (request) => {
    if (request.headers.get("upgrade") !== "websocket") return text();
    const { socket, response } = Deno.upgradeWebSocket(request, { idleTimeout: 0 });
    socket.onopen = () => sockets.add(socket);
    socket.onmessage = ({ data }) => socket.send(data);
    socket.onclose = () => sockets.delete(socket);
    return response;
  },
};

Deno.serve(
  { hostname: "127.0.0.1", port: 0, onListen: ({ port }) => console.error(`port ${port}`) },
  forms[Deno.args[0]],
);
if (Deno.args[1] === "broadcast") {
  broadcastTimer((message) => {
    for (const socket of sockets) if (socket.readyState === WebSocket.OPEN) socket.send(message);
  });
}
