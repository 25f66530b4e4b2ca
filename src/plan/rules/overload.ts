/** When the server turns work away so that the rest is served well. */
import type { Objective } from "../../answers/choices.ts";
import { seconds } from "../../lib/units.ts";
import { codeLimitBytes, limitBytesMin } from "../budget.ts";
import { featureRule } from "../feature-rule.ts";
import { reason } from "../reasons.ts";
import type { KeysOf, Read, RuleTable, Verdict } from "../rule.ts";
import { derived, documented } from "../sources.ts";
import { readThreadShape, threadShapeReads } from "./shape-reads.ts";

/** toobusy's 70 ms keep requests at about 200 ms; who does not ask for latency puts up with more before work is lost. */
const lagMs: Readonly<Record<Objective, number>> = { latency: 70, balanced: 200, memory: 200, throughput: 500 };

/** Fifty looks: each worker reads its signs ten times a second. */
const HOLD_MS = seconds(5);

const tightReads = [...threadShapeReads, "memory.limit_bytes" as const];

/** On the smallest targets the server at rest is most of what its marks are made of: 78 to 84 % of a heap was seen. */
function tight(read: Read<(typeof tightReads)[number]>): Verdict<undefined> | undefined {
  const smallest = 2 * limitBytesMin(readThreadShape(read));
  if (read("memory.limit_bytes") >= smallest) return undefined;
  return { value: undefined, reason: reason("overload_tight", { smallest }) };
}

export const overloadRules = {
  "overload.lag_ms_high": featureRule("overload", {
    unit: "ms",
    reads: ["answers.objective", "facts.cpus", "workers.stall_ms_max"],
    source: documented("https://github.com/STRML/node-toobusy#readme"),
    bounds: (read) => {
      const stallMs = read("workers.stall_ms_max");
      return { max: { value: Math.floor(stallMs / 4), by: reason("bound_lag", { stallMs }) } };
    },
    decide: (read) => {
      const [objective, cpus] = [read("answers.objective"), read("facts.cpus")];
      // A quota below one CPU stops the process for a part of each period, and that is no overload.
      const value = Math.round(lagMs[objective] / Math.min(1, cpus));
      return { value, reason: reason("lag", { objective, cpus }) };
    },
  }),
  "overload.in_flight_percent_high": featureRule("overload", {
    unit: "percent",
    reads: [],
    source: derived("a queue holds load / (1 - load) requests (M/M/1): 4 at 80 %, 9 at 90 %, 99 at 99 %"),
    decide: () => ({ value: 80, reason: reason("in_flight_high", {}) }),
  }),
  "overload.memory_percent_high": featureRule("overload", {
    unit: "percent",
    reads: [...tightReads, "workers.mode"],
    source: documented("https://www.envoyproxy.io/docs/envoy/latest/configuration/best_practices/edge"),
    decide: (read) => {
      // In one thread with the data plane, Deno runs without the permission to read what its resident size consists of.
      const isTold = read("adapter") === "bun" || read("workers.mode") === "threads";
      const [smallest, limit] = [codeLimitBytes(read("adapter")), read("memory.limit_bytes")];
      if (!isTold && limit < smallest) return { value: undefined, reason: reason("memory_high_small", { smallest }) };
      return tight(read) ?? { value: 95, reason: reason("memory_high", {}) };
    },
  }),
  "overload.heap_percent_high": featureRule("overload", {
    unit: "percent",
    reads: tightReads,
    source: derived("below the share at which a worker is replaced, above what a collection leaves of a healthy heap"),
    decide: (read) => tight(read) ?? { value: 80, reason: reason("heap_high", {}) },
  }),
  "overload.hold_ms": featureRule("overload", {
    unit: "ms",
    reads: [],
    source: derived("fifty looks, a tenth of a second apart: a quiet moment proves nothing"),
    decide: () => ({ value: HOLD_MS, reason: reason("overload_hold", {}) }),
  }),
  "overload.retry_after_s": featureRule("overload", {
    unit: "s",
    reads: ["overload.hold_ms"],
    source: derived("the server takes work again after overload.hold_ms at the earliest"),
    decide: (read) => ({
      value: Math.ceil((read("overload.hold_ms") ?? HOLD_MS) / seconds(1)),
      reason: reason("overload_retry", {}),
    }),
  }),
} satisfies RuleTable<KeysOf<"overload">>;
