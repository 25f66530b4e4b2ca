/** What keeps the number of threads down: the same for workers and for threads of CPU-heavy work. */
import { threadBytesWanted } from "../budget.ts";
import { threadsByDescriptors, WORKERS_MAX } from "../capacity.ts";
import { reason } from "../reasons.ts";
import type { Bounds, Read } from "../rule.ts";
import { readThreadShape, threadShapeReads } from "./shape-reads.ts";

export const threadBoundReads = [
  ...threadShapeReads,
  "facts.container",
  "facts.nofileHard",
  "memory.heaps_bytes",
] as const;

/** The tightest of the bounds on all data-plane threads, with its name. */
export function threadsMax(read: Read<(typeof threadBoundReads)[number]>): NonNullable<Bounds["max"]> {
  const wanted = threadBytesWanted(readThreadShape(read));
  const heaps = read("memory.heaps_bytes");
  const nofileHard = read("facts.nofileHard");
  const bounds = [
    { value: WORKERS_MAX, by: reason("bound_workers_schema", { workers: WORKERS_MAX }) },
    { value: Math.max(1, Math.floor(heaps / wanted)), by: reason("bound_workers_memory", { heaps, wanted }) },
    { value: threadsByDescriptors(nofileHard), by: reason("bound_descriptors", { nofileHard }) },
  ];
  if (read("facts.container") === "isolate") bounds.unshift({ value: 1, by: reason("bound_isolate", {}) });
  return bounds.reduce((least, bound) => (bound.value < least.value ? bound : least));
}
