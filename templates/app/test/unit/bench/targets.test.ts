import assert from "node:assert/strict";
import { test } from "node:test";
import type { Session } from "../../../bench/cases/bench.ts";
import { idleBench } from "../../../bench/cases/idle.ts";
import type { BenchName, CaseDocument } from "../../../bench/report/document.ts";
import { targetRows } from "../../../bench/targets/target-rows.ts";
import type { TargetSources } from "../../../bench/targets/target-sources.ts";
import { targets } from "../../../bench/targets/targets.ts";
import { load } from "../reference-config.ts";
import { around, benchWith, caseWith, rowOf, sources } from "./target-cases.ts";

const fewer = (server_cpus: number): TargetSources["context"] => ({ ...sources.context, server_cpus });

test("targetRows() without a run are all there, and none is passed", () => {
  const rows = targetRows(sources);
  assert.deepEqual(
    rows.map(({ id }) => id),
    targets.map(({ id }) => id),
  );
  for (const { verdict, measured, ratio, how } of rows) {
    assert.deepEqual([verdict, measured, ratio], ["not measured", null, null]);
    assert.notEqual(how, "");
  }
});

const published: readonly (readonly [id: string, target: number, at: "least" | "most"])[] = [
  ["http-small", 100_000, "least"],
  ["http-handler", 100_000, "least"],
  ["http-small-upper", 500_000, "least"],
  ["http-fastest", 500_000, "least"],
  ["http-fastest-upper", 1_000_000, "least"],
  ["http-p99", 10_000, "most"],
  ["idle-connections", 10_000, "least"],
  ["idle-memory", 100_000_000, "most"],
  ["scaling", 0.9, "least"],
  ["start", 1000, "most"],
  ["image", 50_000_000, "most"],
  ["ws-echo", 47_000, "least"],
  ["ws-json", 35_000, "least"],
  ["ws-broadcast", 6250, "least"],
  ["ws-connect", 5000, "least"],
];

test("targetRows() on four CPUs are the published figures, and a quarter of it for what one worker does", () => {
  assert.deepEqual(
    targetRows(sources).map(({ id, target, at }) => [id, target, at]),
    published,
  );
});

test("targetRows() scale rates with the server's CPUs, and say so; nothing else", () => {
  const rows = targetRows({ ...sources, context: fewer(1) });
  for (const [id, target] of published) {
    const row = rows.find((each) => each.id === id);
    const isRate = row?.figure.endsWith("_per_second");
    assert.equal(row?.target, isRate && id !== "ws-broadcast" ? target / 4 : target);
    assert.equal(row?.scaled !== null, isRate, id);
  }
  assert.equal(
    rows[0]?.scaled,
    "100,000 as published, without a machine; read as for 4 CPUs, and this server can fill 1",
  );
});

test("targetRows() ask of a broadcast what one worker can do, whatever the server can fill", () => {
  const bound = (cpus: number) => rowOf("ws-broadcast", { context: fewer(cpus) }).target;
  assert.deepEqual([0.5, 1, 2, 16].map(bound), [3125, 6250, 6250, 6250]);
  assert.equal(
    rowOf("ws-broadcast", {}).scaled,
    "25,000 as published, without a machine; read as for 4 CPUs, and this is one worker's work, which can fill 1",
  );
});

test("targetRows() promise no more connections than the plan admits beside the bench's own", () => {
  const row = rowOf("idle-connections", { connectionsMax: 4096 });
  assert.deepEqual(
    [row.target, row.scaled],
    [4094, "10,000 as published; this plan admits 4,096, 2 of which the bench needs itself"],
  );
  assert.deepEqual(
    [10_001, 10_002, 2, 1].map((connectionsMax) => rowOf("idle-connections", { connectionsMax }).target),
    [9999, 10_000, 1, 1],
  );
});

const verdicts: readonly (readonly [name: string, runs: readonly number[], verdict: string, how: string])[] = [
  ["above", around(120_000), "met", "median of http/constant"],
  ["below", around(80_000), "missed", "median of http/constant"],
  [
    "around it",
    around(100_000),
    "not shown",
    "median of http/constant; the interval of its runs reaches over the target",
  ],
  ["five runs above", around(120_000).slice(1), "not shown", "median of http/constant; 5 runs: a verdict needs 6"],
  ["one run", [120_000], "not shown", "median of http/constant; 1 run: a verdict needs 6"],
];

