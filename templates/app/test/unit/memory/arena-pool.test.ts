import assert from "node:assert/strict";
import { test } from "node:test";
import { booksLength, readFill, readUse } from "../../../src/memory/memory-books.ts";
import { createWorkerMemory, type WorkerMemory } from "../../../src/memory/worker-memory.ts";
import { fixtureConfig, type Overrides } from "../../fixture/settings.ts";
import { isCode } from "./is-code.ts";

function memoryOf(overrides: Overrides = {}, report?: (error: unknown) => void): WorkerMemory {
  const config = fixtureConfig({
    "memory.arena_bytes": 1024,
    "memory.arenas_max": 2,
    "memory.arena_spill_bytes_max": 4096,
    "memory.debug": false,
    ...overrides,
  });
  return createWorkerMemory(config, report);
}

/** Steps of the fill histogram that are not zero. */
function filled(memory: WorkerMemory): Record<number, number> {
  const row = new Float64Array(booksLength);
  memory.books.publish(row, 0);
  return Object.fromEntries([...readFill(row, 0)].entries().filter(([, count]) => count > 0));
}

test("ArenaPool.take() gives the arena that was given back last, reset", () => {
  const { arenas } = memoryOf();
  const arena = arenas.take();
  arena.allocate(10);
  arenas.give(arena);
  assert.deepEqual([arenas.take() === arena, arena.usedBytes], [true, 0]);
});

const fills: readonly (readonly [bytes: number, step: number])[] = [
  [0, 0],
  [51, 0],
  [52, 1],
  [512, 10],
  [1023, 19],
  [1024, 19],
  [1025, 20],
];
for (const debug of [false, true]) {
  for (const [bytes, step] of fills) {
    test(`ArenaPool counts an arena of 1,024 bytes with ${bytes} in step ${step}, debug ${debug}`, () => {
      const memory = memoryOf({ "memory.debug": debug });
      const arena = memory.arenas.take();
      arena.view(bytes);
      memory.arenas.give(arena);
      assert.deepEqual(filled(memory), { [step]: 1 });
    });
  }
}

test("ArenaPool counts the most that was in use, which a scope may have freed before the end", () => {
  const memory = memoryOf();
  const arena = memory.arenas.take();
  arena.scope(() => arena.allocate(600));
  memory.arenas.give(arena);
  assert.deepEqual(filled(memory), { 11: 1 });
});

test("ArenaPool.reading tells of the arenas, and counts spills and new arenas as missed", () => {
  const memory = memoryOf();
  const [one, two, three] = [memory.arenas.take(), memory.arenas.take(), memory.arenas.take()];
  three.view(2000);
  three.view(2000);
  const row = new Float64Array(booksLength);
  memory.books.publish(row, 0);
  assert.deepEqual(readUse(row, 0, "request_arena"), {
    heldBytes: 3072,
    usedBytes: 3072,
    highBytes: 3072,
    taken: 3,
    missed: 3,
  });
  for (const arena of [three, two, one]) memory.arenas.give(arena);
  memory.arenas.give(memory.arenas.take());
  memory.books.publish(row, 0);
  assert.deepEqual(readUse(row, 0, "request_arena"), {
    heldBytes: 2048,
    usedBytes: 0,
    highBytes: 3072,
    taken: 4,
    missed: 5,
  });
});

test("ArenaPool.abandon() runs the hooks and never gives the arena out again", () => {
  const { arenas } = memoryOf();
  const arena = arenas.take();
  const view = arena.view(4).fill(7);
  let ran = 0;
  arena.onReset(() => {
    ran += 1;
  });
  arenas.abandon(arena);
  const next = arenas.take();
  assert.deepEqual([ran, next === arena, view[0], arenas.reading.usedBytes], [1, false, 7, 1024]);
});

test("ArenaPool.give() reports a hook that fails, and keeps the arena", () => {
  const reported: unknown[] = [];
  const { arenas } = memoryOf({}, (error) => reported.push(error));
  const arena = arenas.take();
  arena.onReset(() => {
    throw new Error("the hook");
  });
  arenas.give(arena);
  assert.deepEqual([reported.map(String), arenas.take() === arena], [["Error: the hook"], true]);
});

