/**
 * What a snapshot reads, as a table: each file with what is kept of it. Only what the parsers look at is kept, so
 * that a snapshot is small, readable, and holds nothing about the user or other processes.
 */

import { cgroupFiles } from "./cgroup-limits.ts";
import { NODES_MAX } from "./fact-bounds.ts";
import { ACPI_FADT, DOCKER_MARK, PODMAN_MARK, SERVICE_ACCOUNT, WSL_INTEROP } from "./parse-container.ts";
import { CACHE_INDEX_MAX, cachePath, NODES_ONLINE, nodeCpuListPath } from "./parse-cpu.ts";
import { muslLoader } from "./parse-kernel.ts";
import { parseCpuList } from "./parse-text.ts";

/** How a file's bytes become text: all of it, its matching lines (or their captured part), or hexadecimal. */
export type Keep = RegExp | "all" | "hexadecimal";

/** Files with fixed names; where the groups' files lie follows from the first two. */
export const fixedFiles: Readonly<Record<string, Keep>> = {
  "/proc/self/cgroup": "all",
  "/proc/self/mountinfo":
    / - cgroup2? |^\S+ \S+ \S+ \S+ (?:\/|\/etc\/(?:hosts|hostname|resolv\.conf)) | - fuse\.lxcfs /,
  "/proc/self/status": /^Cpus_allowed_list:/,
  "/proc/self/limits": /^Max open files/,
  "/proc/self/maps": /\s(\/\S*\/(?:ld-musl-|libc\.musl-|libc\.so\.6|libc-2\.|ld-linux-)\S*)$/,
  "/proc/self/auxv": "hexadecimal",
  "/proc/cpuinfo": /^(?:flags|Features|siblings|cpu cores|model name)\s*:/,
  "/proc/meminfo": /^(?:MemTotal|HugePages_Total|Hugepagesize):/,
  "/proc/sys/kernel/osrelease": "all",
  "/proc/sys/net/core/somaxconn": "all",
  "/proc/sys/net/ipv4/tcp_migrate_req": "all",
  "/proc/sys/fs/nr_open": "all",
  // Readable by root only. The one line says what kind of container this is; nothing else of it is kept.
  "/proc/1/environ": /^container=/,
  "/run/systemd/container": "all",
  "/sys/devices/system/cpu/online": "all",
  "/sys/devices/system/cpu/smt/active": "all",
  "/sys/devices/system/cpu/cpu0/topology/thread_siblings_list": "all",
  "/sys/devices/system/node/online": "all",
  "/sys/kernel/mm/transparent_hugepage/enabled": "all",
  [ACPI_FADT]: "hexadecimal",
};

/** Asked for only when the auxiliary vector is not readable: the kernel computes it slowly. */
export const smapsFile: Readonly<Record<string, Keep>> = { "/proc/self/smaps": /^KernelPageSize:/ };

/** Paths whose existence is evidence and whose content is not looked at. */
export const marks: readonly string[] = [
  DOCKER_MARK,
  PODMAN_MARK,
  SERVICE_ACCOUNT,
  WSL_INTEROP,
  muslLoader("x64"),
  muslLoader("arm64"),
];

/** Files whose names follow from the fixed ones: group limits, nodes and caches. */
export function derivedFiles(files: Readonly<Record<string, string>>): string[] {
  const paths = cgroupFiles(files);
  for (const node of [...(parseCpuList(files[NODES_ONLINE]) ?? [])].slice(0, NODES_MAX)) {
    paths.push(nodeCpuListPath(node));
  }
  for (let index = 0; index < CACHE_INDEX_MAX; index += 1) {
    paths.push(cachePath(index, "level"), cachePath(index, "size"));
  }
  return paths;
}
