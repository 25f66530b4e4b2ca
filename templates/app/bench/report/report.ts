/** What was measured, for people and as JSON. Both say under which circumstances, and what the figures do not mean. */

import type { BenchOptions } from "../cli/options.ts";
import { type FailureKind, failureKinds } from "../load/tally.ts";
import { bottleneckOf, bottleneckTexts } from "../method/bottleneck.ts";
import type { BenchContext } from "../method/context.ts";
import { addFailures, type Figures, medianOf, type Run } from "./figures.ts";

export interface Result {
  readonly options: BenchOptions;
  readonly context: BenchContext;
  /** At least one. */
  readonly runs: readonly Run[];
  /** Ended early by Ctrl-C. */
  readonly interrupted: boolean;
}

/** Raised when a field of the JSON changes its meaning or goes away. */
export const SCHEMA_VERSION = 1;

const MEANING =
  "Closed loop: a connection asks again only when it has its answer, so a stalled server is asked less often and the\n" +
  "latencies miss what users would have waited (coordinated omission). Loopback, one machine: compare such figures with\n" +
  "each other on this machine, first of all the server CPU per request; they are no promise for real clients.\n";

export function reportText(result: Result): string {
  const { options, context, runs } = result;
  const median = medianOf(runs.map((run) => run.figures));
  const rows = figureRows(median, runs, context);
  const width = Math.max(...rows.map(([, value]) => value.length));
  const table = rows.map(([name, value, more]) =>
    `  ${name.padEnd(NAME_COLUMNS)}${value.padStart(width)}${more}`.trimEnd(),
  );
  return [
    `GET ${options.path}, ${options.connections} connections, ${timesText(result, median)}`,
    contextText(context),
    ...context.notes.map((note) => `Note: ${note}`),
    "",
    ...table,
    ...failureRows(runs),
    `  ${"limited by".padEnd(NAME_COLUMNS)}${bottleneckTexts[bottleneckOf(median, context.serverCpus)]}`,
    "",
    MEANING,
  ].join("\n");
}

const NAME_COLUMNS = 22;

export function reportJson({ options, context, runs, interrupted }: Result): string {
  const median = medianOf(runs.map((run) => run.figures));
  const { host, pinning } = context;
  const document = {
    schema_version: SCHEMA_VERSION,
    kind: "fastserve-bench",
    figures: median,
    limited_by: bottleneckOf(median, context.serverCpus),
    errors_by_kind: addFailures(runs.map((run) => run.failures)),
    not_available: context.missing ? { cpu_and_rss: context.missing } : {},
    runs: runs.map((run) => run.figures),
    interrupted,
    load: {
      model: "closed loop",
      generator: context.generator,
      method: "GET",
      path: options.path,
      connections: options.connections,
      seconds: options.seconds,
      warmup_seconds: options.warmupSeconds,
      runs: options.runs,
    },
    server: {
      version: context.version,
      adapter: context.adapter,
      allocator: context.allocator,
      workers_mode: context.workersMode,
      workers: context.workers,
      server_cpus: context.serverCpus,
    },
    pinning: pinning.pinned
      ? { pinned: true, server_cpus: pinning.serverCpus, generator_cpu: pinning.generatorCpu }
      : { pinned: false, reason: pinning.reason },
    host: {
      os: host.os,
      arch: host.arch,
      kernel: host.kernel ?? null,
      libc: host.libc,
      cpu_model: context.cpuModel ?? null,
      cpus: host.cpus,
      cpus_host: host.cpusHost,
      memory_bytes: host.memoryBytes ?? null,
      memory_host_bytes: host.memoryHostBytes ?? null,
    },
  };
  return `${JSON.stringify(document, null, 2)}\n`;
}

function timesText({ options, runs, interrupted }: Result, { measured_seconds }: Figures): string {
  const early = interrupted ? ", ended early" : "";
  const runText = runs.length === 1 ? "1 run" : `median of ${runs.length} runs`;
  return `${measured_seconds.toFixed(1)} s after ${options.warmupSeconds} s of warm-up, ${runText}${early}`;
}

