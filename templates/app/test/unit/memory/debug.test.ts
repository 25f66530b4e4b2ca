import assert from "node:assert/strict";
import { test } from "node:test";
import { Arena } from "../../../src/memory/arena.ts";
import { createArena } from "../../../src/memory/create-arena.ts";
import { createPool } from "../../../src/memory/create-pool.ts";
import { DebugArena } from "../../../src/memory/debug-arena.ts";
import { DebugPool } from "../../../src/memory/debug-pool.ts";
import { Pool } from "../../../src/memory/pool.ts";
import { isCode } from "./is-code.ts";

const debug = { debug: true, zero_on_release: false };
const release = { debug: false, zero_on_release: false };

function buffers(max = 2): Pool<Uint8Array> {
  return createPool<Uint8Array>(debug, { owner: "buffers", max, bytesEach: 8, make: () => new Uint8Array(8) });
}

test("createArena() and createPool() choose the classes without any checks unless memory.debug is set", () => {
  assert.equal(createArena(release, 8).constructor, Arena);
  assert.equal(createArena(debug, 8).constructor, DebugArena);
  const options = { owner: "test", max: 1, bytesEach: 8, make: () => new Uint8Array(8) };
  assert.equal(createPool(release, options).constructor, Pool);
  assert.equal(createPool(debug, options).constructor, DebugPool);
});

test("DebugArena poisons what was never allocated, and what was freed", () => {
  const arena = new DebugArena(16);
  const offset = arena.allocate(4);
  assert.deepEqual([...arena.bytes.subarray(offset, 4)], [0xdb, 0xdb, 0xdb, 0xdb]);
  arena.bytes.fill(1, 0, 4);
  arena.reset();
  assert.ok(arena.bytes.every((byte) => byte === 0xdb));
});

test("DebugArena finds a write past the end of a view, at the reset", () => {
  const arena = new DebugArena(64);
  const view = arena.view(4);
  new Uint8Array(view.buffer, view.byteOffset)[4] = 1;
  assert.throws(() => arena.reset(), { code: "WRITE_OUTSIDE", message: /a view of 4 bytes was written at byte 4,/ });
  // It is usable again: the next holder is not to blame.
  arena.view(4);
  arena.reset();
});

test("DebugArena finds a write before the begin of a view, at the scope's end", () => {
  const arena = new DebugArena(64);
  const mark = arena.mark();
  const view = arena.view(4);
  new Uint8Array(view.buffer)[view.byteOffset - 2] = 1;
  assert.throws(() => arena.release(mark), { code: "WRITE_OUTSIDE", message: /written 2 bytes before its begin/ });
});

test("DebugArena finds a write past what was allocated by offset", () => {
  const arena = new DebugArena(16);
  const offset = arena.allocate(4);
  arena.bytes[offset + 4] = 1;
  assert.throws(() => arena.allocate(4), isCode("WRITE_AFTER_RELEASE"));
  assert.throws(() => arena.reset(), isCode("WRITE_OUTSIDE"));
  assert.equal(arena.allocate(16), 0);
});

test("DebugArena finds a write at an offset from before the reset", () => {
  const arena = new DebugArena(16);
  const offset = arena.allocate(4);
  arena.reset();
  arena.bytes[offset] = 1;
  assert.throws(() => arena.append("text"), { code: "WRITE_AFTER_RELEASE", message: /^byte 0 of the arena/ });
});

test("DebugArena makes a view from before the reset one of no bytes", () => {
  const arena = new DebugArena(16, { spillBytesMax: 64 });
  const [view, spilled] = [arena.view(4), arena.view(40)];
  const mark = arena.mark();
  const scoped = arena.view(4);
  arena.release(mark);
  assert.deepEqual([view.length, spilled.length, scoped.length], [4, 40, 0]);
  arena.reset();
  assert.deepEqual([view.length, view[0], spilled.length], [0, undefined, 0]);
  assert.throws(() => view.set([1]), TypeError);
});

test("DebugArena finds a scope that is released twice, even when another one is open at its depth", () => {
  const arena = new DebugArena(16);
  const mark = arena.mark();
  arena.release(mark);
  assert.throws(() => arena.release(mark), isCode("DOUBLE_RELEASE"));
  arena.mark();
  assert.throws(() => arena.release(mark), isCode("DOUBLE_RELEASE"));
});

test("DebugArena that was given back refuses every use", () => {
  const arena = new DebugArena(16);
  arena.close();
  const uses: readonly (() => unknown)[] = [
    () => arena.allocate(1),
    () => arena.append("a"),
    () => arena.view(1),
    () => arena.mark(),
    () => arena.release(1),
    () => arena.scope(() => 1),
    () => arena.onReset(() => undefined),
    () => arena.reset(),
  ];
  for (const use of uses) assert.throws(use, isCode("USE_AFTER_RELEASE"));
});

test("DebugPool finds an item that is given back twice, and says where it was the first time", () => {
  const pool = buffers();
  const item = pool.take();
  pool.give(item);
  assert.throws(() => pool.give(item), { code: "DOUBLE_RELEASE", message: /the first time .*debug\.test\.ts/ });
  assert.throws(() => pool.abandon(item), isCode("DOUBLE_RELEASE"));
  assert.deepEqual([pool.free, pool.out], [1, 0]);
});

test("DebugPool finds an item that it did not hand out", () => {
  const pool = buffers();
  assert.throws(() => pool.give(new Uint8Array(8)), isCode("FOREIGN_RELEASE"));
  assert.throws(() => pool.abandon(buffers().take()), isCode("FOREIGN_RELEASE"));
  assert.deepEqual([pool.free, pool.out], [0, 0]);
});

test("DebugPool poisons a given-back item and gives the next taker another one", () => {
  const pool = buffers();
  const item = pool.take().fill(1);
  pool.give(item);
  assert.deepEqual([...item], [0xdb, 0xdb, 0xdb, 0xdb, 0xdb, 0xdb, 0xdb, 0xdb]);
  const next = pool.take();
  assert.deepEqual([next === item, next[0], item.length], [false, 0, 0]);
});

const endings: readonly (readonly [string, (pool: Pool<Uint8Array>) => unknown])[] = [
  ["taken", (pool) => pool.take()],
  ["trimmed", (pool) => [pool.trim(), pool.trim()]],
];
for (const [name, end] of endings) {
  test(`DebugPool finds a write to an item that was given back, when it is ${name}`, () => {
    const pool = buffers();
    const item = pool.take();
    pool.give(item);
    item[3] = 1;
    assert.throws(() => end(pool), {
      code: "WRITE_AFTER_RELEASE",
      message: /^byte 3 of an item of the pool "buffers", given back .*debug\.test\.ts/,
    });
  });
}

test("DebugPool poisons and detaches what it does not keep", () => {
  const pool = buffers(0);
  const item = pool.take();
  pool.give(item);
  assert.deepEqual([item.length, pool.free], [0, 0]);
});

test("DebugPool.leaks names the owner, how many are missing, and where they were taken", () => {
  const pool = buffers();
  assert.equal(pool.leaks.length, 0);
  const [given] = [pool.take(), leaky(pool), leaky(pool)];
  pool.give(given as Uint8Array);
  const [leak] = pool.leaks;
  assert.deepEqual([pool.leaks.length, leak?.owner, leak?.count], [1, "buffers", 2]);
  assert.ok(leak?.takenAt.every((place) => /leaky.*debug\.test\.ts/.test(place)));
});

function leaky(pool: Pool<Uint8Array>): Uint8Array {
  // Not in tail position: there JavaScriptCore keeps no frame of the caller.
  return pool.take().fill(1);
}
