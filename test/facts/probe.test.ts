/** The probe on the machine that runs the tests, against what the system's own tools say of it. */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmdirSync, writeFileSync } from "node:fs";
import { totalmem } from "node:os";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { factsFromSnapshot } from "../../src/facts/facts-from-snapshot.ts";
import type { HardwareFacts } from "../../src/facts/hardware-facts.ts";
import { probe, snapshot } from "../../src/facts/probe.ts";

const repository = fileURLToPath(new URL("../../", import.meta.url));
const printProbe = fileURLToPath(new URL("./print-probe.ts", import.meta.url));
const onlyLinux = process.platform === "linux" ? false : "the figures compared with are Linux tools'";
const MiB = 1024 ** 2;

test("probe() detects what the system's tools say", { skip: onlyLinux }, () => {
  const facts = probe();
  assert.equal(facts.pageBytes.value, Number(run("getconf", ["PAGESIZE"])));
  assert.equal(facts.cpusHost.value, Number(run("getconf", ["_NPROCESSORS_ONLN"])));
  // nproc knows affinity and cpusets but no quota.
  assert.equal(Math.min(Math.ceil(facts.cpus.value), Number(run("nproc", []))), Math.ceil(facts.cpus.value));
  const memTotal = /^MemTotal:\s+(\d+) kB$/m.exec(readFileSync("/proc/meminfo", "utf8"))?.[1];
  assert.equal(facts.memoryHostBytes.value, Number(memTotal) * 1024);
  assert.ok(facts.memoryBytes.value <= facts.memoryHostBytes.value);
  assert.equal(run("uname", ["-r"]).startsWith(facts.kernel.value), true);
  for (const key of ["cpus", "memoryBytes", "pageBytes", "kernel", "libc", "nofile", "container"] as const) {
    assert.equal(facts[key].origin, "detected", `${key}: ${facts[key].source}`);
  }
});

test("probe() counts the CPUs that taskset leaves", { skip: onlyLinux || missing("taskset") }, () => {
  const facts = probeThrough("taskset", ["-c", firstAllowedCpu()]);
  assert.ok(facts.cpus.value <= 1, `${facts.cpus.value} CPUs by ${facts.cpus.source}`);
  assert.equal(facts.cpusHost.value, probe().cpusHost.value);
});

test("probe() reads the limits of the group around its own", { skip: onlyLinux || cgroupObstacle() }, () => {
  const groups = makeGroups();
  try {
    const procs = groups.map(({ inner }) => `echo $$ > ${inner}/cgroup.procs`).join(" && ");
    const facts = probeThrough("sh", ["-c", `${procs} && exec "$0" "$@"`]);
    assert.equal(facts.cpus.value, 0.5);
    assert.match(facts.cpus.source, /an enclosing group/);
    assert.equal(facts.memoryBytes.value, 640 * MiB);
    assert.match(facts.memoryBytes.source, /an enclosing group/);
    assert.equal(facts.memoryHostBytes.value, totalmem());
  } finally {
    for (const { outer, inner } of groups) {
      removeGroup(inner);
      removeGroup(outer);
    }
  }
});

test("snapshot() holds no environment, no host name and no addresses of mappings", { skip: onlyLinux }, () => {
  const { files } = snapshot();
  assert.match(files["/proc/self/maps"] ?? "", /^(\/\S+\n)+$/);
  assert.match(files["/proc/1/environ"] ?? "", /^(container=.*\n)?$/);
  assert.equal(JSON.stringify(files).includes("PATH="), false);
});

test("snapshot() can be replayed: the same files give the same facts", () => {
  const recorded = snapshot();
  assert.deepEqual(factsFromSnapshot(JSON.parse(JSON.stringify(recorded))), factsFromSnapshot(recorded));
});

interface TestGroup {
  readonly outer: string;
  readonly inner: string;
}

/** A tight group with a loose one inside, in which the probe is to run. */
function makeGroups(): TestGroup[] {
  const name = `fastserve-test-${process.pid}`;
  const version1 = ["cpu", "memory"].map((controller) => version1Root(controller));
  const roots = version1.every((root) => root !== undefined) ? version1 : ["/sys/fs/cgroup"];
  return roots.map((root) => {
    const outer = `${root}/${name}`;
    const inner = `${outer}/inner`;
    mkdirSync(outer);
    if (existsSync(`${outer}/cgroup.subtree_control`)) writeFileSync(`${outer}/cgroup.subtree_control`, "+cpu +memory");
    mkdirSync(inner);
    limit(outer, 50_000, 640);
    limit(inner, undefined, 2048);
    return { outer, inner };
  });
}

/** Writes those limits that the group has files for. */
function limit(group: string, quotaUs: number | undefined, memoryMiB: number): void {
  const values = {
    "cpu.cfs_quota_us": String(quotaUs ?? -1),
    "cpu.max": `${quotaUs ?? "max"} 100000`,
    "memory.limit_in_bytes": String(memoryMiB * MiB),
    "memory.max": String(memoryMiB * MiB),
  };
  for (const [file, value] of Object.entries(values)) {
    if (existsSync(`${group}/${file}`)) writeFileSync(`${group}/${file}`, value);
  }
}

/** A group stays busy until the kernel has reaped what ran in it, some milliseconds after its end. */
function removeGroup(group: string): void {
  const attempts = 50;
  for (let attempt = 1; ; attempt += 1) {
    try {
      rmdirSync(group);
      return;
    } catch (error) {
      if (attempt === attempts) throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 20);
    }
  }
}

/** Why no group can be made here; false when it can. */
function cgroupObstacle(): string | false {
  if (process.platform !== "linux") return "only Linux has groups";
  if (process.getuid?.() !== 0) return "making a group needs root";
  if (version1Root("cpu") && version1Root("memory")) return false;
  const enabled = "/sys/fs/cgroup/cgroup.subtree_control";
  if (!existsSync(enabled)) return "neither version 1 with cpu and memory nor version 2 is mounted";
  const names = readFileSync(enabled, "utf8").split(/\s+/);
  if (!names.includes("cpu") || !names.includes("memory")) return "the root group does not delegate cpu and memory";
  return isWritable("/sys/fs/cgroup") ? false : "the groups are mounted read-only";
}

function version1Root(controller: string): string | undefined {
  const root = `/sys/fs/cgroup/${controller}`;
  return existsSync(`${root}/cgroup.clone_children`) && isWritable(root) ? root : undefined;
}

function isWritable(root: string): boolean {
  const trial = `${root}/fastserve-trial-${process.pid}`;
  try {
    mkdirSync(trial);
    rmdirSync(trial);
    return true;
  } catch {
    // Read-only or not permitted, as in an unprivileged container.
    return false;
  }
}

function probeThrough(command: string, args: readonly string[]): HardwareFacts {
  return JSON.parse(run(command, [...args, process.execPath, "--import", "tsx", printProbe]));
}

function run(command: string, args: readonly string[]): string {
  return execFileSync(command, args, {
    cwd: repository,
    encoding: "utf8",
    stdio: ["ignore", "pipe", "inherit"],
  }).trim();
}

function missing(command: string): string | false {
  try {
    execFileSync(command, ["--version"], { stdio: "ignore" });
    return false;
  } catch {
    return `${command} is not installed`;
  }
}

function firstAllowedCpu(): string {
  return /^Cpus_allowed_list:\s+(\d+)/m.exec(readFileSync("/proc/self/status", "utf8"))?.[1] ?? "0";
}
