/** The figures of one sample: what is counted, divided by what it took. Which of them a bench reports is its own affair. */
import type { Sample } from "../cases/bench.ts";
import { countOf, quantileUs } from "../load/latency-histogram.ts";
import { latencyUs } from "../load/latency-of.ts";
import type { LoadCounts } from "../load/order.ts";
import type { FigureName } from "./figure-table.ts";

/** What a load's `done` counts. "byte": requests whose bodies are the point, with the cost of a byte besides. */
export type SampleUnit = "request" | "message" | "delivery" | "connection" | "byte";

export type SampleFigures = Readonly<Partial<Record<FigureName, number>>>;

const rateNames = {
  request: "requests_per_second",
  message: "messages_per_second",
  delivery: "deliveries_per_second",
  connection: "connections_per_second",
  byte: "requests_per_second",
} as const satisfies Readonly<Record<SampleUnit, FigureName>>;

const cpuNames = {
  request: "server_cpu_us_per_request",
  message: "server_cpu_us_per_message",
  delivery: "server_cpu_us_per_delivery",
  connection: "server_cpu_us_per_connection",
  byte: "server_cpu_us_per_request",
} as const satisfies Readonly<Record<SampleUnit, FigureName>>;

const latencyNames = [
  ["latency_p50_us", 0.5],
  ["latency_p90_us", 0.9],
  ["latency_p99_us", 0.99],
  ["latency_p999_us", 0.999],
  ["latency_max_us", 1],
] as const satisfies readonly (readonly [FigureName, number])[];

export function standardFigures(sample: Sample, unit: SampleUnit): SampleFigures {
  const { counts, rssBytes, rssPeakBytes } = sample;
  const { done, seconds, bytesIn, bytesOut } = counts;
  const bytes = bytesIn + bytesOut;
  return known({
    [rateNames[unit]]: done / seconds,
    bytes_per_second: bytes === 0 ? undefined : bytes / seconds,
    ...Object.fromEntries(latencyNames.map(([name, share]) => [name, latencyUs(counts, share)])),
    late_p99_us: countOf(counts.lateness) === 0 ? undefined : quantileUs(counts.lateness, 0.99),
    ...cpuFigures(sample, unit),
    server_rss_bytes: rssBytes,
    server_rss_peak_bytes: rssPeakBytes,
    requests_count: unit === "request" || unit === "byte" ? done : undefined,
  });
}

function cpuFigures(
  { counts, serverCpuSeconds }: Sample,
  unit: SampleUnit,
): Readonly<Record<string, number | undefined>> {
  const { seconds, generatorCpuSeconds, bytesIn, bytesOut } = counts;
  const generator = generatorCpuSeconds === null ? undefined : generatorCpuSeconds / seconds;
  if (serverCpuSeconds === null) return { generator_cpus_busy: generator };
  const answers = answersOf(counts);
  const bytes = bytesIn + bytesOut;
  return {
    [cpuNames[unit]]: answers === 0 ? undefined : (serverCpuSeconds * 1e6) / answers,
    server_cpu_ns_per_byte: unit !== "byte" || bytes === 0 ? undefined : (serverCpuSeconds * 1e9) / bytes,
    server_cpus_busy: serverCpuSeconds / seconds,
    generator_cpus_busy: generator,
  };
}

/** An answer of the wrong kind cost the server its time all the same. */
function answersOf({ done, failures }: LoadCounts): number {
  return done + (failures.status ?? 0) + (failures.length ?? 0);
}

function known(figures: Readonly<Partial<Record<FigureName, number | null | undefined>>>): SampleFigures {
  return Object.fromEntries(Object.entries(figures).filter(([, value]) => value !== undefined && value !== null));
}
