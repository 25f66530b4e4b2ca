/**
 * Keeps server and generator on different CPUs, and off each other's cores, so that they do not take time from each other.
 * Linux with taskset only; elsewhere, or with one CPU, nothing is pinned and the report says so.
 */
import { execFileSync } from "node:child_process";
import process from "node:process";
import { readCores } from "./cpu-topology.ts";

export type Pinning =
  | {
      readonly pinned: true;
      readonly serverCpus: readonly number[];
      /** Cores that these CPUs are of: fewer than CPUs where siblings (SMT) share one. */
      readonly serverCores: number;
      readonly generatorCpus: readonly number[];
    }
  | { readonly pinned: false; readonly reason: string };

/**
 * A generator of the same language as the server costs about as much per request, and at most twice as much (Deno loading
 * Bun): with less than the server's share it is what is measured, with more than this it idles.
 */
const GENERATOR_CPUS_PER_SERVER_CPU = 2;

/** Moves this process, with all its threads and the children that it starts, off the server's CPUs. `workers`: of the server. */
export function pinGenerator(workers: number): Pinning {
  const pinning = choosePinning(process.platform, process.platform === "linux" ? readCores() : [], workers);
  if (!pinning.pinned) return pinning;
  try {
    // -a: threads that exist already, too; later ones inherit. The list includes this process's own id only.
    const cpus = pinning.generatorCpus.join(",");
    execFileSync("taskset", ["-a", "-c", "-p", cpus, String(process.pid)], { stdio: "ignore" });
    return pinning;
  } catch (error) {
    const missing = (error as { code?: unknown }).code === "ENOENT";
    return { pinned: false, reason: missing ? "taskset is not installed" : "taskset failed" };
  }
}

/**
 * Pure part: the server gets a CPU for each worker and at most half of them (the larger half), the generator of the rest as
 * many as it can use. Both get whole cores, the server the first ones and the generator the last; only a single core is
 * split. What is left over stays idle.
 */
export function choosePinning(platform: string, cores: readonly (readonly number[])[], workers: number): Pinning {
  if (platform !== "linux") return { pinned: false, reason: `there is no taskset on ${platform}` };
  const all = cores.flat();
  if (all.length === 0) return { pinned: false, reason: "the allowed CPUs are not known" };
  if (all.length === 1) return { pinned: false, reason: "there is only one CPU" };
  const units = cores.length === 1 ? all.map((cpu) => [cpu]) : cores;
  const wanted = Math.min(Math.max(1, workers), Math.ceil(all.length / 2));
  const serverCpus = firstOf(units.slice(0, -1), wanted);
  const rest = units.filter((core) => !core.some((cpu) => serverCpus.includes(cpu)));
  const most = Math.max(1, Math.min(GENERATOR_CPUS_PER_SERVER_CPU * serverCpus.length, Math.floor(all.length / 2)));
  return {
    pinned: true,
    serverCpus: ascending(serverCpus),
    serverCores: cores.filter((core) => core.some((cpu) => serverCpus.includes(cpu))).length,
    generatorCpus: ascending(firstOf(rest.reverse(), most)),
  };
}

/** The command line that runs `command` on the server's CPUs. */
export function pinServer(pinning: Pinning, command: readonly string[]): readonly string[] {
  return pinning.pinned ? ["taskset", "-c", pinning.serverCpus.join(","), ...command] : command;
}

/** CPUs of whole cores until there are as many as wanted. */
function firstOf(cores: readonly (readonly number[])[], wanted: number): readonly number[] {
  const cpus: number[] = [];
  for (const core of cores) if (cpus.length < wanted) cpus.push(...core);
  return cpus;
}

function ascending(cpus: readonly number[]): readonly number[] {
  return [...cpus].sort((a, b) => a - b);
}
