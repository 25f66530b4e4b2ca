/** All figures of all benches: what each is, its unit, and which way is better. One table for the JSON, the tables and the plots. */

export interface FigureRow {
  readonly label: string;
  /** As people read it; the values themselves are in the unit of the name's end. */
  readonly unit: "/s" | "ns" | "us" | "ms" | "s" | "MiB" | "KiB" | "B" | "CPUs" | "" | "ratio" | "MB/s";
  readonly better: "higher" | "lower" | "neither";
}

export const figureTable = {
  requests_per_second: { label: "requests", unit: "/s", better: "higher" },
  messages_per_second: { label: "messages", unit: "/s", better: "higher" },
  deliveries_per_second: { label: "deliveries", unit: "/s", better: "higher" },
  connections_per_second: { label: "new connections", unit: "/s", better: "higher" },
  operations_per_second: { label: "operations", unit: "/s", better: "higher" },
  bytes_per_second: { label: "body bytes", unit: "MB/s", better: "higher" },
  offered_per_second: { label: "offered load", unit: "/s", better: "neither" },
  latency_p50_us: { label: "latency p50", unit: "us", better: "lower" },
  latency_p90_us: { label: "latency p90", unit: "us", better: "lower" },
  latency_p99_us: { label: "latency p99", unit: "us", better: "lower" },
  latency_p999_us: { label: "latency p99.9", unit: "us", better: "lower" },
  latency_max_us: { label: "latency max", unit: "us", better: "lower" },
  late_p99_us: { label: "sent late by, p99", unit: "us", better: "lower" },
  server_cpu_us_per_request: { label: "server CPU per request", unit: "us", better: "lower" },
  server_cpu_us_per_message: { label: "server CPU per message", unit: "us", better: "lower" },
  server_cpu_us_per_delivery: { label: "server CPU per delivery", unit: "us", better: "lower" },
  server_cpu_us_per_connection: { label: "server CPU per connection", unit: "us", better: "lower" },
  server_cpu_ns_per_byte: { label: "server CPU per byte", unit: "ns", better: "lower" },
  server_cpus_busy: { label: "server CPUs busy", unit: "CPUs", better: "neither" },
  generator_cpus_busy: { label: "generator CPUs busy", unit: "CPUs", better: "neither" },
  server_rss_bytes: { label: "server memory", unit: "MiB", better: "lower" },
  server_rss_peak_bytes: { label: "server memory peak", unit: "MiB", better: "lower" },
  server_rss_bytes_per_connection: { label: "memory per connection", unit: "KiB", better: "lower" },
  server_rss_closed_bytes: { label: "memory after closing", unit: "MiB", better: "lower" },
  server_heap_bytes: { label: "heap", unit: "MiB", better: "lower" },
  server_fds: { label: "open files", unit: "", better: "lower" },
  event_loop_lag_ms: { label: "event loop lag", unit: "ms", better: "lower" },
  start_ms: { label: "start to first answer", unit: "ms", better: "lower" },
  requests_count: { label: "requests", unit: "", better: "neither" },
  connections_count: { label: "connections", unit: "", better: "neither" },
  errors_count: { label: "errors", unit: "", better: "lower" },
  hit_ratio: { label: "cache hits", unit: "ratio", better: "higher" },
  scaling_ratio: { label: "over one worker", unit: "ratio", better: "higher" },
  image_bytes_compressed: { label: "image, compressed", unit: "MiB", better: "lower" },
  cpu_ns_per_buffer: { label: "CPU per buffer", unit: "ns", better: "lower" },
  rss_over_live_ratio: { label: "resident over live", unit: "ratio", better: "lower" },
} as const satisfies Readonly<Record<string, FigureRow>>;

export type FigureName = keyof typeof figureTable;
