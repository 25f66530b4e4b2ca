import assert from "node:assert/strict";
import { test } from "node:test";
import { against, ratioInterval, verdictOf } from "../../../bench/report/against.ts";
import { againstText } from "../../../bench/report/against-text.ts";
import type { BenchDocument, BenchReport, CaseDocument, Estimate } from "../../../bench/report/document.ts";
import { benchReport } from "../../fixture/bench-report.ts";

function estimate(...runs: readonly number[]): Estimate {
  const sorted = [...runs].sort((a, b) => a - b);
  const median = sorted[Math.floor(sorted.length / 2)] ?? 0;
  return { median, low: sorted[0] ?? 0, high: sorted.at(-1) ?? 0, runs };
}

/** A report with one case. */
function reportOf(one: Partial<CaseDocument>, rest: Partial<BenchReport> = {}): BenchReport {
  const [bench] = benchReport.benches;
  const [first] = bench?.cases ?? [];
  if (!bench || !first) throw new Error("the fixture has no case");
  return { ...benchReport, ...rest, benches: [{ ...bench, cases: [{ ...first, id: "http/json", ...one }] }] };
}

/** So many cases with five runs each, of which the first ones became slower. */
function benchWith(name: "scale" | "cache", count: number, changed: number): BenchDocument {
  const [first] = benchReport.benches[0]?.cases ?? [];
  if (!first) throw new Error("the fixture has no case");
  const cases = Array.from({ length: count }, (_, place) => {
    const runs = place < changed ? [12, 12.1, 11.9, 12, 12.05] : [10, 10.1, 9.9, 10, 10.05];
    return {
      ...first,
      id: name === "cache" ? "cache/hit" : `scale/workers-${place + 1}`,
      figures: { server_cpu_us_per_request: estimate(...runs) },
    };
  });
  return { name, title: name, refused: null, cases, comparisons: [], notes: [] };
}

const slow = reportOf({ figures: { server_cpu_us_per_request: estimate(10, 10.1, 9.9, 10, 10.05) } });

test("ratioInterval() holds the ratios of the outermost medians that resampling gives", () => {
  // Five runs: the least has a probability of 0.058 to be the median, so the least over the greatest has 0.058 squared.
  const { ratio, low, high } = ratioInterval(estimate(1, 2, 4, 8, 16), estimate(3, 3, 3, 3, 3));
  assert.deepEqual([ratio, low, high], [0.75, 3 / 16, 3]);
});

const verdicts = [
  [{ ratio: 1.1, low: 1.01, high: 1.2 }, "lower", "worse"],
  [{ ratio: 1.1, low: 1.01, high: 1.2 }, "higher", "better"],
  [{ ratio: 0.9, low: 0.8, high: 0.99 }, "lower", "better"],
  [{ ratio: 0.9, low: 0.8, high: 0.99 }, "higher", "worse"],
  [{ ratio: 0.9, low: 0.8, high: 1 }, "higher", "no difference shown"],
  [{ ratio: 1.1, low: 1, high: 1.2 }, "lower", "no difference shown"],
] as const;

for (const [interval, better, verdict] of verdicts) {
  test(`verdictOf() calls ${interval.low} to ${interval.high} ${verdict} where ${better} is better`, () => {
    assert.equal(verdictOf(interval, better), verdict);
  });
}

test("against() finds what became worse, better, or neither", () => {
  const worse = reportOf({ figures: { server_cpu_us_per_request: estimate(12, 12.1, 11.9, 12, 12.05) } });
  const better = reportOf({ figures: { server_cpu_us_per_request: estimate(8, 8.1, 7.9, 8, 8.05) } });
  assert.deepEqual(
    [worse, better, slow].map((now) => against(slow, now).changes.map(({ verdict }) => verdict)),
    [["worse"], ["better"], ["no difference shown"]],
  );
  const [change] = against(slow, worse).changes;
  assert.deepEqual([change?.case_id, change?.before, change?.now, change?.ratio], ["http/json", 10, 12, 1.2]);
});

