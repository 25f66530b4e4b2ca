/** How many workers could be fed if memory were no matter: what several rules divide by. */
import { WORKERS_MAX, workersByCpu, workersByDescriptors } from "../capacity.ts";
import type { Read } from "../rule.ts";

export const cpuReads = ["facts.cpus", "facts.container", "answers.objective"] as const;

/** Workers that the CPUs and the platform permit. */
export function readWorkersByCpu(read: Read<(typeof cpuReads)[number]>): number {
  if (read("facts.container") === "isolate") return 1;
  return Math.min(workersByCpu(read("facts.cpus"), read("answers.objective")), WORKERS_MAX);
}

export const memoryBoundReads = [...cpuReads, "workers.count", "facts.nofileHard"] as const;

/** Whether memory alone keeps workers below what everything else permits. */
export function readMemoryBound(read: Read<(typeof memoryBoundReads)[number]>): boolean {
  const workers = read("workers.count");
  // Descriptors are looked at only when the CPUs do not explain the number: most plans do not depend on them.
  return workers < readWorkersByCpu(read) && workers < workersByDescriptors(read("facts.nofileHard"));
}
