/** What goes wrong with a worker's owned memory, said in its log: failed hooks, misuse, and what was not given back. */
import type { Logger } from "../log/logger.ts";
import type { Report } from "../memory/arena-pool.ts";
import { MemoryError } from "../memory/memory-error.ts";
import type { WorkerMemory } from "../memory/worker-memory.ts";
import { add, counter } from "../zones/counters.ts";

/** A failed hook is a handler's defect as one that throws; its client has its answer already. */
export function memoryReport(logger: Logger, counters: Float64Array): Report {
  return (error) => {
    add(counters, counter.handlerErrors, 1);
    const fields = {
      code: error instanceof MemoryError ? error.code : undefined,
      error: error instanceof Error ? (error.stack ?? error.message) : String(error),
    };
    logger.error(
      error instanceof MemoryError ? "owned memory was misused" : "a cleanup hook of a request's arena failed",
      fields,
    );
  };
}

/** At the end of a worker that has drained. Only debug mode knows. */
export function reportLeaks(memory: WorkerMemory, logger: Logger): void {
  for (const { owner, count, takenAt } of memory.leaks()) {
    logger.error("owned memory was not given back", { owner, count, taken_at: takenAt.join("; ") });
  }
}
