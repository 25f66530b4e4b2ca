/** How many CPUs server and generator can keep busy: what a figure of "CPUs busy" is held against. */

import type { ServerConfig } from "../../src/config/schema.ts";
import type { HostReading } from "../../src/control/host.ts";
import type { ServerSpec } from "../cases/bench.ts";
import type { Pinning } from "../server/pinning.ts";

/** The least of the server's workers, its cores and the quota. Fractions are real: a quota may be half a CPU. */
export function serverCpusOf(
  { workers }: Pick<ServerConfig, "workers">,
  settings: ServerSpec["settings"],
  pinning: Pinning,
  { cpus }: Pick<HostReading, "cpus">,
): number {
  const cores = pinning.pinned ? pinning.serverCpus.length : cpus;
  const mode = settings["workers.mode"] ?? workers.mode;
  const count = Number(settings["workers.count"] ?? workers.count);
  return Math.min(mode === "inline" ? 1 : count, cores, cpus);
}

/** Where a quota leaves nothing: two that always want to run get half of a CPU each, as the scheduler is fair. */
const SHARE_LEAST = 0.5;

/** `serverCpus`: of `serverCpusOf`. A quota is for both together, so the generator has what the server leaves of it. */
export function generatorCpusOf(pinning: Pinning, { cpus }: Pick<HostReading, "cpus">, serverCpus: number): number {
  if (pinning.pinned) {
    return Math.min(pinning.generatorCpus.length, Math.max(SHARE_LEAST * Math.min(1, cpus), cpus - serverCpus));
  }
  // Left to the scheduler, half of the machine is the server's.
  return Math.max(Math.min(1, cpus), Math.floor(cpus / 2));
}

/** As many as it has whole CPUs: more would wait for each other, or take the server's part of a quota. */
export function generatorThreadsOf(...circumstances: Parameters<typeof generatorCpusOf>): number {
  return Math.max(1, Math.floor(generatorCpusOf(...circumstances)));
}

/** Whether a quota is less than what both can take, so that they take CPU time from each other on CPUs of their own. */
export function isQuotaShared(
  { pinned }: Pick<Pinning, "pinned">,
  { cpus }: Pick<HostReading, "cpus">,
  serverCpus: number,
  generatorThreads: number,
): boolean {
  return pinned && cpus < serverCpus + generatorThreads;
}
