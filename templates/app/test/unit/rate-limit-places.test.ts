import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { CellTable, cellCount, tableWords } from "../../src/features/rate-limit/cell-table.ts";
import { KeyedHash } from "../../src/features/rate-limit/keyed-hash.ts";
import { limitOf } from "../../src/features/rate-limit/limit.ts";
import { Places, REFUSED, reclaimPlaces, UNCOUNTED } from "../../src/features/rate-limit/places.ts";

describe("Places", () => {
  const key = (client: number) => {
    const hash = new KeyedHash(1, 2);
    hash.digest(client, 0, 0);
    return [hash.high, hash.low, 1_000_000] as const;
  };

  function workers(count: number, max: number, inFlightMax: number) {
    const words = new Int32Array(new SharedArrayBuffer(4 * tableWords(16)));
    const counts = new Int32Array(cellCount(16));
    return Array.from({ length: count }, (_, worker) => {
      const held = new Int32Array(inFlightMax);
      return { words, counts, held, places: new Places(new CellTable(words, worker, counts), counts, held, max, 0) };
    });
  }

  it("admit up to the limit over all workers, and not one more", () => {
    const [first, second] = workers(2, 2, 8);
    assert.ok(first && second);
    const place = first.places.enter(...key(1));
    assert.ok(place >= 0 && second.places.enter(...key(1)) >= 0);
    assert.equal(first.places.enter(...key(1)), REFUSED);
    assert.ok(first.places.enter(...key(2)) >= 0);
    first.places.leave(place);
    assert.ok(second.places.enter(...key(1)) >= 0);
    assert.equal(second.places.enter(...key(1)), REFUSED);
  });

  it("give back what a dead worker held, once", () => {
    const [first, second] = workers(2, 2, 8);
    assert.ok(first && second);
    first.places.enter(...key(1));
    second.places.enter(...key(1));
    reclaimPlaces(first.counts, first.held);
    reclaimPlaces(first.counts, first.held);
    assert.ok(second.places.enter(...key(1)) >= 0);
    assert.equal(second.places.enter(...key(1)), REFUSED);
  });

  it("keep a client's cell while it has requests in flight", () => {
    const [only] = workers(1, 1, 8);
    assert.ok(only);
    only.places.enter(...key(1));
    const table = new CellTable(only.words, 0, only.counts);
    const limit = limitOf(0, 10, 1000, 1);
    for (let client = 2; client < 200; client += 1) {
      const [high, low] = key(client);
      assert.equal(table.charge(high, low, limit, client * 1_000_000), 100_000);
    }
    assert.equal(only.places.enter(...key(1)), REFUSED);
  });

  it("admit uncounted when the worker's list is full, and take nothing back for that", () => {
    const [only] = workers(1, 5, 1);
    assert.ok(only);
    const place = only.places.enter(...key(1));
    assert.equal(only.places.enter(...key(1)), UNCOUNTED);
    only.places.leave(UNCOUNTED);
    only.places.leave(place);
    assert.equal(only.places.enter(...key(1)), place);
    assert.equal(
      only.counts.reduce((sum, count) => sum + count, 0),
      1,
    );
  });
});
