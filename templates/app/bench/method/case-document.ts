/** What the runs of one case come to: estimates, latencies of all runs together, errors, and who set the pace. */
import type { Sample } from "../cases/bench.ts";
import { BUCKETS, type LatencyPoint, mergeInto, newHistogram } from "../load/latency-histogram.ts";
import { latencyPointsOf } from "../load/latency-of.ts";
import { type GeneratorName, generatorOf } from "../load/make-load.ts";
import type { LoadCounts, LoadOrder, LoadTimes } from "../load/order.ts";
import type { CaseDocument, Estimate, LoadDocument } from "../report/document.ts";
import { type FigureName, figureTable } from "../report/figure-table.ts";
import type { SampleFigures } from "../report/figures.ts";
import { bottleneckOf } from "./bottleneck.ts";
import { estimateOf } from "./estimate.ts";
import type { MeasuredCase } from "./rounds.ts";
import { PROC_REASON } from "./server-meter.ts";
import { median } from "./statistics.ts";

export interface CaseSurroundings {
  readonly generator: GeneratorName;
  readonly times: LoadTimes;
  /** CPUs that the case's server, and the generator, can keep busy. */
  readonly serverCpus: number;
  readonly generatorCpus: number;
  /** A quota is less than both can take together. */
  readonly quotaShared: boolean;
}

/** What the kernel alone can tell. */
const procFigures = ["server_cpus_busy", "server_rss_bytes", "server_rss_peak_bytes"] as const;

export function caseDocument({ plan, runs }: MeasuredCase, surroundings: CaseSurroundings): CaseDocument {
  const samples = runs.map((run) => run.sample);
  const last = runs.at(-1);
  const figures = runs.map(({ order, sample, probed }) => ({ ...offered(order), ...plan.figures(sample), ...probed }));
  const { estimates, missing } = estimatesOf(figures);
  const load = last ? loadDocument(last.order, { ...surroundings, times: plan.times ?? surroundings.times }) : null;
  const series = last && last.sample.rssSeries.length > 1 ? last.sample.rssSeries : [];
  return {
    id: plan.id,
    title: plan.title,
    load,
    figures: estimates,
    missing: { ...missing, ...blindFigures(samples) },
    limited_by: load === null || load.model === "none" ? null : limitOf(load.model, estimates, samples, surroundings),
    errors: addedErrors(samples),
    latency: latencyOf(samples.map((sample) => sample.counts)),
    series: series.length === 0 ? [] : [{ figure: "server_rss_bytes", points: series }],
  };
}

function offered(order: LoadOrder): SampleFigures {
  return order.kind === "http" && order.model.kind === "open" ? { offered_per_second: order.model.ratePerS } : {};
}

export interface Estimates {
  readonly estimates: Readonly<Partial<Record<FigureName, Estimate>>>;
  readonly missing: Readonly<Partial<Record<FigureName, string>>>;
}

/** A figure that some run lacks has no honest middle. */
export function estimatesOf(runs: readonly SampleFigures[]): Estimates {
  const estimates: Partial<Record<FigureName, Estimate>> = {};
  const missing: Partial<Record<FigureName, string>> = {};
  for (const name of Object.keys(figureTable) as FigureName[]) {
    const values = runs.map((run) => run[name]).filter((value) => value !== undefined);
    if (values.length === 0) continue;
    if (values.length === runs.length) estimates[name] = estimateOf(values);
    else missing[name] = `${runs.length - values.length} of ${runs.length} runs have none`;
  }
  return { estimates, missing };
}

function blindFigures(samples: readonly Sample[]): Readonly<Partial<Record<FigureName, string>>> {
  if (PROC_REASON === undefined || samples.every((sample) => sample.rssBytes !== null)) return {};
  return Object.fromEntries(procFigures.map((name) => [name, PROC_REASON]));
}

export function loadDocument(
  order: LoadOrder,
  { generator, times }: Pick<CaseSurroundings, "generator" | "times">,
): LoadDocument {
  const common = {
    generator: generatorOf(generator, order),
    seconds: times.seconds,
    warmup_seconds: times.warmupSeconds,
  };
  const none = { pipeline: 1, rate_per_s: null };
  switch (order.kind) {
    case "http":
      return order.model.kind === "open"
        ? { ...common, ...none, model: "open", connections: order.connections, rate_per_s: order.model.ratePerS }
        : { ...common, ...none, model: "closed", connections: order.connections, pipeline: order.model.pipeline };
    case "socket":
      return { ...common, ...none, model: "closed", connections: order.clients, pipeline: order.window };
    case "idle":
      return { ...common, ...none, model: "none", connections: order.connections };
  }
}

function limitOf(
  model: "closed" | "open",
  figures: Estimates["estimates"],
  samples: readonly Sample[],
  { serverCpus, generatorCpus, quotaShared }: CaseSurroundings,
): CaseDocument["limited_by"] {
  const threads = Math.max(1, ...samples.map((sample) => sample.counts.generatorThreads));
  return bottleneckOf({
    model,
    serverCpusBusy: middle(samples.map((s) => cpusBusy(s.serverCpuSeconds, s.counts.seconds))),
    generatorCpusBusy: middle(samples.map((s) => cpusBusy(s.counts.generatorCpuSeconds, s.counts.seconds))),
    serverCpus,
    generatorCpus: Math.min(threads, generatorCpus),
    quotaShared,
    generatorIdleShare: middle(samples.map((s) => idleShare(s.counts))),
    lateP99Us: figures.late_p99_us?.median,
    latencyP99Us: figures.latency_p99_us?.median,
  });
}

function cpusBusy(cpuSeconds: number | null, seconds: number): number | undefined {
  return cpuSeconds === null ? undefined : cpuSeconds / seconds;
}

function idleShare({ generatorIdleSeconds: idle, generatorThreads, seconds }: LoadCounts): number | undefined {
  return idle === undefined ? undefined : idle / (seconds * generatorThreads);
}

function middle(values: readonly (number | undefined)[]): number | undefined {
  const known = values.filter((value) => value !== undefined);
  return known.length === 0 || known.length < values.length ? undefined : median(known);
}

function addedErrors(samples: readonly Sample[]): Readonly<Record<string, number>> {
  const sum: Record<string, number> = {};
  for (const { counts } of samples) {
    for (const [kind, count] of Object.entries(counts.failures)) {
      if (count > 0) sum[kind] = (sum[kind] ?? 0) + count;
    }
  }
  return sum;
}

/** A tool that tells quantiles only: the last run's, because quantiles cannot be added. */
function latencyOf(runs: readonly LoadCounts[]): readonly LatencyPoint[] {
  const last = runs.at(-1);
  if (!last) return [];
  if (last.quantiles || last.latency.length < BUCKETS) return latencyPointsOf(last);
  const sum = newHistogram();
  for (const { latency } of runs) mergeInto(sum, latency);
  return latencyPointsOf({ latency: sum });
}
