import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { createPool } from "../../../src/memory/create-pool.ts";
import { Pool, type PoolOptions } from "../../../src/memory/pool.ts";

interface Item {
  readonly id: number;
}

function items(changes: Partial<PoolOptions<Item>> = {}): PoolOptions<Item> {
  let made = 0;
  const make = () => {
    made += 1;
    return { id: made };
  };
  return { owner: "test", max: 3, bytesEach: 10, make, ...changes };
}

test("Pool.take() gives what was given back last", () => {
  const pool = new Pool(items());
  const [first, second] = [pool.take(), pool.take()];
  pool.give(first);
  pool.give(second);
  assert.deepEqual([pool.take().id, pool.take().id, pool.take().id], [2, 1, 3]);
});

test("Pool.give() keeps as many as max and leaves the rest to the collector", () => {
  const pool = new Pool(items());
  const taken = Array.from({ length: 5 }, () => pool.take());
  for (const item of taken) pool.give(item);
  assert.deepEqual([pool.free, pool.out], [3, 0]);
  assert.deepEqual([pool.take().id, pool.take().id, pool.take().id, pool.take().id], [3, 2, 1, 6]);
});

test("Pool that may keep nothing makes each item anew", () => {
  const pool = new Pool(items({ max: 0 }));
  pool.give(pool.take());
  assert.deepEqual([pool.take().id, pool.free], [2, 0]);
});

test("Pool.give() clears the item first, also one that is not kept", () => {
  const cleared: number[] = [];
  const pool = new Pool(items({ max: 1, clear: ({ id }) => cleared.push(id) }));
  const taken = [pool.take(), pool.take()];
  for (const item of taken) pool.give(item);
  assert.deepEqual(cleared, [1, 2]);
});

test("Pool.abandon() ends the use of an item that nobody gets again", () => {
  const pool = new Pool(items());
  pool.abandon(pool.take());
  assert.deepEqual([pool.out, pool.free, pool.take().id], [0, 0, 2]);
});

test("Pool.reading tells what is held, what of it is in use, the most at once, and how often a new one was made", () => {
  const pool = new Pool(items({ preallocate: 2 }));
  assert.deepEqual(pool.reading, { heldBytes: 20, usedBytes: 0, highBytes: 0, taken: 0, missed: 0 });
  const taken = Array.from({ length: 3 }, () => pool.take());
  assert.deepEqual(pool.reading, { heldBytes: 30, usedBytes: 30, highBytes: 30, taken: 3, missed: 1 });
  for (const item of taken.slice(1)) pool.give(item);
  assert.deepEqual(pool.reading, { heldBytes: 30, usedBytes: 10, highBytes: 30, taken: 3, missed: 1 });
});

test("Pool.trim() drops what was not needed since the last trim, the longest unused first", () => {
  const pool = new Pool(items({ max: 8 }));
  const burst = Array.from({ length: 6 }, () => pool.take());
  for (const item of burst) pool.give(item);
  // The list was empty in this interval: each item was needed.
  assert.equal(pool.trim(), 0);
  const [one, two] = [pool.take(), pool.take()];
  pool.give(one);
  pool.give(two);
  assert.deepEqual([pool.trim(), pool.free], [4, 2]);
  assert.deepEqual([pool.take().id, pool.take().id], [5, 6]);
});

test("Pool.trim() leaves a pool in steady use as it is, and empties one that nobody uses", () => {
  const pool = new Pool(items());
  pool.give(pool.take());
  for (let interval = 0; interval < 3; interval += 1) {
    pool.give(pool.take());
    assert.equal(pool.trim(), 0);
  }
  assert.deepEqual([pool.trim(), pool.free], [1, 0]);
});

test("Pool.trim() leaves what the pool began with", () => {
  const pool = new Pool(items({ max: 8, preallocate: 2 }));
  const burst = Array.from({ length: 4 }, () => pool.take());
  for (const item of burst) pool.give(item);
  assert.deepEqual([pool.trim(), pool.trim(), pool.trim(), pool.free], [0, 2, 0, 2]);
});

for (const changes of [{ max: -1 }, { max: 1.5 }, { max: 1, preallocate: 2 }, { preallocate: -1 }]) {
  test(`Pool refuses ${JSON.stringify(changes)}`, () => {
    assert.throws(() => new Pool(items(changes)), /the pool "test"/);
  });
}

const modes = [
  { debug: false, zero_on_release: false },
  { debug: false, zero_on_release: true },
  { debug: true, zero_on_release: false },
];
for (const mode of modes) {
  test(`createPool(${JSON.stringify(mode)}) keeps its books over random use, as a naive list does`, () => {
    const step = fc.oneof(
      { weight: 4, arbitrary: fc.constant("take" as const) },
      { weight: 4, arbitrary: fc.nat(9) },
      { weight: 1, arbitrary: fc.constantFrom("trim" as const, "abandon" as const) },
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 80 }), fc.nat(4), (steps, max) => {
        const make = () => new Uint8Array(8);
        const pool = createPool<Uint8Array>(mode, { owner: "test", max, bytesEach: 8, make });
        const out: Uint8Array[] = [];
        let [free, lowest, taken, missed, high] = [0, 0, 0, 0, 0];
        for (const does of steps) {
          if (does === "take") {
            const item = pool.take();
            assert.ok(!out.includes(item), "an item has two owners");
            assert.equal(item.length, 8);
            if (mode.zero_on_release) assert.ok(item.every((byte) => byte === 0));
            out.push(item.fill(taken));
            taken += 1;
            if (free === 0) missed += 1;
            free = Math.max(0, free - 1);
            lowest = Math.min(lowest, free);
            high = Math.max(high, out.length);
          } else if (does === "trim") {
            assert.equal(pool.trim(), lowest);
            free -= lowest;
            lowest = free;
          } else if (out.length > 0) {
            const [item] = out.splice(does === "abandon" ? 0 : does % out.length, 1) as [Uint8Array];
            if (does === "abandon") pool.abandon(item);
            else {
              pool.give(item);
              free = Math.min(max, free + 1);
            }
          }
          assert.deepEqual(pool.reading, {
            heldBytes: (free + out.length) * 8,
            usedBytes: out.length * 8,
            highBytes: high * 8,
            taken,
            missed,
          });
          assert.equal(
            pool.leaks.reduce((sum, { count }) => sum + count, 0),
            mode.debug ? out.length : 0,
          );
        }
      }),
    );
  });
}

test("createPool() zeroes given-back buffers when zero_on_release says so, after clear has seen them", () => {
  const seen: (number | undefined)[] = [];
  const pool = createPool(
    { debug: false, zero_on_release: true },
    {
      owner: "test",
      max: 1,
      bytesEach: 4,
      make: () => ({ bytes: new Uint8Array(4) }),
      bytesOf: ({ bytes }) => bytes,
      clear: ({ bytes }) => seen.push(bytes[0]),
    },
  );
  const item = pool.take();
  item.bytes.fill(9);
  pool.give(item);
  assert.deepEqual([seen, [...item.bytes], pool.take() === item], [[9], [0, 0, 0, 0], true]);
});
