import assert from "node:assert/strict";
import { test } from "node:test";
import { memoryPublisher } from "../../../src/data/memory-publisher.ts";
import { MemoryBooks, readFill, readUse } from "../../../src/memory/memory-books.ts";
import type { Collections, ThreadMemory } from "../../../src/runtime/port.ts";
import { runtime } from "../../../src/wiring.ts";
import { booksAt, leaveRow, type MemoryName, memoryCell, memoryRowLength } from "../../../src/zones/memory-row.ts";
import { without } from "../../fixture/capability.ts";
import { fixtureConfig, type Overrides } from "../../fixture/settings.ts";

const MIB = 1024 ** 2;

/** A runtime whose readings the test says. */
function told(memory: Partial<ThreadMemory>, collections: Partial<Collections> = {}) {
  return {
    threadMemory: () => ({
      heapUsedBytes: 1000,
      heapLimitBytes: 152 * MIB,
      externalBytes: 300,
      allocatedBytes: 50,
      ...memory,
    }),
    watchCollections: () => ({
      take: () => ({ count: 2, usSum: 30, usMax: 20, allocatedBytes: 700, ...collections }),
      stop: () => undefined,
    }),
  };
}

function publisherOn(row: Float64Array, source: ReturnType<typeof told>, overrides: Overrides = {}) {
  const books = new MemoryBooks();
  const config = fixtureConfig({ "memory.gc_metrics": true, ...overrides });
  return { books, ...memoryPublisher({ config, runtime: source, books, row }) };
}

function values(row: Float64Array, ...names: readonly MemoryName[]): readonly (number | undefined)[] {
  return names.map((name) => row[memoryCell[name]]);
}

test("memoryPublisher() writes a worker's memory as soon as it is made, and anew at each beat", () => {
  const row = new Float64Array(memoryRowLength);
  const before = Date.now();
  const { publish } = publisherOn(row, told({}));
  assert.deepEqual(values(row, "heapUsedBytes", "heapLimitBytes", "externalBytes", "allocatedBytes"), [
    1000,
    // Without the young generation: three semi-spaces of 8 MiB.
    128 * MIB,
    300,
    50,
  ]);
  assert.ok((row[memoryCell.startedMs] ?? 0) >= before);
  publish();
  assert.deepEqual(values(row, "collections", "collectionUsSum", "collectionUsMax"), [4, 60, 20]);
});

test("memoryPublisher() gives the plan's share where the engine has no limit", () => {
  const row = new Float64Array(memoryRowLength);
  publisherOn(row, told({ heapLimitBytes: undefined }), { "engine.ram_bytes": 64 * MIB });
  assert.deepEqual(values(row, "heapLimitBytes"), [64 * MIB]);
});

test("memoryPublisher() scales the young generation with the heap, as a launch on a smaller host does", () => {
  const row = new Float64Array(memoryRowLength);
  publisherOn(row, told({ heapLimitBytes: 38 * MIB }));
  assert.deepEqual(values(row, "heapLimitBytes"), [32 * MIB]);
});

test("memoryPublisher() takes what the heap grew by where the engine does not count what it allocates", () => {
  const row = new Float64Array(memoryRowLength);
  const { publish } = publisherOn(row, told({ allocatedBytes: undefined }));
  publish();
  assert.deepEqual(values(row, "allocatedBytes"), [1400]);
});

test("memoryPublisher() watches no collections unless memory.gc_metrics is on", () => {
  const row = new Float64Array(memoryRowLength);
  publisherOn(row, told({ allocatedBytes: undefined }), { "memory.gc_metrics": false });
  assert.deepEqual(values(row, "collections", "allocatedBytes"), [0, 0]);
});

