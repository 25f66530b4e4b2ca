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
  /** A quota is less than both can take together: it may set the pace while neither has used its CPUs up. */
  readonly quotaShared: boolean;
  /** Open loop: the part of their time (0..1) in which the generator's threads had nothing to do. */
  readonly generatorIdleShare: number | undefined;
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
  const generatorFull = model === "open" ? isBehind(pace) : isBusy(generatorCpusBusy, pace.generatorCpus);
  if (generatorFull === undefined) return "unknown";
  if (serverFull && generatorFull) return "both";
  if (serverFull) return "server";
  if (generatorFull) return "generator";
  return pace.quotaShared ? "unknown" : "neither";
}

/**
 * In an open loop the generator waits by spinning, so its CPU time says nothing. It is at its limit when it has no idle time
 * left, or when requests left late.
 */
function isBehind({ generatorIdleShare, lateP99Us, latencyP99Us }: Pace): boolean | undefined {
  if (generatorIdleShare !== undefined && generatorIdleShare < 1 - FULL) return true;
  if (lateP99Us === undefined || latencyP99Us === undefined) return undefined;
  return lateP99Us > LATE_SHARE * latencyP99Us;
}

function isBusy(busy: number | undefined, cpus: number): boolean | undefined {
  return busy === undefined ? undefined : busy >= FULL * cpus;
}

/** What a rate was limited by where that was not the server alone: parts of a sentence. */
export const limitTexts = {
  generator: "the generator was at its limit, the server was not",
  both: "generator and server were both at their limit",
  neither: "neither generator nor server was at its limit",
  unknown: "whose limit it was is not known here",
} as const satisfies Readonly<Record<Exclude<Bottleneck, "server">, string>>;

/** Why a rate is not the most that the server can do, a part of a sentence; undefined: the server was at its limit. */
export function whyNoMaximum(limit: Bottleneck | null): string | undefined {
  return limit === "server" || limit === "both" ? undefined : limitTexts[limit ?? "unknown"];
}
