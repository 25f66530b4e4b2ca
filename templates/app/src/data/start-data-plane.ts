/** The data plane of one worker: features installed, routes compiled, one listener. The same with or without a thread. */

import type { ServerConfig } from "../config/schema.ts";
import type { StartOrder } from "../control/protocol.ts";
import { bodyAssembly } from "../http/body-assembly.ts";
import { clientAddress } from "../http/client-address.ts";
import { Deadlines } from "../http/deadlines.ts";
import type { Feature, FeatureHooks } from "../http/feature.ts";
import type { Middleware } from "../http/middleware.ts";
import { pathOf } from "../http/path-of.ts";
import type { PipelineServices } from "../http/pipeline.ts";
import { requestIds } from "../http/request-ids.ts";
import { Responder } from "../http/responder.ts";
import type { Route } from "../http/route.ts";
import { buildSite } from "../http/site.ts";
import type { Logger } from "../log/logger.ts";
import { threadLogger } from "../log/thread-logger.ts";
import { createWorkerMemory, type WorkerMemory } from "../memory/worker-memory.ts";
import { capabilities } from "../runtime/capabilities.ts";
import type { Listener, ListenOptions, RuntimePort, ThreadPort } from "../runtime/port.ts";
import { add, counter } from "../zones/counters.ts";
import { counterRow } from "../zones/feature-counters.ts";
import { zoneShape } from "../zones/shape.ts";
import { BEAT_MS, beatAt, beatLag, type WorkerZones, workerZones } from "../zones/zones.ts";
import { memoryReport, reportLeaks } from "./memory-defects.ts";
import { type MemoryPublisher, memoryPublisher } from "./memory-publisher.ts";
import { SNAPSHOT_MS_MAX, sendHeapSnapshot } from "./send-heap-snapshot.ts";

/** What the project's author brings, and what the generator wired. */
export interface App {
  readonly routes: readonly Route[];
  /** The author's own, inside the features', around every route. */
  readonly middleware?: readonly Middleware[];
  readonly features: readonly Feature[];
  readonly runtime: RuntimePort;
}

export interface DataPlane extends Listener {
  /** Hands the features what the control plane prepared anew, by their names. */
  reload(prepared: Readonly<Record<string, unknown>>): void;
  /** Sends a snapshot of this thread's heap when the other end asks for it. */
  snapshot(port: ThreadPort): void;
}

export async function startDataPlane(app: App, order: StartOrder): Promise<DataPlane> {
  const { config } = order;
  const zones = workerZones(order.zones, zoneShape(config), order.worker);
  const logger = threadLogger(config, `worker-${order.worker}`);
  const memory = createWorkerMemory(config, memoryReport(logger, zones.counters));
  memory.books.open("log", logger.memory);
  const hooks = await installFeatures(app, order, zones, logger, memory);
  const services = pipelineServices(app, order, zones, logger, [...hooks.values()], memory);
  const listener = await app.runtime.listen(
    site(app, order, [...hooks.values()], services),
    listenOptions(order, zones, memory),
  );
  const { runtime } = app;
  const publisher = memoryPublisher({ config, runtime, books: memory.books, row: zones.memory });
  const stopBeating = startBeating(zones, logger, memory, publisher);
  const looks = looksAtHeap(config) ? setInterval(publisher.publishHeap, HEAP_MS) : undefined;
  return {
    port: listener.port,
    reload(prepared) {
      for (const [name, hook] of hooks) hook.reload?.(prepared[name]);
    },
    snapshot(port) {
      // The thread stands still for it, and is not to be taken for stalled meanwhile.
      sendHeapSnapshot(port, () => {
        zones.beat[beatAt] = Date.now() + SNAPSHOT_MS_MAX;
      });
    },
    async drain(deadlineMs) {
      const result = await listener.drain(deadlineMs);
      clearInterval(looks);
      stopBeating();
      for (const hook of hooks.values()) hook.stop?.();
      reportLeaks(memory, logger);
      logger.flushNow();
      return result;
    },
  };
}

async function installFeatures(
  { features, runtime }: App,
  { config, worker, features: parts }: StartOrder,
  zones: WorkerZones,
  logger: Logger,
  memory: WorkerMemory,
): Promise<ReadonlyMap<string, FeatureHooks>> {
  const hooks = new Map<string, FeatureHooks>();
  for (const feature of features) {
    const part = parts[feature.name];
    if (!part) throw new TypeError(`the control plane prepared nothing for the feature "${feature.name}"`);
    const counters = counterRow(part.counters, worker, feature.counters ?? []);
    const { zone, prepared, port } = part;
    const { openFile } = runtime;
    const services = { config, worker, zones, logger, memory, counters, zone, prepared, port, openFile };
    hooks.set(feature.name, await feature.install(services));
  }
  return hooks;
}

