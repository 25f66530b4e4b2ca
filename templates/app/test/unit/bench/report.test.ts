import assert from "node:assert/strict";
import { test } from "node:test";
import { noFailures } from "../../../bench/load/tally.ts";
import type { BenchContext } from "../../../bench/method/context.ts";
import type { Figures } from "../../../bench/report/figures.ts";
import { cpuListText, type Result, reportJson, reportText } from "../../../bench/report/report.ts";

const figures: Figures = {
  requests_per_second: 98_123.4,
  latency_p50_us: 612,
  latency_p99_us: 1900,
  latency_p999_us: 5248,
  server_cpu_us_per_request: 8.412,
  server_cpus_busy: 0.826,
  server_rss_bytes: 54_525_952,
  server_rss_peak_bytes: 57_671_680,
  generator_cpus_busy: 0.993,
  requests_count: 981_234,
  errors_count: 0,
  measured_seconds: 10.0002,
};

const context: BenchContext = {
  version: "Bun 1.4.5",
  adapter: "bun",
  allocator: "mimalloc",
  workersMode: "threads",
  workers: 3,
  serverCpus: 3,
  generator: "built-in",
  pinning: { pinned: true, serverCpus: [0, 1, 2], generatorCpu: 3 },
  host: {
    os: "linux",
    arch: "x64",
    kernel: "6.1.0",
    libc: "glibc",
    cpus: 4,
    cpusHost: 8,
    memoryBytes: 1_073_741_824,
    memoryHostBytes: 8_589_934_592,
    transparentHugePages: "madvise",
    pageBytes: 4096,
    nofile: 1024,
    missing: "",
  },
  cpuModel: "Example CPU",
  missing: undefined,
  notes: ["TLS is off for the bench; its cost is not in the figures."],
};

const one: Result = {
  options: {
    connections: 64,
    seconds: 10,
    warmupSeconds: 3,
    path: "/json",
    jsonFile: undefined,
    runs: 1,
    generator: "built-in",
  },
  context,
  runs: [{ figures, failures: noFailures() }],
  interrupted: false,
};

const meaning = `Closed loop: a connection asks again only when it has its answer, so a stalled server is asked less often and the
latencies miss what users would have waited (coordinated omission). Loopback, one machine: compare such figures with
each other on this machine, first of all the server CPU per request; they are no promise for real clients.
`;

test("reportText() shows every figure with its unit, the circumstances and what they mean", () => {
  assert.equal(
    reportText(one),
    `GET /json, 64 connections, 10.0 s after 3 s of warm-up, 1 run
Bun 1.4.5, adapter bun, allocator mimalloc, 3 workers; 4 of 8 CPUs (Example CPU); pinned: server on CPU 0-2, generator (built-in) on CPU 3
Note: TLS is off for the bench; its cost is not in the figures.

  requests              98,123 /s
  latency p50              612 us
  latency p99            1,900 us
  latency p99.9          5,248 us
  server CPU              8.41 us per request
  server CPUs busy        0.83 CPUs of 3
  server memory           52.0 MiB resident at the end
  server memory peak      55.0 MiB resident
  generator CPUs busy     0.99 CPUs of 1
  errors                     0
  limited by            the GENERATOR: the server can do more; judge by CPU per request

${meaning}`,
  );
});

test("reportText() says what is not available and why, ranges of several runs, and each kind of error", () => {
  const blind = {
    server_cpu_us_per_request: null,
    server_cpus_busy: null,
    server_rss_bytes: null,
    server_rss_peak_bytes: null,
    generator_cpus_busy: null,
  };
  const run = (requests_per_second: number, closed: number) => ({
    figures: { ...figures, ...blind, requests_per_second, errors_count: closed },
    failures: { ...noFailures(), closed },
  });
  const result: Result = {
    ...one,
    context: {
      ...context,
      workersMode: "inline",
      workers: 1,
      serverCpus: 1,
      pinning: { pinned: false, reason: "there is no taskset on darwin" },
      cpuModel: undefined,
      missing: "there is no /proc on darwin",
      notes: [],
    },
    runs: [run(1000, 2), run(3000, 0), run(2500, 1)],
    interrupted: true,
  };
  assert.equal(
    reportText(result),
    `GET /json, 64 connections, 10.0 s after 3 s of warm-up, median of 3 runs, ended early
Bun 1.4.5, adapter bun, allocator mimalloc, inline; 4 of 8 CPUs; NOT pinned: there is no taskset on darwin; generator built-in

  requests              2,500 /s  (1,000 to 3,000)
  latency p50             612 us  (612 to 612)
  latency p99           1,900 us  (1,900 to 1,900)
  latency p99.9         5,248 us  (5,248 to 5,248)
  server CPU                -  not available: there is no /proc on darwin
  server CPUs busy          -  not available: there is no /proc on darwin
  server memory             -  not available: there is no /proc on darwin
  server memory peak        -  not available: there is no /proc on darwin
  generator CPUs busy       -  not available: there is no /proc on darwin
  errors                    3 - the figures above are not to be trusted
                        3 connections closed before the answer
  limited by            not known: CPU time cannot be read here

${meaning}`,
  );
});

test("reportJson() is the same as data, with units in the names and a version of its own", () => {
  assert.deepEqual(JSON.parse(reportJson(one)), {
    schema_version: 1,
    kind: "fastserve-bench",
    figures,
    limited_by: "generator",
    errors_by_kind: { connect: 0, closed: 0, timeout: 0, status: 0, length: 0, malformed: 0 },
    not_available: {},
    runs: [figures],
    interrupted: false,
    load: {
      model: "closed loop",
      generator: "built-in",
      method: "GET",
      path: "/json",
      connections: 64,
      seconds: 10,
      warmup_seconds: 3,
      runs: 1,
    },
    server: {
      version: "Bun 1.4.5",
      adapter: "bun",
      allocator: "mimalloc",
      workers_mode: "threads",
      workers: 3,
      server_cpus: 3,
    },
    pinning: { pinned: true, server_cpus: [0, 1, 2], generator_cpu: 3 },
    host: {
      os: "linux",
      arch: "x64",
      kernel: "6.1.0",
      libc: "glibc",
      cpu_model: "Example CPU",
      cpus: 4,
      cpus_host: 8,
      memory_bytes: 1_073_741_824,
      memory_host_bytes: 8_589_934_592,
    },
  });
});

test("cpuListText() joins neighbours", () => {
  assert.equal(cpuListText([0]), "0");
  assert.equal(cpuListText([0, 1, 2, 6, 8, 9]), "0-2,6,8-9");
});
