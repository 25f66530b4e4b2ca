/** Whole hosts, recorded or constructed, one readable file each: what was read, and below what must be concluded. */
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { factsFromSnapshot } from "../../src/facts/facts-from-snapshot.ts";
import type { FactKey, FactOrigin } from "../../src/facts/hardware-facts.ts";
import type { HostSnapshot } from "../../src/facts/host-snapshot.ts";

const directory = new URL("./hosts/", import.meta.url);

type Numbers = readonly [
  cpus: number,
  cpusHost: number,
  memoryBytes: number,
  memoryHostBytes: number,
  pageBytes: number,
];
type Kinds = readonly [smt: boolean, numaNodes: number, libc: string, thp: string, kernel: string, container: string];

/** The facts that differ most from host to host, all as values. */
const hosts: Readonly<Record<string, readonly [...Numbers, ...Kinds]>> = {
  "alpine-docker": [16, 16, 268435456, 33567350784, 4096, true, 1, "musl", "madvise", "6.1.0", "docker"],
  "arm64-64k-pages": [8, 8, 16635047936, 16635047936, 65536, false, 1, "glibc", "madvise", "5.14.0", "none"],
  "bare-metal-systemd": [16, 16, 33567350784, 33567350784, 4096, true, 1, "glibc", "madvise", "6.1.0", "none"],
  "docker-cpuset": [3, 16, 33567350784, 33567350784, 4096, true, 1, "glibc", "madvise", "6.1.0", "docker"],
  "docker-half-cpu": [0.5, 16, 67108864, 33567350784, 4096, true, 1, "glibc", "madvise", "6.1.0", "docker"],
  "docker-v1": [2, 16, 536870912, 33567350784, 4096, true, 1, "glibc", "madvise", "6.1.0", "docker"],
  "docker-v2": [1.5, 16, 268435456, 33567350784, 4096, true, 1, "glibc", "madvise", "6.1.0", "docker"],
  firecracker: [2, 2, 25276502016, 25276502016, 4096, false, 1, "glibc", "madvise", "6.18.44", "firecracker"],
  "garbage-values": [2, 2, 4127195136, 4127195136, 4096, false, 1, "glibc", "unsupported", "6.1.0", "none"],
  "hotplug-vm": [4, 4, 33437089792, 33437089792, 4096, true, 1, "glibc", "madvise", "5.15.0", "none"],
  "hybrid-systemd": [1.5, 4, 1073741824, 8333242368, 4096, false, 1, "glibc", "madvise", "4.19.0", "none"],
  "kubernetes-ancestor-limit": [
    0.5,
    8,
    536870912,
    33437089792,
    4096,
    true,
    1,
    "glibc",
    "madvise",
    "5.15.0",
    "kubernetes",
  ],
  "kubernetes-memory-high": [1, 4, 966365184, 16635047936, 4096, false, 1, "glibc", "madvise", "6.1.79", "kubernetes"],
  "lxc-proxmox": [2, 2, 2147483648, 2147483648, 4096, true, 1, "glibc", "madvise", "5.15.143", "lxc"],
  macos: [10, 10, 34359738368, 34359738368, 16384, false, 1, "none", "unsupported", "24.5.0", "none"],
  "missing-files": [4, 4, 8333242368, 8333242368, 4096, false, 1, "glibc", "unsupported", "5.10.0", "none"],
  "nothing-known": [1, 1, 1073741824, 1073741824, 4096, false, 1, "glibc", "unsupported", "5.10.0", "none"],
  "numa-128": [128, 128, 540591767552, 540591767552, 4096, true, 2, "glibc", "always", "6.8.0", "none"],
  "numa-pinned": [8, 128, 540591767552, 540591767552, 4096, true, 1, "glibc", "always", "6.8.0", "none"],
  "podman-rootless": [16, 16, 402653184, 33567350784, 4096, true, 1, "glibc", "madvise", "6.1.0", "podman"],
  "raspberry-pi-5": [4, 4, 8451538944, 8451538944, 16384, false, 1, "glibc", "never", "6.6.31", "none"],
  "systemd-nspawn": [16, 16, 4294967296, 33567350784, 4096, true, 1, "glibc", "madvise", "6.1.0", "systemd-nspawn"],
  windows: [16, 16, 34137186304, 34137186304, 4096, false, 1, "none", "unsupported", "10.0.26100", "none"],
  wsl2: [8, 8, 16694710272, 16694710272, 4096, true, 1, "glibc", "madvise", "5.15.153", "wsl"],
};

