/** Threads for CPU-heavy work: they take their CPUs and heaps from the workers'. */
import { seconds } from "../../lib/units.ts";
import { taskThreadsOf, workersByCpu } from "../capacity.ts";
import { featureRule } from "../feature-rule.ts";
import { reason } from "../reasons.ts";
import type { KeysOf, RuleTable } from "../rule.ts";
import { assumed, derived } from "../sources.ts";
import { threadBoundReads, threadsMax } from "./thread-bounds.ts";

/** Behind a handler's shortest time of 30 s, so that the handler can still say so. */
const DEADLINE_MS = seconds(10);
/** What is worth a thread of its own takes about this long. */
const TASK_MS = 100;

export const taskRules = {
  "tasks.threads": featureRule("tasks", {
    unit: "count",
    reads: ["facts.cpus", "answers.objective", ...threadBoundReads],
    source: assumed("a quarter of the threads; how much of an application is CPU-heavy only its owner knows"),
    bounds: (read) => {
      const { value, by } = threadsMax(read);
      return { max: { value: taskThreadsOf(value), by } };
    },
    decide: (read) => {
      const threads = workersByCpu(read("facts.cpus"), read("answers.objective"));
      return { value: taskThreadsOf(threads), reason: reason("task_threads", { threads }) };
    },
  }),
  "tasks.queue_max": featureRule("tasks", {
    unit: "count",
    reads: ["tasks.threads", "tasks.deadline_ms"],
    source: derived("what the threads finish before the deadline, at 100 ms a task (Little's law)"),
    decide: (read) => {
      const [threads, deadlineMs] = [read("tasks.threads") ?? 0, read("tasks.deadline_ms") ?? DEADLINE_MS];
      const value = Math.floor((threads * deadlineMs) / TASK_MS);
      return { value, reason: reason("task_queue", { threads, taskMs: TASK_MS, deadlineMs }) };
    },
  }),
  "tasks.deadline_ms": featureRule("tasks", {
    unit: "ms",
    reads: [],
    source: assumed("a third of the time that a handler gets"),
    decide: () => ({ value: DEADLINE_MS, reason: reason("task_deadline", {}) }),
  }),
} satisfies RuleTable<KeysOf<"tasks">>;
