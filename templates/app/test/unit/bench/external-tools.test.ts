import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { h2load, readH2load } from "../../../bench/load/h2load.ts";
import { countOf } from "../../../bench/load/latency-histogram.ts";
import { latencyUs } from "../../../bench/load/latency-of.ts";
import { generatorNote, generatorOf } from "../../../bench/load/make-load.ts";
import { readOha } from "../../../bench/load/oha.ts";
import type { HttpOrder, LoadOrder, RequestOrder } from "../../../bench/load/order.ts";
import { refusalOf, type ToolName } from "../../../bench/load/run-external.ts";
import { noFailures } from "../../../bench/load/tally.ts";
import { readWrk } from "../../../bench/load/wrk.ts";

test("readWrk() reads what wrk.lua prints among wrk's own lines", () => {
  const output = `Running 1s test @ http://127.0.0.1:1/
  1 threads and 64 connections
  Thread Stats   Avg      Stdev     Max   +/- Stdev
Requests/sec:  90123.45
fastserve.requests 90210
fastserve.duration_us 1001000
fastserve.latency_us 50 612
fastserve.latency_us 99.9 5200
fastserve.latency_us 0 31
fastserve.latency_us 100 7000
fastserve.errors_connect 1
fastserve.errors_closed 2
fastserve.errors_timeout 3
fastserve.errors_status 10
`;
  assert.deepEqual(readWrk(output), {
    done: 90_200,
    seconds: 1.001,
    quantiles: [
      { share: 0, us: 31 },
      { share: 0.5, us: 612 },
      { share: 0.999, us: 5200 },
      { share: 1, us: 7000 },
    ],
    failures: { ...noFailures(), connect: 1, closed: 2, timeout: 3, status: 10 },
  });
  assert.equal(readWrk("unable to connect to 127.0.0.1:1 Connection refused\n"), undefined);
});

const H2LOAD = `starting benchmark...
spawning thread #0: 8 total client(s). Timing-based test with 0s of warm-up time and 0.5s of main duration for measurements.

finished in 500.87ms, 10.00 req/s, 17.21MB/s
requests: 5 total, 9 started, 5 done, 3 succeeded, 2 failed, 4 errored, 1 timeout
status codes: 3 2xx, 0 3xx, 1 4xx, 0 5xx
traffic: 8.60MB (9022946) total, 6.25MB (6551754) headers (space savings 0.00%), 301.80KB (309045) data
`;

test("readH2load() reads statuses and times from the log, and what failed from the summary", () => {
  const log =
    "1795271376580826\t200\t279\n1795271376580833\t200\t308\n1795271376580836\t404\t9\n1795271376580837\t-1\t1\n";
  const counts = readH2load(H2LOAD, log, 200);
  assert.ok(counts?.latency);
  const { latency, ...others } = counts;
  assert.deepEqual(others, {
    done: 2,
    seconds: 0.50087,
    failures: { ...noFailures(), status: 1, closed: 4, timeout: 1 },
  });
  assert.deepEqual([countOf(latency), latencyUs({ latency }, 1)], [2, 308.25]);
  assert.equal(readH2load(H2LOAD.replace("500.87ms", "2.00s"), log, 404)?.seconds, 2);
  assert.equal(readH2load("h2load: unrecognized option\n", "", 200), undefined);
});

