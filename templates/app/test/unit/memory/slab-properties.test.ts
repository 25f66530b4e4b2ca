import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { CHUNK_HEAD_WORDS, Slab } from "../../../src/memory/slab.ts";
import { type SlabShape, slabHeadWords } from "../../../src/memory/slab-layout.ts";
import { fragmentation } from "../../../src/memory/slab-stats.ts";

/** Cells in front of the slab: a region need not begin with it. */
const BASE = 16;

const memories = [
  { name: "plain", make: (bytes: number) => new ArrayBuffer(bytes) },
  { name: "shared", make: (bytes: number) => new SharedArrayBuffer(bytes) },
] as const;

const shapes: fc.Arbitrary<SlabShape> = fc.record({
  chunkBytesMin: fc.constantFrom(64, 128, 256),
  pageBytes: fc.constantFrom(1024, 4096),
  pages: fc.integer({ min: 1, max: 12 }),
});

/** Bytes to allocate, or the index of a chunk to free, modulo how many there are: so lifetimes are mixed at random. */
const steps = fc.array(
  fc.oneof(
    { weight: 3, arbitrary: fc.record({ bytes: fc.integer({ min: 1, max: 300 }) }) },
    { weight: 1, arbitrary: fc.record({ bytes: fc.integer({ min: 300, max: 5000 }) }) },
    { weight: 3, arbitrary: fc.record({ free: fc.nat(1000) }) },
  ),
  { maxLength: 150 },
);

interface Live {
  readonly chunk: number;
  readonly bytes: number;
  readonly fill: number;
}

for (const { name, make } of memories) {
  test(`Slab over ${name} memory keeps chunks apart, their data whole and its books closed, over random lifetimes`, () => {
    fc.assert(
      fc.property(shapes, steps, (shape, played) => {
        const cells = new Int32Array(make((BASE + slabHeadWords(shape)) * 4 + shape.pages * shape.pageBytes));
        cells.fill(-1, 0, BASE);
        const slab = new Slab(cells, BASE, shape);
        const live: Live[] = [];
        for (const step of played) {
          if ("bytes" in step) allocate(slab, cells, live, step.bytes);
          else if (live.length > 0) {
            const [gone] = live.splice(step.free % live.length, 1) as [Live];
            assert.ok(isWhole(cells, gone));
            slab.free(gone.chunk);
          }
          assertClosed(slab, live);
        }
        assert.ok(live.every((chunk) => isWhole(cells, chunk)));
        assert.ok(cells.subarray(0, BASE).every((cell) => cell === -1));
        for (const { chunk } of live) slab.free(chunk);
        assert.equal(slab.stats.pageFreeBytes, shape.pages * shape.pageBytes);
        assert.deepEqual(fragmentation(slab.stats), { internal: 0, external: 0 });
      }),
      { numRuns: 300 },
    );
  });
}

test("Slab.allocate() refuses only what no free chunk and no free page holds", () => {
  fc.assert(
    fc.property(shapes, steps, (shape, played) => {
      const cells = new Int32Array(slabHeadWords(shape) + (shape.pages * shape.pageBytes) / 4);
      const slab = new Slab(cells, 0, shape);
      const live: Live[] = [];
      for (const step of played) {
        if ("free" in step) {
          if (live.length > 0) slab.free((live.splice(step.free % live.length, 1) as [Live])[0].chunk);
          continue;
        }
        const size = slab.classOf(step.bytes);
        const inClass = size < slab.classes ? slab.pagesOf(size) * slab.chunksPerPage(size) : 0;
        const used = live.filter(({ chunk }) => slab.classOfPage(slab.pageOf(chunk)) === size).length;
        const isGranted = allocate(slab, cells, live, step.bytes);
        const isPageFree = slab.stats.pageFreeBytes > 0;
        if (!isGranted) assert.ok(size === slab.classes || (used === inClass && !isPageFree));
      }
    }),
    { numRuns: 200 },
  );
});

const parts: readonly (readonly [
  used: number,
  asked: number,
  classFree: number,
  internal: number,
  external: number,
])[] = [
  [0, 0, 0, 0, 0],
  [0, 0, 1024, 0, 1],
  [1024, 512, 0, 0.5, 0],
  [1024, 1024, 3072, 0, 0.75],
];
for (const [usedBytes, askedBytes, classFreeBytes, internal, external] of parts) {
  test(`fragmentation() of ${usedBytes} used, ${askedBytes} asked for, ${classFreeBytes} free in a class`, () => {
    assert.deepEqual(fragmentation({ usedBytes, askedBytes, classFreeBytes }), { internal, external });
  });
}

function allocate(slab: Slab, cells: Int32Array, live: Live[], bytes: number): boolean {
  const chunk = slab.allocate(bytes);
  if (chunk === 0) return false;
  const fill = 1 + (live.length % 100);
  const words = Math.ceil(bytes / 4);
  assert.ok(chunk + CHUNK_HEAD_WORDS + words <= slab.endOf(chunk), "the chunk is smaller than what was asked for");
  cells.fill(fill, chunk + CHUNK_HEAD_WORDS, chunk + CHUNK_HEAD_WORDS + words);
  live.push({ chunk, bytes, fill });
  return true;
}

function isWhole(cells: Int32Array, { chunk, bytes, fill }: Live): boolean {
  const begin = chunk + CHUNK_HEAD_WORDS;
  return cells.subarray(begin, begin + Math.ceil(bytes / 4)).every((cell) => cell === fill);
}

/** By the naive sum over what is live. */
function assertClosed(slab: Slab, live: readonly Live[]): void {
  const { capacityBytes, usedBytes, askedBytes, classFreeBytes, pageFreeBytes } = slab.stats;
  const used = live.reduce((sum, { chunk }) => sum + (slab.endOf(chunk) - chunk) * 4, 0);
  assert.deepEqual([usedBytes, askedBytes], [used, live.reduce((sum, { bytes }) => sum + bytes, 0)]);
  assert.equal(usedBytes + classFreeBytes + pageFreeBytes, capacityBytes);
}
