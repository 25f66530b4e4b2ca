/**
 * The control plane: reads the configuration, starts the data plane and the admin listener, and ends both in order.
 *
 * It runs on the main thread with the process's full privileges; the workers, which parse what strangers send, have
 * almost none and get by message what they need.
 */
import { readFileSync } from "node:fs";
import process from "node:process";
import { configurationView } from "../config/configuration-view.ts";
import { type LaunchFacts, takeLaunch } from "../config/launch-facts.ts";
import { type LoadedConfig, loadConfig } from "../config/load.ts";
import { ConfigError } from "../config/problem.ts";
import type { ServerConfig } from "../config/schema.ts";
import type { App } from "../data/start-data-plane.ts";
import type { Feature } from "../http/feature.ts";
import { createLogger, type Logger } from "../log/logger.ts";
import { runtimeOf } from "../runtime/capabilities.ts";
import type { Listener, ListenOptions, RuntimePort } from "../runtime/port.ts";
import { counterRowLength } from "../zones/counters.ts";
import { zoneShape } from "../zones/shape.ts";
import { createZones } from "../zones/zones.ts";
import { buildAdminSite } from "./admin.ts";
import { type AllocatorTruth, allocatorTruth } from "./allocator.ts";
import { type BannerValues, bannerFields, bannerText } from "./banner.ts";
import { type DataPlanes, startInline, startThreads } from "./data-planes.ts";
import { ensureDevelopmentCertificate } from "./development-certificate.ts";
import { FeatureControls, featureReads } from "./feature-controls.ts";
import { readHost } from "./host.ts";
import { metricsText } from "./metrics.ts";
import { readMetrics } from "./read-metrics.ts";
import { reservePort } from "./reserve-port.ts";
import { onReloadSignal, onStopSignals, type StopSignal } from "./signals.ts";
import { workerPermissions } from "./worker-permissions.ts";

export interface ServerParts {
  /** Folder of the configuration files. */
  readonly directory: string;
  readonly runtime: RuntimePort;
  readonly features: readonly Feature[];
  /** Module of a worker thread. */
  readonly workerModule: URL;
  /** The same data plane for inline mode; called only then. */
  readonly loadApp: () => Promise<App>;
}

/** Exit statuses: 0 stopped as asked, 1 gave up, 2 the configuration is not valid. */
const EXIT_FAILED = 1;
const EXIT_CONFIG = 2;

/** What lives from start to stop. */
interface Running {
  readonly parts: ServerParts;
  readonly loaded: LoadedConfig;
  readonly config: ServerConfig;
  readonly logger: Logger;
  readonly zones: SharedArrayBuffer;
  readonly allocator: AllocatorTruth;
  readonly startedMs: number;
  planes: DataPlanes | undefined;
  controls: FeatureControls | undefined;
  admin: Listener | undefined;
  stopping: boolean;
}

/** Starts the server and keeps the process until it is told to stop. */
export async function runServer(parts: ServerParts): Promise<void> {
  const launch = takeLaunch(process.env);
  const preload = launch?.preload ? launch.preload.library : process.env.LD_PRELOAD;
  const loaded = readConfig(parts.directory);
  const running = prepare(parts, loaded, launch, preload);
  try {
    await start(running, launch);
  } catch (error) {
    fail(running, error instanceof Error ? error.message : String(error));
  }
}

function readConfig(directory: string): LoadedConfig {
  try {
    return loadConfig({ directory, environment: process.env });
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    process.stderr.write(`The configuration is not valid:\n${error.message}\n`);
    return process.exit(EXIT_CONFIG);
  }
}

function prepare(
  parts: ServerParts,
  loaded: LoadedConfig,
  launch: LaunchFacts | undefined,
  preload: string | undefined,
): Running {
  const { config } = loaded;
  const { level, format, batch_bytes, flush_ms } = config.log;
  return {
    parts,
    loaded,
    config,
    logger: createLogger({ level, format, batchBytes: batch_bytes, flushMs: flush_ms, thread: "main" }),
    zones: createZones(zoneShape(config)),
    allocator: allocatorTruth({
      runtime: runtimeOf(parts.runtime.adapter),
      os: process.platform,
      requested: config.allocator.backend,
      preload,
      maps: readMaps(),
      accepted: launch?.preload?.library,
    }),
    startedMs: Date.now(),
    planes: undefined,
    controls: undefined,
    admin: undefined,
    stopping: false,
  };
}

/** undefined: another system, or a process without the permission (Deno, inline mode). */
function readMaps(): string | undefined {
  try {
    return readFileSync("/proc/self/maps", "utf8");
  } catch {
    return undefined;
  }
}

