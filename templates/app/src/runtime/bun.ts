/**
 * The Bun adapter: Bun.serve with its native router.
 *
 * What Bun does by itself: cuts heads that stay incomplete for about 12 s and uploads below 16 KB/s, pings WebSockets,
 * counts chunked bodies. What it cannot do is in capabilities.ts.
 */
import { closeSync, fstatSync, lstatSync, openSync, type Stats } from "node:fs";
import type { PathParams } from "../http/parameter-types.ts";
import { type Pattern, parsePattern, type Segment } from "../http/pattern.ts";
import { bunMallocProof } from "./bun-malloc.ts";
import { wholeSeconds } from "./bun-seconds.ts";
import type { BunSocket, SocketData } from "./bun-socket.ts";
import { socketHandlers } from "./bun-sockets.ts";
import { runtimeVersions } from "./capabilities.ts";
import { watchCollections } from "./collection-watch.ts";
import { expires } from "./deadline.ts";
import { type Dispatch, dispatcher } from "./dispatch.ts";
import { isSameFile, stampOf } from "./file-stamp.ts";
import { streamFile } from "./file-stream.ts";
import { literalSegments, type NativeParams, nativeParams } from "./native-params.ts";
import { hasOnlyNativeMethods, nativePatterns } from "./native-patterns.ts";
import { isMissing, OPEN_FLAGS } from "./open-file.ts";
import type {
  Endpoint,
  FixedResponse,
  Listener,
  ListenOptions,
  OpenFile,
  Peer,
  Resource,
  RuntimePort,
  Site,
  SocketEntry,
  WorkerEvents,
  WorkerPermissions,
  WorkerThread,
} from "./port.ts";

const noParams: PathParams = Object.freeze({});

type BunServer = Bun.Server<SocketData>;
/** With parameters: what Bun's router adds to the request. */
type RoutedRequest = Request & { readonly params: Readonly<Record<string, string>> };
type RouteFunction = (request: RoutedRequest, server: BunServer) => Response | undefined | Promise<Response>;

