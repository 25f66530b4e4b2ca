/**
 * What every plan promises, as checks: the rules keep it by how they are made, and a pinned value may break it. The
 * server's own checks between settings come on top. A row names the settings that it speaks of.
 */
import { crossChecks } from "../../templates/app/src/config/cross-checks.ts";
import type { ServerConfig, SettingKey } from "../../templates/app/src/config/schema.ts";
import { formatBytes } from "../lib/units.ts";
import {
  baseBytes,
  FAILED_ATTEMPTS_BYTES,
  HASH_BYTES,
  HEADROOM_SHARE,
  SEMI_SPACES,
  zoneBytesPerWorker,
} from "../plan/budget.ts";
import { BODY_COPIES, connectionBytes, SCRATCH_MAX } from "../plan/capacity.ts";
import { memoryCostsOf } from "../plan/costs.ts";
import type { Plan } from "../plan/plan.ts";
import { CLIENT_BYTES, KNOWN_FILE_BYTES } from "../plan/rules/feature-memory.ts";
import { planConfig } from "../plan/to-config.ts";
import { type SettingBounds, settingBounds } from "./setting-bounds.ts";

export interface BrokenPromise {
  readonly keys: readonly SettingKey[];
  /** A sentence. */
  readonly message: string;
}

interface Judged {
  readonly plan: Plan;
  readonly config: ServerConfig;
}

interface Promised {
  readonly keys: readonly SettingKey[];
  /** What is needed of what there is; undefined: the row says nothing of this plan. */
  readonly sides: (judged: Judged) => { readonly needed: number; readonly granted: number } | undefined;
  readonly message: (needed: string, granted: string) => string;
  readonly unit: "bytes" | "count";
}

/** The promises that the plan does not keep; empty for a plan without pins. */
export function brokenPromises(plan: Plan): readonly BrokenPromise[] {
  const config = fullConfig(plan);
  const own = promises.flatMap(({ keys, sides, message, unit }) => {
    const found = sides({ plan, config });
    if (found === undefined || found.needed <= found.granted) return [];
    const text = unit === "bytes" ? formatBytes : String;
    return [{ keys, message: message(text(found.needed), text(found.granted)) }];
  });
  const server = crossChecks
    .filter((check) => !check.holds(config))
    .map((check) => ({ keys: check.keys, message: capital(check.message(config)) }));
  return [...own, ...server];
}

/** As the server's schema completes it: settings that are not set have their usual values. */
function fullConfig(plan: Plan): ServerConfig {
  const planned = planConfig(plan);
  const config: Record<string, Record<string, unknown>> = {};
  for (const [key, bounds] of Object.entries(settingBounds) as [SettingKey, SettingBounds][]) {
    const [section = "", name = ""] = key.split(".");
    const usual = bounds.usual === undefined ? {} : { [name]: bounds.usual };
    config[section] = { ...config[section], ...usual };
  }
  for (const [section, values] of Object.entries(planned)) config[section] = { ...config[section], ...values };
  return config as unknown as ServerConfig;
}

