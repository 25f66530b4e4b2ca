/** Who set the pace. A rate says something about the server only when the server was the one at its limit. */
import type { CaseDocument } from "../report/document.ts";

export type Bottleneck = NonNullable<CaseDocument["limited_by"]>;

export interface Pace {
  readonly model: "closed" | "open";
  readonly serverCpusBusy: number | undefined;
  readonly generatorCpusBusy: number | undefined;
  /** CPUs that the server can keep busy: the least of its workers, its cores and the quota. */
  readonly serverCpus: number;
  /** CPUs that the generator can keep busy. */
  readonly generatorCpus: number;
  /** Open loop: how late requests left, and how late their answers were. */
  readonly lateP99Us: number | undefined;
  readonly latencyP99Us: number | undefined;
}

/** From here on a CPU counts as full: the rest is what the scheduler and other programs take. */
const FULL = 0.9;
/** From here on the slowest latencies are as much the generator's as the server's. */
const LATE_SHARE = 0.5;

export function bottleneckOf(pace: Pace): Bottleneck {
  const { model, serverCpusBusy, generatorCpusBusy, serverCpus } = pace;
  if (serverCpusBusy === undefined) return "unknown";
  const serverFull = serverCpusBusy >= FULL * serverCpus;
  const generatorFull = model === "open" ? isLate(pace) : isBusy(generatorCpusBusy, pace.generatorCpus);
  if (generatorFull === undefined) return "unknown";
  if (serverFull && generatorFull) return "both";
  if (serverFull) return "server";
  return generatorFull ? "generator" : "neither";
}

/** In an open loop the generator waits by spinning, so what counts is whether requests left in time. */
function isLate({ lateP99Us = 0, latencyP99Us = 0 }: Pace): boolean {
  return lateP99Us > LATE_SHARE * latencyP99Us;
}

function isBusy(busy: number | undefined, cpus: number): boolean | undefined {
  return busy === undefined ? undefined : busy >= FULL * cpus;
}