test("memoryPublisher() goes on from the totals of the row's earlier threads, and from nothing else", () => {
  const row = new Float64Array(memoryRowLength);
  const first = publisherOn(row, told({}));
  first.books.open("log", () => ({ heldBytes: 100, usedBytes: 10, highBytes: 50, taken: 7, missed: 3 }));
  first.books.fill[4] = 5;
  first.publish();
  const second = publisherOn(row, told({ allocatedBytes: 8 }, { usMax: 11 }));
  second.books.open("log", () => ({ heldBytes: 1, usedBytes: 1, highBytes: 1, taken: 1, missed: 1 }));
  second.books.fill[4] = 1;
  second.publish();
  assert.deepEqual(
    values(row, "allocatedBytes", "collections", "collectionUsSum", "collectionUsMax"),
    [58, 8, 120, 11],
  );
  assert.deepEqual(readUse(row, booksAt, "log"), { heldBytes: 1, usedBytes: 1, highBytes: 1, taken: 8, missed: 4 });
  assert.equal(readFill(row, booksAt)[4], 6);
});

test("leaveRow() keeps the totals of a thread that has ended, and nothing else", () => {
  const row = new Float64Array(memoryRowLength);
  const { books, publish } = publisherOn(row, told({}));
  books.open("body", () => ({ heldBytes: 100, usedBytes: 10, highBytes: 50, taken: 7, missed: 3 }));
  publish();
  leaveRow(row);
  assert.deepEqual(
    values(row, "heapUsedBytes", "heapLimitBytes", "externalBytes", "startedMs", "collectionUsMax", "collections"),
    [0, 0, 0, 0, 0, 4],
  );
  assert.deepEqual(readUse(row, booksAt, "body"), { heldBytes: 0, usedBytes: 0, highBytes: 0, taken: 7, missed: 3 });
});

test("RuntimePort.threadMemory() tells of buffers that this thread holds", () => {
  const held: Uint8Array[] = [];
  // What an engine tells may be as old as its last collection, which such buffers bring about.
  while (held.length < 256 && runtime.threadMemory().externalBytes < 32 * MIB) held.push(new Uint8Array(MIB).fill(1));
  const { externalBytes } = runtime.threadMemory();
  assert.ok(externalBytes >= 32 * MIB, `${externalBytes} bytes with ${held.length} MiB held`);
});

test("RuntimePort.threadMemory() keeps buffers out of the heap's figure", { skip: without("heapApart") }, () => {
  const { heapUsedBytes: before } = runtime.threadMemory();
  const held = Array.from({ length: 64 }, () => new Uint8Array(MIB).fill(1));
  const grown = runtime.threadMemory().heapUsedBytes - before;
  assert.ok(grown < 8 * MIB, `${grown} bytes with ${held.length} MiB held`);
});

test("RuntimePort.threadMemory() tells the heap's limit", { skip: without("heapLimit") }, () => {
  const { heapLimitBytes = 0, heapUsedBytes } = runtime.threadMemory();
  assert.ok(heapLimitBytes > heapUsedBytes);
});

test("RuntimePort.watchCollections() tells times in microseconds, and no more of them than have passed", () => {
  const watch = runtime.watchCollections();
  const beginMs = performance.now();
  const kept: object[][] = [];
  // Garbage beside objects that stay: collections must take a good part of the time, on every runtime.
  for (let round = 0; round < 400; round += 1) {
    kept[round % 8] = Array.from({ length: 20_000 }, (_, index) => ({ index, values: [index] }));
  }
  const { usSum, usMax, count, allocatedBytes } = watch.take();
  watch.stop();
  const passedUs = (performance.now() - beginMs) * 1000;
  assert.ok(count >= 1, `${count} collections`);
  assert.ok(usSum <= passedUs && usMax <= usSum, `${usSum} of ${passedUs} us, longest ${usMax}`);
  // In a unit that is a thousand times too large this would be below it, whatever share of the time collections took.
  assert.ok(usSum >= passedUs / 1000, `${usSum} of ${passedUs} us`);
  assert.ok(allocatedBytes > 5 * MIB, `${allocatedBytes} bytes`);
});
