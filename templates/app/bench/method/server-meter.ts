/**
 * What the server used within a time: CPU of all its processes between two moments, and its resident memory.
 *
 * Linux only: the figures stand in /proc. The tree of processes is taken once, because the server starts none while it
 * serves, and listing all processes takes a while. The memory's peak is the kernel's own (VmHWM), which is set back at the
 * first moment (proc(5), clear_refs), so that it is of this time and not of the start; where that is not permitted it is
 * the most since the server started.
 */
import { writeFileSync } from "node:fs";
import process from "node:process";
import { cpuSecondsOf, processTree, residentOf } from "../server/cpu-time.ts";

export interface ServerUsage {
  readonly serverCpuSeconds: number | null;
  readonly rssBytes: number | null;
  readonly rssPeakBytes: number | null;
  readonly rssSeries: readonly (readonly [number, number])[];
}

export interface ServerMeter {
  /** The first moment: from now on time and memory count. */
  start(): void;
  /** The second one. */
  read(): ServerUsage;
  /** Lets go of its timer; without effect after `read`. */
  close(): void;
}

/** Why CPU and memory are missing where they are; undefined where they are read. */
export const PROC_REASON = process.platform === "linux" ? undefined : `there is no /proc on ${process.platform}`;

/** Fine enough for a curve of seconds; one reading takes some 20 us, a five-thousandth of the generator's time. */
const SERIES_MS = 100;
/** Points of the longest measured time (an hour) would be 36,000; from here on every second one is dropped. */
const POINTS_MAX = 600;

export function meterOf(pid: number): ServerMeter {
  if (PROC_REASON !== undefined) return blindMeter;
  const pids = processTree(pid);
  let startMs = 0;
  let startCpuSeconds = 0;
  let timer: ReturnType<typeof setInterval> | undefined;
  let points: (readonly [number, number])[] = [];
  let keepEvery = 1;
  let turns = 0;

  function sample(): void {
    turns += 1;
    if (turns % keepEvery !== 0) return;
    points.push([(performance.now() - startMs) / 1000, residentOf(pids).nowBytes]);
    if (points.length < POINTS_MAX) return;
    points = points.filter((_, index) => index % 2 === 0);
    keepEvery *= 2;
  }

  function close(): void {
    clearInterval(timer);
  }

  return {
    start() {
      for (const each of pids) resetPeak(each);
      points = [[0, residentOf(pids).nowBytes]];
      timer = setInterval(sample, SERIES_MS);
      startMs = performance.now();
      startCpuSeconds = cpuSecondsOf(pids);
    },
    read() {
      const serverCpuSeconds = cpuSecondsOf(pids) - startCpuSeconds;
      close();
      const { nowBytes, peakBytes } = residentOf(pids);
      return { serverCpuSeconds, rssBytes: nowBytes, rssPeakBytes: peakBytes, rssSeries: points };
    },
    close,
  };
}

const blindMeter: ServerMeter = {
  start: () => undefined,
  read: () => ({ serverCpuSeconds: null, rssBytes: null, rssPeakBytes: null, rssSeries: [] }),
  close: () => undefined,
};

function resetPeak(pid: number): void {
  try {
    writeFileSync(`/proc/${pid}/clear_refs`, "5");
  } catch {
    // Another user's process, or a kernel without it: the peak stays that since the start.
  }
}
