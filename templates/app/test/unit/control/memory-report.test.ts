import assert from "node:assert/strict";
import { test } from "node:test";
import type { AllocatorTruth } from "../../../src/control/allocator.ts";
import { checkBudget } from "../../../src/control/budget-check.ts";
import { memoryReport } from "../../../src/control/memory-report.ts";
import { memoryTable } from "../../../src/control/memory-table.ts";
import { configWith } from "../reference-config.ts";
import { atRest, MIB, memoryFigures } from "./memory-figures.ts";

const allocator: AllocatorTruth = {
  requested: "mimalloc",
  backend: "mimalloc",
  version: "3.5.3",
  mapped: true,
  serving: true,
  evidence: "linked into Bun",
  reason: "It is.",
};

const growths = [
  ["nobody knows", undefined, 1024, undefined],
  ["it shrinks", -1000, 1024, undefined],
  ["it stays", 0, 1024, undefined],
  // 1024 - 160 MiB at 1 MiB a second.
  ["it grows", MIB, 1024, 864],
  ["it grows towards less than was planned", MIB, 512, 352],
  ["it is above the limit", MIB, 128, 0],
] as const;

for (const [name, growthBytesPerSecond, granted, seconds] of growths) {
  test(`memoryReport() tells the time to the limit where ${name}`, () => {
    const budget = checkBudget(configWith(""), { memoryBytes: granted * MIB }, "bun");
    const report = memoryReport(memoryFigures({ growthBytesPerSecond, budget }), allocator);
    assert.deepEqual(report.growth, { bytesPerSecond: growthBytesPerSecond, secondsToLimit: seconds });
  });
}

test("memoryReport() puts what is there beside what was planned", () => {
  const { uses } = memoryFigures();
  const figures = memoryFigures({
    uses: { ...uses, log: { ...atRest, heldBytes: 3 * MIB }, body: { ...atRest, heldBytes: MIB } },
    bodiesBytes: 5 * MIB,
    features: { response_cache: 7 * MIB, other: MIB },
    connections: 12,
  });
  const rows = memoryReport(figures, allocator).budget.rows.map((row) => [row.name, row.plannedBytes, row.nowBytes]);
  assert.deepEqual(rows, [
    ["base", 96 * MIB, undefined],
    ["zones", 4 * MIB, 4096],
    // Without the control plane's, which is in the base.
    ["heaps", 384 * MIB, 22 * MIB],
    ["scratch", 0, 4 * MIB],
    ["connections", 128 * MIB, undefined],
    ["bodies", 64 * MIB, 5 * MIB],
    ["features", 0, 8 * MIB],
    ["headroom", 256 * MIB, 864 * MIB],
  ]);
});

const perRequest = [
  [undefined, 10, undefined],
  [1000, 0, undefined],
  [1000, 3, 333],
] as const;

for (const [allocatedBytes, requests, expected] of perRequest) {
  test(`memoryReport() tells ${expected} bytes per request of ${allocatedBytes} in ${requests}`, () => {
    const report = memoryReport(memoryFigures({ allocatedBytes, requests }), allocator);
    assert.equal(report.allocatedBytesPerRequest, expected);
  });
}

test("memoryTable() aligns its columns and leaves out empty sections", () => {
  const text = memoryTable(memoryReport(memoryFigures({ growthBytesPerSecond: MIB }), allocator));
  assert.match(text, /^ {2}growth {17}3\.5 GiB an hour; the limit is 14 min away$/m);
  assert.match(
    text,
    /^threads\n {2}thread {2}heap used {2}limit {6}outside\n {2}0 {7}10\.0 MiB {3}128\.0 MiB {2}2\.0 MiB\n {2}2 {7}12\.0 MiB {3}- {10}3\.0 MiB\n/m,
  );
  assert.doesNotMatch(text, /^(collections|features)$/m);
  assert.doesNotMatch(text, / $/m);
});
