import assert from "node:assert/strict";
import { test } from "node:test";
import { Arena } from "../../../src/memory/arena.ts";

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

test("Arena keeps its invariants over 20,000 random operations", () => {
  // xorshift32 with a fixed seed: the same operations on every run and runtime.
  let state = 0x2545f491;
  const random = (below: number) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % below;
  };
  const arena = new Arena(1000);
  let end = 0;
  let high = 0;
  for (let step = 0; step < 20_000; step += 1) {
    if (random(40) === 0) {
      arena.reset();
      end = 0;
      continue;
    }
    const bytes = random(120);
    const align = 2 ** random(7);
    const spills = arena.spills;
    const offset = arena.allocate(bytes, align);
    if (offset === -1) {
      assert.equal(arena.spills, spills + 1);
      assert.ok(Math.ceil(end / align) * align + bytes > 1000, "a spill although it fits");
      continue;
    }
    assert.equal(offset % align, 0);
    assert.ok(offset >= end, "overlaps what was handed out before");
    assert.ok(offset + bytes <= 1000, "passes the capacity");
    end = offset + bytes;
    high = Math.max(high, end);
    assert.deepEqual([arena.usedBytes, arena.highBytes], [end, high]);
  }
  assert.ok(arena.spills > 0 && high > 900, "the run reaches the bound");
});
