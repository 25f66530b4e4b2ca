/**
 * Keeps server and generator off each other's cores: two programs that share a core measure the scheduler.
 * The generator gets the last allowed CPU, the server all others.
 */
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import process from "node:process";

export type Pinning =
  | { readonly pinned: true; readonly serverCpus: readonly number[]; readonly generatorCpu: number }
  | { readonly pinned: false; readonly reason: string };

/** Moves this process, which is the generator, to its CPU. */
export function pinGenerator(): Pinning {
  const pinning = choosePinning(process.platform, allowedCpus());
  if (!pinning.pinned) return pinning;
  try {
    // -a: threads that exist already, too; later ones inherit. The list includes this process's own id only.
    execFileSync("taskset", ["-a", "-c", "-p", String(pinning.generatorCpu), String(process.pid)], { stdio: "ignore" });
    return pinning;
  } catch (error) {
    const missing = (error as { code?: unknown }).code === "ENOENT";
    return { pinned: false, reason: missing ? "taskset is not installed" : "taskset failed" };
  }
}

/** Pure part: what the platform and the allowed CPUs permit. */
export function choosePinning(platform: string, allowed: readonly number[]): Pinning {
  if (platform !== "linux") return { pinned: false, reason: `there is no taskset on ${platform}` };
  const generatorCpu = allowed.at(-1);
  if (generatorCpu === undefined) return { pinned: false, reason: "the allowed CPUs are not known" };
  if (allowed.length === 1) return { pinned: false, reason: "there is only one CPU" };
  return { pinned: true, serverCpus: allowed.slice(0, -1), generatorCpu };
}

/** The command line that runs `command` on the server's CPUs. */
export function pinServer(pinning: Pinning, command: readonly string[]): readonly string[] {
  return pinning.pinned ? ["taskset", "-c", pinning.serverCpus.join(","), ...command] : command;
}

function allowedCpus(): readonly number[] {
  if (process.platform !== "linux") return [];
  const list = /^Cpus_allowed_list:\s*(\S+)$/m.exec(readFileSync("/proc/self/status", "utf8"))?.[1];
  return list === undefined ? [] : parseCpuList(list);
}

/** CPU numbers in a list such as "0-3,8", in rising order. */
export function parseCpuList(list: string): readonly number[] {
  return list.split(",").flatMap((range) => {
    const [from = Number.NaN, to = from] = range.split("-").map(Number);
    return Number.isInteger(to - from) ? Array.from({ length: to - from + 1 }, (_, index) => from + index) : [];
  });
}
