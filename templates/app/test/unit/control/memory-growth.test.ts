import assert from "node:assert/strict";
import { test } from "node:test";
import { MemoryGrowth } from "../../../src/control/memory-growth.ts";

function growth(count: number, rssBytes: (index: number) => number): number | undefined {
  const given = new MemoryGrowth();
  for (let index = 0; index < count; index += 1) given.add(index * 10_000, rssBytes(index));
  return given.bytesPerSecond;
}

test("MemoryGrowth.bytesPerSecond is absent until there are two minutes of readings", () => {
  assert.equal(
    growth(11, (index) => index),
    undefined,
  );
  assert.notEqual(
    growth(12, (index) => index),
    undefined,
  );
});

test("MemoryGrowth.bytesPerSecond is the slope of a steady leak", () => {
  assert.equal(
    growth(30, (index) => 5_000_000 + index * 10 * 1024),
    1024,
  );
});

test("MemoryGrowth.bytesPerSecond takes no saw teeth for a leak", () => {
  const slope = growth(60, (index) => 50_000_000 + (index % 4) * 1_000_000) ?? Number.NaN;
  assert.ok(Math.abs(slope) < 1000, String(slope));
});

test("MemoryGrowth.bytesPerSecond forgets what is older than ten minutes", () => {
  // Grows for ten minutes, then stays for ten.
  assert.equal(
    growth(120, (index) => Math.min(index, 60) * 1_000_000),
    0,
  );
});

test("MemoryGrowth.bytesPerSecond tells of memory that is given back", () => {
  assert.equal(
    growth(20, (index) => 90_000_000 - index * 5000),
    -500,
  );
});
