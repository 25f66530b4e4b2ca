/**
 * One look at the server: its processes in /proc, and its own figures from the metrics page. The look at /proc comes first:
 * the metrics page is asked for on a connection, which is a descriptor of the server.
 */
import { readdirSync } from "node:fs";
import { type RollReason, rollReasons } from "../../src/control/roll.ts";
import { PROC_REASON } from "../method/server-meter.ts";
import { processTree, residentOf } from "../server/cpu-time.ts";
import { type Metrics, sumOf } from "../server/read-metrics.ts";
import type { ServerProcess } from "../server/server-process.ts";
import type { SoakFigureName } from "./figures.ts";

/** NaN: not known here. */
export type SoakValues = Readonly<Record<SoakFigureName, number>>;

export interface Sample {
  /** By `performance.now()`. */
  readonly atMs: number;
  readonly values: SoakValues;
  /** undefined: it did not tell, and of the values only those that /proc tells are known. */
  readonly server: ServerCounts | undefined;
}

/** What the server has counted since it started. */
export interface ServerCounts {
  readonly restarts: number;
  /** Workers replaced, by the reason: those that the watchdog replaces take away with them what would be found. */
  readonly rolls: Readonly<Record<RollReason, number>>;
  readonly handlerErrors: number;
  readonly listening: number;
  readonly workers: number;
}

/** The processes are listed once: the server starts none while it serves. */
export function samplerOf(server: Pick<ServerProcess, "pid" | "metrics">): () => Promise<Sample> {
  const pids = PROC_REASON === undefined ? processTree(server.pid) : [];
  return async () => {
    const atMs = performance.now();
    const seen = {
      memory: pids.length === 0 ? Number.NaN : residentOf(pids).nowBytes,
      fds: entriesOf(pids, "fd"),
      threads: entriesOf(pids, "task"),
    };
    // One page that does not come must not cost a run of days; how many may fail in a row is decided elsewhere.
    return readSample(atMs, seen, await server.metrics().catch(() => undefined));
  };
}

export function readSample(
  atMs: number,
  seen: Pick<SoakValues, "memory" | "fds" | "threads">,
  page: Metrics | undefined,
): Sample {
  const metrics: Metrics = page ?? new Map();
  const sum = (name: string) => sumOf(metrics, name) ?? Number.NaN;
  const lags = [...metrics].filter(([key]) => key.startsWith("fastserve_event_loop_lag_seconds"));
  return {
    atMs,
    values: {
      ...seen,
      heap: sum("fastserve_heap_used_bytes"),
      lag: lags.length === 0 ? Number.NaN : 1000 * Math.max(...lags.map(([, seconds]) => seconds)),
      connections: sum("fastserve_connections_open"),
      sockets: sum("fastserve_websockets_open"),
      in_flight: sum("fastserve_requests_in_flight"),
      bodies: sum("fastserve_request_bodies_bytes"),
    },
    server: page && {
      restarts: sum("fastserve_worker_restarts_total"),
      rolls: rollsOf(metrics),
      handlerErrors: sum("fastserve_handler_errors_total"),
      listening: sum("fastserve_workers_listening"),
      workers: sum("fastserve_workers"),
    },
  };
}

function rollsOf(metrics: Metrics): ServerCounts["rolls"] {
  const count = (reason: RollReason) => metrics.get(`fastserve_worker_rolls_total{reason="${reason}"}`) ?? 0;
  return Object.fromEntries(rollReasons.map((reason) => [reason, count(reason)])) as Record<RollReason, number>;
}

function entriesOf(pids: readonly number[], folder: "fd" | "task"): number {
  if (pids.length === 0) return Number.NaN;
  // The folder of a process that has just ended cannot be read; its end is told elsewhere.
  return pids.reduce((sum, pid) => sum + listed(`/proc/${pid}/${folder}`), 0);
}

function listed(folder: string): number {
  try {
    return readdirSync(folder).length;
  } catch {
    return 0;
  }
}
