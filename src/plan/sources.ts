/** Sources of rules. A figure's source is a file here, a document's address, or the argument itself. */
import type { Source } from "./decision.ts";

/** What `scripts/measure/memory-costs.mjs` found. */
export const memoryCosts: Source = { kind: "measured", ref: "docs/measurements/memory-costs.json" };

/** The emitted server's uses of arenas and pools, each on and off: `scripts/measure/memory-uses.mjs`. */
export const memoryUses: Source = { kind: "measured", ref: "docs/measurements/memory-uses.json" };
/** Throughput and resident size under each allocator: `scripts/measure/allocators.mjs`. */
export const allocatorFigures: Source = { kind: "measured", ref: "docs/measurements/allocators.json" };

/** Heap limits, descriptors of threads, what a client may do that never ends its head: `scripts/measure/engine-limits.mjs`. */
export const engineLimits: Source = { kind: "measured", ref: "docs/measurements/engine-limits.json" };

/** Time and memory of the content codings: `scripts/measure/compression.mjs`. */
export const compressionFigures: Source = { kind: "measured", ref: "docs/measurements/compression.json" };

export function documented(ref: string): Source {
  return { kind: "documented", ref };
}

export function derived(ref: string): Source {
  return { kind: "derived", ref };
}

export function assumed(ref: string): Source {
  return { kind: "assumed", ref };
}
