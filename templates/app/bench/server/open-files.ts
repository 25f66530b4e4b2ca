/** Open files of processes, and how many one may have, from /proc (proc(5)). Linux only; the callers say so elsewhere. */
import { readdirSync, readFileSync } from "node:fs";

/** Open files of these processes, sockets among them: the kernel's own count of connections, whatever the runtime tells. */
export function openFilesOf(pids: readonly number[]): number {
  return pids.reduce((sum, pid) => sum + filesOf(pid), 0);
}

/** RLIMIT_NOFILE of this process as it is now; the runtimes raise it to the most they may when they start. */
export function fileLimit(): number | undefined {
  try {
    return parseFileLimit(readFileSync("/proc/self/limits", "utf8"));
  } catch {
    return undefined;
  }
}

/** `text`: /proc/PID/limits. The soft limit; undefined: there is none. */
export function parseFileLimit(text: string): number | undefined {
  const soft = /^Max open files\s+(\S+)/m.exec(text)?.[1];
  return soft === undefined || soft === "unlimited" ? undefined : Number(soft);
}

/** A process may end between being listed and being read. */
function filesOf(pid: number): number {
  try {
    return readdirSync(`/proc/${pid}/fd`).length;
  } catch {
    return 0;
  }
}
