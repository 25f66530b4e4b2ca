/** What the JavaScript engine is told about memory. */
import { capabilities } from "../../../templates/app/src/runtime/capabilities.ts";
import type { Workload } from "../../answers/choices.ts";
import { floorTo, MiB } from "../../lib/units.ts";
import {
  HEAP_BYTES_MAX,
  semiSpaceBytesMax,
  splitHeap,
  threadBytesMax,
  threadBytesWanted,
  threadShareBytes,
} from "../budget.ts";
import { memoryCostsOf } from "../costs.ts";
import { absent, reason } from "../reasons.ts";
import { type KeysOf, type Read, type RuleTable, rule } from "../rule.ts";
import { allocatorFigures, documented, memoryCosts } from "../sources.ts";
import {
  memoryBoundReads,
  readMemoryBound,
  readThreadShape,
  readThreads,
  readWorkersByCpu,
  threadShapeReads,
} from "./shape-reads.ts";

const threadReads = [...new Set([...threadShapeReads, "memory.heaps_bytes" as const, ...memoryBoundReads])];
type ThreadRead = Read<(typeof threadReads)[number]>;

/** One thread's part of the heaps. */
function threadShare(read: ThreadRead): number {
  const shape = readThreadShape(read);
  return threadShareBytes({
    heaps: read("memory.heaps_bytes"),
    threads: readThreads(read),
    most: readMemoryBound(read) ? threadBytesWanted(shape) : threadBytesMax(shape, read("answers.objective")),
  });
}

/** Below this limit a smaller heap matters more than the speed of large buffers. */
const SMALL_TARGET_BYTES = MiB(128);
/** Small messages: where the small heap takes no more CPU. */
const smallMessages: ReadonlySet<Workload> = new Set<Workload>(["api"]);

export const engineRules = {
  "engine.heap_bytes_max": rule({
    unit: "bytes",
    reads: threadReads,
    source: memoryCosts,
    bounds: (read) => {
      const { heapBytesMin } = memoryCostsOf[read("adapter")];
      return {
        min: { value: heapBytesMin, by: reason("bound_heap_min", { heapBytesMin }) },
        max: { value: HEAP_BYTES_MAX, by: reason("bound_heap_max", {}) },
      };
    },
    decide: (read) => {
      const adapter = read("adapter");
      const { heapLimit } = capabilities[adapter];
      if (!heapLimit.has) return absent(heapLimit);
      if (read("facts.container") === "isolate") return { value: undefined, reason: reason("engine_isolate", {}) };
      const threads = readThreads(read);
      const { heapBytes } = splitHeap(readThreadShape(read), read("answers.objective"), threadShare(read));
      return { value: heapBytes, reason: reason("heap", { threads }) };
    },
  }),
  "engine.semi_space_bytes_max": rule({
    unit: "bytes",
    reads: threadReads,
    source: allocatorFigures,
    bounds: (read) => {
      const objective = read("answers.objective");
      return { max: { value: semiSpaceBytesMax[objective], by: reason("bound_semi_space", { objective }) } };
    },
    decide: (read) => {
      const adapter = read("adapter");
      const { semiSpace } = capabilities[adapter];
      if (!semiSpace.has) return absent(semiSpace);
      if (read("facts.container") === "isolate") return { value: undefined, reason: reason("engine_isolate", {}) };
      const objective = read("answers.objective");
      const { semiSpaceBytes } = splitHeap(readThreadShape(read), objective, threadShare(read));
      return { value: semiSpaceBytes, reason: reason("semi_space", { objective }) };
    },
  }),
  "engine.ram_bytes": rule({
    unit: "bytes",
    reads: [...threadReads, "memory.bodies_bytes"],
    source: documented("https://github.com/oven-sh/bun/issues/39239"),
    decide: (read) => {
      if (read("adapter") !== "bun") return { value: undefined, reason: reason("only_bun", {}) };
      // Each thread's engine believes that it has this memory to itself; bodies count as its own while it holds them.
      // The setting is one for all threads, and beside each worker there is at most one thread without any bodies.
      const holders = readWorkersByCpu(read) * (read("features.tasks") ? 2 : 1);
      const bodies = read("memory.bodies_bytes") / holders;
      const threads = readThreads(read);
      return { value: floorTo(threadShare(read) + bodies, MiB(1)), reason: reason("ram", { threads }) };
    },
  }),
  "engine.smol": rule({
    unit: "none",
    reads: ["adapter", "answers.workload", "answers.objective", "memory.limit_bytes"],
    source: allocatorFigures,
    decide: (read) => {
      if (read("adapter") !== "bun") return { value: undefined, reason: reason("only_bun", {}) };
      if (read("answers.objective") === "memory") return { value: true, reason: reason("smol_memory", {}) };
      if (read("memory.limit_bytes") < SMALL_TARGET_BYTES) {
        return { value: true, reason: reason("smol_small", { threshold: SMALL_TARGET_BYTES }) };
      }
      const workload = read("answers.workload");
      if (!smallMessages.has(workload)) return { value: false, reason: reason("smol_off", { workload }) };
      // More frequent collections may show in the tail, and only the mean was measured.
      return read("answers.objective") === "latency"
        ? { value: false, reason: reason("smol_latency", {}) }
        : { value: true, reason: reason("smol_json", {}) };
    },
  }),
} satisfies RuleTable<KeysOf<"engine">>;
