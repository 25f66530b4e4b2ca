/** Gathers what the process knows of its memory: from the workers' rows, the engine of this thread, and the system. */
import { readFileSync } from "node:fs";
import type { ServerConfig } from "../config/schema.ts";
import { FILL_STEPS, type MemoryUse, memoryUses, readFill, readUse, type UseReading } from "../memory/memory-books.ts";
import { capabilities } from "../runtime/capabilities.ts";
import type { RuntimePort } from "../runtime/port.ts";
import { type CounterName, counter } from "../zones/counters.ts";
import { booksAt, memoryCell } from "../zones/memory-row.ts";
import { zoneShape } from "../zones/shape.ts";
import { sumRows, workerZones } from "../zones/zones.ts";
import type { BudgetCheck } from "./budget-check.ts";
import { heldMemory } from "./held-memory.ts";

export interface MemorySources {
  readonly config: ServerConfig;
  readonly runtime: Pick<RuntimePort, "adapter" | "memory" | "threadMemory">;
  readonly zones: SharedArrayBuffer;
  readonly budget: BudgetCheck;
  readonly growthBytesPerSecond: number | undefined;
  /** What features hold, by name. */
  readonly features: Readonly<Record<string, number>>;
}

export interface ThreadFigures {
  /** "0", "1", ... for the rows of workers; "main" for the control plane on a thread of its own. */
  readonly name: string;
  readonly heapUsedBytes: number;
  /** 0: unknown. */
  readonly heapLimitBytes: number;
  readonly externalBytes: number;
}

/** Collections of all threads that a row has had. */
export interface CollectionFigures {
  readonly name: string;
  readonly count: number;
  readonly seconds: number;
  /** The longest of the thread that has the row now. */
  readonly secondsMax: number;
}

export interface MemoryFigures {
  readonly rssBytes: number;
  /** The most that was resident at once; undefined: this process may not read it. */
  readonly rssPeakBytes: number | undefined;
  /** What is resident as the plan counts it (held-memory.ts). */
  readonly heldBytes: number;
  readonly limitBytes: number;
  readonly rssHighBytes: number;
  readonly headroomBytes: number;
  readonly threads: readonly ThreadFigures[];
  /** Empty when memory.gc_metrics is off. */
  readonly collections: readonly CollectionFigures[];
  readonly uses: Readonly<Record<MemoryUse, UseReading>>;
  readonly fill: Float64Array;
  /** undefined: the runtime does not tell. */
  readonly allocatedBytes: number | undefined;
  readonly requests: number;
  readonly zonesBytes: number;
  readonly bodiesBytes: number;
  readonly sockets: number;
  /** undefined: the adapter does not see connections. */
  readonly connections: number | undefined;
  readonly features: Readonly<Record<string, number>>;
  readonly budget: BudgetCheck;
  readonly growthBytesPerSecond: number | undefined;
}

export function readMemory(sources: MemorySources): MemoryFigures {
  const { config, runtime, zones, budget, growthBytesPerSecond, features } = sources;
  const shape = zoneShape(config);
  const workers = Array.from({ length: shape.workers }, (_, index) => workerZones(zones, shape, index));
  const rows = workers.map(({ memory }) => memory);
  const sum = sumRows(rows);
  const counters = sumRows(workers.map((worker) => worker.counters));
  const value = (name: CounterName) => counters[counter[name]] as number;
  const abilities = capabilities[runtime.adapter];
  const isCounted = config.memory.gc_metrics || abilities.allocatedBytes.reason === undefined;
  return {
    rssBytes: runtime.memory().rssBytes,
    rssPeakBytes: peakBytes(),
    heldBytes: heldMemory(runtime, config.memory.limit_bytes)(),
    limitBytes: config.memory.limit_bytes,
    rssHighBytes: config.memory.rss_high_bytes,
    headroomBytes: config.memory.headroom_bytes,
    threads: [...rows.flatMap(threadFigures), ...(config.workers.mode === "threads" ? [mainFigures(runtime)] : [])],
    collections: config.memory.gc_metrics ? rows.flatMap(collectionFigures) : [],
    uses: Object.fromEntries(memoryUses.map((use) => [use, readUse(sum, booksAt, use)])) as Record<
      MemoryUse,
      UseReading
    >,
    fill: readFill(sum, booksAt),
    allocatedBytes: isCounted ? (sum[memoryCell.allocatedBytes] as number) : undefined,
    requests: value("requests"),
    zonesBytes: zones.byteLength,
    bodiesBytes: (workers[0]?.bodiesKiB.total ?? 0) * 1024,
    sockets: workers[0]?.sockets.total ?? 0,
    connections: abilities.connectionCounts.has ? value("connectionsOpened") - value("connectionsClosed") : undefined,
    features,
    budget,
    growthBytesPerSecond,
  };
}

/** Arenas at reset, and how many of them were filled up to the given share (0..1); undefined for none. */
export function fillQuantile(fill: Float64Array, share: number): number | undefined {
  const total = fill.reduce((sum, count) => sum + count, 0);
  if (total === 0) return undefined;
  let left = total * share;
  for (let step = 0; step < FILL_STEPS - 1; step += 1) {
    left -= fill[step] as number;
    if (left <= 0) return fillEnd(step);
  }
  return 1;
}

/** The highest fill of a step: 0.05, 0.1, ... 1. */
export function fillEnd(step: number): number {
  return (step + 1) / (FILL_STEPS - 1);
}

function threadFigures(row: Float64Array, index: number): readonly ThreadFigures[] {
  // The spare row has no thread, and a row whose thread has died has none until the next one begins.
  if (row[memoryCell.startedMs] === 0) return [];
  return [
    {
      name: String(index),
      heapUsedBytes: row[memoryCell.heapUsedBytes] as number,
      heapLimitBytes: row[memoryCell.heapLimitBytes] as number,
      externalBytes: row[memoryCell.externalBytes] as number,
    },
  ];
}

function mainFigures(runtime: Pick<RuntimePort, "threadMemory">): ThreadFigures {
  const { heapUsedBytes, heapLimitBytes = 0, externalBytes } = runtime.threadMemory();
  return { name: "main", heapUsedBytes, heapLimitBytes, externalBytes };
}

function collectionFigures(row: Float64Array, index: number): readonly CollectionFigures[] {
  const count = row[memoryCell.collections] as number;
  if (row[memoryCell.startedMs] === 0 && count === 0) return [];
  const seconds = (row[memoryCell.collectionUsSum] as number) / 1e6;
  return [{ name: String(index), count, seconds, secondsMax: (row[memoryCell.collectionUsMax] as number) / 1e6 }];
}

/** VmHWM of proc(5). */
function peakBytes(): number | undefined {
  try {
    const kib = /^VmHWM:\s*(\d+) kB/m.exec(readFileSync("/proc/self/status", "utf8"))?.[1];
    return kib === undefined ? undefined : Number(kib) * 1024;
  } catch {
    return undefined;
  }
}
