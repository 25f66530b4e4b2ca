/** How many workers there are, and when one is replaced. */
import { minutes, seconds } from "../../lib/units.ts";
import { threadsLimitBytes } from "../budget.ts";
import { workersByCpu, workersOf } from "../capacity.ts";
import { reason } from "../reasons.ts";
import { type KeysOf, type RuleTable, rule } from "../rule.ts";
import { assumed, derived, documented, memoryCosts } from "../sources.ts";
import { threadBoundReads, threadsMax } from "./thread-bounds.ts";

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
    reads: ["facts.cpus", "answers.objective", ...threadBoundReads],
    source: derived("one event loop per CPU that the process may use; a fraction of a CPU feeds no further loop"),
    bounds: (read) => {
      const { value, by } = threadsMax(read);
      return {
        min: { value: 1, by: reason("bound_positive", {}) },
        max: { value: workersOf(value, read("features.tasks")), by },
      };
    },
    decide: (read) => {
      const [cpus, objective] = [read("facts.cpus"), read("answers.objective")];
      const threads = workersByCpu(cpus, objective);
      const value = workersOf(threads, read("features.tasks"));
      if (read("features.tasks")) return { value, reason: reason("workers_tasks", { cpus, threads }) };
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
