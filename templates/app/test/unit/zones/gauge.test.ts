import assert from "node:assert/strict";
import { test } from "node:test";
import { Worker } from "node:worker_threads";
import { Gauge, gaugeLength } from "../../../src/zones/gauge.ts";
import type { GaugeThreadData } from "./gauge-thread.ts";

function gauges(workers: number, max: number): readonly Gauge[] {
  const cells = new Int32Array(new SharedArrayBuffer(gaugeLength(workers) * 4));
  return Array.from({ length: workers }, (_, worker) => new Gauge(cells, worker, max));
}

test("Gauge.acquire() admits up to the limit over all workers, and not one more", () => {
  const [first, second] = gauges(2, 3);
  assert.ok(first && second);
  assert.deepEqual(
    [first.acquire(1), second.acquire(2), first.acquire(1), second.acquire(1), first.total],
    [true, true, false, false, 3],
  );
  second.release(1);
  assert.deepEqual([first.acquire(2), first.acquire(1), first.total], [false, true, 3]);
});

test("Gauge.reclaim() gives back what one worker held, once", () => {
  const [first, second] = gauges(2, 10);
  assert.ok(first && second);
  first.acquire(4);
  second.acquire(3);
  first.reclaim();
  first.reclaim();
  assert.deepEqual([first.total, second.acquire(7), second.acquire(1)], [3, true, false]);
});

test("Gauge with the limit 0 admits nothing, and one beyond 32 bits does not overflow", () => {
  assert.equal(gauges(1, 0)[0]?.acquire(1), false);
  const [large] = gauges(1, 2 ** 40);
  assert.deepEqual([large?.acquire(2 ** 30), large?.total], [true, 2 ** 30]);
});

test("Gauge never admits more than its limit to threads that ask at once", async () => {
  const shared: Omit<GaugeThreadData, "worker"> = {
    cells: new SharedArrayBuffer(gaugeLength(3) * 4),
    seen: new SharedArrayBuffer(16),
    threads: 3,
    max: 5,
    rounds: 40_000,
  };
  const threads = Array.from({ length: shared.threads }, (_, worker) => admittedBy({ ...shared, worker }));
  const admitted = await Promise.all(threads);
  const [now, most] = new Int32Array(shared.seen);
  // A busy machine may let one thread run only while another holds everything.
  assert.ok(Math.max(...admitted) > 1000, `the threads were admitted: ${admitted}`);
  assert.equal(now, 0);
  assert.ok((most ?? 0) >= 1 && (most ?? 0) <= 5, `at most ${most} were held`);
  assert.deepEqual([...new Int32Array(shared.cells)], [0, 0, 0, 0]);
});

function admittedBy(workerData: GaugeThreadData): Promise<number> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL("./gauge-thread.ts", import.meta.url), { workerData });
    worker.on("error", reject);
    worker.on("message", (count: number) => {
      resolve(count);
      void worker.terminate();
    });
  });
}
