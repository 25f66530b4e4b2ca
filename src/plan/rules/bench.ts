/** How much the bench suite loads: enough to fill this server, never more than it admits. */
import { KiB, MiB } from "../../lib/units.ts";
import { reason } from "../reasons.ts";
import { type KeysOf, type RuleTable, rule } from "../rule.ts";
import { assumed, derived, documented } from "../sources.ts";

/** Enough to keep one worker busy on loopback; more adds waiting, not work. */
const CONNECTIONS_PER_WORKER = 64;
/** Open connections of the product's promise: 10,000 at once. */
const IDLE_PROMISED = 10_000;
/** Clients that one broadcast goes to in the product's promise. */
const BROADCAST_PROMISED = 100;
const SESSIONS_PROMISED = 10_000;
const CACHED_PROMISED = 5000;
/** A session's data with its place in a map. */
const SESSION_BYTES = KiB(2);
/** A cached answer of 1 to 4 KiB with its key. */
const CACHED_BYTES = KiB(4);
/** What each half of that workload may take of the heaps, which hold the server's own objects too. */
const WORKLOAD_SHARE = 1 / 8;
/** Of a whole core. */
const RUN_SECONDS = 3;
const WARMUP_SECONDS = 2;
/** A quota so small that a run takes longer than this is measured with fewer ticks. */
const RUN_SECONDS_MAX = 30;

const connectionsBound = (read: (key: "limits.connections_max") => number) => ({
  min: { value: 1, by: reason("bound_positive", {}) },
  max: { value: read("limits.connections_max"), by: reason("bound_bench_connections", {}) },
});

const runBounds = {
  min: { value: 1, by: reason("bound_positive", {}) },
  max: { value: RUN_SECONDS_MAX, by: reason("bound_bench_seconds", { seconds: RUN_SECONDS_MAX }) },
};

export const benchRules = {
  "bench.runs": rule({
    unit: "count",
    reads: [],
    source: derived("of six pairs all on one side is chance in 2 x 0.5^6 = 3 % of cases, of five in 6 %"),
    decide: () => ({ value: 6, reason: reason("bench_runs", {}) }),
  }),
  "bench.seconds": rule({
    unit: "s",
    reads: ["facts.cpus"],
    source: documented("https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html"),
    bounds: () => runBounds,
    decide: (read) => onPartOfCore(RUN_SECONDS, read("facts.cpus"), reason("bench_seconds", {})),
  }),
  "bench.warmup_seconds": rule({
    unit: "s",
    reads: ["facts.cpus"],
    source: assumed("both engines have compiled the request path after some 100,000 requests, which take less"),
    bounds: () => runBounds,
    decide: (read) => onPartOfCore(WARMUP_SECONDS, read("facts.cpus"), reason("bench_warmup", {})),
  }),
  "bench.connections": rule({
    unit: "count",
    reads: ["workers.count", "limits.in_flight_max", "limits.connections_max"],
    source: assumed("more than a worker can answer at once, so that it never waits for a request"),
    bounds: (read) => ({
      min: { value: 1, by: reason("bound_positive", {}) },
      max: {
        value: Math.min(read("limits.in_flight_max"), read("limits.connections_max")),
        by: reason("bound_bench_in_flight", {}),
      },
    }),
    decide: (read) => ({
      value: CONNECTIONS_PER_WORKER * read("workers.count"),
      reason: reason("bench_connections", { perWorker: CONNECTIONS_PER_WORKER }),
    }),
  }),
  "bench.pipeline": rule({
    unit: "count",
    reads: [],
    source: documented(
      "https://github.com/TechEmpower/FrameworkBenchmarks/wiki/Project-Information-Framework-Tests-Overview",
    ),
    decide: () => ({ value: 16, reason: reason("bench_pipeline", {}) }),
  }),
  "bench.idle_connections": rule({
    unit: "count",
    reads: ["limits.connections_max"],
    source: derived("the product promises 10,000 connections at once"),
    bounds: connectionsBound,
    decide: () => ({ value: IDLE_PROMISED, reason: reason("bench_idle", {}) }),
  }),
  "bench.socket_clients": rule({
    unit: "count",
    reads: ["limits.connections_max"],
    source: derived("the product's promise of broadcasts is for 100 clients"),
    bounds: connectionsBound,
    decide: () => ({ value: BROADCAST_PROMISED, reason: reason("bench_sockets", {}) }),
  }),
  "bench.upload_bytes": rule({
    unit: "bytes",
    reads: ["answers.workload", "limits.body_bytes_max"],
    source: assumed("a document or a small picture; where uploads are the work, a part of a large file"),
    bounds: (read) => ({
      min: { value: 1, by: reason("bound_positive", {}) },
      max: { value: read("limits.body_bytes_max"), by: reason("bound_bench_body", {}) },
    }),
    decide: (read) =>
      read("answers.workload") === "upload"
        ? { value: MiB(1), reason: reason("bench_upload_large", {}) }
        : { value: KiB(64), reason: reason("bench_upload", {}) },
  }),
  "bench.sessions": rule({
    unit: "count",
    reads: ["memory.heaps_bytes"],
    source: derived("the workload that the product promises to repeat"),
    bounds: (read) => workloadBounds(read("memory.heaps_bytes"), SESSION_BYTES),
    decide: () => ({ value: SESSIONS_PROMISED, reason: reason("bench_sessions", {}) }),
  }),
  "bench.cached_requests": rule({
    unit: "count",
    reads: ["memory.heaps_bytes"],
    source: derived("the workload that the product promises to repeat"),
    bounds: (read) => workloadBounds(read("memory.heaps_bytes"), CACHED_BYTES),
    decide: () => ({ value: CACHED_PROMISED, reason: reason("bench_cached", {}) }),
  }),
} satisfies RuleTable<KeysOf<"bench">>;

/** Half a core does in twice the time what a whole one does. */
function onPartOfCore(seconds: number, cpus: number, whole: ReturnType<typeof reason>) {
  if (cpus >= 1) return { value: seconds, reason: whole };
  return { value: Math.ceil(seconds / cpus), reason: reason("bench_part_of_core", { seconds, cpus }) };
}

function workloadBounds(heapsBytes: number, each: number) {
  return {
    min: { value: 1, by: reason("bound_positive", {}) },
    max: { value: Math.floor((heapsBytes * WORKLOAD_SHARE) / each), by: reason("bound_bench_workload", { each }) },
  };
}
