/**
 * CPUs, topology, caches and instruction-set flags.
 *
 * The CPUs that a process may use are the least of four bounds: what is online, what the scheduler may pick (affinity),
 * the cpuset and the quota of its groups. Runtimes disagree on each of them, so none is asked where files exist.
 */

import { assumedCacheBytes, assumedCpuFlags, assumedCpus, assumedNumaNodes, assumedSmt } from "./assumed-facts.ts";
import { groupsAreKnown } from "./cgroup-groups.ts";
import { cpusetEvidence, quotaEvidence } from "./cgroup-limits.ts";
import { assumed, detected, type Evidence, firstEvidence, tightest } from "./fact.ts";
import { CACHE_MAX_BYTES, CPUS_MAX, NODES_MAX } from "./fact-bounds.ts";
import type { Architecture, Fact } from "./hardware-facts.ts";
import type { HostSnapshot } from "./host-snapshot.ts";
import { field, parseCount, parseCpuList } from "./parse-text.ts";

const ONLINE = "/sys/devices/system/cpu/online";
const STATUS = "/proc/self/status";
const CPUINFO = "/proc/cpuinfo";
const SMT_ACTIVE = "/sys/devices/system/cpu/smt/active";
const SIBLINGS = "/sys/devices/system/cpu/cpu0/topology/thread_siblings_list";
export const NODES_ONLINE = "/sys/devices/system/node/online";

/** Linux names at most this many cache leaves per CPU in practice: two for L1, then one per level. */
export const CACHE_INDEX_MAX = 5;

/** Flags that some runtime, allocator or cipher choice depends on; the other hundred say nothing here. */
const RELEVANT_FLAGS: Readonly<Record<Architecture, readonly string[]>> = {
  x64: ["abm", "aes", "avx", "avx2", "avx512f", "bmi2", "fma", "pclmulqdq", "popcnt", "sha_ni", "sse4_2", "vaes"],
  arm64: ["aes", "asimd", "atomics", "crc32", "pmull", "sha2", "sve", "sve2"],
};

export function hostCpusFact(snapshot: HostSnapshot): Fact<number> {
  return firstEvidence(
    [
      { value: parseCpuList(snapshot.files[ONLINE])?.size, source: ONLINE },
      { value: saneCpus(snapshot.node.cpuCount), source: "os.cpus()" },
      { value: saneCpus(snapshot.node.availableParallelism), source: "os.availableParallelism()" },
    ],
    assumedCpus(),
  );
}

/** Usable CPUs; fractions are real: a quota of 50 ms per 100 ms is half a CPU. */
export function cpusFact(snapshot: HostSnapshot): Fact<number> {
  const { files, node } = snapshot;
  const affinity = parseCpuList(field(files[STATUS], "Cpus_allowed_list"))?.size;
  const quotas = quotaEvidence(files);
  const bounds: Evidence<number>[] = [
    // The allowed list may name CPUs that are possible but absent, so it is only one of the bounds.
    { value: parseCpuList(files[ONLINE])?.size, source: ONLINE },
    { value: affinity, source: `${STATUS} (Cpus_allowed_list)` },
    ...cpusetEvidence(files),
    ...quotas,
  ];
  if (affinity === undefined) {
    bounds.unshift({ value: saneCpus(node.availableParallelism), source: "os.availableParallelism()" });
  }
  const least = tightest(bounds) ?? tightest([{ value: saneCpus(node.cpuCount), source: "os.cpus()" }]);
  if (!least) return assumedCpus();
  const isBlind = snapshot.os === "linux" && !groupsAreKnown(files) && quotas.every(({ value }) => value === undefined);
  return isBlind
    ? assumed(least.value, `${least.source}, as no quota could be looked for`)
    : detected(least.value, least.source);
}

