import assert from "node:assert/strict";
import { test } from "node:test";
import { setImmediate } from "node:timers";
import { FrameBatches } from "../../../src/runtime/frame-batch.ts";

const turn = () => new Promise<void>((resolve) => setImmediate(() => resolve()));

test("FrameBatches.atTurnEnd() writes in order at the end of the turn, then tells that nothing waits", async () => {
  const seen: string[] = [];
  const batches = new FrameBatches(() => seen.push("empty"));
  batches.atTurnEnd(() => seen.push("one"));
  batches.atTurnEnd(() => seen.push("two"));
  await Promise.resolve();
  assert.deepEqual(seen, []);
  await turn();
  assert.deepEqual(seen, ["one", "two", "empty"]);
});

test("FrameBatches.writeAll() leaves what is added meanwhile, and its memory, to the next turn", async () => {
  const seen: string[] = [];
  const batches = new FrameBatches(() => seen.push("empty"));
  batches.atTurnEnd(() => {
    seen.push("outer");
    batches.atTurnEnd(() => seen.push("inner"));
    batches.writeAll();
  });
  batches.atTurnEnd(() => seen.push("last"));
  batches.writeAll();
  assert.deepEqual(seen, ["outer", "last"]);
  await turn();
  await turn();
  assert.deepEqual(seen.slice(2, 4), ["inner", "empty"]);
});

test("FrameBatches.writeAll() leaves nobody waiting behind one that throws, and throws in the end", () => {
  const seen: string[] = [];
  const batches = new FrameBatches(() => seen.push("empty"));
  batches.atTurnEnd(() => {
    throw new Error("broken");
  });
  batches.atTurnEnd(() => seen.push("other"));
  assert.throws(() => batches.writeAll(), { message: "broken" });
  assert.deepEqual(seen, ["other", "empty"]);
});

test("FrameBatches.reading() counts what waits, the most that did, messages and batches cut short", () => {
  const batches = new FrameBatches();
  batches.added(10);
  batches.added(20);
  batches.written(30);
  batches.added(5);
  batches.cutShort();
  assert.deepEqual(batches.reading(), { heldBytes: 5, usedBytes: 5, highBytes: 30, taken: 3, missed: 1 });
  assert.equal(batches.reading(4096).heldBytes, 4096);
});
