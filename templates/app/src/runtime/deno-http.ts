/**
 * The Deno adapter for direct exposure: node:http on Deno, because it has the timeouts and the connection limit that
 * Deno.serve lacks, at about 2.4 times the CPU per request.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { AddressInfo } from "node:net";
import type { Duplex } from "node:stream";
import { type WebSocket as NodeSocket, WebSocketServer } from "ws";
import { HttpError, problemResponse } from "../http/http-error.ts";
import { libraryVariables } from "./capabilities.ts";
import { expires } from "./deadline.ts";
import { denoProcess, startDenoWorker } from "./deno-process.ts";
import { type Dispatch, dispatcher } from "./dispatch.ts";
import { fileChunks } from "./file-chunks.ts";
import { Connections, HEAD_FIELDS_MAX } from "./node-connections.ts";
import { isAmbiguous } from "./node-framing.ts";
import { IncomingBody, toRequest } from "./node-request.ts";
import { sendResponse, writeBody } from "./node-response.ts";
import { socketMaker, type WritableSocket } from "./node-socket.ts";
import type { Listener, ListenOptions, Peer, Resource, RuntimePort, Site, SocketEntry } from "./port.ts";

/** How often node:http looks for expired heads: its own default of 30 s makes short timeouts meaningless. */
const CHECK_INTERVAL_MS = 500;

async function listen(site: Site, options: ListenOptions): Promise<Listener> {
  const state = { draining: false };
  const server = createHttpServer(options);
  const { connectionsMax, requestsPerConnectionMax: requestsMax = 0 } = options;
  const limits = { connectionsMax, requestsMax, isTls: options.tls !== undefined };
  const connections = new Connections(server, limits, options.counters);
  const dispatch = dispatcher(site, site.sockets.map(plainResource));
  const handler = handlerOf(site, dispatch, options, connections, state);
  server.on("request", (incoming: IncomingMessage, outgoing: ServerResponse) => handler(incoming, outgoing, undefined));
  // Beyond its count node:http leaves fields out silently; the handler refuses such heads instead.
  server.maxHeadersCount = 0;
  // Without a listener of its own this asks for every announced body before the handler has seen the head.
  server.on("checkContinue", (incoming: IncomingMessage, outgoing: ServerResponse) => {
    handler(incoming, outgoing, () => outgoing.writeContinue());
  });
  server.on("connect", (_incoming: IncomingMessage, connection: Duplex) => {
    void writeByHand(Promise.resolve(notImplemented()), connection, options.idleMs);
  });
  const websockets = new WebSocketServer({
    noServer: true,
    maxPayload: options.sockets.messageBytesMax,
    perMessageDeflate: false,
    clientTracking: true,
  });
  // Without sockets node:http answers a request that offers an upgrade as if it did not.
  if (site.sockets.length > 0) server.on("upgrade", upgradeHandler(site, dispatch, websockets, options));
  // An idle time of 0 means that a silent socket may stay for ever.
  const pingMs = options.sockets.idleMs / 2;
  const pings = pingMs > 0 ? setInterval(() => pingAll(websockets), pingMs) : undefined;
  await listening(server, options);
  return {
    port: (server.address() as AddressInfo).port,
    async drain(deadlineMs) {
      state.draining = true;
      clearInterval(pings);
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeIdleConnections();
      for (const ws of websockets.clients) ws.close(1001, "the server is stopping");
      const cut = await expires(closed, deadlineMs);
      if (cut) {
        for (const ws of websockets.clients) ws.terminate();
        server.closeAllConnections();
      }
      return { cut };
    },
  };
}

/** @param invite asks a client that waits for it to send its body */
type NodeHandler = (incoming: IncomingMessage, outgoing: ServerResponse, invite: (() => void) | undefined) => void;

