/** Inputs that several rules read together, with what they are read for. */
import { workersWanted } from "../capacity.ts";
import type { Read } from "../rule.ts";

export const workerReads = ["facts.cpus", "facts.nofileHard", "facts.container", "answers.objective"] as const;

/** Workers that everything but memory permits. */
export function readWorkersWanted(read: Read<(typeof workerReads)[number]>): number {
  return workersWanted({
    cpus: read("facts.cpus"),
    objective: read("answers.objective"),
    nofileHard: read("facts.nofileHard"),
    container: read("facts.container"),
  });
}
