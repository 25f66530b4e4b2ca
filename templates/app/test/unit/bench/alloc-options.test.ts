import assert from "node:assert/strict";
import { test } from "node:test";
import { budgetFor, threadCountsFor } from "../../../bench/alloc/budget.ts";
import { parseAllocOptions } from "../../../bench/alloc/options.ts";
import { BenchError } from "../../../bench/cli/bench-error.ts";

const standard = { mode: "ways", quick: false, seconds: 45, jsonFile: undefined, pairs: 6, only: [] };

const accepted: readonly (readonly [args: readonly string[], options: object])[] = [
  [[], {}],
  [["--"], {}],
  [["--quick"], { quick: true, seconds: 5, pairs: 1 }],
  [["--quick", "--seconds", "20"], { quick: true, seconds: 20, pairs: 1 }],
  [["--seconds=120", "--json", "out.json"], { seconds: 120, jsonFile: "out.json" }],
  [["--uses"], { mode: "uses" }],
  [
    ["--uses", "--pairs", "12", "--only", "log_arena,file_pool"],
    { mode: "uses", pairs: 12, only: ["log_arena", "file_pool"] },
  ],
];

for (const [args, options] of accepted) {
  test(`parseAllocOptions() reads "${args.join(" ")}"`, () => {
    assert.deepEqual(parseAllocOptions(args), { ...standard, ...options });
  });
}

test("parseAllocOptions() leaves everything else aside when help is asked for", () => {
  assert.equal(parseAllocOptions(["--nonsense", "-h"]), "help");
});

const refused: readonly (readonly [args: readonly string[], message: string])[] = [
  [["--quik"], "--quik is not an option; did you mean --quick?"],
  [["--quick=1"], "--quick takes no value."],
  [["--seconds", "0"], "--seconds 0: give a whole number from 1 to 3600."],
  [["--pairs", "3"], "--pairs is for --uses."],
  [["--uses", "--seconds", "3"], "--seconds is not for --uses; --pairs is."],
  [["--json"], "--json needs a value: --json FILE."],
  // A near miss of a flag that stands alone takes no word with it.
  [["--quik", "30"], "--quik is not an option; did you mean --quick?\n30 is not an option; --help lists them."],
];

for (const [args, message] of refused) {
  test(`parseAllocOptions() refuses ${JSON.stringify(args.join(" "))}`, () => {
    assert.throws(
      () => parseAllocOptions(args),
      (error: unknown) => {
        assert.ok(error instanceof BenchError);
        assert.deepEqual([error.message, error.exitCode], [message, 2]);
        return true;
      },
    );
  });
}

const threads: readonly (readonly [cores: number, counts: readonly number[]])[] = [
  [0, [1]],
  [1, [1]],
  [2, [1, 2]],
  [4, [1, 2, 4]],
  [6, [1, 2, 4, 6]],
];

for (const [cores, counts] of threads) {
  test(`threadCountsFor(${cores}) is ${counts.join(", ")}`, () => {
    assert.deepEqual(threadCountsFor(cores), counts);
  });
}

test("budgetFor() divides what the walks and the wait leave: three parts for speed, two for threads", () => {
  // 45 s - 2 * 3 s - 2 * 4 backends * 0.8 s = 32.6 s; 672 cells in eight rounds, 192 of threads.
  assert.deepEqual(budgetFor(45, false, 4, 2), {
    speedRounds: 7,
    cellMs: 29,
    scalingRounds: 7,
    scalingMs: 68,
    steps: 32_768,
    idleSeconds: 3,
  });
});

test("budgetFor() makes more rounds of much time, not longer ones", () => {
  const { speedRounds, cellMs, scalingRounds, scalingMs } = budgetFor(3600, false, 4, 2);
  assert.deepEqual([speedRounds, cellMs, scalingRounds, scalingMs], [426, 60, 397, 150]);
});

test("budgetFor() never measures for less than a collector's rhythm, however little time is given", () => {
  const { cellMs, scalingMs } = budgetFor(1, true, 4, 7);
  assert.deepEqual([cellMs, scalingMs], [4, 20]);
});
