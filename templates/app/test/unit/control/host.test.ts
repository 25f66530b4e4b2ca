import assert from "node:assert/strict";
import process from "node:process";
import { test } from "node:test";
import { readHost } from "../../../src/control/host.ts";

const MIB = 1024 ** 2;
const common: Readonly<Record<string, string>> = {
  "/proc/self/status": "Name:\tx\nCpus_allowed_list:\t0-2,6\n",
  "/proc/self/limits": "Max open files            1024                 524288               files     \n",
  "/proc/meminfo": "MemTotal:       16777216 kB\n",
  "/sys/devices/system/cpu/online": "0-7\n",
  "/sys/kernel/mm/transparent_hugepage/enabled": "always [madvise] never\n",
};

type Row = readonly [name: string, files: Readonly<Record<string, string>>, cpus: number, memoryMiB: number];

const rows: readonly Row[] = [
  ["bare metal", { "/proc/self/cgroup": "0::/\n" }, 4, 16_384],
  [
    "a machine into which CPUs could be plugged",
    {
      "/proc/self/cgroup": "0::/\n",
      "/proc/self/status": "Name:\tx\nCpus_allowed_list:\t0-127\n",
    },
    8,
    16_384,
  ],
  [
    "v2 with a fractional quota",
    {
      "/proc/self/cgroup": "0::/\n",
      "/sys/fs/cgroup/cpu.max": "150000 100000\n",
      "/sys/fs/cgroup/memory.max": `${512 * MIB}\n`,
    },
    1.5,
    512,
  ],
  [
    "v2 without limits",
    {
      "/proc/self/cgroup": "0::/a\n",
      "/sys/fs/cgroup/a/cpu.max": "max 100000\n",
      "/sys/fs/cgroup/a/memory.max": "max\n",
    },
    4,
    16_384,
  ],
  [
    "v2 with a tighter ancestor",
    {
      "/proc/self/cgroup": "0::/pod/box\n",
      "/sys/fs/cgroup/pod/memory.max": `${256 * MIB}\n`,
      "/sys/fs/cgroup/pod/box/memory.max": `${512 * MIB}\n`,
      "/sys/fs/cgroup/pod/cpu.max": "50000 100000\n",
    },
    0.5,
    256,
  ],
  [
    "v2 with memory.high below memory.max",
    {
      "/proc/self/cgroup": "0::/\n",
      "/sys/fs/cgroup/memory.max": `${512 * MIB}\n`,
      "/sys/fs/cgroup/memory.high": `${400 * MIB}\n`,
    },
    4,
    400,
  ],
  [
    "hybrid: v1 controllers listed before the v2 line",
    {
      "/proc/self/cgroup": "4:memory:/box\n1:cpu,cpuacct:/box\n0::/\n",
      "/sys/fs/cgroup/memory/box/memory.limit_in_bytes": `${128 * MIB}\n`,
      "/sys/fs/cgroup/cpu/box/cpu.cfs_quota_us": "200000\n",
      "/sys/fs/cgroup/cpu/box/cpu.cfs_period_us": "100000\n",
    },
    2,
    128,
  ],
  [
    "hybrid: v2 below unified",
    {
      "/proc/self/cgroup": "1:name=systemd:/\n0::/box\n",
      "/sys/fs/cgroup/unified/box/memory.max": `${96 * MIB}\n`,
    },
    4,
    96,
  ],
  [
    "v1 in a container that shows the host's path",
    {
      "/proc/self/cgroup": "4:memory:/docker/abc\n1:cpu:/docker/abc\n",
      "/sys/fs/cgroup/memory/memory.limit_in_bytes": `${64 * MIB}\n`,
      "/sys/fs/cgroup/cpu/cpu.cfs_quota_us": "-1\n",
      "/sys/fs/cgroup/cpu/cpu.cfs_period_us": "100000\n",
    },
    4,
    64,
  ],
  [
    "v1 without a limit",
    { "/proc/self/cgroup": "4:memory:/\n", "/sys/fs/cgroup/memory/memory.limit_in_bytes": "9223372036854771712\n" },
    4,
    16_384,
  ],
];

for (const [name, files, cpus, memoryMiB] of rows) {
  test(`readHost() reads ${name}`, { skip: process.platform !== "linux" }, () => {
    const all = { ...common, ...files };
    const host = readHost((path) => (Object.hasOwn(all, path) ? all[path] : undefined));
    assert.deepEqual([host.cpus, host.memoryBytes], [cpus, memoryMiB * MIB]);
    assert.deepEqual(
      [host.cpusHost, host.memoryHostBytes, host.transparentHugePages, host.nofile, host.missing],
      [8, 16_384 * MIB, "madvise", 1024, ""],
    );
  });
}

test("readHost() goes on with the runtime's own figures when nothing is readable", {
  skip: process.platform !== "linux",
}, () => {
  const host = readHost(() => undefined);
  assert.ok(host.cpus >= 1 && host.cpusHost >= 1);
  assert.equal(host.missing, "/proc and /sys are not readable for this process; figures are the runtime's own");
});

test("readHost() reads the kernel's bound on backlogs, where it can", () => {
  const path = "/proc/sys/net/core/somaxconn";
  assert.equal(readHost((asked) => (asked === path ? "128\n" : undefined)).somaxconn, 128);
  assert.equal(readHost(() => undefined).somaxconn, undefined);
});

test("readHost() reads this very machine", () => {
  const host = readHost();
  assert.ok(host.cpus > 0 && host.cpus <= host.cpusHost);
  assert.ok((host.memoryBytes ?? 0) > 16 * MIB && (host.memoryBytes ?? 0) <= (host.memoryHostBytes ?? 0));
  assert.equal(host.missing, "");
});

const pages: readonly (readonly [name: string, bytes: string, expected: number])[] = [
  ["4 KiB", "\0\x10\0", 4096],
  ["16 KiB", "\0\x40\0", 16_384],
  ["64 KiB", "\0\0\x01", 65_536],
];

for (const [name, bytes, expected] of pages) {
  test(`readHost() reads pages of ${name} from the auxiliary vector`, () => {
    const word = (text: string) => text.padEnd(8, "\0");
    // AT_HWCAP with bytes that are no UTF-8, AT_PAGESZ, AT_CLKTCK.
    const vector = [word("\x10"), word("\ufffd\ufffd"), word("\x06"), word(bytes), word("\x11"), word("d")].join("");
    assert.equal(readHost((path) => (path === "/proc/self/auxv" ? vector : undefined)).pageBytes, expected);
  });
}

test("readHost() reads this machine's own page size", {
  skip: process.platform === "linux" ? false : "Linux only",
}, () => {
  assert.ok([4096, 16_384, 65_536].includes(readHost().pageBytes ?? 0));
  assert.equal(readHost(() => undefined).pageBytes, undefined);
});
