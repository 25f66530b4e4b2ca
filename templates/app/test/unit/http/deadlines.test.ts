import assert from "node:assert/strict";
import { test } from "node:test";
import { DeadlineList, Deadlines, type Waiting } from "../../../src/http/deadlines.ts";
import { until } from "../../fixture/until.ts";

function waiting(startedMs: number, expired: number[]): Waiting {
  return { startedMs, previous: undefined, next: undefined, expire: () => expired.push(startedMs) };
}

function listOf(startedMs: readonly number[], expired: number[]) {
  const list = new DeadlineList(100, () => undefined);
  const entries = startedMs.map((ms) => waiting(ms, expired));
  for (const entry of entries) list.join(entry);
  return { list, entries };
}

test("DeadlineList.expire calls those whose time is up, in the order in which they began, once", () => {
  const expired: number[] = [];
  const { list } = listOf([10, 20, 30], expired);
  list.expire(119);
  assert.deepEqual(expired, [10]);
  list.expire(130);
  list.expire(1000);
  assert.deepEqual(expired, [10, 20, 30]);
  assert.ok(list.isEmpty);
});

for (const left of [[0], [1], [2], [0, 1], [1, 2], [0, 2], [2, 1, 0]]) {
  test(`DeadlineList.leave keeps the others when ${left} leave`, () => {
    const expired: number[] = [];
    const { list, entries } = listOf([1, 2, 3], expired);
    for (const index of left) list.leave(entries[index] as Waiting);
    list.expire(1000);
    const others = [1, 2, 3].filter((_, index) => !left.includes(index));
    assert.deepEqual(expired, others);
    assert.ok(list.isEmpty);
  });
}

test("DeadlineList.expire lets an entry that expires join again", () => {
  const list = new DeadlineList(100, () => undefined);
  let times = 0;
  const entry: Waiting = {
    startedMs: 0,
    previous: undefined,
    next: undefined,
    expire() {
      times += 1;
      entry.startedMs = 500;
      list.join(entry);
    },
  };
  list.join(entry);
  list.expire(200);
  assert.equal(times, 1);
  assert.equal(list.isEmpty, false);
});

test("Deadlines gives routes with one limit one list", () => {
  const deadlines = new Deadlines();
  assert.equal(deadlines.list(50), deadlines.list(50));
  assert.notEqual(deadlines.list(50), deadlines.list(60));
});

test("Deadlines expires what waits, and begins again after a pause", async () => {
  const deadlines = new Deadlines();
  const expired: number[] = [];
  for (const round of [1, 2]) {
    const startedMs = performance.now();
    deadlines.list(1).join(waiting(startedMs, expired));
    deadlines.list(2).join(waiting(startedMs, expired));
    await until("both have expired", () => expired.length === 2 * round);
  }
});
