/**
 * The machine as this process may use it, read at start-up. Idea: the plan was made for a target; this is what the
 * process really got, and the banner, the launch and the budget check compare the two.
 *
 * Limits are the tightest on the way from the process's control group to the root, in both cgroup versions: a parent
 * may grant less than its child claims. What a restricted process cannot read is left out and said in `missing`.
 */
import { readFileSync } from "node:fs";
import { arch, availableParallelism, cpus, release, totalmem } from "node:os";
import process from "node:process";

export interface HostReading {
  readonly os: string;
  readonly arch: string;
  readonly kernel: string | undefined;
  readonly libc: "glibc" | "musl" | "none";
  /** CPUs that the process may use at once: the least of affinity and quota; fractions are real. */
  readonly cpus: number;
  readonly cpusHost: number;
  /** The tightest memory limit, else the machine's memory; undefined when nothing could be read. */
  readonly memoryBytes: number | undefined;
  readonly memoryHostBytes: number | undefined;
  /** "always", "madvise" or "never"; undefined where unknown. */
  readonly transparentHugePages: string | undefined;
  /** Size of the kernel's pages: 4096, on arm64 also 16384 or 65536; undefined where unknown. */
  readonly pageBytes: number | undefined;
  /** Files that the process may have open; undefined where unknown. */
  readonly nofile: number | undefined;
  /** The kernel's bound on a listener's backlog; undefined where unknown. */
  readonly somaxconn: number | undefined;
  /** Why figures are missing or weaker than they could be; empty when all were read. */
  readonly missing: string;
}

/** Text of a file, undefined when it is absent or this process may not read it. */
export type ReadText = (path: string) => string | undefined;

export function readHost(read: ReadText = readText): HostReading {
  const groups = controlGroups(read("/proc/self/cgroup") ?? "");
  const affinity = countCpuList(/^Cpus_allowed_list:\s*(\S+)/m.exec(read("/proc/self/status") ?? "")?.[1]);
  const online = countCpuList(read("/sys/devices/system/cpu/online")?.trim());
  const cpusHost = online ?? tolerate(() => cpus().length);
  const memoryHostBytes = hostMemoryBytes(read);
  const usable = affinity ?? availableParallelism();
  const restricted = process.platform === "linux" && affinity === undefined;
  return {
    os: process.platform,
    arch: arch(),
    kernel: tolerate(release),
    libc: libcOf(read),
    // The allowed list may name CPUs that could be plugged in and are not there.
    cpus: Math.min(usable, online ?? usable, ...quotas(groups, read)),
    cpusHost: cpusHost ?? usable,
    memoryBytes: least([memoryHostBytes, ...memoryLimits(groups, read)]),
    memoryHostBytes,
    transparentHugePages: /\[(\w+)\]/.exec(read("/sys/kernel/mm/transparent_hugepage/enabled") ?? "")?.[1],
    pageBytes: pageBytesOf(read("/proc/self/auxv")),
    nofile: positive(/^Max open files\s+(\d+)/m.exec(read("/proc/self/limits") ?? "")?.[1]),
    somaxconn: positive(read("/proc/sys/net/core/somaxconn")),
    missing: restricted ? "/proc and /sys are not readable for this process; figures are the runtime's own" : "",
  };
}

/** Text of os-release(5), which names the distribution; undefined where there is none. */
export function readOsRelease(read: ReadText = readText): string | undefined {
  return read("/etc/os-release") ?? read("/usr/lib/os-release");
}

function readText(path: string): string | undefined {
  return tolerate(() => readFileSync(path, "utf8"));
}

/** Absent files and refused permissions are expected here; the result says what is missing. */
function tolerate<T>(get: () => T): T | undefined {
  try {
    return get();
  } catch {
    return undefined;
  }
}

interface ControlGroups {
  /** Folders from the root down to the process's group. */
  readonly v2: readonly string[];
  readonly memory: readonly string[];
  readonly cpu: readonly string[];
}

