/** The memory budget as settings: each row is a rule, and their sum is at most the limit. */
import {
  baseBytes,
  FAILED_ATTEMPTS_BYTES,
  HEADROOM_SHARE,
  sharesOf,
  threadBytesMax,
  threadBytesMin,
  threadsMin,
  ZONES_SHARE,
  ZONES_STEP_BYTES,
  zoneBytesPerWorker,
} from "../budget.ts";
import { BODY_COPIES, bodyBytesWanted, CONNECTIONS_MAX, inFlightPerWorker, scratchBytesMax } from "../capacity.ts";
import { reason } from "../reasons.ts";
import { type KeysOf, type RuleTable, rule } from "../rule.ts";
import { assumed, derived, memoryCosts } from "../sources.ts";
import { divisionOf, eachConnectionBytes } from "./division.ts";
import { featureMemoryReads, partReads, readFeatureParts } from "./feature-memory.ts";
import type { ScratchKey } from "./scratch.ts";
import { cpuReads, readThreadShape, readThreadsByCpu, readWorkersByCpu } from "./shape-reads.ts";

const sharesAssumed = assumed("how a workload uses memory; the running server's gauges show whether it holds");

export const memoryRules = {
  "memory.limit_bytes": rule({
    unit: "bytes",
    reads: ["facts.memoryBytes"],
    source: derived("the target itself: the tightest control group, or the machine's memory"),
    decide: (read) => ({ value: Math.floor(read("facts.memoryBytes")), reason: reason("memory_limit", {}) }),
  }),
  "memory.base_bytes": rule({
    unit: "bytes",
    reads: ["adapter", "memory.limit_bytes"],
    source: memoryCosts,
    decide: (read) => {
      const adapter = read("adapter");
      return { value: baseBytes(adapter, read("memory.limit_bytes")), reason: reason("memory_base", { adapter }) };
    },
  }),
  "memory.heaps_bytes": rule({
    unit: "bytes",
    reads: [...new Set([...partReads, ...cpuReads])],
    source: sharesAssumed,
    bounds: (read) => {
      const objective = read("answers.objective");
      const threads = readThreadsByCpu(read);
      const each = threadBytesMax(readThreadShape(read), objective);
      return { max: { value: threads * each, by: reason("bound_heaps", { threads, each }) } };
    },
    decide: (read) => {
      const threads = threadsMin(read("features.tasks"));
      const smallest = threads * threadBytesMin(readThreadShape(read));
      const share = sharesOf[read("answers.workload")].heaps;
      return {
        value: smallest + divisionOf(read).heaps,
        reason: reason("memory_heaps", { threads, smallest, share, hashes: read("features.auth") }),
      };
    },
  }),
  "memory.zones_bytes": rule({
    unit: "bytes",
    reads: ["workers.count", "zones.latency_steps", "log.batch_bytes", "features.auth"],
    source: derived("an upper bound of the zones' layout: counters, histogram, heartbeats and log batches per worker"),
    decide: (read) => {
      // A worker that is replaced and its successor both have a row.
      const rows = read("workers.count") + 1;
      const rest = read("features.auth") ? FAILED_ATTEMPTS_BYTES : 0;
      const each = zoneBytesPerWorker(read("zones.latency_steps"), read("log.batch_bytes"));
      return {
        value: Math.ceil((rows * each + rest) / ZONES_STEP_BYTES) * ZONES_STEP_BYTES,
        reason: reason("memory_zones", { rows, each, rest }),
      };
    },
  }),
  "memory.connections_bytes": rule({
    unit: "bytes",
    reads: partReads,
    source: memoryCosts,
    bounds: (read) => {
      const each = eachConnectionBytes(read);
      const max = { value: CONNECTIONS_MAX * each, by: reason("bound_nr_open", { connections: CONNECTIONS_MAX }) };
      return { max };
    },
    decide: (read) => {
      const each = eachConnectionBytes(read);
      const asked = read("answers.connections");
      const value = divisionOf(read).connections;
      if (asked !== undefined) return { value, reason: reason("memory_connections_asked", { asked, each }) };
      const share = sharesOf[read("answers.workload")].connections;
      return { value, reason: reason("memory_connections", { each, share }), source: sharesAssumed };
    },
  }),
  "memory.bodies_bytes": rule({
    unit: "bytes",
    reads: [...new Set([...partReads, ...cpuReads])],
    source: sharesAssumed,
    bounds: (read) => {
      const objective = read("answers.objective");
      const requests = readWorkersByCpu(read) * inFlightPerWorker[objective];
      const each = BODY_COPIES * bodyBytesWanted[read("answers.workload")];
      return { max: { value: requests * each, by: reason("bound_bodies", { requests, each }) } };
    },
    decide: (read) => {
      const share = sharesOf[read("answers.workload")].bodies;
      return { value: divisionOf(read).bodies, reason: reason("memory_bodies", { share }) };
    },
  }),
  "memory.features_bytes": rule({
    unit: "bytes",
    reads: featureMemoryReads,
    source: sharesAssumed,
    decide: (read) => {
      const parts = readFeatureParts(read);
      const value = parts.cache + parts.files + parts.clients;
      return value === 0
        ? { value: undefined, reason: reason("memory_features_none", {}) }
        : { value, reason: reason("memory_features", parts) };
    },
  }),
  "memory.scratch_bytes": rule({
    unit: "bytes",
    reads: [...new Set([...partReads, ...cpuReads])],
    source: sharesAssumed,
    bounds: (read) => {
      const [workers, each] = [readWorkersByCpu(read), scratchBytesMax(read("answers.objective"))];
      return { max: { value: workers * each, by: reason("bound_scratch", { workers, each }) } };
    },
    decide: (read) => {
      const share = sharesOf[read("answers.workload")].scratch;
      return { value: divisionOf(read).scratch, reason: reason("memory_scratch", { share }) };
    },
  }),
  "memory.headroom_bytes": rule({
    unit: "bytes",
    reads: [
      "memory.limit_bytes",
      "memory.base_bytes",
      "memory.heaps_bytes",
      "memory.connections_bytes",
      "memory.bodies_bytes",
      "memory.features_bytes",
      "memory.scratch_bytes",
    ],
    source: derived("what the other rows leave; never less than an eighth of the limit"),
    decide: (read) => {
      const limit = read("memory.limit_bytes");
      const rows = [
        read("memory.base_bytes"),
        read("memory.heaps_bytes"),
        read("memory.connections_bytes"),
        read("memory.bodies_bytes"),
        read("memory.features_bytes") ?? 0,
        read("memory.scratch_bytes") ?? 0,
        // The zones' reserve, not their row: that grows by whole workers, and headroom must not shrink for it.
        Math.ceil(limit * ZONES_SHARE),
      ];
      const value = rows.reduce((left, row) => left - row, limit);
      return { value, reason: reason("memory_headroom", { share: HEADROOM_SHARE }) };
    },
  }),
  "memory.rss_high_bytes": rule({
    unit: "bytes",
    reads: ["memory.limit_bytes", "memory.headroom_bytes"],
    source: derived("everything planned, and half of the headroom: what comes next is the limit itself"),
    decide: (read) => ({
      value: read("memory.limit_bytes") - Math.ceil(read("memory.headroom_bytes") / 2),
      reason: reason("rss_high", {}),
    }),
  }),
} satisfies RuleTable<Exclude<KeysOf<"memory">, ScratchKey>>;