for (const ending of ["give", "abandon"] as const) {
  test(`ArenaPool.${ending}() reports what debug mode finds, and its books close`, () => {
    const reported: unknown[] = [];
    const { arenas, leaks } = memoryOf({ "memory.debug": true }, (error) => reported.push(error));
    const arena = arenas.take();
    const view = arena.view(4);
    new Uint8Array(view.buffer).fill(1);
    arenas[ending](arena);
    assert.deepEqual([reported.length, isCode("WRITE_OUTSIDE")(reported[0])], [1, true]);
    assert.deepEqual([arenas.reading.usedBytes, leaks()], [0, []]);
    assert.throws(() => arena.allocate(1), isCode("USE_AFTER_RELEASE"));
    arenas.give(arena);
    assert.ok(isCode("DOUBLE_RELEASE")(reported[1]));
  });
}

test("ArenaPool.late() is an arena that nobody gets again and that takes no hooks; in debug mode an error", () => {
  const { arenas } = memoryOf();
  const late = arenas.late();
  assert.equal(late.view(8).length, 8);
  assert.throws(() => late.onReset(() => undefined), isCode("ARENA_CLEANUP"));
  assert.deepEqual([arenas.late() === late, arenas.reading.taken], [false, 0]);
  assert.throws(() => memoryOf({ "memory.debug": true }).arenas.late(), isCode("ARENA_LATE"));
});

test("WorkerMemory zeroes arenas and buffers on release when zero_on_release says so", () => {
  const memory = memoryOf({ "memory.zero_on_release": true });
  const arena = memory.arenas.take();
  const view = arena.view(8).fill(9);
  const pool = memory.pool("body", { max: 1, bytesEach: 4, make: () => new Uint8Array(4) });
  const buffer = pool.take().fill(9);
  const scratch = memory.arena("encode", 16);
  scratch.append("secret");
  memory.arenas.give(arena);
  pool.give(buffer);
  scratch.reset();
  assert.deepEqual([...view, ...buffer], Array(12).fill(0));
  assert.deepEqual([...scratch.bytes], Array(16).fill(0));
});

test("WorkerMemory.beat() trims every pool once trim_ms are over", () => {
  const memory = memoryOf({ "memory.trim_ms": 1000 });
  const pool = memory.pool("file", { max: 4, bytesEach: 4, make: () => new Uint8Array(4) });
  const now = performance.now();
  pool.give(pool.take());
  memory.arenas.give(memory.arenas.take());
  // The first trim sees that both were in use, the second that they were not.
  memory.beat(now + 1500);
  memory.beat(now + 2000);
  assert.deepEqual([pool.free, memory.arenas.reading.heldBytes], [1, 1024]);
  memory.beat(now + 2600);
  assert.deepEqual([pool.free, memory.arenas.reading.heldBytes], [0, 0]);
});

test("WorkerMemory.arena() is in the books of its use: what it holds, uses, and what did not fit", () => {
  const memory = memoryOf();
  const arena = memory.arena("encode", 16);
  arena.allocate(10);
  arena.reset();
  arena.append("twelve bytes, and more");
  const row = new Float64Array(booksLength);
  memory.books.publish(row, 0);
  assert.deepEqual(readUse(row, 0, "encode"), { heldBytes: 16, usedBytes: 16, highBytes: 16, taken: 1, missed: 1 });
});

test("WorkerMemory.leaks() names each owner in debug mode", () => {
  const memory = memoryOf({ "memory.debug": true });
  const pool = memory.pool("frame", { max: 1, bytesEach: 4, make: () => new Uint8Array(4) });
  const taken = [pool.take(), memory.arenas.take()];
  assert.deepEqual(
    memory.leaks().map(({ owner, count }) => ({ owner, count })),
    [
      { owner: "request_arena", count: 1 },
      { owner: "frame", count: 1 },
    ],
  );
  assert.equal(taken.length, 2);
});