test("against() leaves figures out that have no better side, or have zeros", () => {
  const figures = { server_cpus_busy: estimate(1, 1, 1, 1), errors_count: estimate(0, 0, 0, 0) };
  assert.deepEqual(against(reportOf({ figures }), reportOf({ figures })).changes, []);
});

test("against() compares only cases of the same load, and says which ones it does not", () => {
  const [first] = benchReport.benches[0]?.cases ?? [];
  const load = first?.load;
  if (!load) throw new Error("the fixture has no load");
  const loads = [
    [{ ...load, connections: 128 }, "its load differs: connections was 64 and is 128"],
    [{ ...load, rate_per_s: 1000 }, "its load differs: 0 requests a second were offered, and now 1000"],
    [null, "one of the two had no load"],
  ] as const;
  for (const [other, reason] of loads) {
    const result = against(slow, reportOf({ load: other }));
    assert.deepEqual(result, { changes: [], left_out: [`http/json: ${reason}`], too_few_runs: [] });
  }
  assert.deepEqual(against(slow, reportOf({ errors: { reset: 1 } })).left_out, [
    "http/json: one of the two had errors, so its figures are not to be trusted",
  ]);
  assert.deepEqual(against(slow, reportOf({ id: "http/other" })).left_out, [
    "http/other: not in the earlier report",
    "http/json: not measured this time",
  ]);
});

test("against() compares no cases whose titles differ: a path, a size and a count stand nowhere else", () => {
  const figures = { requests_per_second: estimate(1, 1, 1, 1) };
  const own = (path: string) => reportOf({ id: "http/own", title: `GET ${path} of this project`, figures });
  assert.deepEqual(against(own("/"), own("/users/42")).left_out, [
    'http/own: it was "GET / of this project" and is "GET /users/42 of this project"',
  ]);
  assert.equal(against(own("/"), own("/")).changes.length, 1);
});

test("against() looks at this server's cases of bench compare alone", () => {
  const figures = { requests_per_second: estimate(1, 1, 1, 1) };
  const of = (server: string, title: string) =>
    reportOf({ id: `compare/bare/json/${server}`, title: `/json, bare: ${title}`, figures });
  assert.deepEqual(against(of("hono", "Hono 4.13.19"), of("hono", "Hono 4.13.20")), {
    changes: [],
    left_out: [],
    too_few_runs: [],
  });
  assert.deepEqual(
    against(of("fastserve", "this server"), of("fastserve", "this server")).changes.map(({ case_id }) => case_id),
    ["compare/bare/json/fastserve"],
  );
});

test("against() takes rates of an open loop that are within a twentieth as the same load", () => {
  const at = (rate: number) =>
    reportOf({
      load: {
        model: "open",
        generator: "built-in",
        connections: 1,
        pipeline: 1,
        rate_per_s: rate,
        seconds: 1,
        warmup_seconds: 1,
      },
    });
  assert.deepEqual(against(at(1000), at(1049)).left_out, []);
  assert.equal(against(at(1000), at(1100)).left_out.length, 1);
});

test("against() tells no change that so many comparisons explain as chance, and every one that they do not", () => {
  const withCases = (changed: number) => ({ ...benchReport, benches: [benchWith("scale", 20, changed)] });
  // Five runs wholly apart are a chance of 2 in 252: too many for one of twenty, few enough for four.
  const worse = (changed: number) =>
    against(withCases(0), withCases(changed)).changes.filter(({ verdict }) => verdict === "worse").length;
  assert.deepEqual([0, 1, 3, 4, 20].map(worse), [0, 0, 0, 4, 20]);
});

test("against() judges each bench alone: many figures of one hide no change of another", () => {
  const withChange = (changed: number) => ({
    ...benchReport,
    benches: [benchWith("scale", 20, 0), benchWith("cache", 1, changed)],
  });
  const changes = against(withChange(0), withChange(1)).changes.filter(({ verdict }) => verdict === "worse");
  assert.deepEqual(
    changes.map(({ case_id }) => case_id),
    ["cache/hit"],
  );
});

