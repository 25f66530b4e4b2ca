import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import process from "node:process";
import { test } from "node:test";
import { cpuSecondsOf, parseResident, parseStat, processTree, residentOf } from "../../../bench/server/cpu-time.ts";

/** Fields 3 to 20 of proc(5): state, parent 77, ..., utime 1234, stime 66, cutime 7, cstime 3. */
const FIELDS = "S 77 4242 4242 34816 4242 4194304 5000 0 12 0 1234 66 7 3 20 0 9 0 8000 700000000 15000";

const names: readonly (readonly [name: string, text: string])[] = [
  ["bun", `4242 (bun) ${FIELDS}\n`],
  ["a b", `4242 (a b) ${FIELDS}\n`],
  ["x) R 1 (y", `4242 (x) R 1 (y) ${FIELDS}\n`],
  [")))", `4242 ()))) ${FIELDS}\n`],
  ["", `4242 () ${FIELDS}`],
];

for (const [name, text] of names) {
  test(`parseStat() reads a process named ${JSON.stringify(name)}`, () => {
    const stat = parseStat(text);
    assert.deepEqual(stat, { pid: 4242, name, parentPid: 77, cpuSeconds: 13, endedChildrenCpuSeconds: 0.1 });
  });
}

for (const text of ["", "4242", "4242 (bun) S 77", "bun S 77 1 2 3"]) {
  test(`parseStat() refuses ${JSON.stringify(text)}`, () => {
    assert.throws(() => parseStat(text), /not a line of \/proc\/PID\/stat/);
  });
}

test("parseResident() reads memory now and at its peak, in bytes", () => {
  const text = "Name:\tbun\nVmPeak:\t  999999 kB\nVmHWM:\t   70000 kB\nVmRSS:\t   65536 kB\nThreads:\t9\n";
  assert.deepEqual(parseResident(text), { nowBytes: 67_108_864, peakBytes: 71_680_000 });
});

test("parseResident() has nothing for a process without memory", () => {
  assert.equal(parseResident("Name:\tkthreadd\nThreads:\t1\n"), undefined);
});

const linux = { skip: process.platform !== "linux" };

test("processTree() finds a grandchild, and its work counts", linux, async () => {
  // The shell stays because of the second command; its child burns CPU until it is told to end.
  const child = spawn("sh", ["-c", "sh -c 'while :; do :; done'; true"], { stdio: "ignore", detached: true });
  const pid = child.pid ?? 0;
  const ended = new Promise((resolve) => child.once("close", resolve));
  try {
    let tree = processTree(pid);
    while (tree.length < 2 || cpuSecondsOf(tree) < 0.05) {
      await new Promise((resolve) => setTimeout(resolve, 20));
      tree = processTree(pid);
    }
    assert.equal(tree[0], pid);
    assert.equal(tree.length, 2);
    assert.ok(cpuSecondsOf([pid]) < cpuSecondsOf(tree), "the shell waits, its child works");
    const { nowBytes, peakBytes } = residentOf(tree);
    assert.ok(nowBytes > 0 && peakBytes >= nowBytes);
  } finally {
    process.kill(-pid, "SIGKILL");
    await ended;
  }
});

test("cpuSecondsOf() and residentOf() count nothing for a process that is gone", linux, () => {
  // Above the largest process id that Linux gives (2^22).
  assert.equal(cpuSecondsOf([4_194_305]), 0);
  assert.deepEqual(residentOf([4_194_305]), { nowBytes: 0, peakBytes: 0 });
});