async function start(running: Running, launch: LaunchFacts | undefined): Promise<void> {
  const { parts, config, logger } = running;
  // Before anything listens: a stop during the start must not leave a half-started server.
  onStopSignals(
    (signal) => void stop(running, signal),
    (code) => exit(running, code),
  );
  const tls = readTls(config);
  const port = await reservePort({ section: "server", ...config.server });
  // Only to say in words that somebody else has it; port 0 is always free.
  if (config.admin.port !== 0) await reservePort({ section: "admin", ...config.admin });
  const controls = await FeatureControls.start({
    features: parts.features,
    config,
    logger,
    zones: running.zones,
    rssBytes: () => parts.runtime.memory().rssBytes,
    runtime: parts.runtime,
    reload: () => void reload(running),
  });
  running.controls = controls;
  onReloadSignal(() => void reload(running));
  // The admin listener comes first, so that probes can tell "starting" from "dead".
  running.admin = await parts.runtime.listen(
    buildAdminSite(adminSources(running), controls.admin),
    adminOptions(config),
  );
  const options = {
    config,
    runtime: parts.runtime,
    module: parts.workerModule,
    permissions: workerPermissions(config, port, featureReads(parts.features, config)),
    zones: running.zones,
    order: (worker: number) =>
      ({ type: "start", port, config, tls, zones: running.zones, features: controls.partsFor(worker) }) as const,
    reclaim: (worker: number) => controls.reclaim(worker),
    logger,
    giveUp: (reason: string) => fail(running, reason),
  };
  running.planes =
    config.workers.mode === "threads" ? await startThreads(options) : await startInline(options, parts.loadApp);
  // Asked for while they started.
  if (controls.reloaded) running.planes.reload(controls.reloaded);
  announce(running, launch, port);
}

function announce(running: Running, launch: LaunchFacts | undefined, port: number): void {
  const { parts, loaded, config, logger, allocator, admin } = running;
  const scheme = config.tls.mode === "off" ? "http" : "https";
  const values: BannerValues = {
    version: parts.runtime.version,
    adapter: parts.runtime.adapter,
    tuned: launch !== undefined,
    allocator,
    host: launch?.host ?? readHost(),
    config,
    url: `${scheme}://${address(config.server.host, port)}`,
    adminUrl: `http://${address(config.admin.host, admin?.port ?? config.admin.port)}`,
    files: loaded.files,
    overrides: Object.values(loaded.origin).filter((layer) => layer !== "tuned").length,
    notes: [...(launch?.notes ?? []), ...versionNotes(parts.runtime)],
  };
  if (config.log.format === "text") process.stdout.write(bannerText(values));
  logger.info("started", bannerFields(values));
  logger.flushNow();
}

function versionNotes(runtime: RuntimePort): readonly string[] {
  if (runtime.version.endsWith(` ${runtime.pinned}`)) return [];
  return [`This project was made and measured with version ${runtime.pinned}; ${runtime.version} runs.`];
}

function address(host: string, port: number): string {
  return host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`;
}

/** Key and certificate are read here: workers may not read files, and get the text by message. */
function readTls(config: ServerConfig): ListenOptions["tls"] {
  const { mode, cert, key, profile } = config.tls;
  if (mode === "off" || cert === undefined || key === undefined) return undefined;
  ensureDevelopmentCertificate(config.tls);
  return { certPem: readPem("tls.cert", cert), keyPem: readPem("tls.key", key), profile };
}

function readPem(setting: string, path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(`${setting} = "${path}" cannot be read: ${reason}`);
  }
}

function adminSources(running: Running) {
  return {
    notReady: () => notReady(running),
    metrics: () => {
      const ready = notReady(running).length === 0;
      const text = metricsText(readMetrics({ ...running, runtime: running.parts.runtime, ready }));
      return text + (running.controls?.metrics() ?? "");
    },
    configuration: () => configurationView(running.loaded),
  };
}

function notReady({ stopping, planes, config }: Running): readonly string[] {
  if (stopping) return ["the server is stopping"];
  if (!planes) return ["the server is starting"];
  const missing = config.workers.count - planes.listening;
  return planes.listening > 0 ? [] : [`none of ${missing} workers listens`];
}

/** A loopback listener for few and trusted clients: fixed, small limits. */
function adminOptions({ admin }: ServerConfig): ListenOptions {
  return {
    host: admin.host,
    port: admin.port,
    reusePort: false,
    backlogMax: undefined,
    tls: undefined,
    headMs: 5000,
    requestMs: 10_000,
    idleMs: 60_000,
    headBytesMax: 16_384,
    bodyBytesMax: 65_536,
    connectionsMax: 64,
    requestsPerConnectionMax: undefined,
    sockets: { messageBytesMax: 125, unsentBytesMax: 65_536, idleMs: 30_000 },
    // The metrics are about the data plane: what comes in here is thrown away.
    counters: new Float64Array(counterRowLength),
  };
}

/** Prepares the features anew and tells the workers; a failure changes nothing. */
async function reload(running: Running): Promise<void> {
  const { controls, logger } = running;
  try {
    const prepared = await controls?.reload();
    if (prepared) running.planes?.reload(prepared);
    logger.info("reloaded");
  } catch (error) {
    logger.error("the reload failed; what was loaded before stays", {
      reason: error instanceof Error ? error.message : String(error),
    });
  }
}

/** Says "not ready", waits for load balancers to notice, drains, and ends the process. */
async function stop(running: Running, signal: StopSignal): Promise<void> {
  const { config, logger } = running;
  running.stopping = true;
  logger.info("stopping", { signal, drain_ms: config.timeouts.drain_ms });
  if (running.planes) {
    await new Promise((resolve) => setTimeout(resolve, config.timeouts.drain_delay_ms));
    const { cut } = await running.planes.drain(config.timeouts.drain_ms);
    if (cut) logger.warn("requests were cut at the drain deadline");
  }
  running.controls?.stop();
  await running.admin?.drain(1000);
  logger.info("stopped");
  exit(running, 0);
}

function fail(running: Running, reason: string): void {
  running.logger.error("giving up", { reason });
  running.logger.flushNow();
  process.stderr.write(`fastserve: ${reason}\n`);
  exit(running, EXIT_FAILED);
}

function exit(running: Running, code: number): never {
  running.logger.flushNow();
  process.exit(code);
}