for (const [name, runs, verdict, how] of verdicts) {
  test(`targetRows() of a rate: ${name} is "${verdict}"`, () => {
    const http = benchWith("http", caseWith("http/constant", { requests_per_second: runs }));
    const row = rowOf("http-small", { benches: [http] });
    assert.deepEqual([row.verdict, row.how], [verdict, how]);
    const { measured, ratio } = row;
    assert.ok(ratio !== null && measured !== null && Math.abs(ratio - measured / 100_000) < 1e-12);
  });
}

test("targetRows() of a bound from above turn the ratio round, so that 1 and more holds", () => {
  const start = (ms: number) =>
    benchWith("start", caseWith("start/cold", { start_ms: around(ms) }, { limited_by: null }));
  const met = rowOf("start", { benches: [start(500)] });
  assert.deepEqual([met.verdict, met.measured, met.ratio], ["met", 500, 2]);
  const missed = rowOf("start", { benches: [start(2000)] });
  assert.deepEqual([missed.verdict, missed.measured, missed.ratio], ["missed", 2000, 0.5]);
});

test("targetRows() hold no miss against a server that was not at its limit, and tell what its CPU time says", () => {
  const figures = { requests_per_second: around(80_000), server_cpu_us_per_request: around(20) };
  const limited = (limited_by: CaseDocument["limited_by"]) =>
    rowOf("http-small", { benches: [benchWith("http", caseWith("http/constant", figures, { limited_by }))] });
  const row = limited("generator");
  assert.deepEqual([row.verdict, row.measured], ["not shown", 80_000]);
  assert.equal(
    row.how,
    "median of http/constant; the generator was at its limit, the server was not; by its CPU time the server could do about 200,000/s on 4 CPUs",
  );
  assert.deepEqual(
    (["both", "neither", "unknown", "server"] as const).map((limit) => limited(limit).verdict),
    ["not shown", "not shown", "not shown", "missed"],
  );
});

test("targetRows() count a target that was met although the generator was the one at its limit", () => {
  const fast = caseWith("http/constant", { requests_per_second: around(120_000) }, { limited_by: "generator" });
  assert.equal(rowOf("http-small", { benches: [benchWith("http", fast)] }).verdict, "met");
});

test("targetRows() believe no latency that a late generator made, and every other one", () => {
  const open = (us: number, limited_by: CaseDocument["limited_by"]) =>
    rowOf("http-p99", {
      benches: [
        benchWith(
          "http",
          caseWith("http/json", { requests_per_second: around(90_000) }),
          caseWith("http/open-50", { latency_p99_us: around(us) }, { limited_by }),
        ),
      ],
    }).verdict;
  assert.equal(open(5000, "neither"), "met");
  assert.equal(open(20_000, "neither"), "missed");
  assert.equal(open(20_000, "generator"), "not shown");
});

test("targetRows() show nothing by a case with errors", () => {
  const figures = { requests_per_second: around(120_000) };
  const failing = caseWith("http/constant", figures, { errors: { status: 1500, closed: 2 } });
  const row = rowOf("http-small", { benches: [benchWith("http", failing)] });
  assert.deepEqual([row.verdict, row.how], ["not shown", "median of http/constant; it had 1,502 errors"]);
});

test("targetRows() say why there is no figure", () => {
  const refused = { ...benchWith("ws"), refused: "this project has no websocket feature" };
  const empty = benchWith("http", caseWith("http/constant", {}, { missing: { requests_per_second: "it broke" } }));
  const rows = targetRows({ ...sources, benches: [refused, empty] });
  const how = (id: string) => rows.find((row) => row.id === id)?.how;
  assert.equal(how("ws-echo"), "bench ws did not run, for the reason given there");
  assert.equal(how("http-small"), "it broke");
  assert.equal(how("http-handler"), "the case http/json did not run");
  assert.equal(how("start"), "npm run bench -- start measures it");
  assert.equal(how("image"), "no image was given");
});

