import assert from "node:assert/strict";
import { test } from "node:test";
import { add, counter, counterNames, counterRowLength } from "../../../src/zones/counters.ts";
import { bucketCount } from "../../../src/zones/histogram.ts";
import {
  beatAt,
  beatLag,
  createZones,
  sumRows,
  workerZones,
  type ZoneShape,
  zoneBytes,
} from "../../../src/zones/zones.ts";

const shape: ZoneShape = { workers: 3, latencySteps: 8, inFlightMax: 10, bodiesBytesMax: 10_240, socketsMax: 5 };

test("workerZones() gives each worker rows that no other worker's touch", () => {
  const buffer = createZones(shape);
  const all = [0, 1, 2].map((worker) => workerZones(buffer, shape, worker));
  all.forEach((zones, worker) => {
    zones.counters.fill(10 + worker);
    zones.latency.fill(20 + worker);
    zones.beat.fill(30 + worker);
  });
  all.forEach((zones, worker) => {
    assert.ok(zones.counters.every((value) => value === 10 + worker));
    assert.ok(zones.latency.every((value) => value === 20 + worker));
    assert.ok(zones.beat.every((value) => value === 30 + worker));
    assert.deepEqual([zones.counters.length, zones.latency.length], [counterRowLength, bucketCount(8)]);
    // A worker's counters begin on a cache line of their own.
    assert.equal(zones.counters.byteOffset % 64, 0);
  });
  assert.deepEqual([all[0]?.inFlight.total, all[0]?.bodiesKiB.total, all[0]?.sockets.total], [0, 0, 0]);
});

test("workerZones() shares the gauges, each with its own limit", () => {
  const buffer = createZones(shape);
  const [first, second] = [workerZones(buffer, shape, 0), workerZones(buffer, shape, 1)];
  first.inFlight.acquire(10);
  first.bodiesKiB.acquire(9);
  first.sockets.acquire(4);
  assert.deepEqual([second.inFlight.total, second.bodiesKiB.total, second.sockets.total], [10, 9, 4]);
  assert.deepEqual(
    [second.inFlight.acquire(1), second.bodiesKiB.acquire(2), second.sockets.acquire(2)],
    [false, false, false],
  );
  assert.deepEqual([second.bodiesKiB.acquire(1), second.sockets.acquire(1)], [true, true]);
});

test("workerZones() refuses a buffer of another shape and a worker that is not there", () => {
  const buffer = createZones(shape);
  assert.throws(() => workerZones(buffer, { ...shape, workers: 4 }, 0), /do not have this shape/);
  assert.throws(() => workerZones(buffer, { ...shape, latencySteps: 16 }, 0), /do not have this shape/);
  for (const worker of [-1, 3]) assert.throws(() => workerZones(buffer, shape, worker), /there is no worker/);
  assert.equal(buffer.byteLength, zoneBytes(shape));
});

test("counters have a place each, and rows of whole cache lines", () => {
  assert.equal(new Set(Object.values(counter)).size, counterNames.length);
  assert.ok(counterRowLength >= counterNames.length && (counterRowLength * 8) % 64 === 0);
  const row = new Float64Array(counterRowLength);
  add(row, counter.requests, 2);
  add(row, counter.requests, 3);
  assert.equal(row[counter.requests], 5);
});

test("sumRows() adds rows up, and is empty for none", () => {
  assert.deepEqual([...sumRows([Float64Array.of(1, 2), Float64Array.of(10, 20)])], [11, 22]);
  assert.equal(sumRows([]).length, 0);
});

test("the beat has two different places", () => assert.notEqual(beatAt, beatLag));
