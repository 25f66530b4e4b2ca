/** Which directories bound a process: the shapes of /proc/self/cgroup and mountinfo that hosts really show. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { type Controller, groupDirectories } from "../../src/facts/cgroup-groups.ts";
import { factsFromSnapshot } from "../../src/facts/facts-from-snapshot.ts";

const v2 = "35 24 0:30 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw";
const unified = "32 30 0:27 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw";
const v1 = (root: string): string => `40 30 0:31 ${root} /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory`;

const cases: readonly {
  name: string;
  cgroup?: string;
  mountinfo?: string;
  controller?: Controller;
  paths: readonly string[];
}[] = [
  {
    name: "takes v2's own group and every enclosing one",
    cgroup: "0::/a/b",
    mountinfo: v2,
    paths: ["/sys/fs/cgroup/a/b", "/sys/fs/cgroup/a", "/sys/fs/cgroup"],
  },
  { name: "takes the mount point inside a namespace", cgroup: "0::/", mountinfo: v2, paths: ["/sys/fs/cgroup"] },
  {
    name: "finds 0:: on the first line as well as the last",
    cgroup: "0::/u\n4:memory:/m",
    mountinfo: `${unified}\n${v1("/")}`,
    paths: ["/sys/fs/cgroup/unified/u", "/sys/fs/cgroup/unified", "/sys/fs/cgroup/memory/m", "/sys/fs/cgroup/memory"],
  },
  {
    name: "finds 0:: behind v1 lines",
    cgroup: "4:memory:/m\n0::/u",
    mountinfo: `${v1("/")}\n${unified}`,
    paths: ["/sys/fs/cgroup/memory/m", "/sys/fs/cgroup/memory", "/sys/fs/cgroup/unified/u", "/sys/fs/cgroup/unified"],
  },
  {
    name: "leaves out v1 hierarchies of other controllers",
    cgroup: "4:memory:/m\n3:cpu,cpuacct:/c",
    mountinfo: v1("/"),
    paths: ["/sys/fs/cgroup/memory/m", "/sys/fs/cgroup/memory"],
  },
  {
    name: "subtracts the mounted root from the path",
    cgroup: "4:memory:/docker/abc/inner",
    mountinfo: v1("/docker/abc"),
    paths: ["/sys/fs/cgroup/memory/inner", "/sys/fs/cgroup/memory"],
  },
  {
    name: "takes the mount point when the path lies outside of it",
    cgroup: "4:memory:/elsewhere",
    mountinfo: v1("/docker/abc"),
    paths: ["/sys/fs/cgroup/memory"],
  },
  {
    name: "does not take /docker/abcd for a part of /docker/abc",
    cgroup: "4:memory:/docker/abcd",
    mountinfo: v1("/docker/abc"),
    paths: ["/sys/fs/cgroup/memory"],
  },
  {
    name: "takes the mount point when the path leads out of the namespace",
    cgroup: "0::/../other",
    mountinfo: v2,
    paths: ["/sys/fs/cgroup"],
  },
  {
    name: "keeps colons in group names",
    cgroup: "0::/system.slice/a:b.service",
    mountinfo: v2,
    paths: ["/sys/fs/cgroup/system.slice/a:b.service", "/sys/fs/cgroup/system.slice", "/sys/fs/cgroup"],
  },
  {
    name: "drops the mark of a deleted group",
    cgroup: "0::/gone (deleted)",
    mountinfo: v2,
    paths: ["/sys/fs/cgroup/gone", "/sys/fs/cgroup"],
  },
  {
    name: "reads escaped mount points",
    cgroup: "0::/",
    mountinfo: "35 24 0:30 / /sys/my\\040groups rw - cgroup2 cgroup2 rw",
    paths: ["/sys/my groups"],
  },
  {
    name: "falls back to the usual mount points without mountinfo",
    cgroup: "0::/a",
    paths: ["/sys/fs/cgroup/a", "/sys/fs/cgroup", "/sys/fs/cgroup/unified/a", "/sys/fs/cgroup/unified"],
  },
  {
    name: "knows the joint mount of cpu and cpuacct",
    cgroup: "3:cpu,cpuacct:/",
    controller: "cpu",
    paths: ["/sys/fs/cgroup/cpu", "/sys/fs/cgroup/cpu,cpuacct"],
  },
  {
    name: "looks at the usual roots without any file",
    paths: ["/sys/fs/cgroup", "/sys/fs/cgroup/unified", "/sys/fs/cgroup/memory"],
  },
];

for (const { name, cgroup, mountinfo, controller, paths } of cases) {
  test(`groupDirectories() ${name}`, () => {
    const files: Record<string, string> = {};
    if (cgroup !== undefined) files["/proc/self/cgroup"] = `${cgroup}\n`;
    if (mountinfo !== undefined) files["/proc/self/mountinfo"] = `${mountinfo}\n`;
    const found = groupDirectories(files, controller ?? "memory").map((directory) => directory.path);
    assert.deepEqual(found, paths);
  });
}

test("groupDirectories() bounds the depth of a path", () => {
  const files = { "/proc/self/cgroup": `0::${"/x".repeat(5000)}\n`, "/proc/self/mountinfo": `${v2}\n` };
  assert.equal(groupDirectories(files, "memory").length, 65);
});

const GIB = 1024 ** 3;
const quotas: readonly (readonly [text: string, cpus: number])[] = [
  ["50000 100000", 0.5],
  ["max 100000", 8],
  ["max", 8],
  ["1000 1000000", 0.001],
  ["33333 100000", 0.33333],
  ["1600000 100000", 8],
  ["0 100000", 8],
  ["-1 100000", 8],
  ["100000 0", 8],
  ["100000", 8],
  ["1e5 100000", 8],
  ["", 8],
];
for (const [text, cpus] of quotas) {
  test(`cpusFact() reads cpu.max "${text}" on 8 CPUs as ${cpus}`, () => {
    assert.equal(factsFromSnapshot(hostWith({ "/sys/fs/cgroup/cpu.max": text })).cpus.value, cpus);
  });
}

const limits: readonly (readonly [text: string, bytes: number])[] = [
  ["67108864", 67108864],
  ["max", 8 * GIB],
  ["0", 8 * GIB],
  ["-1", 8 * GIB],
  ["4096", 8 * GIB],
  ["9223372036854771712", 8 * GIB],
  ["18446744073709551615", 8 * GIB],
  ["99999999999999999999999", 8 * GIB],
  ["512M", 8 * GIB],
  ["17179869184", 8 * GIB],
];
for (const [text, bytes] of limits) {
  test(`memoryFact() reads memory.max "${text}" on 8 GiB as ${bytes} bytes`, () => {
    const facts = factsFromSnapshot(hostWith({ "/sys/fs/cgroup/memory.max": text }));
    assert.equal(facts.memoryBytes.value, bytes);
    assert.equal(facts.memoryHostBytes.value, 8 * GIB);
  });
}

function hostWith(files: Readonly<Record<string, string>>) {
  return {
    os: "linux",
    arch: "x64",
    files: {
      "/proc/self/cgroup": "0::/\n",
      "/proc/self/mountinfo": `${v2}\n`,
      "/proc/meminfo": "MemTotal:        8388608 kB\n",
      "/sys/devices/system/cpu/online": "0-7\n",
      ...files,
    },
    present: [],
    node: {},
  };
}
