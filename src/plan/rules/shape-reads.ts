/** How many threads could be fed if memory were no matter: what several rules divide by. */
import type { ThreadShape } from "../budget.ts";
import { taskThreadsOf, threadsByDescriptors, WORKERS_MAX, workersByCpu, workersOf } from "../capacity.ts";
import type { Read } from "../rule.ts";

export const threadShapeReads = ["adapter", "features.tasks", "features.auth"] as const;

/** What the number and the cost of threads depend on. */
export function readThreadShape(read: Read<(typeof threadShapeReads)[number]>): ThreadShape {
  return { adapter: read("adapter"), tasks: read("features.tasks"), auth: read("features.auth") };
}

export const cpuReads = [
  "facts.cpus",
  "facts.container",
  "answers.objective",
  "features.tasks",
  "pinned.workers.count",
] as const;
type CpuRead = Read<(typeof cpuReads)[number]>;

/** Workers that the CPUs and the platform permit beside the threads for CPU-heavy work, unless their number is pinned. */
export function readWorkersByCpu(read: CpuRead): number {
  return read("pinned.workers.count") ?? workersOf(dividedByCpu(read), read("features.tasks"));
}

/** The same with those threads. */
export function readThreadsByCpu(read: CpuRead): number {
  return readWorkersByCpu(read) + (read("features.tasks") ? taskThreadsOf(dividedByCpu(read)) : 0);
}

function dividedByCpu(read: CpuRead): number {
  if (read("facts.container") === "isolate") return 1;
  return Math.min(workersByCpu(read("facts.cpus"), read("answers.objective")), WORKERS_MAX);
}

export const threadsReads = ["workers.count", "tasks.threads"] as const;

/** All threads of the plan that have a heap of their own, without the control plane's. */
export function readThreads(read: Read<(typeof threadsReads)[number]>): number {
  return read("workers.count") + (read("tasks.threads") ?? 0);
}

export const memoryBoundReads = [...cpuReads, ...threadsReads, "facts.nofileHard"] as const;

/** Whether memory alone keeps threads below what everything else permits. */
export function readMemoryBound(read: Read<(typeof memoryBoundReads)[number]>): boolean {
  const threads = readThreads(read);
  // Descriptors are looked at only when the CPUs do not explain the number: most plans do not depend on them.
  return threads < readThreadsByCpu(read) && threads < threadsByDescriptors(read("facts.nofileHard"));
}
