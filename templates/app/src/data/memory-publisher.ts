/**
 * Publishes one worker's memory in its row of shared memory, at each beat.
 *
 * Idea: the row is composed in memory of the worker's own and copied over at once, so that who reads it never finds a total
 * without what the row's earlier threads had. Totals go on from those, as the counters do; the other numbers are this thread's.
 */
import type { ServerConfig } from "../config/schema.ts";
import type { MemoryBooks } from "../memory/memory-books.ts";
import type { RuntimePort } from "../runtime/port.ts";
import { addTotals, booksAt, memoryCell, memoryRowLength } from "../zones/memory-row.ts";

export interface MemoryPublisher {
  publish(): void;
  /** Between the beats, and the heap alone: a leak under full load fills a small heap within one. */
  publishHeap(): void;
  stop(): void;
}

export interface PublishedMemory {
  readonly config: Pick<ServerConfig, "engine" | "memory" | "tasks" | "workers">;
  readonly runtime: Pick<RuntimePort, "threadMemory" | "watchCollections">;
  readonly books: MemoryBooks;
  /** zones/memory-row.ts */
  readonly row: Float64Array;
}

export function memoryPublisher({ config, runtime, books, row }: PublishedMemory): MemoryPublisher {
  const earlier = row.slice();
  const own = new Float64Array(memoryRowLength);
  const next = new Float64Array(memoryRowLength);
  const watch = config.memory.gc_metrics ? runtime.watchCollections() : undefined;
  const share = heapShareBytes(config);
  own[memoryCell.startedMs] = Date.now();

  function publish(): void {
    const { heapUsedBytes, heapLimitBytes, externalBytes, allocatedBytes } = runtime.threadMemory();
    own[memoryCell.heapUsedBytes] = heapUsedBytes;
    own[memoryCell.heapLimitBytes] = limitOf(heapLimitBytes, share, config.engine);
    own[memoryCell.externalBytes] = externalBytes;
    const collected = watch?.take();
    if (collected) {
      own[memoryCell.collections] = (own[memoryCell.collections] as number) + collected.count;
      own[memoryCell.collectionUsSum] = (own[memoryCell.collectionUsSum] as number) + collected.usSum;
      own[memoryCell.collectionUsMax] = Math.max(own[memoryCell.collectionUsMax] as number, collected.usMax);
    }
    own[memoryCell.allocatedBytes] =
      allocatedBytes ?? (own[memoryCell.allocatedBytes] as number) + (collected?.allocatedBytes ?? 0);
    books.publish(own, booksAt);
    next.set(own);
    addTotals(next, earlier);
    row.set(next);
  }

  function publishHeap(): void {
    const { heapUsedBytes, heapLimitBytes, externalBytes } = runtime.threadMemory();
    row[memoryCell.heapUsedBytes] = heapUsedBytes;
    row[memoryCell.heapLimitBytes] = limitOf(heapLimitBytes, share, config.engine);
    row[memoryCell.externalBytes] = externalBytes;
  }

  publish();
  return { publish, publishHeap, stop: () => watch?.stop() };
}

/**
 * V8's figure counts three semi-spaces of the young generation, but the process ends when the old one is full: what a share is
 * taken of is that one's limit. In proportion, because a launch on a smaller host scales both.
 */
function limitOf(
  heapLimitBytes: number | undefined,
  share: number,
  { heap_bytes_max: old = 0, semi_space_bytes_max: semi = 0 }: ServerConfig["engine"],
): number {
  if (heapLimitBytes === undefined) return share;
  return old === 0 ? heapLimitBytes : Math.floor(heapLimitBytes * (old / (old + 3 * semi)));
}

/** What the plan gives one thread where the engine has no limit of its own. */
function heapShareBytes({ engine, memory, tasks, workers }: PublishedMemory["config"]): number {
  return engine.ram_bytes ?? Math.floor(memory.heaps_bytes / (workers.count + tasks.threads));
}
