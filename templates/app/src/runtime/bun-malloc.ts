/**
 * Proof of Bun's malloc: its own mimalloc keeps books (statistics), and a buffer that is made must appear in them. A
 * preloaded library can be mapped beside it; what mimalloc has booked, the other one has not served.
 */
import { heapStats } from "bun:jsc";
import type { MallocProof } from "./port.ts";

/** Large enough to be booked at once as a block of its own; its pages are never touched, so it costs no memory. */
const PROBE_BYTES = 4 * 1024 ** 2;

/** The part of the statistics that is read here; Bun's types do not declare it. */
interface MimallocBooks {
  /** Major, minor and patch, two digits each after the first: 30503. */
  readonly mimalloc_version?: number;
  readonly malloc_normal?: { readonly total: number };
  readonly malloc_huge?: { readonly total: number };
}

export function bunMallocProof(_maps: string | undefined): MallocProof | undefined {
  // Elsewhere Bun's mimalloc does not take the place of the system's malloc.
  if (process.platform !== "linux") return undefined;
  const before = books();
  const probe = new Uint8Array(PROBE_BYTES);
  const after = books();
  if (!before || !after || probe.length !== PROBE_BYTES) return undefined;
  const version = after.mimalloc_version;
  return {
    file: undefined,
    backend: "mimalloc",
    version: version === undefined ? undefined : versionText(version),
    owns: booked(after) - booked(before) >= PROBE_BYTES,
  };
}

function books(): MimallocBooks | undefined {
  return (heapStats() as { readonly mimalloc?: MimallocBooks }).mimalloc;
}

function booked({ malloc_normal, malloc_huge }: MimallocBooks): number {
  return (malloc_normal?.total ?? 0) + (malloc_huge?.total ?? 0);
}

function versionText(version: number): string {
  return [Math.floor(version / 10_000), Math.floor(version / 100) % 100, version % 100].join(".");
}
