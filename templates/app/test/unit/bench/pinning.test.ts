import assert from "node:assert/strict";
import { test } from "node:test";
import { coresOf, parseCpuList } from "../../../bench/server/cpu-topology.ts";
import { choosePinning, pinServer } from "../../../bench/server/pinning.ts";

type Cores = readonly (readonly number[])[];

const flat = (count: number): Cores => Array.from({ length: count }, (_, cpu) => [cpu]);
/** CPU n and n + 4 are siblings, as most x86 machines number them. */
const smt8: Cores = [
  [0, 4],
  [1, 5],
  [2, 6],
  [3, 7],
];

const choices: readonly (readonly [
  name: string,
  cores: Cores,
  workers: number,
  serverCpus: readonly number[],
  serverCores: number,
  generatorCpus: readonly number[],
])[] = [
  ["2 CPUs, 1 worker", flat(2), 1, [0], 1, [1]],
  ["2 CPUs, 2 workers", flat(2), 2, [0], 1, [1]],
  ["3 CPUs that are allowed, 3 workers", [[0], [1], [5]], 3, [0, 1], 2, [5]],
  ["4 CPUs, 1 worker", flat(4), 1, [0], 1, [2, 3]],
  ["4 CPUs, 4 workers", flat(4), 4, [0, 1], 2, [2, 3]],
  ["8 CPUs, 1 worker", flat(8), 1, [0], 1, [6, 7]],
  ["8 CPUs, 2 workers", flat(8), 2, [0, 1], 2, [4, 5, 6, 7]],
  ["8 CPUs, 8 workers", flat(8), 8, [0, 1, 2, 3], 4, [4, 5, 6, 7]],
  ["8 CPUs, no workers known", flat(8), 0, [0], 1, [6, 7]],
  ["one core with SMT", [[0, 1]], 1, [0], 1, [1]],
  [
    "2 cores with SMT, 1 worker",
    [
      [0, 2],
      [1, 3],
    ],
    1,
    [0, 2],
    1,
    [1, 3],
  ],
  ["4 cores with SMT, 1 worker", smt8, 1, [0, 4], 1, [2, 3, 6, 7]],
  ["4 cores with SMT, 3 workers", smt8, 3, [0, 1, 4, 5], 2, [2, 3, 6, 7]],
  ["4 cores with SMT, 8 workers", smt8, 8, [0, 1, 4, 5], 2, [2, 3, 6, 7]],
  ["a core of which one CPU is not allowed", [[0, 4], [1], [2, 6]], 4, [0, 1, 4], 2, [2, 6]],
];

for (const [name, cores, workers, serverCpus, serverCores, generatorCpus] of choices) {
  test(`choosePinning() gives whole cores and enough of them to both, and counts the server's: ${name}`, () => {
    assert.deepEqual(choosePinning("linux", cores, workers), { pinned: true, serverCpus, serverCores, generatorCpus });
  });
}

test("choosePinning() says why nothing is pinned", () => {
  assert.deepEqual(choosePinning("linux", [[3]], 1), { pinned: false, reason: "there is only one CPU" });
  assert.deepEqual(choosePinning("linux", [], 1), { pinned: false, reason: "the allowed CPUs are not known" });
  assert.deepEqual(choosePinning("darwin", [], 1), { pinned: false, reason: "there is no taskset on darwin" });
});

test("coresOf() groups the allowed CPUs by core", () => {
  const siblings = (cpu: number) => [cpu % 4, (cpu % 4) + 4];
  assert.deepEqual(coresOf([0, 1, 2, 3, 4, 5, 6, 7], siblings), smt8);
  assert.deepEqual(coresOf([1, 3, 4, 7], siblings), [[1], [3, 7], [4]]);
  assert.deepEqual(coresOf([], siblings), []);
});

test("pinServer() starts the server on its CPUs only when there are some", () => {
  assert.deepEqual(
    pinServer({ pinned: true, serverCpus: [0, 2], serverCores: 2, generatorCpus: [3] }, ["bun", "x.ts"]),
    ["taskset", "-c", "0,2", "bun", "x.ts"],
  );
  assert.deepEqual(pinServer({ pinned: false, reason: "there is only one CPU" }, ["bun", "x.ts"]), ["bun", "x.ts"]);
});

test("parseCpuList() reads the kernel's lists", () => {
  assert.deepEqual(parseCpuList("0"), [0]);
  assert.deepEqual(parseCpuList("0-2,6,8-9"), [0, 1, 2, 6, 8, 9]);
  assert.deepEqual(parseCpuList("?"), []);
});
