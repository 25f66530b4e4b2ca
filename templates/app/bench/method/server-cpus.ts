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

export function generatorCpusOf(pinning: Pinning, { cpus }: Pick<HostReading, "cpus">): number {
  if (pinning.pinned) return pinning.generatorCpus.length;
  // Left to the scheduler, half of the machine is the server's.
  return Math.max(Math.min(1, cpus), Math.floor(cpus / 2));
}
