/** Gathers one scrape's figures from the zones, the supervisor and the process. */
import process from "node:process";
import type { ServerConfig } from "../config/schema.ts";
import type { RuntimePort } from "../runtime/port.ts";
import { zoneShape } from "../zones/shape.ts";
import { workerZones } from "../zones/zones.ts";
import { type AllocatorTruth, allocatorLabels } from "./allocator.ts";
import type { DataPlanes } from "./data-planes.ts";
import type { MetricsReading } from "./metrics.ts";

export interface MetricsSources {
  readonly config: ServerConfig;
  readonly runtime: RuntimePort;
  readonly zones: SharedArrayBuffer;
  readonly planes: DataPlanes | undefined;
  readonly allocator: AllocatorTruth;
  readonly startedMs: number;
  readonly ready: boolean;
}

export function readMetrics(sources: MetricsSources): MetricsReading {
  const { config, runtime, zones, planes, allocator } = sources;
  const shape = zoneShape(config);
  const cpu = process.cpuUsage();
  return {
    workers: Array.from({ length: shape.workers }, (_, index) => workerZones(zones, shape, index)),
    workersPlanned: config.workers.count,
    latencySteps: shape.latencySteps,
    workersListening: planes?.listening ?? 0,
    workerRestarts: planes?.restarts ?? 0,
    workerRolls: planes?.rolls ?? {},
    ready: sources.ready,
    startedMs: sources.startedMs,
    nowMs: Date.now(),
    cpuSeconds: (cpu.user + cpu.system) / 1e6,
    build: { adapter: runtime.adapter, version: runtime.version, mode: config.workers.mode },
    allocator: allocatorLabels(allocator),
  };
}
