/** Prints the soft limit on open files that the running program has: proc_pid_limits(5). */
import { readFileSync } from "node:fs";

console.log(/^Max open files +(\d+)/m.exec(readFileSync("/proc/self/limits", "utf8"))?.[1]);
