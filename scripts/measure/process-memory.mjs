/** Reads what Linux says about one process's memory. Bytes everywhere. */
import { readFileSync, writeFileSync } from "node:fs";

/** Resident bytes: private data (anonymous), code and other files, and both. */
export function residentBytes(pid) {
  const status = readFileSync(`/proc/${pid}/status`, "utf8");
  const field = (name) => Number(new RegExp(`^${name}:\\s+(\\d+) kB`, "m").exec(status)?.[1] ?? Number.NaN) * 1024;
  return { rss: field("VmRSS"), anonymous: field("RssAnon"), file: field("RssFile") };
}

/** Forgets which pages were used, so that `usedFileBytes` counts only what is used from now on. */
export function forgetUsedPages(pid) {
  writeFileSync(`/proc/${pid}/clear_refs`, "1");
}

/** File-backed bytes touched since `forgetUsedPages`: the part of the runtime's code that the work needs. */
export function usedFileBytes(pid) {
  let isFile = false;
  let total = 0;
  for (const line of readFileSync(`/proc/${pid}/smaps`, "utf8").split("\n")) {
    const mapping = /^[0-9a-f]+-[0-9a-f]+ \S+ \S+ \S+ (\d+)/.exec(line);
    if (mapping) isFile = mapping[1] !== "0";
    const referenced = /^Referenced:\s+(\d+) kB/.exec(line);
    if (referenced && isFile) total += Number(referenced[1]) * 1024;
  }
  return total;
}

/** Kernel memory of the whole machine that sockets live in: slab objects and TCP buffers. */
export function kernelBytes() {
  const slab = Number(/^Slab:\s+(\d+) kB/m.exec(readFileSync("/proc/meminfo", "utf8"))?.[1]) * 1024;
  const pages = Number(/^TCP:.* mem (\d+)/m.exec(readFileSync("/proc/net/sockstat", "utf8"))?.[1]);
  return slab + pages * 4096;
}
