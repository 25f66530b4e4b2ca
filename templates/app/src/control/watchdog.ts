/**
 * The watchdog: looks at the process's resident size and at each worker's heap at every beat, and has the worker replaced
 * that holds too much.
 *
 * It is the last of four actions: the overload feature has stopped keep-alive, shed routes of low priority and then all but
 * critical ones before its marks are reached. What a leak has taken does not come back from shedding; it goes back whole
 * when the thread ends. Marks of 0 are not looked at, and inline mode has nothing to replace: there the process's supervisor
 * is what remains.
 */
import type { ServerConfig } from "../config/schema.ts";
import type { Logger } from "../log/logger.ts";
import { type AdapterName, capabilities } from "../runtime/capabilities.ts";
import { memoryCell } from "../zones/memory-row.ts";
import { zoneShape } from "../zones/shape.ts";
import { BEAT_MS, workerZones } from "../zones/zones.ts";
import type { DataPlanes } from "./data-planes.ts";
import { type Look, RollDecider, type RollDecision, type RollMarks, type WorkerLook } from "./roll-decision.ts";

export interface WatchdogParts {
  readonly config: ServerConfig;
  readonly logger: Logger;
  readonly zones: SharedArrayBuffer;
  readonly planes: Pick<DataPlanes, "serving" | "canRoll" | "roll">;
  readonly adapter: AdapterName;
  /** What memory.rss_high_bytes is compared with: held-memory.ts. */
  readonly heldBytes: () => number;
  /** What of the plan's memory is granted now, 1 at most: the marks in bytes follow it. */
  readonly grantedShare: () => number;
  /** Whether a snapshot of a heap is being taken: what it holds is no leak, and a further thread might not fit beside it. */
  readonly isTakingSnapshot: () => boolean;
}

/** Looks until it is stopped. */
export function startWatchdog(parts: WatchdogParts): { stop(): void } {
  const { config, planes, heldBytes, grantedShare } = parts;
  const marks = marksOf(config);
  if (config.workers.mode === "inline" || (marks.held.roll === 0 && marks.heap.roll === 0)) return { stop() {} };
  const decider = new RollDecider(marks);
  const look = lookAt(parts);
  let share = 1;
  const timer = setInterval(() => {
    if (share !== grantedShare()) {
      share = grantedShare();
      decider.holdTo(marksOf(config, share).held);
    }
    const seen = look(planes, heldBytes());
    const decision = decider.look(seen);
    if (decision.act === "report") report(decision, seen, parts);
    else if (decision.act === "roll") void roll(decision, seen, decider, parts);
  }, BEAT_MS);
  return { stop: () => clearInterval(timer) };
}

export function marksOf(
  { memory, overload, watchdog }: Pick<ServerConfig, "memory" | "overload" | "watchdog">,
  grantedShare = 1,
): RollMarks {
  const held = (percent: number) => Math.floor((highBytes(memory, grantedShare) * percent) / 100);
  // A mark of 0 switches replacement off, whatever the overload feature does.
  const shed = (roll: number, percent: number) => (roll > 0 ? percent : 0);
  const { rss_percent_roll, heap_percent_roll, roll_ms_min } = watchdog;
  return {
    held: { roll: held(rss_percent_roll), shed: held(shed(rss_percent_roll, overload.memory_percent_high)) },
    heap: { roll: heap_percent_roll / 100, shed: shed(heap_percent_roll, overload.heap_percent_high) / 100 },
    // A load that shedding can lower is lower by the time that a step back would take.
    patienceLooks: Math.max(PATIENCE_LOOKS_MIN, Math.ceil(overload.hold_ms / BEAT_MS)),
    pauseMsMin: roll_ms_min,
  };
}

/** The planned high watermark, in proportion to what is granted. */
function highBytes({ rss_high_bytes }: ServerConfig["memory"], grantedShare: number): number {
  return Math.floor(rss_high_bytes * grantedShare);
}

/** 3 s: shedding begins within a tenth of a second, and the requests in flight have gone by then. */
const PATIENCE_LOOKS_MIN = 6;

function lookAt({
  config,
  zones,
  adapter,
  isTakingSnapshot,
}: WatchdogParts): (planes: WatchdogParts["planes"], heldBytes: number) => Look {
  const shape = zoneShape(config);
  const rows = Array.from({ length: shape.workers }, (_, worker) => workerZones(zones, shape, worker).memory);
  const isApart = capabilities[adapter].heapApart.has;
  const workerLook = (worker: number): WorkerLook => {
    const cell = (name: "heapUsedBytes" | "heapLimitBytes" | "externalBytes") => rows[worker]?.[memoryCell[name]] ?? 0;
    const heapUsedBytes = cell("heapUsedBytes");
    const heldBytes = heapUsedBytes + (isApart ? cell("externalBytes") : 0);
    return { worker, heapUsedBytes, heapLimitBytes: cell("heapLimitBytes"), heldBytes };
  };
  return ({ serving, canRoll }, heldBytes) => ({
    nowMs: performance.now(),
    heldBytes,
    canRoll: canRoll && !isTakingSnapshot(),
    workers: serving.map(workerLook),
  });
}

async function roll(
  { reason, worker }: Extract<RollDecision, { act: "roll" }>,
  { heldBytes, workers }: Look,
  decider: RollDecider,
  { logger, planes, config, grantedShare }: WatchdogParts,
): Promise<void> {
  const held = workers.find((look) => look.worker === worker);
  logger.warn("memory is above its mark: a worker is replaced", {
    reason,
    worker,
    worker_bytes: held?.heldBytes,
    worker_heap_bytes: held?.heapUsedBytes,
    worker_heap_limit_bytes: held?.heapLimitBytes,
    process_bytes: heldBytes,
    rss_high_bytes: highBytes(config.memory, grantedShare()),
  });
  const outcome = await planes.roll(reason, worker);
  decider.ended(outcome.result === "rolled" ? outcome.successor : undefined);
}

function report(
  { reason, hasStarted, fellBytes, pauseMs }: Extract<RollDecision, { act: "report" }>,
  { heldBytes }: Look,
  { logger, config }: WatchdogParts,
): void {
  const setting = hasStarted ? settings[reason === "heap" ? "heap" : "rss"] : unstarted;
  logger.error(setting.message, {
    key: setting.key,
    value: setting.value(config),
    process_bytes: heldBytes,
    fell_bytes: fellBytes,
    next_replacement_ms: pauseMs,
    next: setting.next,
  });
}

const unstarted = {
  message: "memory is above its mark, and no new worker could be started in the place of the one that holds it",
  key: "memory.limit_bytes",
  value: ({ memory }: ServerConfig) => memory.limit_bytes,
  next: "see the line before for what kept it from starting; a restart of the process gives back what the worker holds",
} as const;

const settings = {
  rss: {
    message: "replacing a worker did not lower what the process holds: the memory is not the workers'",
    key: "memory.rss_high_bytes",
    value: ({ memory }: ServerConfig) => memory.rss_high_bytes,
    next: "give the process more memory and run retune, or lower what it holds for all workers: cache.zone_bytes, limits.connections_max, tasks.threads",
  },
  heap: {
    message: "a new worker's heap is above its mark already: the heap is too small for the work",
    key: "watchdog.heap_percent_roll",
    value: ({ watchdog }: ServerConfig) => watchdog.heap_percent_roll,
    next: "give the process more memory or fewer workers (workers.count) and run retune, or look for what the handlers keep",
  },
} as const;