/** Single facts with their origin and source: which evidence won, or that none was left. */
const details: readonly (readonly [string, FactKey, unknown, FactOrigin, string])[] = [
  ["docker-v1", "cpus", 2, "detected", "/sys/fs/cgroup/cpu,cpuacct/cpu.cfs_quota_us"],
  ["docker-v1", "memoryBytes", 536870912, "detected", "/sys/fs/cgroup/memory/memory.limit_in_bytes"],
  ["docker-v2", "cpus", 1.5, "detected", "/sys/fs/cgroup/cpu.max"],
  ["docker-v2", "container", "docker", "detected", "/.dockerenv and /proc/self/mountinfo"],
  ["docker-cpuset", "cpus", 3, "detected", "/proc/self/status (Cpus_allowed_list)"],
  ["docker-cpuset", "memoryBytes", 33567350784, "detected", "/proc/meminfo"],
  ["hybrid-systemd", "cpus", 1.5, "detected", "cpu.cfs_quota_us of this process's group in /sys/fs/cgroup/cpu,cpuacct"],
  ["hybrid-systemd", "somaxconn", 128, "detected", "/proc/sys/net/core/somaxconn"],
  ["hybrid-systemd", "nofile", 1024, "detected", "/proc/self/limits"],
  ["hybrid-systemd", "nofileHard", 524288, "detected", "/proc/self/limits"],
  ["kubernetes-ancestor-limit", "cpus", 0.5, "detected", "cpu.max of an enclosing group in /sys/fs/cgroup"],
  [
    "kubernetes-ancestor-limit",
    "memoryBytes",
    536870912,
    "detected",
    "memory.max of an enclosing group in /sys/fs/cgroup",
  ],
  ["kubernetes-memory-high", "memoryBytes", 966365184, "detected", "/sys/fs/cgroup/memory.high"],
  ["kubernetes-memory-high", "container", "kubernetes", "detected", "/proc/self/mountinfo"],
  ["podman-rootless", "memoryBytes", 402653184, "detected", "memory.max of an enclosing group in /sys/fs/cgroup"],
  ["arm64-64k-pages", "pageBytes", 65536, "detected", "/proc/self/smaps (KernelPageSize)"],
  ["arm64-64k-pages", "l3Bytes", 0, "detected", "no level 3 in /sys/devices/system/cpu/cpu0/cache/index*/size"],
  ["arm64-64k-pages", "cpuFlags", ["aes", "asimd", "atomics", "crc32", "pmull", "sha2"], "detected", "/proc/cpuinfo"],
  ["raspberry-pi-5", "pageBytes", 16384, "detected", "/proc/self/auxv (AT_PAGESZ)"],
  ["raspberry-pi-5", "l2Bytes", 524288, "detected", "/sys/devices/system/cpu/cpu0/cache/index2/size"],
  ["raspberry-pi-5", "l3Bytes", 2097152, "detected", "/sys/devices/system/cpu/cpu0/cache/index3/size"],
  ["numa-128", "hugePagesTotal", 1024, "detected", "/proc/meminfo"],
  ["numa-128", "somaxconn", 65535, "detected", "/proc/sys/net/core/somaxconn"],
  ["numa-128", "tcpMigrateReq", true, "detected", "/proc/sys/net/ipv4/tcp_migrate_req"],
  ["firecracker", "container", "firecracker", "detected", "/sys/firmware/acpi/tables/FACP"],
  ["garbage-values", "cpus", 2, "assumed", "os.availableParallelism(), as no quota could be looked for"],
  ["garbage-values", "memoryBytes", 4127195136, "assumed", "os.totalmem(), as no limit could be looked for"],
  ["garbage-values", "memoryHostBytes", 4127195136, "detected", "os.totalmem()"],
  ["garbage-values", "nofile", 1024, "assumed", "the usual soft default"],
  ["missing-files", "cpus", 4, "assumed", "os.availableParallelism(), as no quota could be looked for"],
  ["missing-files", "kernel", "5.10.0", "detected", "os.release()"],
  ["missing-files", "container", "none", "assumed", "no mark of a container, but little could be read"],
  ["macos", "cpus", 10, "detected", "os.availableParallelism()"],
  ["macos", "memoryBytes", 34359738368, "detected", "os.totalmem()"],
  ["macos", "pageBytes", 16384, "assumed", "Apple silicon uses 16 KiB pages"],
  ["windows", "memoryBytes", 34137186304, "detected", "os.totalmem()"],
  ["windows", "somaxconn", 200, "assumed", "the least backlog that Winsock can be asked for"],
];

for (const [host, expected] of Object.entries(hosts)) {
  test(`factsFromSnapshot() reads the host ${host}`, () => {
    const facts = factsFromSnapshot(load(host));
    assert.deepEqual(
      [
        facts.cpus.value,
        facts.cpusHost.value,
        facts.memoryBytes.value,
        facts.memoryHostBytes.value,
        facts.pageBytes.value,
        facts.smt.value,
        facts.numaNodes.value,
        facts.libc.value,
        facts.transparentHugePages.value,
        facts.kernel.value,
        facts.container.value,
      ],
      expected,
    );
  });
}

for (const [host, key, value, origin, source] of details) {
  test(`factsFromSnapshot() names the evidence for ${key} on ${host}`, () => {
    assert.deepEqual(factsFromSnapshot(load(host))[key], { value, origin, source });
  });
}

test("every recorded host has an expectation", () => {
  const names = readdirSync(directory).map((name) => name.replace(/\.json$/, ""));
  assert.deepEqual(names.sort(), Object.keys(hosts).sort());
});

test("factsFromSnapshot() assumes everything but the platform when nothing is known", () => {
  const facts = factsFromSnapshot(load("nothing-known"));
  const detected = Object.entries(facts).filter(([, fact]) => fact.origin !== "assumed");
  assert.deepEqual(
    detected.map(([key]) => key),
    ["os", "arch"],
  );
});

function load(host: string): HostSnapshot {
  const recorded: { snapshot: HostSnapshot } = JSON.parse(readFileSync(new URL(`${host}.json`, directory), "utf8"));
  return recorded.snapshot;
}
