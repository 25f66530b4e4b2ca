import assert from "node:assert/strict";
import { test } from "node:test";
import type { Sample } from "../../../bench/cases/bench.ts";
import { bucketOf, newHistogram } from "../../../bench/load/latency-histogram.ts";
import type { LoadCounts } from "../../../bench/load/order.ts";
import { standardFigures } from "../../../bench/report/figures.ts";

/** 1,000 answers: 989 took 10 us, 10 took 100 us, 1 took 120 us. */
function latencies(): Float64Array {
  const histogram = newHistogram();
  histogram[bucketOf(10)] = 989;
  histogram[bucketOf(100)] = 10;
  histogram[bucketOf(120)] = 1;
  return histogram;
}

const counts: LoadCounts = {
  done: 900,
  failures: { status: 60, length: 40, closed: 7 },
  seconds: 2,
  latency: latencies(),
  lateness: new Float64Array(),
  bytesIn: 3_000_000,
  bytesOut: 1_000_000,
  generatorCpuSeconds: 1.9,
  generatorThreads: 1,
};

const sample: Sample = {
  counts,
  serverCpuSeconds: 0.8,
  rssBytes: 50_000_000,
  rssPeakBytes: 60_000_000,
  rssSeries: [],
};

test("standardFigures() divides CPU time by all answers and counts only the expected ones", () => {
  const figures = standardFigures(sample, "request");
  assert.equal(figures.requests_per_second, 450);
  // 0.8 s over 900 expected answers and 100 of another status or length.
  assert.equal(figures.server_cpu_us_per_request, 800);
  assert.deepEqual(
    [figures.server_cpus_busy, figures.generator_cpus_busy, figures.bytes_per_second, figures.requests_count],
    [0.4, 0.95, 2_000_000, 900],
  );
  assert.deepEqual([figures.server_rss_bytes, figures.server_rss_peak_bytes], [50_000_000, 60_000_000]);
});

test("standardFigures() reads the latencies at their shares, to a sixteenth of a microsecond", () => {
  const { latency_p50_us, latency_p99_us, latency_p999_us, latency_max_us } = standardFigures(sample, "request");
  const near = [latency_p50_us, latency_p99_us, latency_p999_us, latency_max_us].map((us) => Math.floor(us ?? 0));
  assert.deepEqual(near, [10, 100, 100, 120]);
});

test("standardFigures() names rate and cost after what was counted", () => {
  assert.equal(standardFigures(sample, "message").messages_per_second, 450);
  assert.equal(standardFigures(sample, "delivery").server_cpu_us_per_delivery, 800);
  assert.equal(standardFigures(sample, "connection").connections_per_second, 450);
  const bytes = standardFigures(sample, "byte");
  // 0.8 s over 4,000,000 bytes.
  assert.deepEqual([bytes.requests_per_second, bytes.server_cpu_ns_per_byte], [450, 200]);
  assert.equal(standardFigures(sample, "request").server_cpu_ns_per_byte, undefined);
});

test("standardFigures() leaves out what could not be read, and never puts 0 for it", () => {
  const blind = { ...sample, serverCpuSeconds: null, rssBytes: null, rssPeakBytes: null };
  const names = Object.keys(standardFigures({ ...blind, counts: { ...counts, generatorCpuSeconds: null } }, "request"));
  assert.deepEqual(
    names.filter((name) => /cpu|rss|late_/.test(name)),
    [],
  );
});

test("standardFigures() has no cost per request when nothing was answered", () => {
  const none = { ...counts, done: 0, failures: { connect: 5 }, latency: newHistogram(), bytesIn: 0, bytesOut: 0 };
  const figures = standardFigures({ ...sample, counts: none }, "request");
  assert.equal(figures.requests_per_second, 0);
  assert.deepEqual(
    [figures.server_cpu_us_per_request, figures.latency_p50_us, figures.bytes_per_second],
    [undefined, undefined, undefined],
  );
});

test("standardFigures() tells how late an open loop's requests left", () => {
  const lateness = newHistogram();
  lateness[bucketOf(40)] = 100;
  const late = standardFigures({ ...sample, counts: { ...counts, lateness } }, "request").late_p99_us;
  assert.equal(Math.floor(late ?? 0), 40);
});
