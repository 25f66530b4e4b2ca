/** Times one loop: CPU time of the whole process, so that the collector's threads count, and wall time beside it. */
import process from "node:process";
import { BATCH, type Loop } from "./strategies.ts";

export interface Timing {
  readonly cpuNs: number;
  readonly wallNs: number;
}

/** Between two looks at the clock; a look costs about 50 ns, a thousandth of this. */
const STEP_MS = 0.25;

/** Per operation: one buffer taken, touched at both ends and given back. */
export function timeLoop(loop: Loop, durationMs: number): Timing {
  const batches = batchesPerStep(loop);
  let operations = 0;
  let sum = 0;
  const cpu = process.cpuUsage();
  const startMs = performance.now();
  let nowMs = startMs;
  while (nowMs - startMs < durationMs) {
    sum += loop(batches);
    operations += batches * BATCH;
    nowMs = performance.now();
  }
  const { user, system } = process.cpuUsage(cpu);
  if (sum === 0) throw new Error("nothing was allocated");
  return { cpuNs: ((user + system) * 1000) / operations, wallNs: ((nowMs - startMs) * 1e6) / operations };
}

function batchesPerStep(loop: Loop): number {
  for (let batches = 1; ; batches *= 2) {
    const startMs = performance.now();
    loop(batches);
    if (performance.now() - startMs >= STEP_MS) return batches;
  }
}
