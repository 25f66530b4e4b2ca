/**
 * Walks the trace over real memory, and tells how much memory it took beside what was alive.
 *
 * Idea: buffers are freed at the step where their life ends, by moving their content away, so that what is left over is
 * the allocator's doing; a second walk leaves them to the collector, as handlers do, and shows what that adds. Every
 * page of a buffer is written, because untouched memory is not resident.
 * Bound: a walk holds the trace's live buffers and their table; the same walk over buffers of 64 bytes comes first, so
 * that the heap of the JavaScript objects has its size before the resident size is read.
 */
import { Slab } from "../../src/memory/slab.ts";
import { slabHeadWords } from "../../src/memory/slab-layout.ts";
import { SIZE_BYTES_MAX, SIZE_BYTES_MIN, type Trace } from "./trace.ts";

export interface Churn {
  /** Resident size over what was there before the walk, by live bytes; at each sample. */
  readonly ratios: readonly number[];
  readonly liveBytesHigh: number;
}

export type Freeing = "released" | "collected";

/** Spread over the second half of the walk, when as much ends as begins. */
const SAMPLES = 32;
/** The smallest page of any architecture that Bun and Deno run on: touching more often than needed does no harm. */
const PAGE_BYTES = 4096;

export function churnFresh(trace: Trace, freeing: Freeing, residentBytes: () => number): Churn & { baseBytes: number } {
  walk(
    trace,
    freeing,
    () => SIZE_BYTES_MIN,
    () => undefined,
  );
  const baseBytes = residentBytes();
  const ratios: number[] = [];
  const liveBytesHigh = walk(
    trace,
    freeing,
    (step) => trace.sizes[step] ?? 0,
    (liveBytes) => {
      ratios.push(Math.max(0, residentBytes() - baseBytes) / liveBytes);
    },
  );
  return { ratios, liveBytesHigh, baseBytes };
}

function walk(
  trace: Trace,
  freeing: Freeing,
  sizeOf: (step: number) => number,
  sample: (liveBytes: number) => void,
): number {
  const buffers: (Uint8Array<ArrayBuffer> | undefined)[] = new Array(trace.steps).fill(undefined);
  const sampleEvery = Math.max(1, Math.floor(trace.steps / 2 / SAMPLES));
  const free = freeing === "released" ? release : drop;
  let liveBytes = 0;
  let liveBytesHigh = 0;
  for (let step = 0; step < trace.steps; step += 1) {
    for (let ended = trace.ends[step] ?? 0; ended !== 0; ended = trace.next[ended - 1] ?? 0) {
      liveBytes -= free(buffers, ended - 1);
    }
    const buffer = new Uint8Array(sizeOf(step));
    for (let at = 0; at < buffer.length; at += PAGE_BYTES) buffer[at] = 1;
    buffer[buffer.length - 1] = 1;
    buffers[step] = buffer;
    liveBytes += buffer.length;
    liveBytesHigh = Math.max(liveBytesHigh, liveBytes);
    if (step * 2 >= trace.steps && step % sampleEvery === 0) sample(liveBytes);
  }
  for (let step = 0; step < trace.steps; step += 1) if (buffers[step]) free(buffers, step);
  return liveBytesHigh;
}

type Buffers = (Uint8Array<ArrayBuffer> | undefined)[];

function release(buffers: Buffers, index: number): number {
  const bytes = buffers[index]?.length ?? 0;
  buffers[index]?.buffer.transfer(0);
  buffers[index] = undefined;
  return bytes;
}

function drop(buffers: Buffers, index: number): number {
  const bytes = buffers[index]?.length ?? 0;
  buffers[index] = undefined;
  return bytes;
}

export interface SlabChurn extends Churn {
  /** Of the ratio: what rounding up to a chunk's size costs alone. */
  readonly roundingRatios: readonly number[];
  /** Allocations that found no memory; more than none, and the ratios are those of a trace with holes. */
  readonly refused: number;
}

/** The same walk over the server's slab; its own books tell. Memory held is all pages that a size class owns. */
export function churnSlab(trace: Trace, capacityBytes: number): SlabChurn {
  // The largest size and a chunk's head need the next power of two.
  const pageBytes = SIZE_BYTES_MAX * 2;
  const shape = { pageBytes, pages: Math.floor(capacityBytes / pageBytes), chunkBytesMin: 64 };
  const words = slabHeadWords(shape) + (shape.pages * pageBytes) / 4;
  const slab = new Slab(new Int32Array(new SharedArrayBuffer(words * 4)), 0, shape, () => false);
  const chunks = new Int32Array(trace.steps);
  const sampleEvery = Math.max(1, Math.floor(trace.steps / 2 / SAMPLES));
  const ratios: number[] = [];
  const roundingRatios: number[] = [];
  let refused = 0;
  let liveBytesHigh = 0;
  for (let step = 0; step < trace.steps; step += 1) {
    for (let ended = trace.ends[step] ?? 0; ended !== 0; ended = trace.next[ended - 1] ?? 0) {
      const chunk = chunks[ended - 1] ?? 0;
      if (chunk !== 0) slab.free(chunk);
    }
    const chunk = slab.allocate(trace.sizes[step] ?? 0);
    if (chunk === 0) refused += 1;
    chunks[step] = chunk;
    if (step * 2 < trace.steps || step % sampleEvery !== 0) continue;
    const { askedBytes, usedBytes, classFreeBytes } = slab.stats;
    ratios.push((usedBytes + classFreeBytes) / askedBytes);
    roundingRatios.push(usedBytes / askedBytes);
    liveBytesHigh = Math.max(liveBytesHigh, askedBytes);
  }
  return { ratios, roundingRatios, refused, liveBytesHigh };
}
