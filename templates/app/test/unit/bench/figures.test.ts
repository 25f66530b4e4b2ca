import assert from "node:assert/strict";
import { test } from "node:test";
import { noFailures, Tally } from "../../../bench/load/tally.ts";
import { parseWrk } from "../../../bench/load/wrk.ts";
import { bottleneckOf } from "../../../bench/method/bottleneck.ts";
import { type Counts, type Figures, figuresOf, medianOf } from "../../../bench/report/figures.ts";

const counts: Counts = {
  requests: 99_000,
  failures: { ...noFailures(), status: 600, length: 400, closed: 7 },
  seconds: 2,
  latencyUs: { p50: 300, p99: 900, p999: 4000 },
  serverCpuSeconds: 0.8,
  generatorCpuSeconds: 1.9,
  resident: { nowBytes: 50_000_000, peakBytes: 60_000_000 },
};

const figures: Figures = {
  requests_per_second: 49_500,
  latency_p50_us: 300,
  latency_p99_us: 900,
  latency_p999_us: 4000,
  server_cpu_us_per_request: 8,
  server_cpus_busy: 0.4,
  server_rss_bytes: 50_000_000,
  server_rss_peak_bytes: 60_000_000,
  generator_cpus_busy: 0.95,
  requests_count: 99_000,
  errors_count: 1007,
  measured_seconds: 2,
};

test("figuresOf() divides CPU time by all answers and counts only the expected ones as requests", () => {
  assert.deepEqual(figuresOf(counts), figures);
});

test("figuresOf() leaves out what cannot be read", () => {
  const blind = { serverCpuSeconds: undefined, generatorCpuSeconds: undefined, resident: undefined };
  assert.deepEqual(figuresOf({ ...counts, ...blind }), {
    ...figures,
    server_cpu_us_per_request: null,
    server_cpus_busy: null,
    server_rss_bytes: null,
    server_rss_peak_bytes: null,
    generator_cpus_busy: null,
  });
});

test("figuresOf() has no CPU per request when nothing was answered", () => {
  const none = figuresOf({ ...counts, requests: 0, failures: { ...noFailures(), connect: 5 } });
  assert.deepEqual([none.requests_per_second, none.server_cpu_us_per_request, none.errors_count], [0, null, 5]);
});

test("medianOf() takes the middle of each figure on its own and adds the errors up", () => {
  const run = (requests_per_second: number, latency_p99_us: number, errors_count: number): Figures => ({
    ...figures,
    requests_per_second,
    latency_p99_us,
    errors_count,
  });
  const three = medianOf([run(30, 1, 0), run(10, 3, 2), run(20, 2, 1)]);
  assert.deepEqual([three.requests_per_second, three.latency_p99_us, three.errors_count], [20, 2, 3]);
  const two = medianOf([run(30, 5, 0), run(10, 6, 0)]);
  assert.deepEqual([two.requests_per_second, two.latency_p99_us], [20, 5.5]);
  assert.deepEqual(medianOf([figures]), figures);
});

test("medianOf() has no middle for a figure that a run lacks", () => {
  const runs = [figures, { ...figures, server_cpu_us_per_request: null }, figures];
  assert.equal(medianOf(runs).server_cpu_us_per_request, null);
});

const paces: readonly (readonly [server: number | null, generator: number | null, cpus: number, pace: string])[] = [
  [0.95, 0.5, 1, "server"],
  [0.7, 0.98, 1, "generator"],
  [0.95, 0.98, 1, "both"],
  [0.3, 0.2, 1, "neither"],
  [0.95, 0.98, 4, "generator"],
  [3.8, 0.5, 4, "server"],
  [0.48, 0.3, 0.5, "server"],
  [null, 0.98, 1, "unknown"],
  [0.98, null, 1, "unknown"],
];

for (const [server_cpus_busy, generator_cpus_busy, cpus, pace] of paces) {
  test(`bottleneckOf() is ${pace} for ${server_cpus_busy} of ${cpus} CPUs against ${generator_cpus_busy}`, () => {
    assert.equal(bottleneckOf({ ...figures, server_cpus_busy, generator_cpus_busy }, cpus), pace);
  });
}

test("Tally counts expected answers, tells the others apart, and forgets on reset()", () => {
  const tally = new Tally();
  const expected = { status: 200, bodyBytes: 5 };
  // 1,000 answers: 989 take 10 us, 10 take 100 us, 1 takes 3,000 us.
  for (let count = 0; count < 989; count += 1) tally.answered(10, 200, 5, expected);
  for (let count = 0; count < 10; count += 1) tally.answered(100, 200, 5, expected);
  tally.answered(3000, 200, 5, expected);
  tally.answered(1, 503, 5, expected);
  tally.answered(1, 200, 4, expected);
  tally.failed("timeout");
  assert.equal(tally.requests, 1000);
  assert.deepEqual({ ...tally.failures }, { ...noFailures(), status: 1, length: 1, timeout: 1 });
  // Ends of the buckets: 11 below 32 us; steps of 2 us from 64 us on; steps of 64 us from 2,048 us on.
  assert.deepEqual([tally.latencyUs(0.5), tally.latencyUs(0.99), tally.latencyUs(0.9999)], [11, 102, 3008]);
  tally.reset();
  assert.deepEqual([tally.requests, tally.latencyUs(0.5), { ...tally.failures }], [0, 0, { ...noFailures() }]);
});

test("parseWrk() reads what wrk.lua prints among wrk's own lines", () => {
  const output = `Running 1s test @ http://127.0.0.1:1/
  1 threads and 64 connections
  Thread Stats   Avg      Stdev     Max   +/- Stdev
Requests/sec:  90123.45
fastserve.requests 90210
fastserve.duration_us 1001000
fastserve.p50_us 612
fastserve.p99_us 1900
fastserve.p999_us 5200
fastserve.errors_connect 1
fastserve.errors_closed 2
fastserve.errors_timeout 3
fastserve.errors_status 10
`;
  assert.deepEqual(parseWrk(output), {
    requests: 90_200,
    seconds: 1.001,
    latencyUs: { p50: 612, p99: 1900, p999: 5200 },
    failures: { ...noFailures(), connect: 1, closed: 2, timeout: 3, status: 10 },
  });
  assert.equal(parseWrk("unable to connect to 127.0.0.1:1 Connection refused\n"), undefined);
});
