/**
 * What each row of the memory budget needs at least, however small the host is. Idea: heaps shrink to the smallest in which
 * the server serves, and rows whose limits somebody lowered shrink with them; the others stay as planned.
 * Source of the costs: docs/measurements/memory-costs.md of the generator, rounded up.
 */
import type { ServerConfig } from "../config/schema.ts";
import type { AdapterName } from "../runtime/capabilities.ts";

const KIB = 1024;
const MIB = 1024 ** 2;

interface LeastCosts {
  /** A data-plane thread without its heap. */
  readonly threadBytes: number;
  /** The smallest heap in which a server with every feature boots and outlives a load; on Deno V8's old space. */
  readonly heapBytes: number;
  /** V8's three semi-spaces at their smallest. */
  readonly youngBytes: number;
  /** An idle connection: plain, with TLS, and as a WebSocket. */
  readonly httpBytes: number;
  readonly httpsBytes: number;
  readonly webSocketBytes: number;
}

export const leastCosts: Readonly<Record<AdapterName, LeastCosts>> = {
  bun: {
    threadBytes: 3 * MIB,
    heapBytes: 8 * MIB,
    youngBytes: 0,
    httpBytes: 2 * KIB,
    httpsBytes: 5 * KIB,
    webSocketBytes: 2 * KIB,
  },
  "deno-serve": {
    threadBytes: 4 * MIB,
    heapBytes: 16 * MIB,
    youngBytes: 3 * MIB,
    httpBytes: 17 * KIB,
    httpsBytes: 30 * KIB,
    webSocketBytes: 21 * KIB,
  },
  "deno-http": {
    threadBytes: 11 * MIB,
    heapBytes: 17 * MIB,
    youngBytes: 3 * MIB,
    httpBytes: 11 * KIB,
    httpsBytes: 32 * KIB,
    webSocketBytes: 21 * KIB,
  },
};

/** The kernel's objects for one connection. */
const KERNEL_CONNECTION_BYTES = 6 * KIB;
/** A body is held twice while its pieces are joined. */
const BODY_COPIES = 2;
/** A file that is known by name, and a client that limits tell apart. */
const KNOWN_FILE_BYTES = 512;
const CLIENT_BYTES = 40;

export interface BudgetRow {
  readonly name: "base" | "zones" | "heaps" | "scratch" | "connections" | "bodies" | "features";
  readonly plannedBytes: number;
  /** At most `plannedBytes`. */
  readonly leastBytes: number;
  /** Settings whose lowering lowers `leastBytes`. */
  readonly lowered: readonly string[];
}

/** In the order in which a small host's memory is given out. */
export function budgetRows(config: ServerConfig, adapter: AdapterName): readonly BudgetRow[] {
  const { memory, limits } = config;
  const row = (name: BudgetRow["name"], plannedBytes: number, leastBytes: number, ...lowered: string[]): BudgetRow => ({
    name,
    plannedBytes,
    leastBytes: Math.min(plannedBytes, leastBytes),
    lowered,
  });
  const { threadBytes, heapBytes, youngBytes } = leastCosts[adapter];
  const heaps = threads(config) * (threadBytes + heapBytes + youngBytes);
  return [
    row("base", memory.base_bytes, memory.base_bytes),
    row("zones", memory.zones_bytes, memory.zones_bytes),
    row("heaps", memory.heaps_bytes, heaps, "workers.count"),
    row("scratch", memory.scratch_bytes, memory.scratch_bytes),
    row(
      "connections",
      memory.connections_bytes,
      limits.connections_max * connectionBytes(config, adapter),
      "limits.connections_max",
    ),
    row("bodies", memory.bodies_bytes, BODY_COPIES * limits.bodies_bytes_max, "limits.bodies_bytes_max"),
    row("features", memory.features_bytes, featuresBytes(config), ...featureSettings(config)),
  ];
}

/** Threads that the row of the heaps is for. */
export function threads({ workers, tasks }: ServerConfig): number {
  return workers.count + tasks.threads;
}

function connectionBytes({ tls, websocket }: ServerConfig, adapter: AdapterName): number {
  const { httpBytes, httpsBytes, webSocketBytes } = leastCosts[adapter];
  const each = tls.mode === "off" ? httpBytes : httpsBytes;
  return KERNEL_CONNECTION_BYTES + (websocket.connections_max > 0 ? Math.max(each, webSocketBytes) : each);
}

function featuresBytes(config: ServerConfig): number {
  const { cache, static: files, rate_limit, workers } = config;
  const fileBytes = workers.count * files.memory_bytes + files.files_max * KNOWN_FILE_BYTES;
  return cache.zone_bytes + fileBytes + rate_limit.clients_max * CLIENT_BYTES;
}

function featureSettings({ cache, static: files, rate_limit }: ServerConfig): string[] {
  return [
    ...(cache.zone_bytes > 0 ? ["cache.zone_bytes"] : []),
    ...(files.memory_bytes > 0 ? ["static.memory_bytes"] : []),
    ...(rate_limit.requests_per_s > 0 ? ["rate_limit.clients_max"] : []),
  ];
}
