/**
 * The Bun adapter: Bun.serve with its native router.
 *
 * What Bun does by itself: cuts heads that stay incomplete for about 10 s and uploads below 16 KB/s, pings WebSockets,
 * counts chunked bodies. What it cannot do is in capabilities.ts.
 */
import { pathOf } from "../http/path-of.ts";
import { runtimeVersions } from "./capabilities.ts";
import { expires } from "./deadline.ts";
import {
  type Endpoint,
  endpointOf,
  type FixedResponse,
  type Listener,
  type ListenOptions,
  type Peer,
  type Resource,
  type RuntimePort,
  type Site,
  type Socket,
  type SocketEntry,
  type SocketHandlers,
  type WorkerEvents,
} from "./port.ts";

/** Bun's upper bound on idleTimeout, in seconds. */
const IDLE_S_MAX = 255;

interface SocketData {
  readonly handlers: SocketHandlers;
  socket: Socket | undefined;
}

type BunServer = Bun.Server<SocketData>;
type BunSocket = Bun.ServerWebSocket<SocketData>;
/** With parameters: what Bun's router adds to the request. */
type RoutedRequest = Request & { readonly params: Readonly<Record<string, string>> };
type RouteFunction = (request: RoutedRequest, server: BunServer) => Response | undefined | Promise<Response>;

async function listen(site: Site, options: ListenOptions): Promise<Listener> {
  const open = new Set<BunSocket>();
  const server = Bun.serve<SocketData>({
    hostname: options.host,
    port: options.port,
    reusePort: options.reusePort,
    development: false,
    routes: nativeRoutes(site) as unknown as Record<string, never>,
    fetch: (request: Request, self: BunServer) => site.fallback(request, self),
    error: site.onError,
    maxRequestBodySize: options.bodyBytesMax,
    ...(options.idleMs === undefined ? {} : { idleTimeout: wholeSeconds(options.idleMs) }),
    ...(options.tls ? { tls: tlsOptions(options.tls) } : {}),
    websocket: socketHandlers(open, options),
  });
  return {
    port: server.port ?? options.port,
    drain: (deadlineMs) => drain(server, open, deadlineMs),
  };
}

/** Bun takes whole seconds; 0 would mean never, which no connection may have. */
function wholeSeconds(ms: number): number {
  return Math.min(Math.max(Math.ceil(ms / 1000), 1), IDLE_S_MAX);
}

function tlsOptions(tls: NonNullable<ListenOptions["tls"]>): Bun.TLSOptions {
  return { cert: tls.certPem, key: tls.keyPem, ...minimumVersion(tls.profile) };
}

/**
 * Mozilla's "modern" is TLS 1.3 only; "intermediate" adds 1.2, which is the runtime's own floor. Bun.serve takes the
 * protocol's number (RFC 8446, 4.2.1), not node:tls' name; its types do not declare the option.
 */
function minimumVersion(profile: "modern" | "intermediate"): Record<string, unknown> {
  return { minVersion: profile === "modern" ? 0x0304 : 0x0303 };
}

/** More methods than the registry of HTTP methods that servers meet. */
const METHODS_MAX = 32;

type NativeRoutes = Record<string, Record<string, RouteFunction | Response> | RouteFunction>;

function nativeRoutes(site: Site): NativeRoutes {
  const routes: NativeRoutes = {};
  for (const resource of site.resources) {
    if (resource.any) {
      routes[resource.pattern] = anyMethod(resource, site);
      continue;
    }
    const methods: Record<string, RouteFunction | Response> = {};
    for (const [method, endpoint] of resource.endpoints)
      methods[method] = routeFunction(resource.pattern, endpoint, site);
    routes[resource.pattern] = methods;
  }
  for (const constant of site.constants) addConstant(constant, routes);
  for (const entry of site.sockets) routes[entry.pattern] = { GET: upgradeFunction(entry) };
  return routes;
}

/** Bun calls one function for every method of the path. */
function anyMethod(resource: Resource, site: Site): RouteFunction {
  const functions = new Map<string, RouteFunction>();
  return (request, server) => {
    const { method } = request;
    const known = functions.get(method);
    if (known) return known(request, server);
    const endpoint = endpointOf(resource, method) as Endpoint;
    const made = routeFunction(resource.pattern, endpoint, site);
    // Methods are few, and what a client makes up must not grow the map.
    if (functions.size < METHODS_MAX) functions.set(method, made);
    return made(request, server);
  };
}

/** Bun answers from the response's copy, with an ETag and 304 of its own, without running JavaScript. */
function addConstant({ method, pattern, body, status, headers }: FixedResponse, routes: NativeRoutes): void {
  const response = new Response(body, { status, headers: headers as [string, string][] });
  const methods = routes[pattern];
  if (typeof methods !== "object") return;
  methods[method] = response;
  if (method === "GET" && typeof methods.HEAD === "function") methods.HEAD = response;
}

