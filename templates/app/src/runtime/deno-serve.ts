/**
 * The Deno adapter for use behind a proxy: Deno.serve, the runtime's fast path.
 *
 * Deno.serve has no timeouts, no body limit and no router: the proxy has the first, http/body.ts counts, and
 * http/router.ts finds. What remains is in capabilities.ts.
 */
import { expires } from "./deadline.ts";
import { denoProcess } from "./deno-process.ts";
import { dispatcher } from "./dispatch.ts";
import type {
  Listener,
  ListenOptions,
  Peer,
  Resource,
  RuntimePort,
  Site,
  Socket,
  SocketEntry,
  SocketLimits,
} from "./port.ts";

type ServeInfo = Deno.ServeHandlerInfo<Deno.NetAddr>;

async function listen(site: Site, options: ListenOptions): Promise<Listener> {
  const open = new Set<WebSocket>();
  const server = Deno.serve(
    {
      hostname: options.host,
      port: options.port,
      reusePort: options.reusePort,
      onListen() {},
      onError: site.onError,
      ...(options.backlogMax === undefined ? {} : { tcpBacklog: options.backlogMax }),
      ...(options.tls ? { cert: options.tls.certPem, key: options.tls.keyPem } : {}),
    },
    handlerOf(site, open, options.sockets),
  );
  return {
    port: server.addr.port,
    async drain(deadlineMs) {
      const stopped = server.shutdown();
      for (const socket of open) socket.close(1001, "the server is stopping");
      // Deno offers no way to cut what a shutdown still waits for; the end of the thread or process does.
      return { cut: await expires(stopped, deadlineMs) };
    },
  };
}

function handlerOf(
  site: Site,
  open: Set<WebSocket>,
  limits: SocketLimits,
): (request: Request, info: ServeInfo) => Response | Promise<Response> {
  const upgrades = site.sockets.map(
    (entry): Resource => ({
      pattern: entry.pattern,
      endpoints: new Map([["GET", (request) => upgrade(request, entry, open, limits)]]),
    }),
  );
  return dispatcher(site, upgrades);
}

function upgrade(request: Request, entry: SocketEntry, open: Set<WebSocket>, limits: SocketLimits): Response {
  const refused = entry.admit(request);
  if (refused) return refused;
  // Deno itself does not ask for it; a proxy that does (RFC 6455, 4.2.2) takes what follows for requests.
  if (request.headers.get("sec-websocket-version") !== "13") {
    const headers = { upgrade: "websocket", "sec-websocket-version": "13" };
    return new Response("Expected version 13 of WebSocket.\n", { status: 426, headers });
  }
  let upgraded: Deno.WebSocketUpgrade;
  try {
    upgraded = Deno.upgradeWebSocket(request, { idleTimeout: Math.ceil(limits.idleMs / 1000) });
  } catch {
    return new Response("Expected a WebSocket upgrade.\n", { status: 426, headers: { upgrade: "websocket" } });
  }
  attach(upgraded.socket, entry, open, limits);
  return upgraded.response;
}

function attach(ws: WebSocket, entry: SocketEntry, open: Set<WebSocket>, limits: SocketLimits): void {
  const socket = portSocket(ws, limits);
  ws.binaryType = "arraybuffer";
  open.add(ws);
  ws.onopen = () => entry.handlers.open?.(socket);
  ws.onmessage = (event) => {
    const message = typeof event.data === "string" ? event.data : new Uint8Array(event.data as ArrayBuffer);
    if (exceeds(message, limits.messageBytesMax)) ws.close(1009, "the message is too large");
    else entry.handlers.message(socket, message);
  };
  // A socket that breaks fires "error" and then "close"; the second one counts.
  ws.onerror = (event) => event.preventDefault();
  ws.onclose = (event) => {
    open.delete(ws);
    // Deno reports 0 where the connection broke; the standard's number for that is 1006.
    entry.handlers.close?.(socket, event.code || 1006, event.reason);
  };
}

/** Text counts in the bytes that it took on the wire; at most three per UTF-16 unit, so most need no counting. */
function exceeds(message: string | Uint8Array, bytesMax: number): boolean {
  if (message.length > bytesMax) return true;
  if (typeof message !== "string" || message.length * 3 <= bytesMax) return false;
  return Buffer.byteLength(message) > bytesMax;
}

function portSocket(ws: WebSocket, limits: SocketLimits): Socket {
  return {
    send(message) {
      if (ws.readyState !== WebSocket.OPEN) return "dropped";
      if (ws.bufferedAmount > limits.unsentBytesMax) {
        ws.close(1013, "the receiver is too slow");
        return "dropped";
      }
      ws.send(message as string | Uint8Array<ArrayBuffer>);
      return ws.bufferedAmount === 0 ? "sent" : "queued";
    },
    close: (code, reason) => ws.close(code, reason),
    unsentBytes: () => ws.bufferedAmount,
  };
}

export const denoServe = {
  ...denoProcess,
  adapter: "deno-serve",
  listen,
  // Without --unstable-no-legacy-abort, which the launcher sets, it is aborted after a success too, and Deno warns once.
  onDeparture: (request, _peer, left) => request.signal.addEventListener("abort", left, { once: true }),
  address: (_request: Request, peer: Peer) => (peer as ServeInfo).remoteAddr.hostname,
} satisfies RuntimePort;