export function smtFact(snapshot: HostSnapshot): Fact<boolean> {
  const { files } = snapshot;
  const active = parseCount(files[SMT_ACTIVE], 0, 1);
  const siblings = parseCpuList(files[SIBLINGS])?.size;
  const threads = parseCount(field(files[CPUINFO], "siblings"), 1, CPUS_MAX);
  const cores = parseCount(field(files[CPUINFO], "cpu cores"), 1, CPUS_MAX);
  return firstEvidence(
    [
      { value: active === undefined ? undefined : active === 1, source: SMT_ACTIVE },
      { value: siblings === undefined ? undefined : siblings > 1, source: SIBLINGS },
      { value: threads === undefined || cores === undefined ? undefined : threads > cores, source: CPUINFO },
    ],
    assumedSmt(),
  );
}

/**
 * NUMA nodes whose CPUs this process may use. Nodes that list the same CPUs are one: kernels can split a node to
 * spread memory traffic (numa=fake, the default of Raspberry Pi OS on a Pi 5). Nodes without CPUs are memory only.
 */
export function numaNodesFact(snapshot: HostSnapshot): Fact<number> {
  const { files } = snapshot;
  const allowed = parseCpuList(field(files[STATUS], "Cpus_allowed_list"));
  const all = new Set<string>();
  const usable = new Set<string>();
  for (const node of [...(parseCpuList(files[NODES_ONLINE]) ?? [])].slice(0, NODES_MAX)) {
    const cpus = parseCpuList(files[nodeCpuListPath(node)]);
    if (!cpus) continue;
    const identity = [...cpus].join(",");
    all.add(identity);
    if (!allowed || [...cpus].some((cpu) => allowed.has(cpu))) usable.add(identity);
  }
  if (all.size === 0) return assumedNumaNodes();
  // A virtualised list (lxcfs) may share no number with the allowed one; then nothing tells which nodes are ours.
  return usable.size > 0
    ? detected(usable.size, "/sys/devices/system/node/node*/cpulist")
    : assumed(all.size, "none of the nodes' CPUs is in Cpus_allowed_list, so all nodes count");
}

export function nodeCpuListPath(node: number): string {
  return `/sys/devices/system/node/node${node}/cpulist`;
}

/** Size of the unified cache of a level as CPU 0 sees it; 0 is detected when its caches are listed and lack that level. */
export function cacheFact(snapshot: HostSnapshot, level: 2 | 3): Fact<number> {
  const { files } = snapshot;
  let anyListed = false;
  for (let index = 0; index < CACHE_INDEX_MAX; index += 1) {
    const bytes = parseCacheSize(files[cachePath(index, "size")]);
    if (bytes === undefined) continue;
    anyListed = true;
    if (files[cachePath(index, "level")]?.trim() === String(level)) return detected(bytes, cachePath(index, "size"));
  }
  return anyListed ? detected(0, `no level ${level} in ${cachePath("*", "size")}`) : assumedCacheBytes();
}

export function cachePath(index: number | "*", name: "level" | "size"): string {
  return `/sys/devices/system/cpu/cpu0/cache/index${index}/${name}`;
}

export function cpuFlagsFact(snapshot: HostSnapshot, arch: Architecture): Fact<readonly string[]> {
  const text = field(snapshot.files[CPUINFO], arch === "x64" ? "flags" : "Features");
  const listed = new Set(text?.split(/\s+/));
  const relevant = RELEVANT_FLAGS[arch].filter((flag) => listed.has(flag));
  // None at all is nonsense: the baseline of both architectures has at least one of them.
  return relevant.length > 0 ? detected(relevant, CPUINFO) : assumedCpuFlags(arch);
}

function parseCacheSize(text: string | undefined): number | undefined {
  const match = /^(\d{1,9})([KMG])$/.exec(text?.trim() ?? "");
  if (!match) return undefined;
  const bytes = Number(match[1]) * 1024 ** ("KMG".indexOf(match[2] ?? "") + 1);
  return bytes > 0 && bytes <= CACHE_MAX_BYTES ? bytes : undefined;
}

function saneCpus(count: number | undefined): number | undefined {
  return count !== undefined && Number.isInteger(count) && count >= 1 && count <= CPUS_MAX ? count : undefined;
}
