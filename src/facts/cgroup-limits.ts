/**
 * The limits that control groups set on this process, as evidence: one entry per file that holds a limit.
 *
 * Two decisions: `memory.high` counts like `memory.max`, because a process above it is throttled into reclaim until it
 * crawls, so a server planned above it would never serve well. And a version 1 ancestor counts even when its
 * `memory.use_hierarchy` is 0, which is cautious and, since Linux 5.11, always right.
 */

import { type CgroupVersion, type Controller, type GroupDirectory, groupDirectories } from "./cgroup-groups.ts";
import type { Evidence } from "./fact.ts";
import { CPUS_MAX, MEMORY_MAX_BYTES, MEMORY_MIN_BYTES } from "./fact-bounds.ts";
import { parseCount, parseCpuList } from "./parse-text.ts";

type Files = Readonly<Record<string, string>>;

const limitFiles: Readonly<Record<Controller, Readonly<Record<CgroupVersion, readonly string[]>>>> = {
  cpu: { 1: ["cpu.cfs_quota_us", "cpu.cfs_period_us"], 2: ["cpu.max"] },
  cpuset: { 1: ["cpuset.effective_cpus", "cpuset.cpus"], 2: ["cpuset.cpus.effective"] },
  memory: { 1: ["memory.limit_in_bytes"], 2: ["memory.max", "memory.high"] },
};

const controllers: readonly Controller[] = ["cpu", "cpuset", "memory"];

/** The kernel accepts periods of 1 ms to 1 s and quotas from 1 ms (Documentation/scheduler/sched-bwc.rst). */
const PERIOD_MIN_US = 1000;
const PERIOD_MAX_US = 1_000_000;
const QUOTA_MAX_US = PERIOD_MAX_US * CPUS_MAX;

/** All files that may hold a limit of this process: what a snapshot has to read besides the fixed list. */
export function cgroupFiles(files: Files): string[] {
  const paths = new Set<string>();
  for (const controller of controllers) {
    for (const directory of groupDirectories(files, controller)) {
      for (const name of limitFiles[controller][directory.version]) paths.add(`${directory.path}/${name}`);
    }
  }
  return [...paths];
}

/** CPUs by quota, such as 0.5; no entry where there is none ("max", -1). */
export function quotaEvidence(files: Files): Evidence<number>[] {
  return groupDirectories(files, "cpu").map((directory) => {
    const [quota, period] = readQuota(files, directory);
    const value = quota === undefined || period === undefined ? undefined : quota / period;
    return { value, source: sourceOf(directory, limitFiles.cpu[directory.version][0] ?? "") };
  });
}

/** CPUs by cpuset: the own group's, which is always within its ancestors'. */
export function cpusetEvidence(files: Files): Evidence<number>[] {
  return groupDirectories(files, "cpuset").flatMap((directory) =>
    limitFiles.cpuset[directory.version].map((name) => ({
      value: parseCpuList(files[`${directory.path}/${name}`])?.size,
      source: sourceOf(directory, name),
    })),
  );
}

/** Bytes by memory limit. */
export function memoryEvidence(files: Files): Evidence<number>[] {
  return groupDirectories(files, "memory").flatMap((directory) =>
    limitFiles.memory[directory.version].map((name) => ({
      value: parseCount(files[`${directory.path}/${name}`], MEMORY_MIN_BYTES, MEMORY_MAX_BYTES),
      source: sourceOf(directory, name),
    })),
  );
}

function readQuota(files: Files, directory: GroupDirectory): readonly [number | undefined, number | undefined] {
  const quotaAndPeriod =
    directory.version === 2
      ? (files[`${directory.path}/cpu.max`] ?? "").trim().split(/\s+/)
      : limitFiles.cpu[1].map((name) => files[`${directory.path}/${name}`]);
  const [quota, period] = quotaAndPeriod;
  return [parseCount(quota, PERIOD_MIN_US, QUOTA_MAX_US), parseCount(period, PERIOD_MIN_US, PERIOD_MAX_US)];
}

/**
 * Where a limit stands, without the group's name: that is often a fresh id per start, and equal machines must give
 * equal facts.
 */
function sourceOf(directory: GroupDirectory, name: string): string {
  if (directory.path === directory.mountPoint) return `${directory.mountPoint}/${name}`;
  const whose = directory.level === 0 ? "this process's group" : "an enclosing group";
  return `${name} of ${whose} in ${directory.mountPoint}`;
}
