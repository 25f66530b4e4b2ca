/** What one run yields, and how several runs become one: the median of each figure on its own. */
import { type FailureKind, type Failures, failureKinds } from "../load/tally.ts";

/** All figures; null: not available here. Units stand last in the names, and the names are those of the JSON. */
export interface Figures {
  readonly requests_per_second: number;
  readonly latency_p50_us: number;
  readonly latency_p99_us: number;
  readonly latency_p999_us: number;
  readonly server_cpu_us_per_request: number | null;
  /** CPUs that the server kept busy: 1 is one core, all the time. */
  readonly server_cpus_busy: number | null;
  readonly server_rss_bytes: number | null;
  readonly server_rss_peak_bytes: number | null;
  readonly generator_cpus_busy: number | null;
  readonly requests_count: number;
  readonly errors_count: number;
  readonly measured_seconds: number;
}

export interface Run {
  readonly figures: Figures;
  readonly failures: Failures;
}

export interface Counts {
  /** Answers as expected. */
  readonly requests: number;
  readonly failures: Failures;
  readonly seconds: number;
  readonly latencyUs: { readonly p50: number; readonly p99: number; readonly p999: number };
  /** CPU time within the measured time; undefined where it cannot be read. */
  readonly serverCpuSeconds: number | undefined;
  readonly generatorCpuSeconds: number | undefined;
  readonly resident: { readonly nowBytes: number; readonly peakBytes: number } | undefined;
}

export function figuresOf(counts: Counts): Figures {
  const { requests, failures, seconds, latencyUs, serverCpuSeconds, generatorCpuSeconds, resident } = counts;
  // An answer of the wrong kind cost the server its time all the same.
  const answers = requests + failures.status + failures.length;
  return {
    requests_per_second: requests / seconds,
    latency_p50_us: latencyUs.p50,
    latency_p99_us: latencyUs.p99,
    latency_p999_us: latencyUs.p999,
    server_cpu_us_per_request:
      serverCpuSeconds === undefined || answers === 0 ? null : (serverCpuSeconds * 1e6) / answers,
    server_cpus_busy: serverCpuSeconds === undefined ? null : serverCpuSeconds / seconds,
    server_rss_bytes: resident?.nowBytes ?? null,
    server_rss_peak_bytes: resident?.peakBytes ?? null,
    generator_cpus_busy: generatorCpuSeconds === undefined ? null : generatorCpuSeconds / seconds,
    requests_count: requests,
    errors_count: sumFailures(failures),
    measured_seconds: seconds,
  };
}

/** The middle of each figure; for an even number of runs the mean of the two in the middle. Errors add up. */
export function medianOf(runs: readonly Figures[]): Figures {
  const [first] = runs;
  if (!first) throw new RangeError("medianOf() needs at least one run");
  const names = Object.keys(first) as (keyof Figures)[];
  const medians = Object.fromEntries(names.map((name) => [name, median(runs.map((run) => run[name]))]));
  const errors_count = runs.reduce((sum, run) => sum + run.errors_count, 0);
  return { ...first, ...medians, errors_count };
}

function median(values: readonly (number | null)[]): number | null {
  const sorted = values.filter((value) => value !== null).sort((a, b) => a - b);
  const upper = sorted[Math.floor(sorted.length / 2)] ?? null;
  const lower = sorted[Math.ceil(sorted.length / 2) - 1] ?? null;
  // A figure that some run lacks has no honest middle.
  if (upper === null || lower === null || sorted.length < values.length) return null;
  return (upper + lower) / 2;
}

export function sumFailures(failures: Failures): number {
  return Object.values(failures).reduce((sum, count) => sum + count, 0);
}

export function addFailures(runs: readonly Failures[]): Failures {
  const kinds = Object.keys(failureKinds) as FailureKind[];
  const sums = kinds.map((kind) => [kind, runs.reduce((sum, run) => sum + run[kind], 0)]);
  return Object.fromEntries(sums) as Record<FailureKind, number>;
}
