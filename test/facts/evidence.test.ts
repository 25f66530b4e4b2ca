/** Single pieces of evidence on an otherwise plain machine of 8 CPUs and 8 GiB: what each proves, and what it does not. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { factsFromSnapshot } from "../../src/facts/facts-from-snapshot.ts";
import type { FactKey, FactOrigin } from "../../src/facts/hardware-facts.ts";

interface Case {
  readonly says: string;
  readonly files?: Readonly<Record<string, string>>;
  readonly present?: readonly string[];
  readonly arch?: string;
  readonly key: FactKey;
  readonly value: unknown;
  readonly origin: FactOrigin;
}

const MOUNTS = "29 1 259:2 / / rw - ext4 /dev/vda rw\n35 24 0:30 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n";
const limitsLine = (soft: string, hard: string): string => `Max open files            ${soft}   ${hard}   files\n`;
const HOSTS_FILE = "83 81 259:2 /var/lib/docker/containers/4f2c/hosts /etc/hosts rw - ext4 /dev/vda rw\n";
const LXCFS_ON_HOST = "90 29 0:52 / /var/lib/lxcfs rw - fuse.lxcfs lxcfs rw\n";

const cases: readonly Case[] = [
  {
    says: "a cpuset bounds the CPUs when the status file is hidden",
    files: { "/sys/fs/cgroup/cpuset.cpus.effective": "1,3,5" },
    key: "cpus",
    value: 3,
    origin: "detected",
  },
  {
    says: "a cpuset of many ranges is counted",
    files: { "/sys/fs/cgroup/cpuset.cpus.effective": "0-1,4,6-7" },
    key: "cpus",
    value: 5,
    origin: "detected",
  },
  {
    says: "an empty allowed list bounds nothing",
    files: { "/proc/self/status": "Cpus_allowed_list:\t\n" },
    key: "cpus",
    value: 8,
    origin: "detected",
  },
  {
    says: "a quota above the CPUs bounds nothing",
    files: { "/sys/fs/cgroup/cpu.max": "6400000 100000" },
    key: "cpus",
    value: 8,
    origin: "detected",
  },
  {
    says: "a soft limit is not the hard one",
    files: { "/proc/self/limits": limitsLine("1024", "524288") },
    key: "nofile",
    value: 1024,
    origin: "detected",
  },
  {
    says: "unlimited files are bounded by fs.nr_open",
    files: { "/proc/self/limits": limitsLine("1024", "unlimited"), "/proc/sys/fs/nr_open": "2097152\n" },
    key: "nofileHard",
    value: 2097152,
    origin: "detected",
  },
  {
    says: "unlimited files without fs.nr_open are its default",
    files: { "/proc/self/limits": limitsLine("unlimited", "unlimited") },
    key: "nofile",
    value: 1048576,
    origin: "detected",
  },
  {
    says: "a soft limit above the hard one is nonsense",
    files: { "/proc/self/limits": limitsLine("4096", "1024") },
    key: "nofile",
    value: 1024,
    origin: "assumed",
  },
  {
    says: "a backlog of 0 is nonsense",
    files: { "/proc/sys/net/core/somaxconn": "0\n" },
    key: "somaxconn",
    value: 4096,
    origin: "assumed",
  },
  {
    says: "a kernel before 5.4 has a short backlog",
    files: { "/proc/sys/kernel/osrelease": "5.3.18-lp152\n" },
    key: "somaxconn",
    value: 128,
    origin: "assumed",
  },
  {
    says: "a kernel of two numbers gets a third",
    files: { "/proc/sys/kernel/osrelease": "6.12-rc1\n" },
    key: "kernel",
    value: "6.12.0",
    origin: "detected",
  },
  {
    says: "a page size that is no power of two is nonsense",
    files: { "/proc/self/auxv": "06000000000000008813000000000000" },
    key: "pageBytes",
    value: 4096,
    origin: "assumed",
  },
  {
    says: "an auxiliary vector that is cut short still tells",
    files: { "/proc/self/auxv": "0600000000000000004000000000000011000000000000006400000000000000" },
    key: "pageBytes",
    value: 16384,
    origin: "detected",
  },
  {
    says: "siblings prove SMT where the switch is missing",
    files: { "/sys/devices/system/cpu/cpu0/topology/thread_siblings_list": "0,4\n" },
    key: "smt",
    value: true,
    origin: "detected",
  },
  {
    says: "more threads than cores prove SMT",
    files: { "/proc/cpuinfo": "siblings\t: 8\ncpu cores\t: 4\n" },
    key: "smt",
    value: true,
    origin: "detected",
  },
  {
    says: "an x64 machine has no Features line",
    files: { "/proc/cpuinfo": "Features\t: asimd\n" },
    key: "cpuFlags",
    value: ["sse4_2"],
    origin: "assumed",
  },
  {
    says: "a cache without unit is nonsense",
    files: {
      "/sys/devices/system/cpu/cpu0/cache/index2/level": "2\n",
      "/sys/devices/system/cpu/cpu0/cache/index2/size": "1024\n",
    },
    key: "l2Bytes",
    value: 0,
    origin: "assumed",
  },
  {
    says: "a node without CPUs is memory only",
    files: {
      "/sys/devices/system/node/online": "0-1\n",
      "/sys/devices/system/node/node0/cpulist": "0-7\n",
      "/sys/devices/system/node/node1/cpulist": "\n",
    },
    key: "numaNodes",
    value: 1,
    origin: "detected",
  },
  {
    says: "musl beside glibc counts when the process runs on it",
    files: { "/proc/self/maps": "/lib/ld-musl-x86_64.so.1\n/lib/libc.so.6\n" },
    key: "libc",
    value: "musl",
    origin: "detected",
  },
  {
    says: "musl on the disk counts when the mappings are hidden",
    present: ["/lib/ld-musl-x86_64.so.1"],
    key: "libc",
    value: "musl",
    origin: "detected",
  },
  {
    says: "musl installed beside a running glibc does not count",
    files: { "/proc/self/maps": "/lib/x86_64-linux-gnu/libc.so.6\n" },
    present: ["/lib/ld-musl-x86_64.so.1"],
    key: "libc",
    value: "glibc",
    origin: "detected",
  },
  {
    says: "Docker's mark alone proves nothing",
    present: ["/.dockerenv"],
    key: "container",
    value: "none",
    origin: "detected",
  },
  {
    says: "Docker's mark and mounts are Docker",
    files: { "/proc/self/mountinfo": MOUNTS + HOSTS_FILE },
    present: ["/.dockerenv"],
    key: "container",
    value: "docker",
    origin: "detected",
  },
  {
    says: "Docker inside WSL is Docker",
    files: {
      "/proc/self/mountinfo": MOUNTS + HOSTS_FILE,
      "/proc/sys/kernel/osrelease": "5.15.153.1-microsoft-standard-WSL2\n",
    },
    present: ["/.dockerenv"],
    key: "container",
    value: "docker",
    origin: "detected",
  },
  {
    says: "the host of LXC containers is none",
    files: { "/proc/self/mountinfo": MOUNTS + LXCFS_ON_HOST },
    key: "container",
    value: "none",
    origin: "detected",
  },
  {
    says: "Kubernetes outranks the runtime below it",
    files: { "/proc/self/cgroup": "0::/kubepods.slice/docker-0123456789abcdef.scope\n" },
    key: "container",
    value: "kubernetes",
    origin: "detected",
  },
  {
    says: "another vendor's ACPI table is no Firecracker",
    files: { "/sys/firmware/acpi/tables/FACP": "4641435014010000066651454d55202020" },
    key: "container",
    value: "none",
    origin: "detected",
  },
  {
    says: "an architecture that no runtime knows is a guess",
    arch: "riscv64",
    key: "arch",
    value: "x64",
    origin: "assumed",
  },
];

for (const { says, files, present, arch, key, value, origin } of cases) {
  test(`factsFromSnapshot(): ${says}`, () => {
    const fact = factsFromSnapshot({
      os: "linux",
      arch: arch ?? "x64",
      files: {
        "/proc/self/cgroup": "0::/\n",
        "/proc/self/mountinfo": MOUNTS,
        "/proc/meminfo": "MemTotal:        8388608 kB\n",
        "/sys/devices/system/cpu/online": "0-7\n",
        ...files,
      },
      present: present ?? [],
      node: {},
    })[key];
    assert.deepEqual([fact.value, fact.origin], [value, origin]);
  });
}
