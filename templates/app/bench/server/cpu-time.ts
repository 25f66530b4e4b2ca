/**
 * CPU time and memory of processes, from /proc: what a request costs the server, whoever asks and however fast.
 * Linux only; the callers say so elsewhere.
 */
import { readdirSync, readFileSync } from "node:fs";

/** The kernel reports in USER_HZ, which is 100 a second on every architecture that Bun and Deno run on (proc(5)). */
const TICKS_PER_SECOND = 100;
const KIB = 1024;

export interface ProcessStat {
  readonly pid: number;
  /** The program's name, at most 15 bytes of it. */
  readonly name: string;
  readonly parentPid: number;
  /** User and system time of the process itself. */
  readonly cpuSeconds: number;
  /** The same of its children that have ended and were waited for. */
  readonly endedChildrenCpuSeconds: number;
}

/** `text`: /proc/PID/stat. The name may contain spaces and parentheses; it ends at the last one. */
export function parseStat(text: string): ProcessStat {
  const open = text.indexOf("(");
  const close = text.lastIndexOf(")");
  // Fields of proc(5), counted from 1: the state, field 3, comes first here.
  const fields = text
    .slice(close + 1)
    .trim()
    .split(/\s+/);
  const field = (number: number): number => Number(fields[number - 3]);
  const stat: ProcessStat = {
    pid: Number(text.slice(0, open)),
    name: text.slice(open + 1, close),
    parentPid: field(4),
    cpuSeconds: (field(14) + field(15)) / TICKS_PER_SECOND,
    endedChildrenCpuSeconds: (field(16) + field(17)) / TICKS_PER_SECOND,
  };
  if (open === -1 || close === -1 || Number.isNaN(stat.pid + stat.parentPid + stat.endedChildrenCpuSeconds)) {
    throw new Error(`this is not a line of /proc/PID/stat: ${JSON.stringify(text.slice(0, 80))}`);
  }
  return stat;
}

export interface ResidentBytes {
  readonly nowBytes: number;
  /** The most since the process started. */
  readonly peakBytes: number;
}

/** `text`: /proc/PID/status; undefined for a process without memory of its own (a kernel thread, a zombie). */
export function parseResident(text: string): ResidentBytes | undefined {
  const now = /^VmRSS:\s+(\d+) kB$/m.exec(text)?.[1];
  const peak = /^VmHWM:\s+(\d+) kB$/m.exec(text)?.[1];
  if (now === undefined || peak === undefined) return undefined;
  return { nowBytes: Number(now) * KIB, peakBytes: Number(peak) * KIB };
}

/** The process and all its descendants, as they are now. */
export function processTree(root: number): readonly number[] {
  const children = new Map<number, number[]>();
  for (const name of readdirSync("/proc").filter((entry) => /^\d+$/.test(entry))) {
    const stat = readStat(Number(name));
    if (stat) children.set(stat.parentPid, [...(children.get(stat.parentPid) ?? []), stat.pid]);
  }
  const tree = [root];
  for (const pid of tree) tree.push(...(children.get(pid) ?? []));
  return tree;
}

/** CPU seconds of these processes so far. */
export function cpuSecondsOf(pids: readonly number[]): number {
  return pids.reduce((sum, pid) => sum + (readStat(pid)?.cpuSeconds ?? 0), 0);
}

/** Memory of these processes; pages that several share count for each. */
export function residentOf(pids: readonly number[]): ResidentBytes {
  let nowBytes = 0;
  let peakBytes = 0;
  for (const pid of pids) {
    const resident = parseResident(readText(`/proc/${pid}/status`) ?? "");
    nowBytes += resident?.nowBytes ?? 0;
    peakBytes += resident?.peakBytes ?? 0;
  }
  return { nowBytes, peakBytes };
}

/** CPU seconds of this process's children that have ended. */
export function endedChildrenCpuSeconds(): number {
  return readStat("self")?.endedChildrenCpuSeconds ?? 0;
}

function readStat(pid: number | "self"): ProcessStat | undefined {
  const text = readText(`/proc/${pid}/stat`);
  return text === undefined ? undefined : parseStat(text);
}

/** A process may end between being listed and being read. */
function readText(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
}
