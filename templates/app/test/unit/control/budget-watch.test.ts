import assert from "node:assert/strict";
import { test } from "node:test";
import { BudgetWatch } from "../../../src/control/budget-watch.ts";
import { type HostReading, readHost } from "../../../src/control/host.ts";
import { configWith } from "../reference-config.ts";

const MIB = 1024 ** 2;

function watch(firstMib: number, isLaunched = true) {
  const lines: string[] = [];
  const write =
    (level: string) =>
    (message: string, fields: Readonly<Record<string, unknown>> = {}) => {
      lines.push(`${level} ${message}: ${String(fields.verdict)}`);
    };
  const host: HostReading = { ...readHost(() => undefined), missing: "", memoryBytes: firstMib * MIB };
  let current = host;
  const budget = new BudgetWatch({
    config: configWith(""),
    adapter: "bun",
    profile: undefined,
    logger: { info: write("info"), warn: write("warn") },
    launchHost: isLaunched ? host : undefined,
    readHost: () => current,
  });
  budget.start();
  budget.stop();
  const become = (changes: Partial<HostReading>) => {
    current = { ...host, ...changes };
    budget.look();
  };
  return { budget, lines, become };
}

const starts = [
  ["what fits", 1024, true, []],
  ["a drift", 700, true, ["warn the granted memory is not what was planned: drift"]],
  ["a surplus", 4096, true, ["info the granted memory is not what was planned: spare"]],
  ["what is unsafe", 100, true, ["warn the granted memory is not what was planned: unsafe"]],
  ["a drift of a plain start", 700, false, []],
  ["a plain start that is unsafe", 100, false, ["warn the granted memory is not what was planned: unsafe"]],
] as const;

for (const [name, granted, isLaunched, expected] of starts) {
  test(`BudgetWatch.start() says of ${name} what is worth saying`, () => {
    assert.deepEqual(watch(granted, isLaunched).lines, expected);
  });
}

test("BudgetWatch.look() says each change of the grant once, and tells the latest", () => {
  const { budget, lines, become } = watch(1024);
  become({ memoryBytes: 600 * MIB });
  become({ memoryBytes: 600 * MIB });
  assert.deepEqual(lines, ["warn the granted memory has changed: drift"]);
  assert.deepEqual([budget.latest.verdict, budget.latest.grantedBytes], ["drift", 600 * MIB]);
  become({ memoryBytes: 1024 * MIB });
  assert.deepEqual(lines.slice(1), ["info the granted memory has changed: fits"]);
});

test("BudgetWatch.grantedShare follows the grant, and is 1 at most and where nobody knows", () => {
  const { budget, become } = watch(4096);
  const shares = [512, 1024, undefined].map((mib) => {
    become({ memoryBytes: mib === undefined ? undefined : mib * MIB });
    return budget.grantedShare;
  });
  assert.deepEqual(shares, [0.5, 1, 1]);
});

test("BudgetWatch takes what the launch read where this process may not look", () => {
  const { budget, become, lines } = watch(1024);
  become({ missing: "/proc is not readable", memoryBytes: 64_000 * MIB });
  assert.deepEqual([budget.latest.verdict, lines], ["fits", []]);
});
