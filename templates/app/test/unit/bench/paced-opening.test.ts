import assert from "node:assert/strict";
import { test } from "node:test";
import { localAddressesOf, localAddressOf } from "../../../bench/load/local-addresses.ts";
import { openPaced } from "../../../bench/load/paced-opening.ts";

const never = new AbortController().signal;

test("openPaced() opens each once, with at most 64 under way", async () => {
  let pending = 0;
  let most = 0;
  const opened: number[] = [];
  await openPaced(500, { perS: Number.POSITIVE_INFINITY, signal: never }, async (index) => {
    pending += 1;
    most = Math.max(most, pending);
    await new Promise((resolve) => setTimeout(resolve, index % 3));
    opened.push(index);
    pending -= 1;
  });
  assert.equal(most, 64);
  assert.deepEqual(
    opened.toSorted((a, b) => a - b),
    Array.from({ length: 500 }, (_, index) => index),
  );
});

test("openPaced() begins none before its moment", async () => {
  const startMs = performance.now();
  const early: number[] = [];
  await openPaced(10, { perS: 100, signal: never }, async (index) => {
    // Timers of a runtime are whole milliseconds, and may end within the last one.
    if (performance.now() - startMs < index * 10 - 1) early.push(index);
  });
  assert.deepEqual(early, []);
});

test("openPaced() opens no more after its signal, and does not wait for those that hang", async () => {
  const life = new AbortController();
  let begun = 0;
  const opening = openPaced(100, { perS: Number.POSITIVE_INFINITY, signal: life.signal }, () => {
    begun += 1;
    return new Promise(() => undefined);
  });
  life.abort();
  await opening;
  assert.equal(begun, 64);
});

test("openPaced() of none is done", async () => {
  await openPaced(0, { perS: 1, signal: never }, () => assert.fail());
});

const addresses: readonly (readonly [index: number, threads: number, address: string | undefined])[] = [
  [0, 1, undefined],
  [19_999, 1, undefined],
  [20_000, 1, "127.0.0.2"],
  [40_000, 1, "127.0.0.3"],
  [9999, 2, undefined],
  [10_000, 2, "127.0.0.2"],
  [20_000 * 254, 1, "127.0.0.255"],
  [20_000 * 255, 1, "127.0.1.0"],
];

for (const [index, threads, address] of addresses) {
  test(`localAddressOf() sends connection ${index} of ${threads} thread(s) from ${address ?? "the usual address"}`, () => {
    assert.equal(localAddressOf(index, threads), address);
  });
}

test("localAddressesOf() names all that are bound, and none for few connections", () => {
  assert.deepEqual(localAddressesOf(20_000, 1), []);
  assert.deepEqual(localAddressesOf(20_001, 1), ["127.0.0.2"]);
  assert.deepEqual(localAddressesOf(30_000, 2), ["127.0.0.2", "127.0.0.3"]);
});
