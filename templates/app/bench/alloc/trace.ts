/**
 * The mixed-lifetime trace: what a server's buffers look like to an allocator, the same in every run.
 *
 * Idea: at each step one buffer begins its life, and those whose life is over end. Most live as long as a request, some
 * as long as a connection, a few as long as a cached answer; sizes are spread evenly over the logarithm, so that every
 * size class meets every lifetime. Such a mixture is what fragments memory: the long-lived pin what the short-lived leave.
 * Bound: three numbers per step, made beforehand, so that walking the trace allocates nothing but the buffers.
 */

export interface Trace {
  readonly steps: number;
  readonly sizes: Uint32Array;
  /** First buffer that ends at this step, + 1; 0: none. */
  readonly ends: Uint32Array;
  /** The next buffer that ends with this one, + 1; 0: none. */
  readonly next: Uint32Array;
}

export const TRACE_SEED = 20_261;
export const SIZE_BYTES_MIN = 64;
export const SIZE_BYTES_MAX = 262_144;

interface Lifetime {
  readonly name: string;
  readonly share: number;
  /** Steps. */
  readonly min: number;
  readonly max: number;
}

/** Shares as in generational collection's premise, that most objects die young; lengths are two powers of ten apart. */
export const lifetimes = [
  { name: "short", share: 0.8, min: 1, max: 64 },
  { name: "medium", share: 0.15, min: 64, max: 2048 },
  { name: "long", share: 0.05, min: 2048, max: 16_384 },
] as const satisfies readonly Lifetime[];

export function makeTrace(steps: number, seed: number = TRACE_SEED): Trace {
  const random = mulberry32(seed);
  const sizes = new Uint32Array(steps);
  const ends = new Uint32Array(steps);
  const next = new Uint32Array(steps);
  for (let step = 0; step < steps; step += 1) {
    sizes[step] = sizeAt(random());
    const end = step + lifetimeAt(random(), random());
    // What lives beyond the trace ends with it.
    if (end >= steps) continue;
    next[step] = ends[end] ?? 0;
    ends[end] = step + 1;
  }
  return { steps, sizes, ends, next };
}

/** Log-uniform: each doubling of the size is as frequent as the next. */
export function sizeAt(share: number): number {
  return Math.floor(SIZE_BYTES_MIN * (SIZE_BYTES_MAX / SIZE_BYTES_MIN) ** share);
}

function lifetimeAt(kind: number, share: number): number {
  let passed = 0;
  for (const { share: part, min, max } of lifetimes) {
    passed += part;
    if (kind < passed) return min + Math.floor(share * (max - min));
  }
  // The shares' sum may be a rounding below 1.
  return 1;
}

/** Tommy Ettinger's mulberry32: 32 bits of state, the same numbers on every engine. */
export function mulberry32(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
