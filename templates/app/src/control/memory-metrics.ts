/** The part of the metrics page that is about memory. Labels: a worker's row, a use of the books, a row of the budget. */
import { FILL_STEPS, memoryUses, type UseReading } from "../memory/memory-books.ts";
import { fillEnd, fillQuantile, type MemoryFigures } from "./memory-figures.ts";
import { metric, type Samples } from "./metric-text.ts";

export function memoryMetricsText(figures: MemoryFigures): string {
  return [
    ...processMetrics(figures),
    ...budgetMetrics(figures),
    ...threadMetrics(figures),
    ...useMetrics(figures),
    fillMetric(figures.fill),
    metric(
      "fastserve_arena_fill_p50_ratio",
      "gauge",
      "Fill that half of the request arenas stay below.",
      known(fillQuantile(figures.fill, 0.5)),
    ),
    metric(
      "fastserve_arena_fill_p99_ratio",
      "gauge",
      "Fill that 99 % of the request arenas stay below; 1: full or spilled.",
      known(fillQuantile(figures.fill, 0.99)),
    ),
  ].join("");
}

function processMetrics(figures: MemoryFigures): string[] {
  return [
    metric("process_resident_memory_bytes", "gauge", "Resident memory.", [["", figures.rssBytes]]),
    metric(
      "process_resident_memory_peak_bytes",
      "gauge",
      "The most that was resident at once.",
      known(figures.rssPeakBytes),
    ),
    metric(
      "fastserve_memory_held_bytes",
      "gauge",
      "Resident memory as the plan counts it: of the program's own pages an eighth of the limit at most.",
      [["", figures.heldBytes]],
    ),
    metric("fastserve_memory_limit_bytes", "gauge", "The planned limit.", [["", figures.limitBytes]]),
    metric("fastserve_memory_high_bytes", "gauge", "The planned high watermark.", [["", figures.rssHighBytes]]),
    metric(
      "fastserve_memory_growth_bytes_per_second",
      "gauge",
      "Growth of the resident memory over the last ten minutes.",
      known(figures.growthBytesPerSecond),
    ),
    metric(
      "fastserve_allocated_bytes_total",
      "counter",
      "Bytes that workers allocated on their heaps.",
      known(figures.allocatedBytes),
    ),
  ];
}

function budgetMetrics({ budget }: MemoryFigures): string[] {
  const { rows, grantedBytes, verdict } = budget;
  const drift = verdict === "drift" || verdict === "unsafe" || verdict === "spare" ? 1 : 0;
  return [
    metric(
      "fastserve_memory_budget_bytes",
      "gauge",
      "The plan's memory by row.",
      rows.map(({ name, plannedBytes }) => [`{row="${name}"}`, plannedBytes]),
    ),
    metric(
      "fastserve_memory_granted_bytes",
      "gauge",
      "What the control group or the machine grants.",
      known(grantedBytes),
    ),
    metric(
      "fastserve_memory_drift",
      "gauge",
      "1 when the granted memory differs from the plan by more than watchdog.drift_percent.",
      verdict === "unknown" ? [] : [["", drift]],
    ),
    metric(
      "fastserve_memory_unsafe",
      "gauge",
      "1 when the granted memory does not even hold the plan with the smallest heaps.",
      verdict === "unknown" ? [] : [["", verdict === "unsafe" ? 1 : 0]],
    ),
  ];
}

function threadMetrics({ threads, collections }: MemoryFigures): string[] {
  const each = (value: (thread: (typeof threads)[number]) => number): Samples =>
    threads.map((thread) => [`{worker="${thread.name}"}`, value(thread)]);
  return [
    metric(
      "fastserve_heap_used_bytes",
      "gauge",
      "JavaScript heap.",
      each((thread) => thread.heapUsedBytes),
    ),
    metric(
      "fastserve_heap_limit_bytes",
      "gauge",
      "What the heap may grow to: the engine's limit, else the plan's share.",
      each((thread) => thread.heapLimitBytes).filter(([, bytes]) => bytes > 0),
    ),
    metric(
      "fastserve_external_memory_bytes",
      "gauge",
      "Buffers and other memory that objects keep outside the heap.",
      each((thread) => thread.externalBytes),
    ),
    collectionMetric(collections),
    metric(
      "fastserve_gc_pause_seconds_max",
      "gauge",
      "The longest collection since the worker began.",
      collections.map(({ name, secondsMax }) => [`{worker="${name}"}`, secondsMax]),
    ),
  ];
}

function collectionMetric(collections: MemoryFigures["collections"]): string {
  if (collections.length === 0) return "";
  const name = "fastserve_gc_pause_seconds";
  const lines = collections.map(
    (row) => `${name}_sum{worker="${row.name}"} ${row.seconds}\n${name}_count{worker="${row.name}"} ${row.count}\n`,
  );
  return `# HELP ${name} Collections of the garbage collector.\n# TYPE ${name} summary\n${lines.join("")}`;
}

function useMetrics({ uses }: MemoryFigures): string[] {
  const each = (value: (reading: UseReading) => number): Samples =>
    memoryUses.map((use) => [`{use="${use}"}`, value(uses[use])]);
  return [
    metric(
      "fastserve_memory_use_held_bytes",
      "gauge",
      "Memory that a use holds on to.",
      each((use) => use.heldBytes),
    ),
    metric(
      "fastserve_memory_use_used_bytes",
      "gauge",
      "What of it is in use.",
      each((use) => use.usedBytes),
    ),
    metric(
      "fastserve_memory_use_high_bytes",
      "gauge",
      "The most that was in use at once, summed over the workers.",
      each((use) => use.highBytes),
    ),
    metric(
      "fastserve_memory_use_taken_total",
      "counter",
      "How often memory was taken.",
      each((use) => use.taken),
    ),
    metric(
      "fastserve_memory_use_missed_total",
      "counter",
      "How often it had to come from elsewhere: arenas that spilled, pools that were empty.",
      each((use) => use.missed),
    ),
  ];
}

/** A histogram of shares. Fills are known to the step, so the sum takes each step's middle. */
function fillMetric(fill: Float64Array): string {
  const name = "fastserve_arena_fill_ratio";
  const buckets: string[] = [];
  let [count, sum] = [0, 0];
  for (let step = 0; step < FILL_STEPS - 1; step += 1) {
    const filled = fill[step] as number;
    count += filled;
    sum += filled * (fillEnd(step) - fillEnd(0) / 2);
    buckets.push(`${name}_bucket{le="${fillEnd(step)}"} ${count}\n`);
  }
  const spilled = fill[FILL_STEPS - 1] as number;
  const total = count + spilled;
  return [
    `# HELP ${name} How full request arenas were when they were reset; those that spilled are above 1.\n# TYPE ${name} histogram\n`,
    ...buckets,
    `${name}_bucket{le="+Inf"} ${total}\n${name}_sum ${sum + spilled}\n${name}_count ${total}\n`,
  ].join("");
}

function known(value: number | undefined): Samples {
  return value === undefined ? [] : [["", value]];
}
