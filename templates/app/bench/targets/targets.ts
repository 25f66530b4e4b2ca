/**
 * What this product promises, one row a promise: the figure, its bound as it was published, the case that it is read from,
 * and how it is scaled to a plan.
 *
 * Idea: the published rates name no machine. They are read as promises for a server with four CPUs, the least that a rented
 * server for such loads has: any larger machine would leave less to do for each CPU, so this is the strict reading. A plan
 * whose server can fill one CPU has a quarter to do, one with sixteen four times as much, and each row says so; what one
 * worker does alone is one CPU's. Latency, memory, start and image do not depend on how many CPUs there are and stay as published.
 */
import type { BenchName, TargetRow } from "../report/document.ts";
import type { FigureName } from "../report/figure-table.ts";

export interface Target {
  readonly id: string;
  readonly title: string;
  readonly figure: FigureName;
  readonly at: TargetRow["at"];
  /** In the figure's unit. */
  readonly published: number;
  /** "one CPU": of the CPUs it takes one at most, however many the server has. */
  readonly scale: "by CPU" | "one CPU" | "by limits.connections_max" | "none";
  readonly source: TargetSource;
  /** What must be so besides, or the figure proves nothing about the promise. */
  readonly needs?: TargetNeed;
}

/**
 * "maximum": the load is a part of what this case came to, which must be the server's maximum. "clients": so many, no other
 * number. "connections": as many were opened as the target says.
 */
export type TargetNeed =
  | { readonly kind: "maximum"; readonly caseId: string }
  | { readonly kind: "clients"; readonly count: number }
  | { readonly kind: "connections" };

/** "case": a figure of one case. "scaling": rates with all workers over rates with one. "image": the size of an archive. */
export type TargetSource =
  | { readonly kind: "case"; readonly bench: BenchName; readonly caseId: string }
  | { readonly kind: "scaling"; readonly bench: "scale" }
  | { readonly kind: "image" };

/** CPUs of the machine that a published rate is read to be for. */
export const PUBLISHED_CPUS = 4;

const inCase = (bench: BenchName, name: string) => ({ kind: "case", bench, caseId: `${bench}/${name}` }) as const;

export const targets: readonly Target[] = [
  {
    id: "http-small",
    title: "small responses",
    figure: "requests_per_second",
    at: "least",
    published: 100_000,
    scale: "by CPU",
    source: inCase("http", "constant"),
  },
  {
    id: "http-handler",
    title: "JSON made by a handler (the range's lower end)",
    figure: "requests_per_second",
    at: "least",
    published: 100_000,
    scale: "by CPU",
    source: inCase("http", "json"),
  },
  {
    id: "http-small-upper",
    title: "small responses (the range's upper end)",
    figure: "requests_per_second",
    at: "least",
    published: 500_000,
    scale: "by CPU",
    source: inCase("http", "constant"),
  },
  {
    id: "http-fastest",
    title: "the fastest path: pipelined (lower end)",
    figure: "requests_per_second",
    at: "least",
    published: 500_000,
    scale: "by CPU",
    source: inCase("http", "constant-pipelined"),
  },
  {
    id: "http-fastest-upper",
    title: "the fastest path: pipelined (upper end)",
    figure: "requests_per_second",
    at: "least",
    published: 1_000_000,
    scale: "by CPU",
    source: inCase("http", "constant-pipelined"),
  },
  {
    id: "http-p99",
    title: "p99 at half of the maximum, from the scheduled moment",
    figure: "latency_p99_us",
    at: "most",
    published: 10_000,
    scale: "none",
    source: inCase("http", "open-50"),
    needs: { kind: "maximum", caseId: "http/json" },
  },
  {
    id: "idle-connections",
    title: "connections at once",
    figure: "connections_count",
    at: "least",
    published: 10_000,
    scale: "by limits.connections_max",
    source: inCase("idle", "http-max"),
    needs: { kind: "connections" },
  },
  {
    id: "idle-memory",
    title: "memory with 1,000 idle connections",
    figure: "server_rss_bytes",
    at: "most",
    // 100 MB, and not MiB: the stricter of the two.
    published: 100_000_000,
    scale: "none",
    source: inCase("idle", "http-1000"),
  },
  {
    id: "scaling",
    title: "linear with cores: rate per worker, all over one",
    figure: "scaling_ratio",
    at: "least",
    // Assumed: a tenth goes to caches and memory that the cores share, whatever the program does.
    published: 0.9,
    scale: "none",
    source: { kind: "scaling", bench: "scale" },
  },
  {
    id: "start",
    title: "start to the first answer",
    figure: "start_ms",
    at: "most",
    published: 1000,
    scale: "none",
    source: inCase("start", "cold"),
  },
  {
    id: "image",
    title: "container image, compressed",
    figure: "image_bytes_compressed",
    at: "most",
    published: 50_000_000,
    scale: "none",
    source: { kind: "image" },
  },
  {
    id: "ws-echo",
    title: "WebSocket echo",
    figure: "messages_per_second",
    at: "least",
    published: 47_000,
    scale: "by CPU",
    source: inCase("ws", "echo-64"),
  },
  {
    id: "ws-json",
    title: "WebSocket JSON",
    figure: "messages_per_second",
    at: "least",
    published: 35_000,
    scale: "by CPU",
    source: inCase("ws", "json"),
  },
  {
    id: "ws-broadcast",
    // Read as what clients receive: a message to 100 clients is 100 deliveries.
    title: "WebSocket broadcast to 100 clients, deliveries",
    figure: "deliveries_per_second",
    at: "least",
    published: 25_000,
    // A room is one worker's.
    scale: "one CPU",
    source: inCase("ws", "broadcast"),
    needs: { kind: "clients", count: 100 },
  },
  {
    id: "ws-connect",
    title: "new WebSocket connections",
    figure: "connections_per_second",
    at: "least",
    published: 5000,
    scale: "by CPU",
    source: inCase("ws", "connect"),
  },
];
