/** Which CPUs this process may use, and which of them are one core: siblings (SMT) share its units and slow each other down. */
import { readFileSync } from "node:fs";

/** The allowed CPUs, core by core, in rising order; empty: not known. Linux only. */
export function readCores(): readonly (readonly number[])[] {
  const list = /^Cpus_allowed_list:\s*(\S+)$/m.exec(readFileSync("/proc/self/status", "utf8"))?.[1];
  return list === undefined ? [] : coresOf(parseCpuList(list), readSiblings);
}

/** Pure part: `siblings` tells all CPUs of a CPU's core, which may be more than the allowed ones. */
export function coresOf(
  allowed: readonly number[],
  siblings: (cpu: number) => readonly number[],
): readonly (readonly number[])[] {
  const taken = new Set<number>();
  return allowed.flatMap((cpu) => {
    if (taken.has(cpu)) return [];
    const core = [...new Set([cpu, ...siblings(cpu).filter((each) => allowed.includes(each))])];
    for (const each of core) taken.add(each);
    return [core.sort((a, b) => a - b)];
  });
}

/** CPU numbers in a list such as "0-3,8", in rising order. */
export function parseCpuList(list: string): readonly number[] {
  return list.split(",").flatMap((range) => {
    const [from = Number.NaN, to = from] = range.split("-").map(Number);
    return Number.isInteger(to - from) ? Array.from({ length: to - from + 1 }, (_, index) => from + index) : [];
  });
}

function readSiblings(cpu: number): readonly number[] {
  try {
    return parseCpuList(readFileSync(`/sys/devices/system/cpu/cpu${cpu}/topology/thread_siblings_list`, "utf8").trim());
  } catch {
    // Some sandboxes show no topology; then each CPU is taken as a core of its own.
    return [cpu];
  }
}
