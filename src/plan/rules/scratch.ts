/** Memory that workers use again and again: how much of it, and for what. */
import type { AdapterName } from "../../../templates/app/src/runtime/capabilities.ts";
import { floorTo, KiB, seconds } from "../../lib/units.ts";
import { threadBytesWanted } from "../budget.ts";
import { arenaBytesOf, inFlightPerWorker, SCRATCH_MAX, scratchShares } from "../capacity.ts";
import { memoryUseWorth, type UseMissing, type UseWorth } from "../memory-uses.ts";
import { reason } from "../reasons.ts";
import { type InputKey, type Read, type RuleTable, rule } from "../rule.ts";
import { assumed, derived, documented, memoryUses } from "../sources.ts";
import { cpuReads, readThreadShape, readWorkersByCpu, threadShapeReads } from "./shape-reads.ts";

/** Below this limit the collector's notes are not taken. */
const GC_METRICS_FROM_BYTES = 128 * KiB(1024);

const shareReads = [
  ...new Set([...cpuReads, ...threadShapeReads, "memory.scratch_bytes" as const, "memory.heaps_bytes" as const]),
] satisfies readonly InputKey[];

/**
 * One worker's part of the scratch memory. It is divided by the workers that CPUs and heaps could feed, as a real
 * number: the count itself grows by whole workers, and the byte that adds one must not take from the others.
 */
function workerBytes(read: Read<(typeof shareReads)[number]>): number {
  const byHeaps = read("memory.heaps_bytes") / threadBytesWanted(readThreadShape(read));
  return (read("memory.scratch_bytes") ?? 0) / Math.min(readWorkersByCpu(read), Math.max(1, byHeaps));
}

function useRule<Key extends UseKey>(key: Key) {
  return rule({
    unit: "none",
    reads: ["adapter"],
    source: memoryUses,
    decide: (read) => {
      const adapter = read("adapter");
      const worth: Readonly<Record<AdapterName, UseWorth | UseMissing>> = memoryUseWorth[key];
      const found = worth[adapter];
      if ("missing" in found) return { value: false, reason: reason("use_missing", { why: found.missing }) };
      const { wins: value, ratio, low, high, pairs } = found;
      const args = { adapter, ratio, low, high, pairs };
      return { value, reason: value ? reason("use_wins", args) : reason("use_loses", args) };
    },
  });
}

/** Uses of arenas and pools that can be switched. */
type UseKey = keyof typeof memoryUseWorth;

export type ScratchKey =
  | UseKey
  | "memory.arena_bytes"
  | "memory.arenas_max"
  | "memory.arena_spill_bytes_max"
  | "memory.trim_ms"
  | "memory.zero_on_release"
  | "memory.debug"
  | "memory.encode_bytes"
  | "memory.file_chunks_max"
  | "memory.gc_metrics";

export const scratchRules = {
  "memory.arena_bytes": rule({
    unit: "bytes",
    reads: ["answers.objective"],
    source: documented("https://nginx.org/en/docs/http/ngx_http_core_module.html#request_pool_size"),
    decide: (read) => {
      const objective = read("answers.objective");
      const value = arenaBytesOf[objective];
      return { value, reason: objective === "memory" ? reason("arena_lean", {}) : reason("arena_size", {}) };
    },
  }),
  "memory.arenas_max": rule({
    unit: "count",
    reads: [...shareReads, "memory.arena_bytes"],
    source: derived("half of a worker's part of the scratch memory, and no more arenas than requests at once"),
    bounds: (read) => {
      const requests = inFlightPerWorker[read("answers.objective")];
      return { max: { value: requests, by: reason("bound_arenas_in_flight", { requests }) } };
    },
    decide: (read) => ({
      value: Math.floor((workerBytes(read) * scratchShares.arenas) / (read("memory.arena_bytes") ?? KiB(8))),
      reason: reason("arenas", {}),
    }),
  }),
  "memory.arena_spill_bytes_max": rule({
    unit: "bytes",
    reads: ["limits.body_bytes_max"],
    source: derived("what a request may bring is what its handler may need to hold of it"),
    decide: (read) => ({
      value: Math.max(KiB(64), read("limits.body_bytes_max")),
      reason: reason("arena_spill", {}),
    }),
  }),
  "memory.trim_ms": rule({
    unit: "ms",
    reads: ["answers.objective"],
    source: assumed("long beside a pause between two bursts, short beside the lull after a peak"),
    decide: (read) =>
      read("answers.objective") === "memory"
        ? { value: seconds(5), reason: reason("trim_soon", {}) }
        : { value: seconds(30), reason: reason("trim", {}) },
  }),
  "memory.zero_on_release": rule({
    unit: "none",
    reads: [],
    source: derived("features that hold passwords and tokens zero their own buffers whatever this says"),
    decide: () => ({ value: false, reason: reason("zero_off", {}) }),
  }),
  "memory.debug": rule({
    unit: "none",
    reads: [],
    source: derived("the tests run with it; a server that serves pays nothing for it"),
    decide: () => ({ value: false, reason: reason("memory_debug_off", {}) }),
  }),
  "memory.log_arena": useRule("memory.log_arena"),
  "memory.metrics_arena": useRule("memory.metrics_arena"),
  "memory.body_assembly": useRule("memory.body_assembly"),
  "memory.encode_scratch": useRule("memory.encode_scratch"),
  "memory.encode_bytes": rule({
    unit: "bytes",
    reads: shareReads,
    source: derived("a quarter of a worker's part of the scratch memory; text beyond 64 KiB gains little"),
    bounds: () => ({
      max: { value: SCRATCH_MAX.encodeBytes, by: reason("bound_encode_max", {}) },
    }),
    decide: (read) => ({
      value: floorTo(workerBytes(read) * scratchShares.encode, KiB(1)),
      reason: reason("encode_size", {}),
    }),
  }),
  "memory.file_pool": useRule("memory.file_pool"),
  "memory.file_chunks_max": rule({
    unit: "count",
    reads: shareReads,
    source: derived("a quarter of a worker's part of the scratch memory"),
    bounds: () => ({
      max: { value: SCRATCH_MAX.fileChunks, by: reason("bound_file_chunks_max", {}) },
    }),
    decide: (read) => ({
      value: Math.floor((workerBytes(read) * scratchShares.files) / SCRATCH_MAX.fileChunkBytes),
      reason: reason("file_chunks", {}),
    }),
  }),
  "memory.frame_batch": useRule("memory.frame_batch"),
  "memory.gc_metrics": rule({
    unit: "none",
    reads: ["memory.limit_bytes"],
    source: derived("one look per half second takes the collector's notes; they are small beside a heap"),
    decide: (read) =>
      read("memory.limit_bytes") < GC_METRICS_FROM_BYTES
        ? { value: false, reason: reason("gc_metrics_off", { threshold: GC_METRICS_FROM_BYTES }) }
        : { value: true, reason: reason("gc_metrics_on", {}) },
  }),
} satisfies RuleTable<ScratchKey>;
