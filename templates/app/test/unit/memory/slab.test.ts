import assert from "node:assert/strict";
import { test } from "node:test";
import { Slab } from "../../../src/memory/slab.ts";
import { type SlabShape, slabHeadWords } from "../../../src/memory/slab-layout.ts";
import { randomNumbers } from "../random.ts";

const shape: SlabShape = { pageBytes: 1024, pages: 4, chunkBytesMin: 64 };

function slabOf(of: SlabShape = shape, held: (from: number, to: number) => boolean = () => false): Slab {
  return new Slab(new Int32Array(16 + slabHeadWords(of) + (of.pages * of.pageBytes) / 4), 16, of, held);
}

function assertClosed({ stats }: Slab): void {
  assert.equal(stats.usedBytes + stats.classFreeBytes + stats.pageFreeBytes, stats.capacityBytes);
}

test("Slab.classOf() doubles from the smallest chunk to the page, each with a head of 8 bytes", () => {
  const slab = slabOf();
  assert.equal(slab.classes, 5);
  const rows = [1, 56, 57, 120, 121, 248, 249, 504, 505, 1016, 1017];
  assert.deepEqual(
    rows.map((bytes) => slab.classOf(bytes)),
    [0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5],
  );
});

test("Slab.allocate() gives out every chunk of the region once, and then 0", () => {
  const slab = slabOf();
  const chunks = Array.from({ length: 64 }, () => slab.allocate(56));
  assert.equal(new Set(chunks).size, 64);
  assert.ok(chunks.every((chunk) => chunk > 0));
  assert.deepEqual([slab.allocate(1), slab.allocate(1016)], [0, 0]);
  assert.deepEqual(slab.stats, {
    capacityBytes: 4096,
    usedBytes: 4096,
    askedBytes: 3584,
    classFreeBytes: 0,
    pageFreeBytes: 0,
  });
});

test("Slab.free() gives a page back to all classes with its last chunk", () => {
  const slab = slabOf();
  const small = Array.from({ length: 64 }, () => slab.allocate(8));
  for (const chunk of small.slice(0, 16)) slab.free(chunk);
  assert.equal(slab.stats.pageFreeBytes, 1024);
  const large = slab.allocate(1000);
  assert.ok(large > 0);
  assert.deepEqual([slab.pagesOf(0), slab.pagesOf(4), slab.allocate(8)], [3, 1, 0]);
  slab.free(large);
  assert.ok(slab.allocate(8) > 0);
  assertClosed(slab);
});

test("Slab.free() refuses a chunk that is not in use", () => {
  const slab = slabOf();
  const kept = slab.allocate(8);
  const chunk = slab.allocate(8);
  slab.free(chunk);
  assert.throws(() => slab.free(chunk), /the chunk at \d+ is not in use/);
  slab.free(kept);
  assert.throws(() => slab.free(kept), /the chunk at \d+ is not in use/);
  assertClosed(slab);
});

test("Slab.free() refuses what is no chunk: inside one, outside of the pages, in a page that nobody owns", () => {
  const slab = slabOf();
  const chunk = slab.allocate(100);
  // In use by its look: the first cell of a chunk tells how much was asked for.
  slab.allocate(8);
  for (const cell of [chunk + 1, chunk + 16, chunk - 32, 0, -1, 1e6, 1.5, Number.NaN, chunk + 3 * 256]) {
    assert.throws(() => slab.free(cell), /is not in use/, `cell ${cell}`);
  }
  slab.free(chunk);
  assertClosed(slab);
});

test("Slab does not give a page to another class while a reader holds a part of it", () => {
  let heldCell = -1;
  const slab = slabOf({ ...shape, pages: 1 }, (from, to) => heldCell >= from && heldCell < to);
  const chunk = slab.allocate(8);
  heldCell = chunk;
  slab.free(chunk);
  assert.equal(slab.allocate(1000), 0);
  heldCell = -1;
  assert.ok(slab.allocate(1000) > 0);
});

test("Slab.reset() forgets all chunks", () => {
  const slab = slabOf();
  for (let count = 0; count < 20; count += 1) slab.allocate(100);
  slab.reset();
  assert.deepEqual([slab.stats.usedBytes, slab.stats.pageFreeBytes], [0, 4096]);
  assert.equal(Array.from({ length: 64 }, () => slab.allocate(8)).filter((chunk) => chunk > 0).length, 64);
});

test("Slab keeps chunks apart and its books closed over random use", () => {
  const numbers = randomNumbers(7);
  const random = () => numbers(2 ** 31) / 2 ** 31;
  const slab = slabOf({ pageBytes: 4096, pages: 16, chunkBytesMin: 64 });
  const used = new Map<number, number>();
  for (let step = 0; step < 20_000; step += 1) {
    if (random() < 0.55) {
      const chunk = slab.allocate(1 + Math.floor(random() ** 3 * 4000));
      if (chunk > 0) {
        assert.ok(!used.has(chunk));
        used.set(chunk, slab.endOf(chunk));
      }
    } else if (used.size > 0) {
      const chunk = [...used.keys()][Math.floor(random() * used.size)] as number;
      used.delete(chunk);
      slab.free(chunk);
    }
    if (step % 1000 === 0) {
      const ranges = [...used].sort(([left], [right]) => left - right);
      ranges.forEach(([, end], index) => {
        assert.ok(end <= (ranges[index + 1]?.[0] ?? Number.POSITIVE_INFINITY), "chunks overlap");
      });
      assertClosed(slab);
    }
  }
  for (const chunk of used.keys()) slab.free(chunk);
  assert.deepEqual([slab.stats.usedBytes, slab.stats.askedBytes, slab.stats.pageFreeBytes], [0, 0, 65_536]);
});

test("Slab refuses a shape that is not made of powers of two, or too large for its cells", () => {
  assert.throws(() => slabOf({ ...shape, pageBytes: 1000 }), /powers of two/);
  assert.throws(() => slabOf({ ...shape, chunkBytesMin: 32 }), /powers of two/);
  assert.throws(() => new Slab(new Int32Array(100), 0, shape, () => false), /does not fit/);
});