/** `text`: /proc/self/cgroup. Hybrid hosts list v1 controllers beside the "0::" line of v2. */
function controlGroups(text: string): ControlGroups {
  const pathOf = (controller: string) =>
    text
      .split("\n")
      .map((line) => /^\d+:([^:]*):(.*)$/.exec(line))
      .find((match) => match?.[1]?.split(",").includes(controller))?.[2];
  const v2 = pathOf("");
  return {
    v2: v2 === undefined ? [] : ["/sys/fs/cgroup", "/sys/fs/cgroup/unified"].flatMap((root) => pathTo(root, v2)),
    memory: pathTo("/sys/fs/cgroup/memory", pathOf("memory") ?? "/"),
    cpu: pathTo("/sys/fs/cgroup/cpu", pathOf("cpu") ?? "/"),
  };
}

function pathTo(root: string, path: string): readonly string[] {
  // Inside a container the path may be the host's, which does not exist here; the root always does.
  const parts = path.split("/").filter((part) => part !== "" && part !== "..");
  return [...parts.keys(), parts.length].map((length) => [root, ...parts.slice(0, length)].join("/"));
}

function memoryLimits(groups: ControlGroups, read: ReadText): readonly (number | undefined)[] {
  const files = [
    ...groups.v2.flatMap((folder) => [`${folder}/memory.max`, `${folder}/memory.high`]),
    ...groups.memory.map((folder) => `${folder}/memory.limit_in_bytes`),
  ];
  // "max" is no number; v1 writes a value near 2^63 for "no limit", which the host's memory undercuts.
  return files.map((file) => positive(read(file)));
}

function quotas(groups: ControlGroups, read: ReadText): readonly number[] {
  const v2 = groups.v2.map((folder) => read(`${folder}/cpu.max`)?.trim().split(" "));
  const v1 = groups.cpu.map((folder) => [read(`${folder}/cpu.cfs_quota_us`), read(`${folder}/cpu.cfs_period_us`)]);
  return [...v2, ...v1].flatMap((pair) => {
    const quota = positive(pair?.[0]);
    const period = positive(pair?.[1]);
    return quota === undefined || period === undefined ? [] : [quota / period];
  });
}

function positive(text: string | undefined): number | undefined {
  const value = Number(text?.trim() || Number.NaN);
  return value > 0 ? value : undefined;
}

function least(values: readonly (number | undefined)[]): number | undefined {
  const known = values.filter((value) => value !== undefined);
  return known.length === 0 ? undefined : Math.min(...known);
}

/** CPUs in a list such as "0-3,8". */
function countCpuList(list: string | undefined): number | undefined {
  if (!list || !/^\d+(-\d+)?(,\d+(-\d+)?)*$/.test(list)) return undefined;
  return list.split(",").reduce((sum, range) => {
    const [from = "0", to = from] = range.split("-");
    return sum + Number(to) - Number(from) + 1;
  }, 0);
}

function hostMemoryBytes(read: ReadText): number | undefined {
  const kib = positive(/^MemTotal:\s*(\d+) kB/m.exec(read("/proc/meminfo") ?? "")?.[1]);
  return kib === undefined ? tolerate(totalmem) : kib * 1024;
}

/**
 * AT_PAGESZ of the auxiliary vector, which the kernel writes before AT_CLKTCK (getauxval(3)): pairs of 8 bytes. A page
 * size has one bit, at 2^12, 2^14 or 2^16, so its bytes survive the reading as text.
 */
function pageBytesOf(auxv: string | undefined): number | undefined {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the vector is binary.
  const match = /\x06\0{7}([\0-\x7f]{8})\x11\0{7}/.exec(auxv ?? "")?.[1];
  if (match === undefined) return undefined;
  return [...match].reduce((sum, byte, index) => sum + byte.charCodeAt(0) * 256 ** index, 0);
}

function libcOf(read: ReadText): HostReading["libc"] {
  if (process.platform !== "linux") return "none";
  // The loader that this very process was started by; Deno exists for glibc only.
  return /\/ld-musl-/.test(read("/proc/self/maps") ?? "") ? "musl" : "glibc";
}
