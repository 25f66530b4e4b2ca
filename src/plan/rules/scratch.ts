/** Memory that workers use again and again: how much of it, and for what. */
import type { AdapterName } from "../../../templates/app/src/runtime/capabilities.ts";
import { KiB, MiB, seconds } from "../../lib/units.ts";
import { SCRATCH_SHARE } from "../budget.ts";
import { inFlightPerWorker } from "../capacity.ts";
import { reason } from "../reasons.ts";
import { type InputKey, type Read, type RuleTable, rule } from "../rule.ts";
import { assumed, derived, documented, memoryUses } from "../sources.ts";
import { cpuReads, readWorkersByCpu } from "./shape-reads.ts";

/** Fewer arenas would be a pool that is empty whenever a few requests come at once. */
const ARENAS_MIN = 4;
/** One read of a file; see runtime/open-file.ts of the server. */
const FILE_CHUNK_BYTES = KiB(64);
const FILE_CHUNKS_MIN = 2;
const FILE_CHUNKS_MAX = 32;
/** Below this limit every thread's scratch is as small as it can be. */
const SMALL_BYTES = MiB(128);

const shareReads = [...new Set([...cpuReads, "memory.limit_bytes" as const])];

/** One worker's part of the scratch memory, by the CPUs: memory that adds a worker must not shrink what each has. */
function workerBytes(read: Read<(typeof shareReads)[number]>): number {
  return (read("memory.limit_bytes") * SCRATCH_SHARE) / readWorkersByCpu(read);
}

export type UseKey =
  | "memory.log_arena"
  | "memory.metrics_arena"
  | "memory.body_assembly"
  | "memory.encode_scratch"
  | "memory.file_pool"
  | "memory.frame_batch";

/** Whether a use of arenas or pools won where it was measured. */
const wins: Readonly<Record<UseKey, Readonly<Record<AdapterName, boolean>>>> = {
  "memory.log_arena": { bun: true, "deno-serve": true, "deno-http": true },
  "memory.metrics_arena": { bun: false, "deno-serve": false, "deno-http": false },
  "memory.body_assembly": { bun: false, "deno-serve": false, "deno-http": false },
  "memory.encode_scratch": { bun: false, "deno-serve": true, "deno-http": true },
  "memory.file_pool": { bun: false, "deno-serve": false, "deno-http": false },
  "memory.frame_batch": { bun: false, "deno-serve": false, "deno-http": false },
};

function useRule<Key extends UseKey>(key: Key) {
  return rule({
    unit: "none",
    reads: ["adapter"],
    source: memoryUses,
    decide: (read) => {
      const adapter = read("adapter");
      const value = wins[key][adapter];
      return { value, reason: value ? reason("use_wins", { adapter }) : reason("use_loses", { adapter }) };
    },
  });
}

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

export const scratchReads = [
  "workers.count",
  "memory.arena_bytes",
  "memory.arenas_max",
  "memory.encode_bytes",
  "memory.file_pool",
  "memory.file_chunks_max",
] as const satisfies readonly InputKey[];

/** Bytes of one worker's arenas and pooled buffers when all are in use. */
export function scratchBytes(read: Read<(typeof scratchReads)[number]>): number {
  const files = read("memory.file_pool") ? (read("memory.file_chunks_max") ?? 0) * FILE_CHUNK_BYTES : 0;
  const arenas = (read("memory.arenas_max") ?? 0) * (read("memory.arena_bytes") ?? 0);
  return arenas + (read("memory.encode_bytes") ?? 0) + files;
}

export const scratchRules = {
  "memory.arena_bytes": rule({
    unit: "bytes",
    reads: ["answers.objective", "memory.limit_bytes"],
    source: documented("https://nginx.org/en/docs/http/ngx_http_core_module.html#request_pool_size"),
    decide: (read) => {
      const lean = read("answers.objective") === "memory" || read("memory.limit_bytes") < SMALL_BYTES;
      return lean
        ? { value: KiB(4), reason: reason("arena_lean", {}) }
        : { value: KiB(8), reason: reason("arena_size", {}) };
    },
  }),
  "memory.arenas_max": rule({
    unit: "count",
    reads: [...shareReads, "answers.objective", "memory.arena_bytes"],
    source: derived("half of the scratch memory's share, and no more arenas than requests at once"),
    bounds: (read) => {
      const requests = inFlightPerWorker[read("answers.objective")];
      return {
        min: { value: ARENAS_MIN, by: reason("bound_arenas", { arenas: ARENAS_MIN }) },
        max: { value: requests, by: reason("bound_arenas_in_flight", { requests }) },
      };
    },
    decide: (read) => ({
      value: Math.floor(workerBytes(read) / 2 / (read("memory.arena_bytes") ?? KiB(8))),
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
    reads: [...shareReads],
    source: derived("a quarter of the scratch memory's share; text beyond 64 KiB gains little"),
    bounds: () => ({
      min: { value: KiB(4), by: reason("bound_encode_min", {}) },
      max: { value: KiB(64), by: reason("bound_encode_max", {}) },
    }),
    decide: (read) => ({
      value: 2 ** Math.floor(Math.log2(workerBytes(read) / 4)),
      reason: reason("encode_size", {}),
    }),
  }),
  "memory.file_pool": useRule("memory.file_pool"),
  "memory.file_chunks_max": rule({
    unit: "count",
    reads: [...shareReads],
    source: derived("a quarter of the scratch memory's share"),
    bounds: () => ({
      min: { value: FILE_CHUNKS_MIN, by: reason("bound_file_chunks_min", {}) },
      max: { value: FILE_CHUNKS_MAX, by: reason("bound_file_chunks_max", {}) },
    }),
    decide: (read) => ({
      value: Math.floor(workerBytes(read) / 4 / FILE_CHUNK_BYTES),
      reason: reason("file_chunks", {}),
    }),
  }),
  "memory.frame_batch": useRule("memory.frame_batch"),
  "memory.gc_metrics": rule({
    unit: "none",
    reads: ["memory.limit_bytes"],
    source: derived("one look per half second takes the collector's notes; they are small beside a heap"),
    decide: (read) =>
      read("memory.limit_bytes") < SMALL_BYTES
        ? { value: false, reason: reason("gc_metrics_off", { threshold: SMALL_BYTES }) }
        : { value: true, reason: reason("gc_metrics_on", {}) },
  }),
} satisfies RuleTable<ScratchKey>;
