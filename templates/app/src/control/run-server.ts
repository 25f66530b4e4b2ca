/**
 * The control plane: reads the configuration, starts the data plane and the admin listener, and ends both in order.
 *
 * It runs on the main thread with the process's full privileges; the workers, which parse what strangers send, have
 * almost none and get by message what they need.
 */
import process from "node:process";
import { type LoadedConfig, loadConfig } from "../config/load.ts";
import { ConfigError } from "../config/problem.ts";
import { sayLast } from "../log/sink.ts";
import { buildAdminSite } from "./admin.ts";
import { adminOptions, adminResources, adminSources } from "./admin-sources.ts";
import { readAdminToken } from "./admin-token.ts";
import { announce } from "./announce.ts";
import { grantedConfig } from "./budget-check.ts";
import { startInline, startThreads } from "./data-planes.ts";
import { FeatureControls, featureReads } from "./feature-controls.ts";
import { heldMemory } from "./held-memory.ts";
import { readTls } from "./read-tls.ts";
import { reservePort } from "./reserve-port.ts";
import { rollResource } from "./roll-endpoint.ts";
import { prepareRunning, type Running, type ServerParts, takeStart } from "./running.ts";
import { onReloadSignal, onRollSignal, onStopSignals, type StopSignal } from "./signals.ts";
import { startWatchdog } from "./watchdog.ts";
import { workerPermissions } from "./worker-permissions.ts";

/** Exit statuses: 0 stopped as asked, 1 gave up, 2 the configuration is not valid. */
const EXIT_FAILED = 1;
const EXIT_CONFIG = 2;

/** Starts the server and keeps the process until it is told to stop. */
export async function runServer(parts: ServerParts): Promise<void> {
  const begin = takeStart();
  const running = prepareRunning(parts, readConfig(parts.directory), begin);
  try {
    await start(running);
  } catch (error) {
    fail(running, error instanceof Error ? error.message : String(error));
  }
}

function readConfig(directory: string): LoadedConfig {
  try {
    return loadConfig({ directory, environment: process.env });
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    sayLast(`The configuration is not valid:\n${error.message}\n`);
    return process.exit(EXIT_CONFIG);
  }
}

async function start(running: Running): Promise<void> {
  const { parts, config, logger } = running;
  // Before anything listens: a stop during the start must not leave a half-started server.
  onStopSignals(
    (signal) => void stop(running, signal),
    (code) => exit(running, code),
  );
  running.budget.start();
  running.drift.start();
  running.growth.start(() => parts.runtime.memory().rssBytes);
  // What could not be read later is better said now.
  if (config.admin.token_file !== undefined) readAdminToken(config.admin.token_file);
  const tls = readTls(config);
  const { port, release } = await reservePort({ section: "server", ...config.server });
  // Only to say in words that somebody else has it; port 0 is always free.
  if (config.admin.port !== 0) await reservePort({ section: "admin", ...config.admin });
  const held = heldMemory(parts.runtime, config.memory.limit_bytes);
  const controls = await FeatureControls.start({
    features: parts.features,
    config,
    logger,
    zones: running.zones,
    // In proportion: the workers' marks are the plan's, and what is granted may be less, and change.
    rssBytes: () => held() / running.budget.grantedShare,
    runtime: parts.runtime,
    reload: () => void reload(running),
  });
  running.controls = controls;
  onReloadSignal(() => void reload(running));
  onRollSignal(() => {
    const refused = rollAll(running);
    if (refused !== undefined) logger.warn("no worker is replaced", { reason: refused });
  });
  // The admin listener comes first, so that probes can tell "starting" from "dead".
  running.admin = await parts.runtime.listen(
    buildAdminSite(adminSources(running), [
      ...adminResources(running, controls.admin),
      rollResource(() => rollAll(running)),
    ]),
    adminOptions(config),
  );
  const granted = grantedConfig(config, running.budget.latest, parts.runtime.adapter);
  const options = {
    config,
    runtime: parts.runtime,
    module: parts.workerModule,
    permissions: workerPermissions(config, port, featureReads(parts.features, config)),
    zones: running.zones,
    order: (worker: number) =>
      ({
        type: "start",
        port,
        config: granted,
        tls,
        zones: running.zones,
        features: controls.partsFor(worker),
      }) as const,
    reclaim: (worker: number) => controls.reclaim(worker),
    logger,
    giveUp: (reason: string) => fail(running, reason),
  };
  running.planes =
    config.workers.mode === "threads" ? await startThreads(options) : await startInline(options, parts.loadApp);
  await release();
  // Asked for while they started.
  if (controls.reloaded) running.planes.reload(controls.reloaded);
  running.watchdog = startWatchdog({
    config,
    logger,
    zones: running.zones,
    planes: running.planes,
    adapter: parts.runtime.adapter,
    heldBytes: held,
    grantedShare: () => running.budget.grantedShare,
    isTakingSnapshot: () => running.isTakingSnapshot,
  });
  announce(running, port);
}

/** Why no worker is replaced; undefined: it has begun. */
function rollAll({ planes }: Running): string | undefined {
  return planes ? planes.rollAll() : "the server is starting";
}

/** Prepares the features anew and tells the workers; a failure changes nothing. */
async function reload(running: Running): Promise<void> {
  const { controls, logger } = running;
  running.budget.look();
  running.drift.look();
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
  running.watchdog?.stop();
  logger.info("stopping", { signal, drain_ms: config.timeouts.drain_ms });
  if (running.planes) {
    await new Promise((resolve) => setTimeout(resolve, config.timeouts.drain_delay_ms));
    const { cut } = await running.planes.drain(config.timeouts.drain_ms);
    if (cut) logger.warn("requests were cut at the drain deadline");
  }
  running.controls?.stop();
  running.budget.stop();
  running.drift.stop();
  running.growth.stop();
  await running.admin?.drain(1000);
  logger.info("stopped");
  exit(running, 0);
}

function fail(running: Running, reason: string): void {
  running.logger.error("giving up", { reason });
  running.logger.flushNow();
  sayLast(`fastserve: ${reason}\n`);
  exit(running, EXIT_FAILED);
}

function exit(running: Running, code: number): never {
  running.logger.flushNow();
  process.exit(code);
}
