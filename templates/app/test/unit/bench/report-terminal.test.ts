import assert from "node:assert/strict";
import { test } from "node:test";
import type { BenchReport } from "../../../bench/report/document.ts";
import { loadText, reportText } from "../../../bench/report/terminal.ts";
import { benchReport } from "../../fixture/bench-report.ts";

const plain = { columns: 80, colour: false, unicode: true };

for (const columns of [72, 80, 120, 140]) {
  test(`reportText() keeps every line within ${columns} columns`, () => {
    const lines = reportText(benchReport, { ...plain, columns }).split("\n");
    assert.deepEqual(
      lines.filter((line) => [...line].length > columns),
      [],
    );
    assert.ok(lines.every((line) => line === line.trimEnd()));
  });
}

test("reportText() is ASCII alone where nothing else can be shown", () => {
  const text = reportText(benchReport, { ...plain, unicode: false });
  assert.doesNotMatch(text, /[^\n\x20-\x7e]/);
  assert.match(text, /98,123 \+-1\.4%/);
});

test("reportText() colours nothing unless asked, and colour changes no letter", () => {
  const text = reportText(benchReport, plain);
  assert.ok(!text.includes("\x1b"));
  // biome-ignore lint/suspicious/noControlCharactersInRegex: escape sequences begin with one.
  assert.equal(reportText(benchReport, { ...plain, colour: true }).replace(/\x1b\[\d+m/g, ""), text);
});

test("reportText() has a row for each case, with its figures, latency curve and limit", () => {
  const text = reportText(benchReport, { ...plain, columns: 100 });
  assert.match(text, / JSON, as fast as it can +98,123 ±1\.4% +612 +1,403 +8\.41 .*[▁-█]{8} +server/);
  assert.match(text, / text, 16 requests at once .*GENERATOR/);
  assert.match(text, /\n {2}echo, 64 B +134,512 /);
});

test("reportText() says what went wrong, is missing, did not run, and what the figures do not mean", () => {
  const text = reportText(benchReport, plain);
  assert.match(text, /\n {4}! 12 errors \(reset 3, status 9\): the figures above are not to be trusted\n/);
  assert.match(text, /\n {2}not measured: server memory: the process ended before it was read\n/);
  assert.match(text, /\n {2}did not run: the plan leaves sessions out; add them with retune\n/);
  assert.match(text, /\n! TLS is off for the bench; its cost is not in the figures\.\n/);
  assert.match(text, /\nClosed loop: .*\n(.*\n)+Open loop: .*\n(.*\n)+Loopback, one machine:/);
});

test("reportText() compares one figure over many baselines under one heading", () => {
  const text = reportText(benchReport, plain);
  assert.match(
    text,
    /\n {2}this server: server CPU per request, 8 pairs\n {4}over bare runtime +1\.049 \(1\.012 to 1\.091\) .*worse\n/,
  );
  assert.match(text, /\n {4}over nginx 1\.22\.1 +1\.038 \(0\.991 to 1\.074\) .*no difference shown\n/);
});

test("reportText() puts target and measured in one unit, with mark, verdict and source", () => {
  const text = reportText(benchReport, plain);
  assert.match(
    text,
    /\n {2}small responses +≥ 75,000 \/s +98,123 \/s +1\.308 {2}✓ met\n {6}median of http\/constant; scaled: 100,000 for 4 cores, 3 here\n/,
  );
  assert.match(text, /\n {2}latency p99 +≤ 10\.00 ms +1\.40 ms +7\.13 {2}✓ met\n/);
  assert.match(text, /\n {2}container image +≤ 47\.7 MiB +– not measured\n/);
});

test("reportText() tells an interrupted and a weak run as such", () => {
  const weak: BenchReport = {
    ...benchReport,
    interrupted: true,
    context: {
      ...benchReport.context,
      noise: null,
      pinning: { server_cpus: [], server_cores: null, generator_cpus: [], reason: "one CPU" },
    },
    benches: [],
    targets: [],
  };
  const text = reportText(weak, plain);
  assert.match(text, /\nCPUs +not pinned: one CPU\n/);
  assert.match(text, /noise not measured\n/);
  assert.match(text, /\nEnded early: /);
  assert.doesNotMatch(text, /Closed loop|Targets|±/);
});

test("loadText() tells seconds, and not 0 of them where the work is given", () => {
  const [first] = benchReport.benches[0]?.cases ?? [];
  if (!first?.load) throw new Error("the fixture has no load");
  const text = (seconds: number, warmup_seconds: number) =>
    loadText([
      {
        ...first,
        load: {
          ...first.load,
          model: "closed",
          generator: "built-in",
          connections: 64,
          pipeline: 1,
          rate_per_s: null,
          seconds,
          warmup_seconds,
        },
      },
    ]);
  assert.equal(text(10, 3), "64 connections, built-in generator, 10 s after 3 s, median of 5 runs");
  assert.equal(text(0, 0), "64 connections, built-in generator, as long as the work takes, median of 5 runs");
});
