/** The circumstances that belong to the figures. */
import { readFileSync } from "node:fs";
import { cpus, loadavg } from "node:os";
import { readHost } from "../../src/control/host.ts";
import { runtime } from "../../src/wiring.ts";
import type { Surroundings } from "./result.ts";

export function readSurroundings(profile: string): Surroundings {
  const model = cpus()[0]?.model.trim();
  return {
    version: runtime.version,
    adapter: runtime.adapter,
    profile,
    host: readHost(),
    cpuModel: model === "" ? undefined : model,
    governor: readGovernor(),
    loadAverage: loadavg()[0] ?? 0,
  };
}

/** Above this share of its CPUs in use by others, a machine is not quiet. */
const LOAD_SHARE_MAX = 0.5;

/** "2 of 8 CPUs (Example CPU), load average 3.1: NOT quiet". */
export function machineText({ host, cpuModel, loadAverage }: Surroundings): string {
  const model = cpuModel ? ` (${cpuModel})` : "";
  const busy = loadAverage > host.cpus * LOAD_SHARE_MAX ? `, load average ${loadAverage.toFixed(1)}: NOT quiet` : "";
  return `${host.cpus} of ${host.cpusHost} CPUs${model}${busy}`;
}

/** Virtual machines mostly have none. */
function readGovernor(): string | undefined {
  try {
    return readFileSync("/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor", "utf8").trim();
  } catch {
    return undefined;
  }
}
