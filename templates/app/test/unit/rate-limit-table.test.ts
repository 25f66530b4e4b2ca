import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { CellTable, tableWords } from "../../src/features/rate-limit/cell-table.ts";
import { KeyedHash } from "../../src/features/rate-limit/keyed-hash.ts";
import { type Limit, limitOf } from "../../src/features/rate-limit/limit.ts";

const none = new Int32Array(0);

function wordsFor(clients: number): Int32Array {
  return new Int32Array(new SharedArrayBuffer(4 * tableWords(clients)));
}

/** One client's requests at the given times; what the table said to each. */
function charges(table: CellTable, limit: Limit, timesUs: readonly number[], client = 1): readonly number[] {
  const hash = new KeyedHash(1, 2);
  hash.digest(client, 0, limit.id);
  return timesUs.map((nowUs) => table.charge(hash.high, hash.low, limit, nowUs));
}

describe("limitOf()", () => {
  const rows: readonly (readonly [
    requests: number,
    windowMs: number,
    burst: number,
    tick: number,
    interval: number,
  ])[] = [
    [10, 1000, 20, 0, 100_000],
    [3, 1000, 1, 0, 333_334],
    [5, 60_000, 5, 0, 12_000_000],
    [5, 900_000, 5, 1, 11_250_000],
    [1, 86_400_000, 1, 2, 337_500_000],
    [1, 86_400_000, 24, 3, 21_093_750],
    [5_000_000, 1000, 100, 0, 1],
  ];
  for (const [requests, windowMs, burst, tick, interval] of rows) {
    it(`counts ${requests} in ${windowMs} ms with a burst of ${burst} in ticks of ${16 ** tick} us`, () => {
      const limit = limitOf(0, requests, windowMs, burst);
      assert.deepEqual([limit.tick, limit.interval, limit.ahead], [tick, interval, interval * burst]);
    });
  }

  const refused: readonly (readonly [requests: number, windowMs: number, burst: number])[] = [
    [0, 1000, 1],
    [1, 0, 1],
    [1, 1000, 0],
    [1, 1000, 1.5],
    [Number.NaN, 1000, 1],
    [1, 86_400_000, 30],
  ];
  for (const row of refused) it(`refuses ${row.join(", ")}`, () => assert.throws(() => limitOf(0, ...row), TypeError));
});

describe("CellTable.charge()", () => {
  const limit = limitOf(0, 10, 1000, 3);

  it("admits the burst, then one request per interval, and says how long to wait", () => {
    const table = new CellTable(wordsFor(16), 0, none);
    const s = 1_000_000;
    const times = [
      s,
      s,
      s,
      s,
      s + 50_000,
      s + 100_000,
      s + 100_000,
      s + 299_999,
      s + 300_000,
      3 * s,
      3 * s,
      3 * s,
      3 * s,
    ];
    assert.deepEqual(charges(table, limit, times), [
      ...[100_000, 200_000, 300_000, -100_000, -50_000, 300_000, -100_000],
      ...[200_001, 300_000, 100_000, 200_000, 300_000, -100_000],
    ]);
  });

  it("admits a burst whose worker's clock is behind, and no larger one", () => {
    const table = new CellTable(wordsFor(16), 0, none);
    const s = 1_000_000;
    assert.deepEqual(charges(table, limit, [s, s, s - 900, s - 900, s, s + 99_000, s + 99_000]), [
      ...[100_000, 200_000, 300_900, -100_900, -100_000, 301_000, -101_000],
    ]);
  });

  it("goes on where the 32-bit time wraps", () => {
    for (const wrap of [2 ** 31, 2 ** 32, 2 ** 45]) {
      const table = new CellTable(wordsFor(16), 0, none);
      const times = [wrap - 150_000, wrap - 150_000, wrap - 150_000, wrap - 60_000, wrap - 50_000, wrap + 50_000];
      assert.deepEqual(charges(table, limit, times), [100_000, 200_000, 300_000, -10_000, 300_000, 300_000]);
    }
  });

  it("counts slow limits in coarse ticks", () => {
    const daily = limitOf(0, 1, 86_400_000, 1);
    const table = new CellTable(wordsFor(16), 0, none);
    const day = 86_400_000_000;
    const results = charges(table, daily, [day, 2 * day - 1000, 2 * day]);
    assert.deepEqual(
      results.map((result) => Math.sign(result)),
      [1, -1, 1],
    );
  });

  it("gives the cell of a client that is quiet to a new one", () => {
    const table = new CellTable(wordsFor(4), 0, none);
    for (let client = 0; client < 700; client += 1) {
      assert.deepEqual(charges(table, limit, [1_000_000 + client * 100_000], client), [100_000]);
    }
    assert.equal(table.shared, 0);
  });

  it("counts clients together, and says so, when the table is full", () => {
    const table = new CellTable(wordsFor(8), 0, none);
    const slow = limitOf(0, 1, 60_000, 1);
    const admitted = Array.from({ length: 500 }, (_, client) => charges(table, slow, [1_000_000], client)[0] as number);
    const count = admitted.filter((result) => result > 0).length;
    // 14 cells, and 16 budgets for all others.
    assert.deepEqual([count, table.shared], [30, 486]);
  });

  it("has room for the planned clients", () => {
    const table = new CellTable(wordsFor(20_000), 0, none);
    for (let client = 0; client < 20_000; client += 1) charges(table, limit, [1_000_000], client);
    assert.equal(table.shared, 0);
  });

  it("forgets what is long past when it is swept, so that a wrapped time cannot refuse", () => {
    const words = wordsFor(16);
    const table = new CellTable(words, 0, none);
    const hour = 3_600_000_000;
    charges(table, limit, [hour, hour, hour]);
    for (let at = hour; at <= 2 ** 32 + hour; at += 600_000_000) {
      for (let part = 0; part < 3; part += 1) table.sweep(part, 3, at);
    }
    assert.deepEqual(charges(table, limit, [2 ** 32 + hour + 1]), [100_000]);
  });

  it("forgets in the shared budgets too what is long past", () => {
    const table = new CellTable(wordsFor(4), 0, none);
    const slow = limitOf(0, 1, 300_000, 1);
    const many = (nowUs: number) =>
      Array.from({ length: 300 }, (_, client) => charges(table, slow, [nowUs], client)[0] as number);
    many(1_000_000);
    for (let at = 1_000_000; at < 2 ** 32; at += 600_000_000) table.sweep(0, 1, at);
    // Unswept, their arrival times would look like future ones just before the time wraps.
    assert.equal(many(2 ** 32 - 50_000_000).filter((result) => result > 0).length, 7 + 16);
  });

  it("opens the locks of a dead worker, and no other's", () => {
    const words = wordsFor(4);
    const bucket = words.length - 16;
    words[bucket] = 1 + 3;
    words[bucket + 2] = 1;
    new CellTable(words, 2, none).reclaim();
    assert.deepEqual([words[bucket], words[bucket + 2]], [4, 1]);
    new CellTable(words, 3, none).reclaim();
    assert.deepEqual([words[bucket], words[bucket + 2]], [0, 0]);
  });
});