function createHttpServer(options: ListenOptions): Server {
  const limits = {
    connectionsCheckingInterval: CHECK_INTERVAL_MS,
    ...(options.headMs === undefined ? {} : { headersTimeout: options.headMs }),
    ...(options.requestMs === undefined ? {} : { requestTimeout: options.requestMs }),
    ...(options.idleMs === undefined ? {} : { keepAliveTimeout: options.idleMs }),
    ...(options.headBytesMax === undefined ? {} : { maxHeaderSize: options.headBytesMax }),
  };
  if (!options.tls) return createServer(limits);
  const minVersion = options.tls.profile === "modern" ? "TLSv1.3" : "TLSv1.2";
  return createTlsServer({ ...limits, cert: options.tls.certPem, key: options.tls.keyPem, minVersion });
}

function listening(server: Server, options: ListenOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    const where = {
      host: options.host,
      port: options.port,
      reusePort: options.reusePort,
      ...(options.backlogMax === undefined ? {} : { backlog: options.backlogMax }),
    };
    server.listen(where, () => {
      server.removeListener("error", reject);
      resolve();
    });
  });
}

function handlerOf(
  site: Site,
  dispatch: Dispatch,
  options: ListenOptions,
  connections: Connections,
  state: { readonly draining: boolean },
): NodeHandler {
  const scheme = options.tls ? "https" : "http";
  const chunks = fileChunks(options.memory);
  return (incoming, outgoing, invite) => {
    // What follows an ambiguous head is nobody's request; that head's answer ends the connection.
    if (closing.has(incoming.socket) || !connections.admit(incoming, outgoing)) return;
    const body = new IncomingBody(incoming, invite);
    const response = answer(site, dispatch, scheme, incoming, { peer: outgoing, body });
    void Promise.resolve(response)
      .catch(site.onError)
      .then((ready) => {
        if (state.draining) outgoing.setHeader("connection", "close");
        return sendResponse(ready, outgoing, { body, idleMs: options.idleMs, chunks }, site.onError);
      });
  };
}

/** What a socket's path answers to a request that is no upgrade. */
function plainResource({ pattern }: SocketEntry): Resource {
  const init = { status: 426, headers: { upgrade: "websocket" } };
  return { pattern, endpoints: new Map([["GET", () => new Response("Expected a WebSocket upgrade.\n", init)]]) };
}

/** An upgrade that is declined has no body: what follows its head belongs to the offered protocol. */
interface Exchange {
  readonly peer: ServerResponse | IncomingMessage;
  readonly body: IncomingBody | undefined;
}

function answer(
  site: Site,
  dispatch: Dispatch,
  scheme: string,
  incoming: IncomingMessage,
  { peer, body }: Exchange,
): Response | Promise<Response> {
  if (incoming.rawHeaders.length > 2 * HEAD_FIELDS_MAX) return tooManyFields();
  if (isAmbiguous(incoming)) {
    closing.add(incoming.socket);
    return malformed({ connection: "close" });
  }
  // The standard request refuses this method, which no server of this kind should serve.
  if (incoming.method === "TRACE") return notImplemented();
  let request: Request;
  try {
    request = toRequest(incoming, scheme, body);
  } catch {
    return malformed();
  }
  try {
    return dispatch(request, peer);
  } catch (error) {
    return site.onError(error);
  }
}

/** Connections whose next answer is their last, whatever has arrived behind its request. */
const closing = new WeakSet<object>();

function malformed(headers: Readonly<Record<string, string>> = {}): Response {
  return problemResponse(new HttpError(400, "REQUEST_MALFORMED", "The head of the request is not valid.", headers));
}

function notImplemented(): Response {
  return problemResponse(new HttpError(501, "METHOD_NOT_IMPLEMENTED", "The server does not know this method."));
}

function tooManyFields(): Response {
  const detail = `The head has more than ${HEAD_FIELDS_MAX} fields.`;
  return problemResponse(new HttpError(431, "TOO_MANY_FIELDS", detail, { connection: "close" }));
}

