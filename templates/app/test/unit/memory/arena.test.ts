import assert from "node:assert/strict";
import { test } from "node:test";
import { Arena } from "../../../src/memory/arena.ts";
import { isCode } from "./is-code.ts";

test("Arena.allocate() hands out offsets one after the other", () => {
  const arena = new Arena(16);
  assert.deepEqual([arena.allocate(5), arena.allocate(5), arena.allocate(0), arena.allocate(6)], [0, 5, 10, 10]);
  assert.equal(arena.usedBytes, 16);
});

test("Arena.allocate() aligns offsets up", () => {
  const arena = new Arena(64);
  assert.deepEqual([arena.allocate(1), arena.allocate(8, 8), arena.allocate(1), arena.allocate(4, 4)], [0, 8, 16, 20]);
});

test("Arena.allocate() refuses what does not fit with -1, counts it, and stays usable", () => {
  const arena = new Arena(16);
  assert.equal(arena.allocate(17), -1);
  assert.equal(arena.allocate(12), 0);
  assert.equal(arena.allocate(5), -1);
  assert.equal(arena.allocate(1, 16), -1);
  assert.equal(arena.allocate(2 ** 40), -1);
  assert.equal(arena.allocate(4), 12);
  assert.deepEqual([arena.spills, arena.usedBytes], [4, 16]);
});

test("Arena.reset() frees everything and keeps the high-water mark", () => {
  const arena = new Arena(16);
  arena.allocate(10);
  arena.reset();
  assert.deepEqual([arena.usedBytes, arena.highBytes, arena.allocate(3), arena.highBytes], [0, 10, 0, 10]);
});

test("Arena.append() writes UTF-8 after what is there and reports how much text fitted", () => {
  const arena = new Arena(8);
  arena.allocate(1);
  assert.equal(arena.append("a\u00e9"), 2);
  assert.deepEqual([...arena.bytes.subarray(0, 4)], [0, 0x61, 0xc3, 0xa9]);
  // Four bytes are left: the first emoji takes them, half of the second must not.
  assert.equal(arena.append("\u{1f600}\u{1f600}"), 2);
  assert.deepEqual([arena.usedBytes, arena.spills], [8, 1]);
  assert.equal(arena.append("x"), 0);
});

for (const bytes of [-1, 1.5, Number.NaN, Number.POSITIVE_INFINITY]) {
  test(`Arena.allocate(${bytes}) is a defect of the caller`, () => {
    const arena = new Arena(16);
    if (bytes === Number.POSITIVE_INFINITY) assert.equal(arena.allocate(bytes), -1);
    else assert.throws(() => arena.allocate(bytes), RangeError);
  });
}

for (const align of [0, -8, 3, 12, 1.5]) {
  test(`Arena.allocate() refuses the alignment ${align}`, () => {
    assert.throws(() => new Arena(16).allocate(1, align), RangeError);
  });
}

for (const capacity of [0, -1, 1.5, Number.NaN, 2 ** 30 + 1]) {
  test(`Arena refuses the capacity ${capacity}`, () => assert.throws(() => new Arena(capacity), RangeError));
}

test("Arena.view() is a part of the arena, aligned, and holds what was there before", () => {
  const arena = new Arena(64);
  arena.bytes[8] = 7;
  arena.allocate(1);
  const view = arena.view(4, 8);
  assert.deepEqual([view.buffer === arena.bytes.buffer, view.byteOffset, view.length, view[0]], [true, 8, 4, 7]);
});

test("Arena.view() gives what does not fit memory of its own, up to spillBytesMax, until the reset", () => {
  const arena = new Arena(16, { spillBytesMax: 100 });
  const view = arena.view(60);
  assert.deepEqual([view.length, view.buffer === arena.bytes.buffer], [60, false]);
  assert.deepEqual([arena.usedBytes, arena.spilledBytes, arena.spills, arena.spillsNow], [0, 60, 1, 1]);
  assert.throws(() => arena.view(41), isCode("ARENA_SPILL_EXCEEDED"));
  assert.equal(arena.view(40).length, 40);
  arena.reset();
  assert.deepEqual([arena.spilledBytes, arena.spills, arena.spillsNow], [0, 3, 0]);
  assert.equal(arena.view(100).length, 100);
});

test("Arena.view() beyond the capacity is refused where nothing may spill, and says what is in use", () => {
  const arena = new Arena(16);
  arena.allocate(10);
  assert.throws(() => arena.view(7), {
    name: "MemoryError",
    code: "ARENA_SPILL_EXCEEDED",
    message:
      "7 bytes do not fit: the arena has 16 bytes, 10 in use, and 0 of at most 0 lie beside it; take less at once, or raise the bound",
  });
});

test("Arena.reset() runs the hooks, the last one first, while what they hold is still there", () => {
  const arena = new Arena(16);
  const ran: string[] = [];
  const view = arena.view(1).fill(5);
  arena.onReset(() => ran.push(`first ${arena.usedBytes} ${view[0]}`));
  arena.onReset(() => ran.push("second"));
  arena.reset();
  assert.deepEqual(ran, ["second", "first 1 5"]);
  arena.reset();
  assert.equal(ran.length, 2);
});

test("Arena.reset() runs every hook though others throw, reports each, and frees", () => {
  const reported: unknown[] = [];
  const arena = new Arena(16, { report: (error) => reported.push(error) });
  const ran: string[] = [];
  arena.allocate(8);
  arena.onReset(() => ran.push("kept"));
  for (const message of ["one", "two"]) {
    arena.onReset(() => {
      throw new Error(message);
    });
  }
  arena.reset();
  assert.deepEqual([ran, reported.map(String), arena.usedBytes], [["kept"], ["Error: two", "Error: one"], 0]);
});