function contextText({ version, adapter, allocator, workersMode, workers, pinning, generator, ...rest }: BenchContext) {
  const threads = workersMode === "inline" ? "inline" : workers === 1 ? "1 worker" : `${workers} workers`;
  const place = pinning.pinned
    ? `pinned: server on CPU ${cpuListText(pinning.serverCpus)}, generator (${generator}) on CPU ${pinning.generatorCpu}`
    : `NOT pinned: ${pinning.reason}; generator ${generator}`;
  const machine = `${rest.host.cpus} of ${rest.host.cpusHost} CPUs${rest.cpuModel ? ` (${rest.cpuModel})` : ""}`;
  return `${version}, adapter ${adapter}, allocator ${allocator}, ${threads}; ${machine}; ${place}`;
}

/** "0-2,6" for 0, 1, 2, 6. */
export function cpuListText(cpus: readonly number[]): string {
  const ranges: [number, number][] = [];
  for (const cpu of cpus) {
    const last = ranges.at(-1);
    if (last && cpu === last[1] + 1) last[1] = cpu;
    else ranges.push([cpu, cpu]);
  }
  return ranges.map(([from, to]) => (from === to ? `${from}` : `${from}-${to}`)).join(",");
}

type Row = readonly [name: string, value: string, more: string];

function figureRows(median: Figures, runs: readonly Run[], context: BenchContext): readonly Row[] {
  const unavailable = `not available: ${context.missing ?? "no request was answered"}`;
  const row = (name: string, figure: keyof Figures, unit: string, text: (value: number) => string, more = ""): Row => {
    const value = median[figure];
    if (value === null) return [name, "-", `  ${unavailable}`];
    return [name, text(value), ` ${unit}${more}${spreadText(figure, runs, text)}`];
  };
  const ofCpus = context.serverCpus === 1 ? " of 1" : ` of ${context.serverCpus}`;
  return [
    row("requests", "requests_per_second", "/s", whole),
    row("latency p50", "latency_p50_us", "us", whole),
    row("latency p99", "latency_p99_us", "us", whole),
    row("latency p99.9", "latency_p999_us", "us", whole),
    row("server CPU", "server_cpu_us_per_request", "us per request", (value) => value.toFixed(2)),
    row("server CPUs busy", "server_cpus_busy", "CPUs", (value) => value.toFixed(2), ofCpus),
    row("server memory", "server_rss_bytes", "MiB resident at the end", mib),
    row("server memory peak", "server_rss_peak_bytes", "MiB resident", mib),
    row("generator CPUs busy", "generator_cpus_busy", "CPUs", (value) => value.toFixed(2), " of 1"),
    row("errors", "errors_count", median.errors_count === 0 ? "" : "- the figures above are not to be trusted", whole),
  ];
}

/** What the runs ranged over; one run has no range, and the errors are a sum. */
function spreadText(figure: keyof Figures, runs: readonly Run[], text: (value: number) => string): string {
  if (runs.length === 1 || figure === "errors_count") return "";
  const values = runs.map((run) => run.figures[figure]).filter((value) => value !== null);
  return `  (${text(Math.min(...values))} to ${text(Math.max(...values))})`;
}

function failureRows(runs: readonly Run[]): readonly string[] {
  const failures = addFailures(runs.map((run) => run.failures));
  return (Object.keys(failureKinds) as FailureKind[])
    .filter((kind) => failures[kind] > 0)
    .map((kind) => `  ${"".padEnd(NAME_COLUMNS)}${whole(failures[kind])} ${failureKinds[kind]}`);
}

/** 98123.4 as "98,123". */
function whole(value: number): string {
  return Math.round(value)
    .toString()
    .replace(/\B(?=(\d{3})+$)/g, ",");
}

function mib(bytes: number): string {
  return (bytes / 1024 ** 2).toFixed(1);
}
