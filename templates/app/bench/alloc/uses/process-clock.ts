/** CPU time of a process to the nanosecond where the kernel tells it, else in ticks of 10 ms. */
import { readdirSync, readFileSync } from "node:fs";
import { cpuSecondsOf } from "../../server/cpu-time.ts";

/** Nanoseconds so far. Threads that end in between take theirs along; runtimes keep the ones they have. */
export function processNs(pid: number): number {
  const threads = readText(() => readdirSync(`/proc/${pid}/task`)) ?? [];
  let sum = 0;
  for (const thread of threads) {
    // The first number is the time on a CPU (Documentation/scheduler/sched-stats.rst of the kernel).
    const text = readText(() => readFileSync(`/proc/${pid}/task/${thread}/schedstat`, "utf8"));
    const ns = schedstatNs(text ?? "");
    if (ns === undefined) return cpuSecondsOf([pid]) * 1e9;
    sum += ns;
  }
  return sum;
}

/** undefined: a kernel without CONFIG_SCHED_INFO, or a thread that has ended. */
export function schedstatNs(text: string): number | undefined {
  const digits = /^(\d+) \d+ \d+\s*$/.exec(text)?.[1];
  return digits === undefined ? undefined : Number(digits);
}

function readText<Value>(read: () => Value): Value | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
