import assert from "node:assert/strict";
import { test } from "node:test";
import { checkBudget } from "../../../src/control/budget-check.ts";
import { memoryMetricsText } from "../../../src/control/memory-metrics.ts";
import { FILL_STEPS } from "../../../src/memory/memory-books.ts";
import { configWith } from "../reference-config.ts";
import { atRest, MIB, memoryFigures } from "./memory-figures.ts";

function sample(text: string, name: string): string | undefined {
  return text
    .split("\n")
    .find((line) => line.startsWith(`${name} `))
    ?.slice(name.length + 1);
}

/** Counts of arenas by their fill at reset: `[step, count]`. */
function fill(...counts: readonly (readonly [number, number])[]): Float64Array {
  const steps = new Float64Array(FILL_STEPS);
  for (const [step, count] of counts) steps[step] = count;
  return steps;
}

test("memoryMetricsText() gives the arenas' fill cumulatively, with those that spilled above 1", () => {
  const text = memoryMetricsText(memoryFigures({ fill: fill([0, 50], [9, 30], [19, 15], [20, 5]) }));
  const bucket = (le: string) => sample(text, `fastserve_arena_fill_ratio_bucket{le="${le}"}`);
  assert.deepEqual(
    [bucket("0.05"), bucket("0.45"), bucket("0.5"), bucket("0.95"), bucket("1"), bucket("+Inf")],
    ["50", "50", "80", "80", "95", "100"],
  );
  assert.equal(sample(text, "fastserve_arena_fill_ratio_count"), "100");
  // 50 * 0.025 + 30 * 0.475 + 15 * 0.975 + 5
  assert.ok(Math.abs(Number(sample(text, "fastserve_arena_fill_ratio_sum")) - 35.125) < 1e-9);
});

const quantiles = [
  ["no arena", fill(), undefined, undefined],
  ["one step", fill([3, 7]), "0.2", "0.2"],
  ["two halves", fill([0, 50], [9, 50]), "0.05", "0.5"],
  ["few spills", fill([4, 995], [20, 5]), "0.25", "0.25"],
  ["many spills", fill([4, 90], [20, 10]), "0.25", "1"],
] as const;

for (const [name, counts, p50, p99] of quantiles) {
  test(`memoryMetricsText() tells the arenas' fill quantiles of ${name}`, () => {
    const text = memoryMetricsText(memoryFigures({ fill: counts }));
    const told = ["fastserve_arena_fill_p50_ratio", "fastserve_arena_fill_p99_ratio"].map((each) => sample(text, each));
    assert.deepEqual(told, [p50, p99]);
  });
}

test("memoryMetricsText() leaves out what nobody knows", () => {
  const budget = checkBudget(configWith(""), { memoryBytes: undefined }, "bun");
  const text = memoryMetricsText(memoryFigures({ rssPeakBytes: undefined, budget }));
  for (const name of ["peak", "growth", "allocated", "granted", "drift", "unsafe", "gc_pause"]) {
    assert.doesNotMatch(text, new RegExp(`_${name}`), name);
  }
  assert.equal(sample(text, 'fastserve_heap_limit_bytes{worker="0"}'), String(128 * MIB));
  assert.equal(sample(text, 'fastserve_heap_limit_bytes{worker="2"}'), undefined);
});

test("memoryMetricsText() tells each use of the books", () => {
  const body = { heldBytes: 1, usedBytes: 2, highBytes: 3, taken: 4, missed: 5 };
  const { uses } = memoryFigures();
  const text = memoryMetricsText(memoryFigures({ uses: { ...uses, body, log: atRest } }));
  const told = ["held_bytes", "used_bytes", "high_bytes", "taken_total", "missed_total"].map((field) =>
    sample(text, `fastserve_memory_use_${field}{use="body"}`),
  );
  assert.deepEqual(told, ["1", "2", "3", "4", "5"]);
});

const verdicts = [
  [1024, "0", "0"],
  [4096, "1", "0"],
  [700, "1", "0"],
  [100, "1", "1"],
] as const;

for (const [granted, drift, unsafe] of verdicts) {
  test(`memoryMetricsText() tells drift ${drift} and unsafe ${unsafe} of ${granted} MiB granted for 1024`, () => {
    const budget = checkBudget(configWith(""), { memoryBytes: granted * MIB }, "bun");
    const text = memoryMetricsText(memoryFigures({ budget }));
    assert.deepEqual(
      [sample(text, "fastserve_memory_drift"), sample(text, "fastserve_memory_unsafe")],
      [drift, unsafe],
    );
    assert.equal(sample(text, "fastserve_memory_granted_bytes"), String(granted * MIB));
  });
}

test("memoryMetricsText() tells collections as a summary in seconds", () => {
  const collections = [{ name: "0", count: 3, seconds: 0.25, secondsMax: 0.125 }];
  const text = memoryMetricsText(memoryFigures({ collections }));
  assert.match(text, /^# TYPE fastserve_gc_pause_seconds summary$/m);
  assert.deepEqual(
    ["sum", "count", "max"].map((part) => sample(text, `fastserve_gc_pause_seconds_${part}{worker="0"}`)),
    ["0.25", "3", "0.125"],
  );
});

test("memoryMetricsText() has one HELP and one TYPE per family, and every line is one or a sample", () => {
  const figures = memoryFigures({ growthBytesPerSecond: -3.5, allocatedBytes: 9, fill: fill([1, 1]) });
  const lines = memoryMetricsText(figures).trimEnd().split("\n");
  const families = lines.filter((line) => line.startsWith("# TYPE ")).map((line) => line.split(" ")[2]);
  assert.equal(new Set(families).size, families.length);
  for (const line of lines)
    assert.match(line, /^(# (HELP|TYPE) \S+ .+|\w+(\{\w+="[^"]*"\})? -?\d+(\.\d+)?(e[+-]?\d+)?)$/);
});