async function listen(site: Site, options: ListenOptions): Promise<Listener> {
  const open = new Set<BunSocket>();
  const dispatch = dispatcher(site, site.sockets.map(upgradeResource));
  const server = Bun.serve<SocketData>({
    hostname: options.host,
    port: options.port,
    reusePort: options.reusePort,
    development: false,
    routes: nativeRoutes(site, dispatch) as unknown as Record<string, never>,
    fetch: dispatch,
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

type NativeRoutes = Record<string, Record<string, RouteFunction | Response> | RouteFunction>;

/**
 * Exact paths, and patterns with parameters where Bun's router decides as ours does. Bun takes a path as it was sent:
 * another spelling of it goes to `dispatch`, and so does every path that no native route matches.
 */
function nativeRoutes(site: Site, dispatch: Dispatch): NativeRoutes {
  const routes: NativeRoutes = {};
  const parametric = nativePatterns(site.resources);
  const literals = literalSegments(site.resources);
  for (const resource of site.resources) {
    const pattern = parsePattern(resource.pattern);
    if (pattern.exact !== undefined) routes[pattern.exact] = exactRoute(resource, dispatch);
    else if (parametric.has(pattern.source)) {
      routes[nativePath(pattern)] = parameterRoute(resource, nativeParams(pattern, literals), dispatch);
    }
  }
  for (const constant of site.constants) addConstant(constant, routes);
  for (const entry of site.sockets) routes[entry.pattern] = { GET: upgradeFunction(entry) };
  return routes;
}

/**
 * For a method that the table lacks Bun goes on to less specific routes. Those capture a literal segment then, and leave
 * the request to `dispatch` (native-params.ts), which knows that the path has a route, and answers 405.
 */
function exactRoute(resource: Resource, dispatch: Dispatch): Record<string, RouteFunction> | RouteFunction {
  if (!hasOnlyNativeMethods(resource)) return dispatch;
  return byMethod(resource, (endpoint) => (request, server) => endpoint(request, noParams, server));
}

function parameterRoute(resource: Resource, params: NativeParams, dispatch: Dispatch): Record<string, RouteFunction> {
  return byMethod(resource, (endpoint) => (request, server) => {
    const found = params(request.params);
    return found ? endpoint(request, found, server) : dispatch(request, server);
  });
}

function byMethod(resource: Resource, wrap: (endpoint: Endpoint) => RouteFunction): Record<string, RouteFunction> {
  return Object.fromEntries([...resource.endpoints].map(([method, endpoint]) => [method, wrap(endpoint)]));
}

/** The pattern in Bun's words: canonical literals, and no types. */
function nativePath({ segments }: Pattern): string {
  return segments.map((segment) => `/${segment.kind === "parameter" ? `:${segment.name}` : textOf(segment)}`).join("");
}

function textOf(segment: Segment): string {
  return segment.kind === "literal" ? segment.text : "*";
}

/** Bun answers from the response's copy, with an ETag and 304 of its own, without running JavaScript. */
function addConstant({ method, pattern, body, status, headers }: FixedResponse, routes: NativeRoutes): void {
  const response = new Response(body === "" ? null : body, { status, headers: headers as [string, string][] });
  const methods = routes[parsePattern(pattern).exact ?? pattern];
  if (typeof methods !== "object") return;
  methods[method] = response;
  if (method === "GET" && typeof methods.HEAD === "function") methods.HEAD = response;
}

/** The same for another spelling of the path, which Bun's router does not know. */
function upgradeResource(entry: SocketEntry): Resource {
  const upgrade = upgradeFunction(entry);
  // A request that became a socket has no response; Bun takes that from its `fetch` too.
  const endpoint = (request: Request, _params: PathParams, server: Peer) =>
    upgrade(request as RoutedRequest, server as BunServer) as Response;
  return { pattern: entry.pattern, endpoints: new Map([["GET", endpoint]]) };
}

function upgradeFunction(entry: SocketEntry): RouteFunction {
  return (request, server) => {
    const refused = entry.admit(request);
    if (refused) return refused;
    // Bun itself does not ask for it (RFC 6455, 4.2.1), and without it a proxy takes what follows for requests.
    const offers = /\bupgrade\b/i.test(request.headers.get("connection") ?? "");
    if (offers && server.upgrade(request, { data: { handlers: entry.handlers, socket: undefined } })) return undefined;
    return new Response("Expected a WebSocket upgrade.\n", { status: 426, headers: { upgrade: "websocket" } });
  };
}

/**
 * `stop()` never resolves while a WebSocket is open, so those are closed first; what the deadline finds open is cut.
 */
async function drain(server: BunServer, open: ReadonlySet<BunSocket>, deadlineMs: number): Promise<{ cut: boolean }> {
  const stopped = server.stop(false);
  // By the port's socket: what waits for the end of the turn goes first.
  for (const ws of open) (ws.data.socket ?? ws).close(1001, "the server is stopping");
  const cut = await expires(stopped, deadlineMs);
  if (cut) await expires(server.stop(true), 1000);
  return { cut };
}

/**
 * Bun opens the file itself when it sends it, right after the handler has returned, and gives the length that it finds
 * then; a file that is replaced between the look here and that moment goes out under the earlier one's entity tag.
 */
function openFile(path: string): OpenFile | undefined {
  let found: Stats;
  try {
    found = lstatSync(path);
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
  if (!found.isFile()) return undefined;
  const stamp = stampOf(found);
  return {
    stamp,
    nativeBody: (start, end) => Bun.file(path).slice(start, end),
    body(segments) {
      const fd = openSync(path, OPEN_FLAGS);
      if (isSameFile(stampOf(fstatSync(fd)), stamp)) return streamFile(fd, stamp, segments);
      closeSync(fd);
      throw new Error("a file changed before it was sent");
    },
    close() {},
  };
}

/** Bun's message of a dead worker shows the source around the error and the stack; its log has the former already. */
function errorLine(message: string): string {
  return /^\w*error: .+$/im.exec(message)?.[0] ?? message;
}

function startThread(module: URL, events: WorkerEvents): WorkerThread {
  const worker = new Worker(module.href, { smol: process.execArgv.includes("--smol") });
  worker.onmessage = (event: MessageEvent) => events.message(event.data);
  worker.onerror = (event: ErrorEvent) => {
    event.preventDefault();
    events.error(errorLine(event.message));
  };
  worker.addEventListener("close", () => events.error("the thread ended"));
  return {
    post: (message, transfer = []) => worker.postMessage(message, [...transfer] as Bun.Transferable[]),
    terminate: () => worker.terminate(),
  };
}

export const bun = {
  adapter: "bun",
  version: `Bun ${Bun.version}`,
  pinned: runtimeVersions.bun,
  listen,
  startWorker: (module: URL, _permissions: WorkerPermissions, events: WorkerEvents) => startThread(module, events),
  startThread,
  onDeparture: (request, _peer, left) => request.signal.addEventListener("abort", left, { once: true }),
  address: (request: Request, peer: Peer) => (peer as BunServer).requestIP(request)?.address ?? "",
  memory() {
    const { rss, heapUsed, heapTotal, external } = process.memoryUsage();
    return { rssBytes: rss, heapUsedBytes: heapUsed, heapTotalBytes: heapTotal, externalBytes: external };
  },
  threadMemory() {
    // Not v8.getHeapStatistics(): that counts every object of the heap, which takes milliseconds.
    const { heapUsed, external } = process.memoryUsage();
    return {
      // Without what buffers hold outside the heap: a collection counts the zones, which all threads share, twice in both
      // figures (measured: a zone of 300 MB as 600 MB). The process's resident memory has them.
      heapUsedBytes: Math.max(0, heapUsed - external),
      heapLimitBytes: undefined,
      externalBytes: external,
      allocatedBytes: undefined,
    };
  },
  // A collection's cost is in microseconds here.
  watchCollections: () => watchCollections(1),
  mallocProof: bunMallocProof,
  openFile,
  exec(path, args, environment) {
    if (process.platform === "win32") return;
    (process as unknown as { execve(path: string, argv: readonly string[], env: object): void }).execve(
      path,
      [path, ...args],
      environment,
    );
  },
} satisfies RuntimePort;
