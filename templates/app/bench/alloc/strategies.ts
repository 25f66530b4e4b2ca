/**
 * The ways to get memory, each as the loop of a server that answers requests: a batch of buffers is taken, each is
 * touched at both ends, and all are given back together.
 *
 * Each loop is spelled out: behind a shared loop the engine would call through a pointer, and that call costs more than
 * an arena's allocation. The owned ones are the server's own modules of src/memory.
 */
import { Buffer } from "node:buffer";
import { Arena } from "../../src/memory/arena.ts";
import { Pool } from "../../src/memory/pool.ts";
import { Slab } from "../../src/memory/slab.ts";
import { slabHeadWords } from "../../src/memory/slab-layout.ts";

/** Buffers per batch: what a request with a body, its parts and an answer takes. */
export const BATCH = 16;

/** Runs so many batches over buffers of the size that it was made for; the sum keeps the work from being optimised away. */
export type Loop = (batches: number) => number;

export interface Strategy {
  readonly text: string;
  /** Whether the memory comes from the runtime, and so from its allocator, each time. */
  readonly fresh: boolean;
  loop(bytes: number): Loop;
}

export const strategies = {
  arena_offset: { text: "arena, offset", fresh: false, loop: arenaOffsets },
  arena_view: { text: "arena, view", fresh: false, loop: arenaViews },
  pool: { text: "pool", fresh: false, loop: pool },
  slab: { text: "slab", fresh: false, loop: slab },
  fresh_released: { text: "fresh, freed at once", fresh: true, loop: freshReleased },
  fresh_collected: { text: "fresh, left to the collector", fresh: true, loop: freshCollected },
  fresh_unzeroed: { text: "the same, not zeroed", fresh: true, loop: freshUnzeroed },
} as const satisfies Readonly<Record<string, Strategy>>;

export type StrategyName = keyof typeof strategies;
export const strategyNames = Object.keys(strategies) as readonly StrategyName[];

function arenaOffsets(bytes: number): Loop {
  const arena = new Arena(bytes * BATCH);
  return (batches) => {
    let sum = 0;
    for (let batch = 0; batch < batches; batch += 1) {
      for (let index = 0; index < BATCH; index += 1) {
        const at = arena.allocate(bytes);
        arena.bytes[at] = index;
        arena.bytes[at + bytes - 1] = batch;
        sum += at;
      }
      arena.reset();
    }
    return sum;
  };
}

function arenaViews(bytes: number): Loop {
  const arena = new Arena(bytes * BATCH);
  return (batches) => {
    let sum = 0;
    for (let batch = 0; batch < batches; batch += 1) {
      for (let index = 0; index < BATCH; index += 1) {
        const at = arena.allocate(bytes);
        const view = arena.bytes.subarray(at, at + bytes);
        view[0] = index;
        view[bytes - 1] = batch;
        sum += view.length;
      }
      arena.reset();
    }
    return sum;
  };
}

function pool(bytes: number): Loop {
  const make = () => new Uint8Array(bytes);
  const buffers = new Pool<Uint8Array>({ owner: "bench", max: BATCH, bytesEach: bytes, preallocate: BATCH, make });
  const taken: Uint8Array[] = [];
  return (batches) => {
    let sum = 0;
    for (let batch = 0; batch < batches; batch += 1) {
      for (let index = 0; index < BATCH; index += 1) {
        const buffer = buffers.take();
        buffer[0] = index;
        buffer[bytes - 1] = batch;
        taken[index] = buffer;
        sum += buffer.length;
      }
      for (let index = BATCH - 1; index >= 0; index -= 1) buffers.give(taken[index] as Uint8Array);
    }
    return sum;
  };
}

function slab(bytes: number): Loop {
  // A chunk has eight bytes of its own; the page's size is the next power of two above the largest chunk.
  const shape = { pageBytes: 2 ** Math.ceil(Math.log2(bytes + 8)), pages: BATCH, chunkBytesMin: 64 };
  const cells = new Int32Array(new SharedArrayBuffer((slabHeadWords(shape) + (shape.pages * shape.pageBytes) / 4) * 4));
  const memory = new Slab(cells, 0, shape, () => false);
  const taken = new Int32Array(BATCH);
  const lastCell = Math.ceil(bytes / 4) + 1;
  return (batches) => {
    let sum = 0;
    for (let batch = 0; batch < batches; batch += 1) {
      for (let index = 0; index < BATCH; index += 1) {
        const chunk = memory.allocate(bytes);
        cells[chunk + 2] = index;
        cells[chunk + lastCell] = batch;
        taken[index] = chunk;
        sum += chunk;
      }
      for (let index = BATCH - 1; index >= 0; index -= 1) memory.free(taken[index] as number);
    }
    return sum;
  };
}

function freshReleased(bytes: number): Loop {
  const taken: ArrayBuffer[] = [];
  return (batches) => {
    let sum = 0;
    for (let batch = 0; batch < batches; batch += 1) {
      for (let index = 0; index < BATCH; index += 1) {
        const buffer = new Uint8Array(bytes);
        buffer[0] = index;
        buffer[bytes - 1] = batch;
        taken[index] = buffer.buffer;
        sum += buffer.length;
      }
      // Moving the content away frees the memory now, without a collection.
      for (let index = BATCH - 1; index >= 0; index -= 1) (taken[index] as ArrayBuffer).transfer(0);
    }
    return sum;
  };
}

function freshCollected(bytes: number): Loop {
  return collected(() => new Uint8Array(bytes), bytes);
}

/** Node's way past the zeroing; a runtime may zero all the same. */
function freshUnzeroed(bytes: number): Loop {
  return collected(() => Buffer.allocUnsafeSlow(bytes), bytes);
}

function collected(take: () => Uint8Array, bytes: number): Loop {
  const taken: (Uint8Array | undefined)[] = [];
  return (batches) => {
    let sum = 0;
    for (let batch = 0; batch < batches; batch += 1) {
      for (let index = 0; index < BATCH; index += 1) {
        const buffer = take();
        buffer[0] = index;
        buffer[bytes - 1] = batch;
        taken[index] = buffer;
        sum += buffer.length;
      }
      taken.fill(undefined);
    }
    return sum;
  };
}