test("against() says where no single figure can be shown, and with how many runs one can", () => {
  const withCases = (cases: number) => ({ ...benchReport, benches: [benchWith("scale", cases, 0)] });
  const few = (cases: number) => against(withCases(cases), withCases(cases)).too_few_runs;
  // 2 in 252 is within 0.05 / 6 = 0.0083 and not within 0.05 / 7 = 0.0071; 5 against 6 runs come to 2 in 462.
  assert.deepEqual(few(6), []);
  assert.deepEqual(few(7), [{ bench: "scale", figures: 7, runs: 6 }]);
  const text = againstText(against(withCases(7), withCases(7)), { columns: 140, colour: false, unicode: true });
  assert.match(text, /\nscale: with these runs no single figure of the 7 can be shown, .*; use --runs 6\.\n/);
});

test("against() leaves out what has fewer than four runs, and says so", () => {
  const few = reportOf({ figures: { server_cpu_us_per_request: estimate(10, 10, 10) } });
  const result = against(few, slow);
  assert.deepEqual(result, {
    changes: [],
    left_out: ["http/json: one of the two has fewer than 4 runs, which prove nothing"],
    too_few_runs: [],
  });
  const text = againstText(result, { columns: 140, colour: false, unicode: true });
  assert.match(text, /^Nothing was compared: /);
});

test("against() counts a figure that follows from another one once", () => {
  const runs = estimate(1, 1, 1, 1);
  const compared = (one: BenchReport) => against(one, one).changes.map(({ figure }) => figure);
  const churn = { requests_per_second: runs, connections_per_second: runs };
  assert.deepEqual(compared(reportOf({ id: "http/churn", figures: churn })), ["requests_per_second"]);
  const broadcast = { messages_per_second: runs, deliveries_per_second: runs };
  assert.deepEqual(compared(reportOf({ id: "ws/broadcast", figures: broadcast })), ["deliveries_per_second"]);
  const echo = { messages_per_second: runs };
  assert.deepEqual(compared(reportOf({ id: "ws/echo-64", figures: echo })), ["messages_per_second"]);
  const connect = { connections_per_second: runs };
  assert.deepEqual(compared(reportOf({ id: "ws/connect", figures: connect })), ["connections_per_second"]);
});

test("against() compares the figures that stand for a case, and not those that follow from them", () => {
  const runs = estimate(1, 1, 1, 1);
  const figures = { requests_per_second: runs, latency_p50_us: runs, latency_p99_us: runs, offered_per_second: runs };
  const compared = (one: BenchReport) => against(one, one).changes.map(({ figure }) => figure);
  assert.deepEqual(compared(reportOf({ figures })), ["requests_per_second"]);
  const [first] = benchReport.benches[0]?.cases ?? [];
  if (!first?.load) throw new Error("the fixture has no load");
  const load = { ...first.load, model: "open", rate_per_s: 100 } as const;
  assert.deepEqual(compared(reportOf({ figures, load })), ["latency_p99_us"]);
  assert.deepEqual(compared(reportOf({ figures: { start_ms: runs }, load: null })), ["start_ms"]);
});

test("against() refuses reports of two machines with every reason", () => {
  const context = { ...benchReport.context, runtime: "Bun 1.4.6" };
  assert.throws(
    () => against(slow, reportOf({}, { context })),
    /cannot be compared:\n {2}runtime: Bun 1\.4\.5 then, Bun 1\.4\.6 now\n/,
  );
});

test("againstText() shows what is worse first, with interval and bar, and counts the rest", () => {
  const now = reportOf({ figures: { server_cpu_us_per_request: estimate(12, 12.1, 11.9, 12, 12.05) } });
  const text = againstText(against(slow, now), { columns: 100, colour: false, unicode: true });
  assert.match(
    text,
    /^Worse than before\n {2}JSON, as fast as it can \(http\/json\)\n {4}server CPU per request +10 µs to 12 µs +1\.200 \(1\.\d+ to 1\.\d+\) +[·│─●]{15}\n\n1 figures worse, 0 better, 0 with/,
  );
});
