/** How many workers there are, and when one is replaced. */
import { minutes, seconds } from "../../lib/units.ts";
import { threadBytesWanted, threadsLimitBytes } from "../budget.ts";
import { WORKERS_MAX, workersByCpu, workersByDescriptors } from "../capacity.ts";
import { reason } from "../reasons.ts";
import { type Bounds, type KeysOf, type Read, type RuleTable, rule } from "../rule.ts";
import { assumed, derived, documented, memoryCosts } from "../sources.ts";

type WorkerReads = "adapter" | "facts.container" | "facts.nofileHard" | "memory.heaps_bytes";

/** The tightest of the bounds on workers, with its name. */
function workersMax(read: Read<WorkerReads>): NonNullable<Bounds["max"]> {
  const wanted = threadBytesWanted(read("adapter"));
  const heaps = read("memory.heaps_bytes");
  const nofileHard = read("facts.nofileHard");
  const bounds = [
    { value: WORKERS_MAX, by: reason("bound_workers_schema", { workers: WORKERS_MAX }) },
    { value: Math.max(1, Math.floor(heaps / wanted)), by: reason("bound_workers_memory", { heaps, wanted }) },
    { value: workersByDescriptors(nofileHard), by: reason("bound_descriptors", { nofileHard }) },
  ];
  if (read("facts.container") === "isolate") bounds.unshift({ value: 1, by: reason("bound_isolate", {}) });
  return bounds.reduce((least, bound) => (bound.value < least.value ? bound : least));
}

export const workerRules = {
  "workers.mode": rule({
    unit: "none",
    reads: ["adapter", "workers.count", "memory.limit_bytes", "facts.container"],
    source: memoryCosts,
    decide: (read) => {
      if (read("facts.container") === "isolate") return { value: "inline", reason: reason("mode_isolate", {}) };
      const workers = read("workers.count");
      if (workers > 1) return { value: "threads", reason: reason("mode_threads_many", { workers }) };
      const threshold = threadsLimitBytes(read("adapter"));
      return read("memory.limit_bytes") < threshold
        ? { value: "inline", reason: reason("mode_inline", { threshold }) }
        : { value: "threads", reason: reason("mode_threads_one", { threshold }) };
    },
  }),
  "workers.count": rule({
    unit: "count",
    reads: ["facts.cpus", "answers.objective", "adapter", "facts.container", "facts.nofileHard", "memory.heaps_bytes"],
    source: derived("one event loop per CPU that the process may use; a fraction of a CPU feeds no further loop"),
    bounds: (read) => ({ min: { value: 1, by: reason("bound_positive", {}) }, max: workersMax(read) }),
    decide: (read) => {
      const [cpus, objective] = [read("facts.cpus"), read("answers.objective")];
      const value = workersByCpu(cpus, objective);
      if (objective === "memory") return { value, reason: reason("workers_memory", { cpus }) };
      if (objective === "latency" && value + 1 <= cpus) return { value, reason: reason("workers_latency", { cpus }) };
      return { value, reason: cpus < 1 ? reason("workers_fraction", { cpus }) : reason("workers_cpus", { cpus }) };
    },
  }),
  "workers.restart_ms_min": rule({
    unit: "ms",
    reads: [],
    source: documented("https://www.freedesktop.org/software/systemd/man/latest/systemd.service.html#RestartSec="),
    decide: () => ({ value: 100, reason: reason("restart_first", {}) }),
  }),
  "workers.restart_ms_max": rule({
    unit: "ms",
    reads: [],
    source: assumed("long enough to spare a broken machine, short enough that an operator sees it recover"),
    decide: () => ({ value: seconds(30), reason: reason("restart_longest", {}) }),
  }),
  "workers.restarts_max": rule({
    unit: "count",
    reads: ["workers.count"],
    source: documented(
      "https://www.freedesktop.org/software/systemd/man/latest/systemd-system.conf.html#DefaultStartLimitBurst=",
    ),
    bounds: () => ({
      min: { value: 5, by: reason("bound_restarts_min", {}) },
      max: { value: 8, by: reason("bound_restarts_max", {}) },
    }),
    decide: (read) => ({ value: read("workers.count") + 1, reason: reason("restarts", {}) }),
  }),
  "workers.restart_window_ms": rule({
    unit: "ms",
    reads: [],
    source: derived("eight pauses from 100 ms, each twice the last, take 25.5 s; the window holds them twice"),
    decide: () => ({ value: minutes(1), reason: reason("restart_window", {}) }),
  }),
  "workers.stall_ms_max": rule({
    unit: "ms",
    reads: ["facts.cpus"],
    source: assumed("ten times the longest collection that a heap of this size should need"),
    bounds: () => ({ max: { value: minutes(2), by: reason("bound_stall", {}) } }),
    decide: (read) => {
      const cpus = read("facts.cpus");
      return { value: Math.round(seconds(10) / Math.min(1, cpus)), reason: reason("stall", { cpus }) };
    },
  }),
} satisfies RuleTable<KeysOf<"workers">>;
