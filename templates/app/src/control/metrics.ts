/**
 * The metrics page in Prometheus' text format, version 0.0.4.
 *
 * Summed at each scrape from the workers' rows in shared memory: the data plane does nothing for it and need not even
 * respond. Every label has a fixed, small set of values.
 */
import { type CounterName, counter } from "../zones/counters.ts";
import { cumulativePowers } from "../zones/histogram.ts";
import { BEAT_MS, beatAt, beatLag, sumRows, type WorkerZones } from "../zones/zones.ts";
import { labels, metric, type Samples } from "./metric-text.ts";

export interface MetricsReading {
  /** All rows; one of them is a spare that no worker has, except while a worker is being replaced. */
  readonly workers: readonly WorkerZones[];
  readonly workersPlanned: number;
  readonly latencySteps: number;
  readonly workersListening: number;
  readonly workerRestarts: number;
  /** Workers replaced while they served, by the reason. */
  readonly workerRolls: Readonly<Record<string, number>>;
  readonly ready: boolean;
  readonly startedMs: number;
  /** Time of the scrape, in ms since the epoch. */
  readonly nowMs: number;
  readonly cpuSeconds: number;
  /** Constant facts, as labels of gauges that are always 1. */
  readonly build: Readonly<Record<string, string>>;
  readonly allocator: Readonly<Record<string, string>>;
}

export const METRICS_TYPE = "text/plain; version=0.0.4; charset=utf-8";

export function metricsText(reading: MetricsReading): string {
  const counters = sumRows(reading.workers.map((worker) => worker.counters));
  const value = (name: CounterName) => counters[counter[name]] as number;
  return [
    ...requestMetrics(reading, value),
    ...connectionMetrics(value),
    ...socketMetrics(reading, value),
    ...processMetrics(reading),
  ].join("");
}

type Value = (name: CounterName) => number;

function requestMetrics(reading: MetricsReading, value: Value): string[] {
  const [first] = reading.workers;
  const classes: Samples = [
    ['{class="2xx"}', value("responses2xx")],
    ['{class="3xx"}', value("responses3xx")],
    ['{class="4xx"}', value("responses4xx")],
    ['{class="5xx"}', value("responses5xx")],
  ];
  const refused: Samples = [
    ['{limit="in_flight"}', value("refusedInFlight")],
    ['{limit="bodies"}', value("refusedBodies")],
    ['{limit="websockets"}', value("socketsRefused")],
  ];
  return [
    metric("fastserve_requests_total", "counter", "Requests answered; WebSocket handshakes are not among them.", [
      ["", value("requests")],
    ]),
    metric("fastserve_responses_total", "counter", "Responses by status class.", classes),
    metric("fastserve_refused_total", "counter", "Requests and sockets refused by a limit.", refused),
    metric("fastserve_handler_errors_total", "counter", "Handlers that threw.", [["", value("handlerErrors")]]),
    metric("fastserve_handler_timeouts_total", "counter", "Handlers that were answered for because they were late.", [
      ["", value("handlerTimeouts")],
    ]),
    metric("fastserve_request_body_bytes_total", "counter", "Body bytes read.", [["", value("bodyBytesRead")]]),
    metric("fastserve_request_bodies_incomplete_total", "counter", "Bodies whose client left before their end.", [
      ["", value("bodiesIncomplete")],
    ]),
    metric("fastserve_request_bodies_too_large_total", "counter", "Bodies refused by their size.", [
      ["", value("bodiesTooLarge")],
    ]),
    metric("fastserve_requests_in_flight", "gauge", "Requests being handled.", [["", first?.inFlight.total ?? 0]]),
    metric("fastserve_request_bodies_bytes", "gauge", "Body bytes held in memory, in whole KiB per body.", [
      ["", (first?.bodiesKiB.total ?? 0) * 1024],
    ]),
    durationMetric(reading, value),
  ];
}

function durationMetric({ workers, latencySteps }: MetricsReading, value: Value): string {
  const name = "fastserve_request_duration_seconds";
  const row = sumRows(workers.map((worker) => worker.latency));
  const powers = cumulativePowers(row, latencySteps);
  const buckets = powers.map(({ us, count }) => `${name}_bucket{le="${us / 1e6}"} ${count}\n`);
  // From the same row as the buckets: a request that is counted meanwhile must not put one above the total.
  const total = row.reduce((sum, count) => sum + count, 0);
  return [
    `# HELP ${name} Time from the request's head to the handler's response.\n# TYPE ${name} histogram\n`,
    ...buckets,
    `${name}_bucket{le="+Inf"} ${total}\n${name}_sum ${value("durationUsSum") / 1e6}\n${name}_count ${total}\n`,
  ].join("");
}