function upgradeHandler(site: Site, dispatch: Dispatch, websockets: WebSocketServer, options: ListenOptions) {
  const entries = new Map(site.sockets.map((entry) => [entry.pattern, entry]));
  const scheme = options.tls ? "https" : "http";
  const makeSocket = socketMaker(options.sockets, options.memory);
  return (incoming: IncomingMessage, connection: Duplex, head: Uint8Array): void => {
    const path = (incoming.url ?? "/").split("?", 1)[0] as string;
    const offer = incoming.headers.upgrade?.toLowerCase();
    const entry = offer === "websocket" ? entries.get(path) : undefined;
    // Other offers (h2c, say) may be declined by answering the request itself.
    const refused = entry
      ? admitted(entry, incoming, scheme)
      : answer(site, dispatch, scheme, incoming, { peer: incoming, body: undefined });
    if (refused || !entry) {
      const declined = Promise.resolve(refused ?? malformed()).catch(site.onError);
      void writeByHand(declined, connection, options.idleMs);
      return;
    }
    websockets.handleUpgrade(incoming, connection, head as never, (ws) => {
      attach(ws, entry, makeSocket(ws, connection));
    });
  };
}

/** undefined: the entry admits the upgrade. */
function admitted(entry: SocketEntry, incoming: IncomingMessage, scheme: string): Response | undefined {
  try {
    return entry.admit(toRequest(incoming, scheme, undefined));
  } catch {
    return malformed();
  }
}

/** A request with an upgrade has no ServerResponse: its answer is written here, and ends the connection. */
async function writeByHand(answer: Promise<Response>, connection: Duplex, idleMs: number | undefined): Promise<void> {
  // A client that goes away meanwhile is no concern of ours.
  connection.on("error", () => connection.destroy());
  const response = await answer;
  const headers = [...response.headers].map(([name, value]) => `${name}: ${value}\r\n`).join("");
  connection.write(`HTTP/1.1 ${response.status} \r\n${headers}connection: close\r\n\r\n`);
  await writeBody(response, connection, idleMs);
}

function attach(ws: NodeSocket, entry: SocketEntry, { socket, release }: WritableSocket): void {
  alive.add(ws);
  ws.on("pong", () => alive.add(ws));
  ws.on("message", (data: Uint8Array, isBinary: boolean) => {
    alive.add(ws);
    entry.handlers.message(socket, isBinary ? new Uint8Array(data) : new TextDecoder().decode(data));
  });
  // "close" follows every error and is where the socket's end is handled.
  ws.on("error", () => {
    // The frame that tells the client why may wait for the end of the turn.
    release();
    ws.terminate();
  });
  ws.on("close", (code: number, reason: Uint8Array) => {
    entry.handlers.close?.(socket, code, new TextDecoder().decode(reason));
  });
  entry.handlers.open?.(socket);
}

/** Sockets heard of since the last round of pings. */
const alive = new WeakSet<NodeSocket>();

/** Called at half the idle time: a socket that answered nothing since the last round is dead. */
function pingAll(websockets: WebSocketServer): void {
  for (const ws of websockets.clients) {
    if (!alive.delete(ws)) ws.terminate();
    else ws.ping();
  }
}

export const denoHttp = {
  ...denoProcess,
  adapter: "deno-http",
  startWorker: (module, permissions, events) =>
    startDenoWorker(module, permissions, events, libraryVariables["deno-http"]),
  listen,
  onDeparture(_request: Request, peer: Peer, left: () => void) {
    const outgoing = peer as ServerResponse | IncomingMessage;
    outgoing.once("close", left);
    if (outgoing.destroyed) left();
  },
  address(_request: Request, peer: Peer) {
    const { req: incoming = peer } = peer as Partial<ServerResponse>;
    return (incoming as IncomingMessage).socket.remoteAddress ?? "";
  },
} satisfies RuntimePort;