const promises: readonly Promised[] = [
  {
    keys: ["memory.limit_bytes"],
    unit: "bytes",
    sides: ({ plan, config }) => ({ needed: config.memory.limit_bytes, granted: plan.facts.memoryBytes.value }),
    message: (needed, granted) => `The plan is made for ${needed}, and the target has ${granted}.`,
  },
  {
    keys: [
      "memory.limit_bytes",
      "memory.base_bytes",
      "memory.heaps_bytes",
      "memory.connections_bytes",
      "memory.bodies_bytes",
      "memory.features_bytes",
      "memory.scratch_bytes",
      "memory.headroom_bytes",
    ],
    unit: "bytes",
    sides: ({ config: { memory } }) => ({
      // Rounded rows take a few bytes of it.
      needed: Math.floor(memory.limit_bytes * HEADROOM_SHARE) - 8,
      granted: memory.headroom_bytes,
    }),
    message: (needed, granted) =>
      `The budget leaves ${granted} of headroom; an eighth of the limit, ${needed}, is kept for bursts and fragmentation.`,
  },
  {
    keys: ["memory.limit_bytes", "memory.headroom_bytes", "memory.zones_bytes", "memory.base_bytes"],
    unit: "bytes",
    sides: ({ plan, config }) => ({
      needed: plan.budget.reduce((sum, row) => sum + row.bytes, 0),
      granted: config.memory.limit_bytes,
    }),
    message: (needed, granted) => `The rows of the memory budget add up to ${needed}, and the limit is ${granted}.`,
  },
  {
    keys: ["memory.base_bytes", "memory.limit_bytes"],
    unit: "bytes",
    sides: ({ plan, config: { memory } }) => ({
      needed: baseBytes(plan.adapter, memory.limit_bytes),
      granted: memory.base_bytes,
    }),
    message: (needed, granted) => `The runtime needs ${needed}, and memory.base_bytes is ${granted}.`,
  },
  {
    keys: ["memory.zones_bytes", "workers.count", "zones.latency_steps", "log.batch_bytes"],
    unit: "bytes",
    sides: ({ plan: { features }, config: { workers, zones, log, memory } }) => ({
      // A worker that is replaced and its successor both have a row.
      needed:
        (workers.count + 1) * zoneBytesPerWorker(zones.latency_steps, log.batch_bytes) +
        (features.includes("auth") ? FAILED_ATTEMPTS_BYTES : 0),
      granted: memory.zones_bytes,
    }),
    message: (needed, granted) => `The workers' shared memory needs ${needed}, and memory.zones_bytes is ${granted}.`,
  },
  {
    keys: [
      "engine.heap_bytes_max",
      "engine.semi_space_bytes_max",
      "workers.count",
      "tasks.threads",
      "memory.heaps_bytes",
    ],
    unit: "bytes",
    sides: ({ plan, config }) => ({ needed: heapBytesNeeded(plan, config), granted: config.memory.heaps_bytes }),
    message: (needed, granted) => `The threads' heaps need ${needed}, and memory.heaps_bytes is ${granted}.`,
  },
  {
    keys: ["engine.ram_bytes", "workers.count", "tasks.threads", "memory.heaps_bytes", "memory.bodies_bytes"],
    unit: "bytes",
    sides: ({ config: { engine, workers, tasks, memory } }) =>
      engine.ram_bytes === undefined
        ? undefined
        : {
            needed: (workers.count + tasks.threads) * engine.ram_bytes,
            granted: memory.heaps_bytes + memory.bodies_bytes,
          },
    message: (needed, granted) => `The threads' engines count on ${needed}, and heaps and bodies have ${granted}.`,
  },
  {
    keys: ["limits.connections_max", "memory.connections_bytes"],
    unit: "bytes",
    sides: ({ plan: { adapter, answers }, config }) => ({
      needed:
        config.limits.connections_max *
        connectionBytes({
          adapter,
          workload: answers.workload.value,
          tls: answers.tls.value,
          webSockets: answers.features.value.includes("websocket"),
        }),
      granted: config.memory.connections_bytes,
    }),
    message: (needed, granted) =>
      `The connections of limits.connections_max need ${needed}, and memory.connections_bytes is ${granted}.`,
  },
  {
    keys: ["limits.bodies_bytes_max", "memory.bodies_bytes"],
    unit: "bytes",
    sides: ({ config: { limits, memory } }) => ({
      needed: BODY_COPIES * limits.bodies_bytes_max,
      granted: memory.bodies_bytes,
    }),
    message: (needed, granted) =>
      `Bodies of limits.bodies_bytes_max need ${needed} while they are joined, and memory.bodies_bytes is ${granted}.`,
  },
  {
    keys: [
      "memory.arena_bytes",
      "memory.arenas_max",
      "memory.encode_bytes",
      "memory.file_chunks_max",
      "workers.count",
      "memory.scratch_bytes",
    ],
    unit: "bytes",
    sides: ({ config: { memory, workers } }) => ({
      needed:
        workers.count *
        (memory.arenas_max * memory.arena_bytes +
          memory.encode_bytes +
          memory.file_chunks_max * SCRATCH_MAX.fileChunkBytes),
      granted: memory.scratch_bytes,
    }),
    message: (needed, granted) =>
      `The workers' arenas and buffers need ${needed}, and memory.scratch_bytes is ${granted}.`,
  },
  {
    keys: [
      "cache.zone_bytes",
      "static.memory_bytes",
      "static.files_max",
      "rate_limit.clients_max",
      "workers.count",
      "memory.features_bytes",
    ],
    unit: "bytes",
    sides: ({ plan, config: { workers, memory } }) => {
      // Settings of absent features have usual values, and hold nothing.
      const planned = (key: SettingKey) => Number(plan.decisions[key].value ?? 0);
      return {
        needed:
          planned("cache.zone_bytes") +
          workers.count * planned("static.memory_bytes") +
          planned("static.files_max") * KNOWN_FILE_BYTES +
          planned("rate_limit.clients_max") * CLIENT_BYTES,
        granted: memory.features_bytes,
      };
    },
    message: (needed, granted) =>
      `Cached replies, files and the table of clients need ${needed}, and memory.features_bytes is ${granted}.`,
  },
  {
    keys: ["limits.nofile_min", "limits.connections_max", "workers.count"],
    unit: "count",
    sides: ({ plan, config }) => ({ needed: config.limits.nofile_min, granted: plan.facts.nofileHard.value }),
    message: (needed, granted) =>
      `The process needs ${needed} file descriptors, and the target's hard limit is ${granted}.`,
  },
  {
    keys: ["limits.nofile_min", "limits.connections_max"],
    unit: "count",
    sides: ({ plan, config }) => ({
      needed: Number(plan.unpinned["limits.nofile_min"]?.value ?? 0),
      granted: config.limits.nofile_min,
    }),
    message: (needed, granted) =>
      `The connections and what the process opens beside them need ${needed} file descriptors, and limits.nofile_min is ${granted}.`,
  },
];

/** Threads with their heaps, and the passwords that workers verify at once. */
function heapBytesNeeded({ adapter, features }: Plan, { engine, workers, tasks, auth }: ServerConfig): number {
  const { threadBytes, heapBytesMin } = memoryCostsOf[adapter];
  const young = SEMI_SPACES * (engine.semi_space_bytes_max ?? 0);
  const heap = (engine.heap_bytes_max ?? heapBytesMin) + young;
  const hashes = features.includes("auth") ? workers.count * auth.hashes_max * HASH_BYTES : 0;
  return (workers.count + tasks.threads) * (threadBytes + heap) + hashes;
}

function capital(sentence: string): string {
  return /^[a-z_]+\./.test(sentence) ? sentence : `${sentence.charAt(0).toUpperCase()}${sentence.slice(1)}`;
}
