/** What lives from the server's start to its stop, made before anything is opened. */
import { readFileSync } from "node:fs";
import process from "node:process";
import { type LaunchFacts, takeLaunch } from "../config/launch-facts.ts";
import type { LoadedConfig } from "../config/load.ts";
import type { ServerConfig } from "../config/schema.ts";
import type { App } from "../data/start-data-plane.ts";
import type { Feature } from "../http/feature.ts";
import type { ThreadLogger } from "../log/logger.ts";
import { threadLogger } from "../log/thread-logger.ts";
import { runtimeOf } from "../runtime/capabilities.ts";
import type { Listener, RuntimePort } from "../runtime/port.ts";
import { zoneShape } from "../zones/shape.ts";
import { createZones } from "../zones/zones.ts";
import { type AllocatorTruth, allocatorTruth } from "./allocator.ts";
import { BudgetWatch } from "./budget-watch.ts";
import type { DataPlanes } from "./data-planes.ts";
import { DriftWatch } from "./drift-watch.ts";
import type { FeatureControls } from "./feature-controls.ts";
import { readHost } from "./host.ts";
import { MemoryGrowth } from "./memory-growth.ts";

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

export interface Running {
  readonly parts: ServerParts;
  readonly loaded: LoadedConfig;
  readonly config: ServerConfig;
  /** undefined: started plain, without the launch. */
  readonly launch: LaunchFacts | undefined;
  readonly logger: ThreadLogger;
  readonly zones: SharedArrayBuffer;
  readonly allocator: AllocatorTruth;
  readonly startedMs: number;
  readonly budget: BudgetWatch;
  readonly drift: DriftWatch;
  readonly growth: MemoryGrowth;
  planes: DataPlanes | undefined;
  controls: FeatureControls | undefined;
  admin: Listener | undefined;
  stopping: boolean;
  /** A snapshot of a heap is being taken. */
  isTakingSnapshot: boolean;
  watchdog: { stop(): void } | undefined;
}

/** What the launch told, and the preload of this process; taken from the environment, so that it is asked once. */
export interface Start {
  readonly launch: LaunchFacts | undefined;
  readonly preload: string | undefined;
}

export function takeStart(): Start {
  // As this process was started with it: the launch's facts put it back.
  const preload = process.env.LD_PRELOAD;
  return { launch: takeLaunch(process.env), preload };
}

export function prepareRunning(parts: ServerParts, loaded: LoadedConfig, { launch, preload }: Start): Running {
  const { config } = loaded;
  const maps = readMaps();
  const logger = threadLogger(config, "main");
  const { adapter } = parts.runtime;
  return {
    parts,
    loaded,
    config,
    launch,
    logger,
    zones: createZones(zoneShape(config)),
    allocator: allocatorTruth({
      runtime: runtimeOf(parts.runtime.adapter),
      os: process.platform,
      requested: config.allocator.backend,
      preload,
      maps,
      accepted: launch?.preload,
      proof: parts.runtime.mallocProof(maps),
    }),
    startedMs: Date.now(),
    budget: new BudgetWatch({ config, adapter, profile: loaded.profile, logger, launchHost: launch?.host, readHost }),
    drift: new DriftWatch({ loaded, logger, launchHost: launch?.host, readHost }),
    growth: new MemoryGrowth(),
    planes: undefined,
    controls: undefined,
    admin: undefined,
    stopping: false,
    isTakingSnapshot: false,
    watchdog: undefined,
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
