/** A slab's books in bytes, and what they say of its fragmentation. */

export interface SlabStats {
  readonly capacityBytes: number;
  /** Chunks in use, at their full size. */
  readonly usedBytes: number;
  /** What was asked for in them. */
  readonly askedBytes: number;
  /** Chunks of pages that a class owns, not in use. */
  readonly classFreeBytes: number;
  /** Pages that no class owns. */
  readonly pageFreeBytes: number;
}

export interface Fragmentation {
  /** Share of the chunks in use that nobody asked for: the price of doubling sizes and of the chunks' heads. */
  readonly internal: number;
  /** Share of the owned pages that is free, and free for its own class only. */
  readonly external: number;
}

/** Of one slab, or of the sums of several. */
export function fragmentation({
  usedBytes,
  askedBytes,
  classFreeBytes,
}: Pick<SlabStats, "usedBytes" | "askedBytes" | "classFreeBytes">): Fragmentation {
  const owned = usedBytes + classFreeBytes;
  return {
    internal: usedBytes === 0 ? 0 : 1 - askedBytes / usedBytes,
    external: owned === 0 ? 0 : classFreeBytes / owned,
  };
}