test("Arena.reset() throws what hooks threw where nobody is told, once everything is free", () => {
  const arena = new Arena(16, { zero: true });
  arena.view(3).fill(1);
  const fail = (message: string) => () => {
    throw new Error(message);
  };
  arena.onReset(fail("one"));
  assert.throws(() => arena.reset(), /^Error: one$/);
  assert.deepEqual([arena.usedBytes, arena.bytes[0], arena.peakBytes, arena.highBytes], [0, 0, 0, 3]);
  arena.onReset(fail("one"));
  arena.onReset(fail("two"));
  assert.throws(() => arena.reset(), { name: "AggregateError", message: "2 cleanup hooks failed" });
});

test("Arena.reset() reports an asynchronous hook that fails later, instead of ending the thread", async () => {
  const { promise, resolve } = Promise.withResolvers<unknown>();
  const arena = new Arena(16, { report: resolve });
  arena.onReset(async () => {
    await Promise.resolve();
    throw new Error("later");
  });
  arena.reset();
  assert.equal(String(await promise), "Error: later");
});

test("Arena.onReset() refuses a hook while the others run, and more than 4096", () => {
  const arena = new Arena(16);
  let refused: unknown;
  arena.onReset(() => {
    try {
      arena.onReset(() => undefined);
    } catch (error) {
      refused = error;
    }
  });
  arena.reset();
  assert.ok(isCode("ARENA_CLEANUP")(refused));
  for (let count = 0; count < 4096; count += 1) arena.onReset(() => undefined);
  assert.throws(() => arena.onReset(() => undefined), isCode("ARENA_CLEANUP"));
});

test("Arena.release() frees the scope with the scopes inside it, with their hooks and large objects", () => {
  const arena = new Arena(64, { spillBytesMax: 200 });
  const ran: string[] = [];
  arena.allocate(10);
  arena.onReset(() => ran.push("outer"));
  const mark = arena.mark();
  arena.allocate(20);
  arena.view(100);
  arena.onReset(() => ran.push("scope"));
  arena.mark();
  arena.allocate(30);
  arena.onReset(() => ran.push("inside"));
  arena.release(mark);
  assert.deepEqual([ran, arena.usedBytes, arena.spilledBytes], [["inside", "scope"], 10, 0]);
  assert.deepEqual([arena.peakBytes, arena.highBytes], [60, 60]);
  arena.reset();
  assert.deepEqual([ran.at(-1), arena.peakBytes, arena.highBytes], ["outer", 0, 60]);
});

test("Arena.release() refuses a scope that is not open", () => {
  const arena = new Arena(16);
  for (const mark of [0, 1, -1, 1.5, Number.NaN]) assert.throws(() => arena.release(mark), isCode("ARENA_SCOPE"));
  const mark = arena.mark();
  arena.reset();
  assert.throws(() => arena.release(mark), isCode("ARENA_SCOPE"));
});

test("Arena.mark() refuses more than 1024 open scopes", () => {
  const arena = new Arena(16);
  for (let depth = 0; depth < 1024; depth += 1) arena.mark();
  assert.throws(() => arena.mark(), isCode("ARENA_SCOPE"));
  arena.reset();
  assert.equal(arena.mark(), 1);
});

test("Arena.scope() frees what its function took, whether that returns or throws", () => {
  const arena = new Arena(16);
  assert.equal(
    arena.scope(() => arena.allocate(8) + arena.usedBytes),
    8,
  );
  assert.throws(
    () =>
      arena.scope(() => {
        arena.allocate(8);
        throw new Error("inside");
      }),
    /inside/,
  );
  assert.equal(arena.usedBytes, 0);
});

test("Arena.scope() refuses a function that would go on after it", () => {
  const arena = new Arena(16);
  assert.throws(() => arena.scope(() => Promise.reject(new Error("dropped"))), isCode("ARENA_SCOPE"));
  assert.equal(arena.usedBytes, 0);
});

test("Arena zeroes what was in use and no more, when it is told to", () => {
  const arena = new Arena(16, { zero: true, spillBytesMax: 32 });
  arena.bytes.fill(9);
  arena.allocate(4);
  const mark = arena.mark();
  arena.allocate(4);
  arena.release(mark);
  assert.deepEqual([...arena.bytes], [9, 9, 9, 9, 0, 0, 0, 0, 9, 9, 9, 9, 9, 9, 9, 9]);
  const large = arena.view(32).fill(9);
  arena.reset();
  assert.deepEqual([...arena.bytes.subarray(0, 8), large[0]], [0, 0, 0, 0, 0, 0, 0, 0, 0]);
});

test("Arena.abandon() runs the hooks, leaves the bytes to who still reads them, and takes no further hook", () => {
  const arena = new Arena(16);
  const ran: string[] = [];
  const view = arena.view(2).fill(9);
  arena.onReset(() => ran.push("hook"));
  arena.abandon();
  assert.deepEqual([ran, view[0], arena.usedBytes], [["hook"], 9, 2]);
  assert.throws(() => arena.onReset(() => undefined), isCode("ARENA_CLEANUP"));
});

test("Arena.abandon() zeroes all the same when it is told to", () => {
  const arena = new Arena(16, { zero: true });
  const view = arena.view(2).fill(9);
  arena.abandon();
  assert.deepEqual([...view], [0, 0]);
});

test("Arena.reset() reads and writes no byte of the arena and no list, where there is nothing to run, zero or free", () => {
  const arena = new Arena(16);
  arena.allocate(16);
  // A write to detached memory does nothing, and reading its length tells: reset may not depend on either.
  structuredClone(arena.bytes.buffer, { transfer: [arena.bytes.buffer] });
  arena.reset();
  assert.deepEqual([arena.usedBytes, arena.highBytes, arena.resets], [0, 16, 1]);
});
