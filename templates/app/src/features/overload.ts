/**
 * Overload: turns work away in order of its priority before the server breaks down.
 *
 * Idea: a probe in each worker reads the signs ten times a second and sets a level; a request looks at the level
 * alone. Level 1 closes connections after their answer, so that clients spread over other servers; 2 sheds routes of low
 * priority; 3 sheds all but critical ones, such as health checks. What is shed costs neither a stack trace nor a handler.
 */
import type { ServerConfig } from "../config/schema.ts";
import type { ControlHooks, ControlServices, Feature, FeatureHooks, FeatureServices } from "../http/feature.ts";
import { HttpError } from "../http/http-error.ts";
import type { Handle } from "../http/middleware.ts";
import type { Route } from "../http/route.ts";
import type { Priority } from "../http/route-options.ts";
import { add } from "../zones/counters.ts";
import { memoryCell } from "../zones/memory-row.ts";
import { workerRows } from "../zones/shape.ts";
import { OverloadLevel } from "./overload/level.ts";
import { LevelLog } from "./overload/level-log.ts";
import { looksAtAny, signsOf } from "./overload/signs.ts";
import { controlRow, overloadMetrics, workerRow, writeRow, zoneBytes } from "./overload/state-zone.ts";

export const overload: Feature = {
  name: "overload",
  options: ["priority"],
  counters: [
    { metric: 'fastserve_overload_shed_total{priority="low"}', help: "Requests refused with 503 because of overload." },
    { metric: 'fastserve_overload_shed_total{priority="normal"}', help: "" },
    { metric: "fastserve_overload_closing_total", help: "Answers that asked their client to close the connection." },
    { metric: 'fastserve_overload_changes_total{direction="up"}', help: "Changes of a worker's overload level." },
    { metric: 'fastserve_overload_changes_total{direction="down"}', help: "" },
  ],
  zoneBytes: (config) => (looksAtAny(config) ? zoneBytes(workerRows(config)) : 0),
  control,
  install,
};

const shedLow = 0;
const shedNormal = 1;
const closing = 2;
const changesUp = 3;
const changesDown = 4;

/** Short beside the second or so in which a queue grows long; 10 timers a second cost nothing that can be measured. */
const PROBE_MS = 100;
/** The level from which a route is shed; no level reaches 4. */
const shedFrom: Readonly<Record<Priority, number>> = { low: 2, normal: 3, critical: 4 };
/** Different waiting times that clients are told. */
const SPREAD = 16;

function control({ config, zone, rssBytes }: ControlServices): ControlHooks {
  if (!looksAtAny(config)) return {};
  const rss = controlRow(zone);
  const look = () => {
    rss[0] = rssBytes();
  };
  // As often as the workers look at it: a leak under full load takes tens of MiB in the 500 ms of a beat.
  const timer = config.overload.memory_percent_high > 0 ? setInterval(look, PROBE_MS) : undefined;
  const rows = Array.from({ length: workerRows(config) }, (_, worker) => workerRow(zone, worker));
  return {
    metrics: () => overloadMetrics(rows),
    stop: () => clearInterval(timer),
    reclaim: (worker) => {
      rows[worker]?.fill(0);
    },
  };
}

function install(services: FeatureServices): FeatureHooks {
  if (!looksAtAny(services.config)) return {};
  const { level, stop } = startProbe(services);
  const refusals = refusalsOf(services.config);
  return {
    middleware: (next, route) =>
      // A constant costs less than its refusal.
      route.constant ? next : guarded(next, route, level, refusals, services.counters),
    stop,
  };
}

function guarded(
  next: Handle,
  { options }: Route,
  state: OverloadLevel,
  refusals: readonly HttpError[],
  counters: Float64Array,
): Handle {
  const { priority = "normal" } = options;
  const from = shedFrom[priority];
  const shed = priority === "low" ? shedLow : shedNormal;
  return (context) => {
    if (state.level === 0) return next(context);
    add(counters, closing, 1);
    if (state.level >= from) {
      add(counters, shed, 1);
      throw refusals[Math.floor(Math.random() * refusals.length)];
    }
    context.setHeader("connection", "close");
    return next(context);
  };
}

/** Waiting times from one to two times the setting: clients that all return at once would bring the next overload. */
function refusalsOf({ overload: { retry_after_s } }: ServerConfig): readonly HttpError[] {
  const count = Math.min(SPREAD, retry_after_s + 1);
  return Array.from({ length: count }, (_, index) => {
    const seconds = Math.round(retry_after_s * (1 + index / (count - 1)));
    return new HttpError(503, "OVERLOADED", "The server is overloaded and turned this request away.", {
      "retry-after": String(seconds),
      connection: "close",
    });
  });
}

function heapPercent(memory: Float64Array): number {
  const limitBytes = memory[memoryCell.heapLimitBytes] as number;
  return limitBytes > 0 ? (100 * (memory[memoryCell.heapUsedBytes] as number)) / limitBytes : 0;
}

/** Reads the signs until it is stopped. */
function startProbe(services: FeatureServices): { readonly level: OverloadLevel; readonly stop: () => void } {
  const { config, zone, zones, worker, logger, counters } = services;
  const rss = controlRow(zone);
  const signs = signsOf(config, {
    inFlight: () => zones.inFlight.total,
    rssBytes: () => rss[0] as number,
    heapPercent: () => heapPercent(zones.memory),
  });
  const level = new OverloadLevel(signs, config.overload.hold_ms);
  const log = new LevelLog(logger, signs);
  const row = workerRow(zone, worker);
  let dueMs = performance.now() + PROBE_MS;
  const timer = setInterval(() => {
    const nowMs = performance.now();
    const lagMs = Math.max(0, nowMs - dueMs);
    dueMs = nowMs + PROBE_MS;
    const values = signs.map((sign) => sign.read(lagMs));
    const before = level.level;
    const after = level.step(values, nowMs);
    if (after !== before) add(counters, after > before ? changesUp : changesDown, 1);
    writeRow(row, after, signs, values);
    log.note(after, values, nowMs);
  }, PROBE_MS);
  return {
    level,
    stop() {
      clearInterval(timer);
      row.fill(0);
    },
  };
}