/** Zero on adapters without the capability `connectionCounts`. */
function connectionMetrics(value: Value): string[] {
  const opened = value("connectionsOpened");
  const bytes: Samples = [
    ['{direction="in"}', value("connectionBytesIn")],
    ['{direction="out"}', value("connectionBytesOut")],
  ];
  return [
    metric("fastserve_connections_opened_total", "counter", "Connections accepted.", [["", opened]]),
    metric("fastserve_connections_open", "gauge", "Open connections.", [["", opened - value("connectionsClosed")]]),
    metric("fastserve_connections_refused_total", "counter", "Connections above the limit, closed at once.", [
      ["", value("connectionsRefused")],
    ]),
    metric("fastserve_connection_bytes_total", "counter", "Bytes of connections that have closed.", bytes),
    metric("fastserve_requests_timed_out_total", "counter", "Requests that did not arrive in time.", [
      ["", value("requestTimeouts")],
    ]),
    metric("fastserve_requests_malformed_total", "counter", "Connections closed for what is no valid HTTP.", [
      ["", value("requestsMalformed")],
    ]),
    metric(
      "fastserve_clients_gone_total",
      "counter",
      "Clients that left in the middle of a request or of its answer.",
      [["", value("clientsGone")]],
    ),
  ];
}

function socketMetrics({ workers }: MetricsReading, value: Value): string[] {
  const messages: Samples = [
    ['{direction="in"}', value("socketMessagesIn")],
    ['{direction="out"}', value("socketMessagesOut")],
  ];
  const bytes: Samples = [
    ['{direction="in"}', value("socketBytesIn")],
    ['{direction="out"}', value("socketBytesOut")],
  ];
  return [
    metric("fastserve_websockets_open", "gauge", "Open WebSockets.", [["", workers[0]?.sockets.total ?? 0]]),
    metric("fastserve_websockets_opened_total", "counter", "WebSockets opened.", [["", value("socketsOpened")]]),
    metric("fastserve_websocket_messages_total", "counter", "WebSocket messages.", messages),
    metric("fastserve_websocket_message_bytes_total", "counter", "WebSocket payload; text in UTF-16 units.", bytes),
    metric("fastserve_websocket_messages_dropped_total", "counter", "Messages that a slow receiver did not get.", [
      ["", value("socketMessagesDropped")],
    ]),
    metric("fastserve_log_lines_dropped_total", "counter", "Log lines dropped.", [["", value("logLinesDropped")]]),
  ];
}

function processMetrics(reading: MetricsReading): string[] {
  const lags: Samples = reading.workers.flatMap((worker, index) =>
    hasBegun(worker) ? [[`{worker="${index}"}`, lagMs(worker, reading) / 1000] as const] : [],
  );
  const rolls: Samples = Object.entries(reading.workerRolls).map(([reason, count]) => [`{reason="${reason}"}`, count]);
  return [
    metric("fastserve_build_info", "gauge", "What runs.", [[labels(reading.build), 1]]),
    metric(
      "fastserve_allocator_info",
      "gauge",
      "The allocator that serves; mapped and serving tell of the requested one.",
      [[labels(reading.allocator), 1]],
    ),
    metric("fastserve_ready", "gauge", "1 when the readiness probe says yes.", [["", reading.ready ? 1 : 0]]),
    metric("fastserve_workers", "gauge", "Workers planned.", [["", reading.workersPlanned]]),
    metric("fastserve_workers_listening", "gauge", "Workers that listen.", [["", reading.workersListening]]),
    metric("fastserve_worker_restarts_total", "counter", "Workers started again.", [["", reading.workerRestarts]]),
    metric("fastserve_worker_rolls_total", "counter", "Workers replaced while they served, by the reason.", rolls),
    metric("fastserve_event_loop_lag_seconds", "gauge", "How late the worker's beat is, or was last.", lags),
    metric("process_cpu_seconds_total", "counter", "User and system CPU time.", [["", reading.cpuSeconds]]),
    metric("process_start_time_seconds", "gauge", "Start, in seconds since the epoch.", [
      ["", reading.startedMs / 1000],
    ]),
  ];
}

/** The spare row has no beats. */
function hasBegun({ beat }: WorkerZones): boolean {
  return beat[beatAt] !== 0;
}

/** A worker that is stalled now has not noted it. */
function lagMs({ beat }: WorkerZones, { nowMs }: MetricsReading): number {
  return Math.max(beat[beatLag] as number, nowMs - (beat[beatAt] as number) - BEAT_MS);
}
