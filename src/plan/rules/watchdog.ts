/** What the server does when memory is not as the plan has it. */
import { capabilities } from "../../../templates/app/src/runtime/capabilities.ts";
import { seconds } from "../../lib/units.ts";
import { rollLimitBytes } from "../budget.ts";
import { reason } from "../reasons.ts";
import { type KeysOf, type RuleTable, rule } from "../rule.ts";
import { derived } from "../sources.ts";
import { readThreadShape, threadShapeReads } from "./shape-reads.ts";

/** What decides whether a worker can be replaced: that there is one, and that its successor fits beside it. */
const rollReads = [...threadShapeReads, "workers.mode", "memory.limit_bytes"] as const;

export const watchdogRules = {
  "watchdog.drift_percent": rule({
    unit: "percent",
    reads: [],
    source: derived("machines of one size differ by what firmware and kernel keep; that is no other machine"),
    decide: () => ({ value: 5, reason: reason("drift", {}) }),
  }),
  "watchdog.on_unsafe": rule({
    unit: "none",
    reads: [],
    source: derived("a server that does not start is seen at once; one that is killed under load is not"),
    decide: () => ({ value: "refuse", reason: reason("unsafe_refuse", {}) }),
  }),
  "watchdog.rss_percent_roll": rule({
    unit: "percent",
    reads: rollReads,
    source: derived("above the mark at which work is shed, below the limit by half of the headroom"),
    decide: (read) => {
      if (read("workers.mode") === "inline") return { value: undefined, reason: reason("roll_inline", {}) };
      const smallest = rollLimitBytes(readThreadShape(read));
      if (read("memory.limit_bytes") < smallest)
        return { value: undefined, reason: reason("roll_small", { smallest }) };
      return { value: 98, reason: reason("roll_rss", {}) };
    },
  }),
  "watchdog.heap_percent_roll": rule({
    unit: "percent",
    reads: rollReads,
    source: derived(
      "V8 ends the whole process at the limit; JavaScriptCore has none, and the plan's share stands for it",
    ),
    decide: (read) => {
      if (read("workers.mode") === "inline") return { value: undefined, reason: reason("roll_inline", {}) };
      // Where a full heap ends the process, a successor that may not fit is no worse than none.
      if (capabilities[read("adapter")].heapLimit.has) return { value: 85, reason: reason("roll_heap_hard", {}) };
      const smallest = rollLimitBytes(readThreadShape(read));
      return read("memory.limit_bytes") < smallest
        ? { value: undefined, reason: reason("roll_small", { smallest }) }
        : { value: 85, reason: reason("roll_heap_soft", {}) };
    },
  }),
  "watchdog.roll_ms_min": rule({
    unit: "ms",
    reads: ["timeouts.drain_ms"],
    source: derived("a replaced worker drains first; two at once would be a third of memory more"),
    decide: (read) => ({
      value: Math.max(seconds(10), read("timeouts.drain_ms")),
      reason: reason("roll_pause", {}),
    }),
  }),
} satisfies RuleTable<KeysOf<"watchdog">>;
