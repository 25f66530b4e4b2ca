import assert from "node:assert/strict";
import { test } from "node:test";
import { noFailures, Tally } from "../../../bench/load/tally.ts";

const expected = { status: 200, bodyBytes: 5 };

test("Tally counts expected answers, tells the others apart, and forgets on reset()", () => {
  const tally = new Tally();
  // 1,000 answers: 989 take 10 us, 10 take 100 us, 1 takes 3,000 us.
  for (let count = 0; count < 989; count += 1) tally.answered(10, 200, 5, expected);
  for (let count = 0; count < 10; count += 1) tally.answered(100, 200, 5, expected);
  tally.answered(3000, 200, 5, expected);
  tally.answered(1, 503, 5, expected);
  tally.answered(1, 200, 4, expected);
  tally.failed("timeout");
  tally.failed("closed", 3);
  assert.deepEqual([tally.done, tally.bytesIn], [1000, 5000]);
  assert.deepEqual({ ...tally.failures }, { ...noFailures(), status: 1, length: 1, timeout: 1, closed: 3 });
  // Ends of the buckets: 1/16 us wide below 128 us, 2 us wide from 2,048 us on.
  assert.deepEqual([tally.latencyUs(0.5), tally.latencyUs(0.99), tally.latencyUs(1)], [10.0625, 100.0625, 3002]);
  tally.reset();
  assert.deepEqual([tally.done, tally.bytesIn, tally.latencyUs(0.5)], [0, 0, 0]);
  assert.deepEqual({ ...tally.failures }, noFailures());
});

test("Tally takes any length where none is expected", () => {
  const tally = new Tally();
  tally.answered(1, 200, 17, { status: 200, bodyBytes: null });
  assert.deepEqual([tally.done, tally.bytesIn], [1, 17]);
});
