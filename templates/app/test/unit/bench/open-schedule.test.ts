import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { OpenSchedule } from "../../../bench/load/open-schedule.ts";

function takeAll(schedule: OpenSchedule, nowMs: number): readonly number[] {
  const moments: number[] = [];
  while (schedule.nextMs <= nowMs) {
    moments.push(schedule.nextMs);
    schedule.take();
  }
  return moments;
}

test("OpenSchedule is due once every interval, from the start on", () => {
  const schedule = new OpenSchedule(500, { startMs: 100, phase: 0 });
  assert.deepEqual(takeAll(schedule, 109), [100, 102, 104, 106, 108]);
  assert.equal(schedule.nextMs, 110);
});

test("OpenSchedule of a later thread falls due between the moments of the first", () => {
  const first = new OpenSchedule(250, { startMs: 100, phase: 0 });
  const second = new OpenSchedule(250, { startMs: 100, phase: 0.5 });
  assert.deepEqual(takeAll(first, 110), [100, 104, 108]);
  assert.deepEqual(takeAll(second, 110), [102, 106, 110]);
});

test("OpenSchedule keeps the moment of each request through a stall", () => {
  const schedule = new OpenSchedule(1000, { startMs: 0, phase: 0 });
  assert.deepEqual(takeAll(schedule, 1), [0, 1]);
  assert.equal(schedule.dueAt(1.5), 0);
  assert.equal(schedule.dueAt(201), 200);
  assert.deepEqual(takeAll(schedule, 201).slice(0, 3), [2, 3, 4]);
  assert.equal(schedule.dueAt(201), 0);
});

test("OpenSchedule refuses a rate that is none", () => {
  for (const rate of [0, -1, Number.NaN]) {
    assert.throws(() => new OpenSchedule(rate, { startMs: 0, phase: 0 }), RangeError);
  }
});

test("OpenSchedule.dueAt() counts what nextMs and take() would give", () => {
  const rates = fc.integer({ min: 1, max: 200_000 });
  fc.assert(
    fc.property(rates, fc.integer({ min: 0, max: 3 }), fc.integer({ min: 0, max: 100 }), (rate, phase, nowMs) => {
      const schedule = new OpenSchedule(rate, { startMs: 0, phase: phase / 4 });
      const due = schedule.dueAt(nowMs);
      return due === takeAll(schedule, nowMs).length && schedule.dueAt(nowMs) === 0;
    }),
    { numRuns: 50 },
  );
});