test("targetRows() of a bench that cannot run in this project say why, and do not send there", () => {
  const refusalOf = (name: BenchName) => (name === "ws" ? "There are no WebSockets; add them." : undefined);
  const rows = targetRows({ ...sources, refusalOf });
  const hows = rows.filter(({ id }) => id.startsWith("ws-")).map(({ how }) => how);
  assert.deepEqual(
    hows,
    Array.from({ length: 4 }, () => "There are no WebSockets; add them"),
  );
  assert.equal(rows.find(({ id }) => id === "start")?.how, "npm run bench -- start measures it");
});

test("targetRows() of cases that the bench itself left out say its reason", async () => {
  const { config } = load("[limits]\nconnections_max = 2\n[websocket]\nconnections_max = 2\n");
  const interrupt = new AbortController();
  // Nothing is started: what the bench leaves out it leaves out before.
  interrupt.abort();
  const idle = await idleBench.run({
    config,
    sizes: { ...config.bench, idle_connections: 10 },
    features: [],
    interrupt: interrupt.signal,
  } as unknown as Session);
  const how = (id: string) => rowOf(id, { benches: [idle], connectionsMax: 2 }).how;
  assert.equal(how("idle-connections"), "0 connections instead of 10: limits.connections_max is 2");
  assert.equal(how("idle-memory"), "bench.idle_connections is 10, so 1000 were not opened");
});

test("targetRows() take scaling from pairs of the same round, of the most workers over one", () => {
  const scale = (most: readonly number[], limited_by: CaseDocument["limited_by"] = "server") =>
    benchWith(
      "scale",
      caseWith("scale/workers-1", { requests_per_second: [10, 20, 10, 20, 10, 20] }),
      caseWith("scale/workers-2", { requests_per_second: [1, 1, 1, 1, 1, 1] }),
      caseWith("scale/workers-4", { requests_per_second: most }, { limited_by }),
    );
  // The machine was twice as fast in every second round: the ratio stays.
  const met = rowOf("scaling", { benches: [scale([38, 76, 38, 76, 38, 76])] });
  assert.deepEqual(
    [met.verdict, met.measured, met.how],
    ["met", 0.95, "scale/workers-4 over scale/workers-1, 4 workers, in pairs"],
  );
  assert.equal(rowOf("scaling", { benches: [scale([20, 40, 20, 40, 20, 40])] }).verdict, "missed");
  assert.equal(rowOf("scaling", { benches: [scale([20, 40, 20, 40, 20, 40], "generator")] }).verdict, "not shown");
  const shared = { missing: { scaling_ratio: "the server has one CPU here, which its workers share" } };
  const onOne = benchWith(
    "scale",
    caseWith("scale/workers-1", { requests_per_second: [10] }),
    caseWith("scale/workers-2", { requests_per_second: [9] }, shared),
  );
  const { verdict, how } = rowOf("scaling", { benches: [onOne] });
  assert.deepEqual([verdict, how], ["not measured", "the server has one CPU here, which its workers share"]);
  const single = benchWith("scale", caseWith("scale/workers-1", { requests_per_second: [10] }));
  assert.equal(rowOf("scaling", { benches: [single] }).how, "fewer than two numbers of workers were measured");
});

test("targetRows() judge an image by its size alone: it has no spread", () => {
  const row = rowOf("image", { image: { bytes: 40_000_000, file: "image.tar" } });
  assert.deepEqual([row.verdict, row.measured, row.ratio, row.how], ["met", 40_000_000, 1.25, "layers of image.tar"]);
  assert.equal(rowOf("image", { image: { bytes: 60_000_000, file: "image.tar" } }).verdict, "missed");
});

test("targetRows() of benches that were asked for are those benches' only", () => {
  const ids = (names: readonly BenchName[], changes: Partial<TargetSources> = {}) =>
    targetRows({ ...sources, ...changes }, names).map(({ id }) => id);
  assert.deepEqual(ids(["start", "scale"]), ["scaling", "start"]);
  assert.deepEqual(ids(["alloc"]), []);
  assert.deepEqual(ids(["start"], { image: { bytes: 1, file: "i" } }), ["start", "image"]);
});
