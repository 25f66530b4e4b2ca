import assert from "node:assert/strict";
import { test } from "node:test";
import { type MetricsReading, metricsText } from "../../../src/control/metrics.ts";
import { counter, counterNames } from "../../../src/zones/counters.ts";
import { record } from "../../../src/zones/histogram.ts";
import { beatAt, beatLag, createZones, workerZones, type ZoneShape } from "../../../src/zones/zones.ts";

const shape: ZoneShape = { workers: 2, latencySteps: 8, inFlightMax: 9, bodiesBytesMax: 1 << 20, socketsMax: 9 };

function reading(): MetricsReading {
  const buffer = createZones(shape);
  return {
    workers: [workerZones(buffer, shape, 0), workerZones(buffer, shape, 1)],
    workersPlanned: 1,
    latencySteps: 8,
    workersListening: 2,
    workerRestarts: 1,
    workerRolls: { rss: 3, heap: 2, asked: 0 },
    ready: true,
    startedMs: 1_700_000_000_500,
    nowMs: 1_700_000_010_000,
    cpuSeconds: 1.5,
    build: { adapter: "bun", version: 'odd "version"\\\n' },
    allocator: { backend: "glibc" },
  };
}

function sample(text: string, name: string): string | undefined {
  return text
    .split("\n")
    .find((line) => line.startsWith(`${name} `))
    ?.slice(name.length + 1);
}

test("metricsText() sums the workers' rows", () => {
  const given = reading();
  given.workers.forEach((worker, index) => {
    worker.counters[counter.requests] = 10 * (index + 1);
    worker.counters[counter.responses5xx] = index + 1;
    worker.counters[counter.durationUsSum] = 500_000;
    worker.inFlight.acquire(index + 1);
    worker.bodiesKiB.acquire(2);
  });
  const text = metricsText(given);
  const names = [
    "fastserve_requests_total",
    'fastserve_responses_total{class="5xx"}',
    "fastserve_request_duration_seconds_sum",
    "fastserve_requests_in_flight",
    "fastserve_request_bodies_bytes",
    "process_start_time_seconds",
    "fastserve_ready",
  ];
  assert.deepEqual(
    names.map((name) => sample(text, name)),
    ["30", "3", "1", "3", "4096", "1700000000.5", "1"],
  );
});

test("metricsText() tells the connections that opened and have not closed", () => {
  const given = reading();
  for (const { counters } of given.workers) {
    counters[counter.connectionsOpened] = 5;
    counters[counter.connectionsClosed] = 3;
    counters[counter.connectionBytesOut] = 700;
  }
  const text = metricsText(given);
  const names = [
    "fastserve_connections_opened_total",
    "fastserve_connections_open",
    'fastserve_connection_bytes_total{direction="out"}',
  ];
  assert.deepEqual(
    names.map((name) => sample(text, name)),
    ["10", "4", "1400"],
  );
});

test("metricsText() gives the histogram's buckets cumulatively", () => {
  const given = reading();
  for (const worker of given.workers) {
    for (const us of [100, 1000, 100_000]) record(worker.latency, us, 8);
    // Counted meanwhile, by a request that is not in the histogram yet.
    worker.counters[counter.requests] = 4;
  }
  const [first] = given.workers;
  if (first) record(first.latency, 500e6, 8);
  const text = metricsText(given);
  const bucket = (le: string) => sample(text, `fastserve_request_duration_seconds_bucket{le="${le}"}`);
  assert.deepEqual(
    [bucket("0.000064"), bucket("0.000128"), bucket("0.001024"), bucket("0.131072"), bucket("134.217728")],
    ["0", "2", "4", "6", "6"],
  );
  assert.deepEqual([bucket("+Inf"), sample(text, "fastserve_request_duration_seconds_count")], ["7", "7"]);
});

test("metricsText() tells the lag of a worker that is stalled now", () => {
  const given = reading();
  const [first, second] = given.workers;
  assert.ok(first && second);
  first.beat[beatAt] = given.nowMs - 4500;
  second.beat[beatAt] = given.nowMs - 100;
  second.beat[beatLag] = 30;
  const lag = (worker: number) => sample(metricsText(given), `fastserve_event_loop_lag_seconds{worker="${worker}"}`);
  assert.deepEqual([lag(0), lag(1)], ["4", "0.03"]);
});

test("metricsText() tells no lag of the spare row, and the workers that are planned", () => {
  const given = reading();
  const [first] = given.workers;
  assert.ok(first);
  first.beat[beatAt] = given.nowMs;
  const text = metricsText(given);
  assert.equal(sample(text, 'fastserve_event_loop_lag_seconds{worker="0"}'), "0");
  assert.equal(sample(text, 'fastserve_event_loop_lag_seconds{worker="1"}'), undefined);
  assert.equal(sample(text, "fastserve_workers"), "1");
  assert.equal(sample(text, 'fastserve_worker_rolls_total{reason="rss"}'), "3");
});

test("metricsText() escapes what stands in labels", () => {
  assert.ok(
    metricsText(reading()).includes('fastserve_build_info{adapter="bun",version="odd \\"version\\"\\\\\\n"} 1\n'),
  );
});

test("metricsText() has one HELP and one TYPE per family, and every line is one or a sample", () => {
  const lines = metricsText(reading()).trimEnd().split("\n");
  const families = lines.filter((line) => line.startsWith("# TYPE ")).map((line) => line.split(" ")[2]);
  assert.equal(new Set(families).size, families.length);
  assert.deepEqual(
    lines.filter((line) => line.startsWith("# HELP ")).map((line) => line.split(" ")[2]),
    families,
  );
  const form =
    /^(# (HELP|TYPE) \S+ .+|[a-z_]+(\{\w+="([^"\\\n]|\\.)*"(,\w+="([^"\\\n]|\\.)*")*\})? -?\d+(\.\d+)?(e[+-]?\d+)?)$/;
  for (const line of lines) assert.match(line, form);
});

test("metricsText() shows every counter", () => {
  const given = reading();
  const before = metricsText(given);
  for (const name of counterNames) {
    const [worker] = given.workers;
    assert.ok(worker);
    worker.counters[counter[name]] = 12_345_678;
    // What was closed shows in the gauge of open sockets.
    if (name !== "socketsClosed") assert.notEqual(metricsText(given), before, name);
    worker.counters[counter[name]] = 0;
  }
});