test("h2load.launch() does not let a log of the warm-up be added to", () => {
  const folder = mkdtempSync(join(tmpdir(), "fastserve-test-"));
  try {
    const parts = { url: "http://127.0.0.1:1/", connections: 1, pipeline: 1, seconds: 1, threads: 1 };
    const order = { ...parts, request: get, folder };
    const log =
      h2load
        .launch(order)
        .args.find((arg) => arg.startsWith("--log-file="))
        ?.slice("--log-file=".length) ?? "";
    writeFileSync(log, "1795271376580826\t200\t279\n");
    assert.equal(h2load.read(H2LOAD, order)?.done, 1);
    h2load.launch(order);
    assert.equal(h2load.read(H2LOAD, order)?.done, 0);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

/** As oha's schema.json describes it, in the shape that its JSON printer gives; the numbers are made up. */
const OHA = JSON.stringify({
  summary: {
    successRate: 1.0,
    total: 2.0003,
    slowest: 0.0121,
    fastest: 0.00004,
    average: 0.0005,
    requestsPerSec: 49_000.5,
    totalData: 490_000,
    sizePerRequest: 5,
    sizePerSec: 245_000.1,
  },
  responseTimeHistogram: { "0.00004": 1, "0.0121": 3 },
  latencyPercentiles: {
    p10: 0.0001,
    p25: 0.0002,
    p50: 0.0005,
    p75: 0.0006,
    p90: 0.0007,
    p95: 0.0008,
    p99: 0.002,
    "p99.9": 0.004,
    "p99.99": 0.008,
  },
  rps: { mean: 49_000, stddev: 100, max: 50_000, percentiles: {} },
  details: {},
  statusCodeDistribution: { "200": 97_990, "503": 10 },
  errorDistribution: {
    "aborted due to deadline": 64,
    "Connection refused (os error 111)": 3,
    "connection closed before message completed": 2,
    timeout: 1,
  },
});

test("readOha() reads its JSON: statuses, errors by kind, and latencies in microseconds", () => {
  const counts = readOha(OHA, 200);
  assert.deepEqual(counts?.failures, { ...noFailures(), status: 10, connect: 3, closed: 2, timeout: 1 });
  assert.deepEqual([counts?.done, counts?.seconds], [97_990, 2.0003]);
  assert.deepEqual(
    counts?.quantiles?.map(({ share, us }) => [share, Math.round(us)]),
    [
      [0, 40],
      [0.25, 200],
      [0.5, 500],
      [0.75, 600],
      [0.9, 700],
      [0.95, 800],
      [0.99, 2000],
      [0.999, 4000],
      [0.9999, 8000],
      [1, 12_100],
    ],
  );
});

test("readOha() takes nothing for a report that is none", () => {
  assert.equal(readOha("error: unexpected argument '--output-format' found\n", 200), undefined);
  assert.equal(readOha("null", 200), undefined);
  assert.equal(readOha('{"summary":{"total":1}}', 200), undefined);
});

const get: RequestOrder = {
  method: "GET",
  path: "/",
  headers: {},
  bodyBytes: 0,
  body: null,
  expected: { status: 200, bodyBytes: 2 },
};
const target = { host: "127.0.0.1", port: 1 };
const http: HttpOrder = {
  kind: "http",
  target,
  requests: [get],
  connections: 1,
  model: { kind: "closed", pipeline: 1 },
  requestsPerConnection: 0,
};
const post = { ...get, method: "POST", bodyBytes: 5 };
const idle: LoadOrder = { kind: "idle", target, protocol: "http", path: "/", connections: 1, openPerS: 1 };

const choices: readonly (readonly [name: string, tool: ToolName, order: LoadOrder, refusal: string | undefined])[] = [
  ["a GET", "wrk", http, undefined],
  ["a POST", "h2load", { ...http, requests: [post] }, undefined],
  ["pipelining", "h2load", { ...http, model: { kind: "closed", pipeline: 8 } }, undefined],
  ["pipelining", "oha", { ...http, model: { kind: "closed", pipeline: 8 } }, "oha does not pipeline"],
  [
    "pipelined bodies",
    "h2load",
    { ...http, requests: [post], model: { kind: "closed", pipeline: 2 } },
    "h2load does not pipeline requests with a body",
  ],
  ["idle connections", "wrk", idle, "wrk makes HTTP requests only"],
  [
    "an open loop",
    "oha",
    { ...http, model: { kind: "open", ratePerS: 9 } },
    "oha is used for closed loops only: the built-in generator makes open ones",
  ],
  [
    "connection churn",
    "wrk",
    { ...http, requestsPerConnection: 1 },
    "wrk does not close connections after a number of requests",
  ],
  ["two kinds of requests", "wrk", { ...http, requests: [get, post] }, "wrk makes one kind of request at a time"],
  ["a PUT", "wrk", { ...http, requests: [{ ...post, method: "PUT" }] }, "wrk is used for GET and POST only"],
  [
    "a body in chunks",
    "wrk",
    { ...http, requests: [{ ...post, headers: { "transfer-encoding": "chunked" }, body: "5\r\nhello\r\n0\r\n\r\n" }] },
    "wrk frames bodies itself",
  ],
  [
    "a GET with a body",
    "h2load",
    { ...http, requests: [{ ...post, method: "GET" }] },
    "h2load makes this a POST request",
  ],
];

for (const [name, tool, order, refusal] of choices) {
  test(`refusalOf() ${refusal === undefined ? "lets" : "does not let"} ${tool} make ${name}`, () => {
    assert.equal(refusalOf(tool, order), refusal);
    assert.equal(generatorOf(tool, order), refusal === undefined ? tool : "built-in");
  });
}

test("generatorNote() says what another generator does not check", () => {
  assert.equal(generatorNote("built-in"), undefined);
  assert.match(
    generatorNote("wrk") ?? "",
    /^wrk takes every status below 400 for a success and does not check lengths\./,
  );
});