function site(app: App, { config }: StartOrder, hooks: readonly FeatureHooks[], services: PipelineServices) {
  const parts = {
    routes: app.routes,
    sockets: hooks.flatMap((hook) => hook.sockets ?? []),
    fallbacks: hooks.flatMap((hook) => hook.fallback ?? []),
    options: new Set(app.features.flatMap((feature) => feature.options ?? [])),
    trailingSlash: config.server.trailing_slash,
  };
  return buildSite(parts, services);
}

function pipelineServices(
  app: App,
  { config, worker }: StartOrder,
  zones: WorkerZones,
  logger: Logger,
  hooks: readonly FeatureHooks[],
  memory: WorkerMemory,
): PipelineServices {
  const responder = new Responder(
    hooks.flatMap((hook) => hook.headers ?? []),
    hooks.flatMap((hook) => hook.stamp ?? []),
  );
  return {
    zones,
    memory,
    bodyBytesMax: config.limits.body_bytes_max,
    assembly: bodyAssembly(memory, capabilities[app.runtime.adapter].wholeBodies.has),
    urlBytesMax: config.limits.url_bytes_max,
    urlIsRead: capabilities[app.runtime.adapter].urlLimit.has,
    handlerMs: config.timeouts.handler_ms,
    deadlines: new Deadlines(),
    latencySteps: config.zones.latency_steps,
    responder,
    middleware: [...hooks.flatMap((hook) => hook.middleware ?? []), ...(app.middleware ?? [])],
    observers: hooks.flatMap((hook) => hook.observe ?? []),
    address: app.runtime.address,
    onDeparture: app.runtime.onDeparture,
    client: clientAddress(config.proxy),
    nextId: requestIds(worker),
    onHandlerError(request, error) {
      const fields = request ? { method: request.method, path: pathOf(request.url) } : {};
      logger.error("a handler failed", { ...fields, error: describe(error) });
    },
  };
}

/** The stack goes to the log only; clients get a bare 500. */
function describe(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

function listenOptions({ config, port, tls }: StartOrder, zones: WorkerZones, memory: WorkerMemory): ListenOptions {
  const { server, timeouts, limits, websocket, workers } = config;
  return {
    host: server.host,
    port,
    // A port that the kernel chose is held for the listener until it listens.
    reusePort: workers.mode === "threads" || server.port === 0,
    backlogMax: server.backlog_max,
    tls,
    headMs: timeouts.head_ms,
    requestMs: timeouts.request_ms,
    idleMs: timeouts.idle_ms,
    headBytesMax: limits.head_bytes_max,
    bodyBytesMax: limits.body_bytes_max,
    // The kernel spreads connections evenly but not exactly: a quarter more per worker than an even share.
    connectionsMax: Math.ceil((limits.connections_max / workers.count) * (workers.count === 1 ? 1 : 1.25)),
    requestsPerConnectionMax: limits.requests_per_connection_max,
    sockets: {
      messageBytesMax: websocket.message_bytes_max,
      unsentBytesMax: websocket.unsent_bytes_max,
      idleMs: websocket.idle_ms,
    },
    counters: zones.counters,
    memory,
  };
}

/** What watches a heap looks at it this often; a reading takes a few microseconds on both runtimes. */
const HEAP_MS = 50;

function looksAtHeap({ overload, watchdog }: ServerConfig): boolean {
  return overload.heap_percent_high > 0 || watchdog.heap_percent_roll > 0;
}

function startBeating(
  zones: WorkerZones,
  logger: Logger,
  memory: WorkerMemory,
  publisher: MemoryPublisher,
): () => void {
  let due = performance.now() + BEAT_MS;
  let droppedSeen = 0;
  const beat = () => {
    const now = performance.now();
    zones.beat[beatAt] = Date.now();
    zones.beat[beatLag] = Math.max(0, now - due);
    due = now + BEAT_MS;
    memory.beat(now);
    publisher.publish();
    const { dropped } = logger.stats();
    add(zones.counters, counter.logLinesDropped, dropped - droppedSeen);
    droppedSeen = dropped;
  };
  zones.beat[beatAt] = Date.now();
  const timer = setInterval(beat, BEAT_MS);
  return () => {
    clearInterval(timer);
    publisher.publish();
    publisher.stop();
  };
}