function routeFunction(pattern: string, endpoint: Endpoint, site: Site): RouteFunction {
  if (pattern.endsWith("/*")) return wildcardFunction(pattern, endpoint, site);
  if (!pattern.includes("/:")) return (request, server) => endpoint(request, request.params, server);
  return (request, server) => {
    if (isMalformed(request)) return site.fallback(request, server);
    return endpoint(request, request.params, server);
  };
}

/** Bun matches a wildcard but does not say what it matched. */
function wildcardFunction(pattern: string, endpoint: Endpoint, site: Site): RouteFunction {
  const segmentsBefore = pattern.split("/").length - 2;
  return (request, server) => {
    const segments = pathOf(request.url).split("/");
    const rest = decoded(segments.slice(1 + segmentsBefore).join("/"));
    if (rest === undefined || isMalformed(request)) return site.fallback(request, server);
    return endpoint(request, { ...request.params, "*": rest }, server);
  };
}

/** Bun decodes a malformed parameter to U+FFFD; the fallback refuses such a path, as it does on other runtimes. */
function isMalformed(request: RoutedRequest): boolean {
  for (const name in request.params) {
    if (request.params[name]?.includes("\uFFFD")) return decoded(pathOf(request.url)) === undefined;
  }
  return false;
}

/** undefined: the percent-encoding is malformed. */
function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}

function upgradeFunction(entry: SocketEntry): RouteFunction {
  return (request, server) => {
    const refused = entry.admit(request);
    if (refused) return refused;
    if (server.upgrade(request, { data: { handlers: entry.handlers, socket: undefined } })) return undefined;
    return new Response("Expected a WebSocket upgrade.\n", { status: 426, headers: { upgrade: "websocket" } });
  };
}

function socketHandlers(open: Set<BunSocket>, options: ListenOptions): Bun.WebSocketHandler<SocketData> {
  return {
    maxPayloadLength: options.sockets.messageBytesMax,
    backpressureLimit: options.sockets.unsentBytesMax,
    closeOnBackpressureLimit: true,
    idleTimeout: Math.min(wholeSeconds(options.sockets.idleMs), 960),
    sendPings: true,
    perMessageDeflate: false,
    open(ws) {
      open.add(ws);
      ws.data.socket = portSocket(ws);
      ws.data.handlers.open?.(ws.data.socket);
    },
    message(ws, message) {
      if (ws.data.socket) ws.data.handlers.message(ws.data.socket, message);
    },
    close(ws, code, reason) {
      open.delete(ws);
      if (ws.data.socket) ws.data.handlers.close?.(ws.data.socket, code, reason);
    },
  };
}

function portSocket(ws: BunSocket): Socket {
  return {
    send(message) {
      const result = ws.send(message);
      if (result > 0) return "sent";
      return result === -1 ? "queued" : "dropped";
    },
    close: (code, reason) => ws.close(code, reason),
    unsentBytes: () => ws.getBufferedAmount(),
  };
}

/**
 * `stop()` never resolves while a WebSocket is open, so those are closed first; what the deadline finds open is cut.
 */
async function drain(server: BunServer, open: ReadonlySet<BunSocket>, deadlineMs: number): Promise<{ cut: boolean }> {
  const stopped = server.stop(false);
  for (const ws of open) ws.close(1001, "the server is stopping");
  const cut = await expires(stopped, deadlineMs);
  if (cut) await expires(server.stop(true), 1000);
  return { cut };
}

/** Bun's message of a dead worker shows the source around the error and the stack; its log has the former already. */
function errorLine(message: string): string {
  return /^\w*error: .+$/im.exec(message)?.[0] ?? message;
}

export const bun = {
  adapter: "bun",
  version: `Bun ${Bun.version}`,
  pinned: runtimeVersions.bun,
  listen,
  startWorker(module, _permissions, events: WorkerEvents) {
    const worker = new Worker(module.href, { smol: process.execArgv.includes("--smol") });
    worker.onmessage = (event: MessageEvent) => events.message(event.data);
    worker.onerror = (event: ErrorEvent) => {
      event.preventDefault();
      events.error(errorLine(event.message));
    };
    worker.addEventListener("close", () => events.error("the thread ended"));
    return { post: (message) => worker.postMessage(message), terminate: () => worker.terminate() };
  },
  address: (request: Request, peer: Peer) => (peer as BunServer).requestIP(request)?.address ?? "",
  memory() {
    const { rss, heapUsed, heapTotal, external } = process.memoryUsage();
    return { rssBytes: rss, heapUsedBytes: heapUsed, heapTotalBytes: heapTotal, externalBytes: external };
  },
  exec(path, args, environment) {
    if (process.platform === "win32") return;
    (process as unknown as { execve(path: string, argv: readonly string[], env: object): void }).execve(
      path,
      [path, ...args],
      environment,
    );
  },
} satisfies RuntimePort;
