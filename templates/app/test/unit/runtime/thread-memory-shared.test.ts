import assert from "node:assert/strict";
import { test } from "node:test";
import { runtime } from "../../../src/wiring.ts";

const ZONE_BYTES = 256 * 1024 ** 2;

test("RuntimePort.threadMemory() counts no shared memory into a thread's heap, before and after a collection", async () => {
  const before = runtime.threadMemory().heapUsedBytes;
  const views = Array.from({ length: 8 }, () => new Int32Array(new SharedArrayBuffer(ZONE_BYTES / 8)));
  const made = runtime.threadMemory().heapUsedBytes - before;
  // Garbage enough that both engines collect.
  for (let round = 0; round < 200; round += 1) Array.from({ length: 10_000 }, (_, index) => ({ index, round }));
  await new Promise((resolve) => setTimeout(resolve, 50));
  const collected = runtime.threadMemory().heapUsedBytes - before;
  assert.equal(views.length, 8);
  assert.ok(made < ZONE_BYTES / 2, `${made} bytes more`);
  assert.ok(collected < ZONE_BYTES / 2, `${collected} bytes more after a collection`);
});
