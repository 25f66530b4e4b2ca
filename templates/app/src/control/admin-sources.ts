/** What the admin site tells of a running server, and how its listener is opened. */
import { configurationView } from "../config/configuration-view.ts";
import type { ServerConfig } from "../config/schema.ts";
import type { ListenOptions, Resource } from "../runtime/port.ts";
import { counterRowLength } from "../zones/counters.ts";
import type { AdminSources } from "./admin.ts";
import { driftMetricsText } from "./drift-metrics.ts";
import { heapSnapshotResource } from "./heap-snapshot.ts";
import { heldMemory } from "./held-memory.ts";
import { type MemoryFigures, readMemory } from "./memory-figures.ts";
import { memoryMetricsText } from "./memory-metrics.ts";
import { memoryReport, memoryResource } from "./memory-report.ts";
import { metricsText } from "./metrics.ts";
import { metricsPage } from "./metrics-page.ts";
import { readMetrics } from "./read-metrics.ts";
import type { Running } from "./running.ts";

export function adminSources(running: Running): AdminSources {
  const page = metricsPage(running.config.memory.metrics_arena);
  return {
    notReady: () => notReady(running),
    drift: () => running.drift.notes.map((note) => `drift: ${note}; ${running.drift.next}`),
    metrics: () => {
      const ready = notReady(running).length === 0;
      const text = metricsText(readMetrics({ ...running, runtime: running.parts.runtime, ready }));
      const drift = driftMetricsText(running.drift.latest);
      return page.body(text + memoryMetricsText(memoryOf(running)) + drift + (running.controls?.metrics() ?? ""));
    },
    configuration: () => configurationView(running.loaded),
  };
}

/** Paths beside those that every server has: the features', and what the control plane does when it is asked. */
export function adminResources(running: Running, features: readonly Resource[]): readonly Resource[] {
  const { config, logger, zones, parts, budget, allocator } = running;
  const held = heldMemory(parts.runtime, config.memory.limit_bytes);
  return [
    ...features,
    memoryResource(() => memoryReport(memoryOf(running), allocator)),
    heapSnapshotResource({
      config,
      logger,
      zones,
      runtime: parts.runtime,
      planes: () => running.planes,
      changed: (isTaking) => {
        running.isTakingSnapshot = isTaking;
      },
      freeBytes: () =>
        Math.min(config.memory.limit_bytes, budget.latest.grantedBytes ?? Number.POSITIVE_INFINITY) - held(),
    }),
  ];
}

function memoryOf(running: Running): MemoryFigures {
  return readMemory({
    config: running.config,
    runtime: running.parts.runtime,
    zones: running.zones,
    budget: running.budget.latest,
    growthBytesPerSecond: running.growth.bytesPerSecond,
    features: running.controls?.memory() ?? {},
  });
}

function notReady({ stopping, planes, config }: Running): readonly string[] {
  if (stopping) return ["the server is stopping"];
  if (!planes) return ["the server is starting"];
  const missing = config.workers.count - planes.listening;
  return planes.listening > 0 ? [] : [`none of ${missing} workers listens`];
}

/** A loopback listener for few and trusted clients: fixed, small limits. */
export function adminOptions({ admin }: ServerConfig): ListenOptions {
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
    memory: undefined,
  };
}
