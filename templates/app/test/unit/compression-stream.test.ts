import assert from "node:assert/strict";
import { test } from "node:test";
import { slicesReader } from "../../src/features/compression/body-reader.ts";
import { codings } from "../../src/features/compression/codings.ts";
import { compressedStream } from "../../src/features/compression/compressed-stream.ts";
import { until } from "../fixture/until.ts";

test("compressedStream stops reading its source when nobody takes what it has", async () => {
  for (const coding of codings(1)) {
    let reads = 0;
    const noise = crypto.getRandomValues(new Uint8Array(65_536));
    const source = {
      async read() {
        reads += 1;
        return { done: false as const, value: noise };
      },
      cancel: async () => undefined,
    };
    const stream = compressedStream(source, [], source.read(), coding.stream(), () => undefined);
    const reader = stream.getReader();
    await reader.read();
    let last = -1;
    let same = 0;
    await until("the source is asked no more, or far too often", () => {
      same = reads === last ? same + 1 : 0;
      last = reads;
      return same === 20 || reads >= 20;
    });
    assert.ok(reads < 20, `${coding.name}: ${reads} reads`);
    await reader.cancel();
  }
});

test("compressedStream ends its source and tells so once, when it is cancelled", async () => {
  for (const coding of codings(1)) {
    let cancels = 0;
    let ends = 0;
    const source = {
      read: () => new Promise<never>(() => undefined),
      async cancel() {
        cancels += 1;
      },
    };
    const stream = compressedStream(source, [], source.read(), coding.stream(), () => {
      ends += 1;
    });
    await stream.cancel();
    assert.deepEqual([cancels, ends], [1, 1], coding.name);
  }
});

test("compressedStream fails when its source does, and gives its place back", async () => {
  for (const coding of codings(1)) {
    let ends = 0;
    const source = slicesReader(new Uint8Array(0), 1);
    const failing = Promise.reject(new Error("the source failed"));
    const stream = compressedStream(source, [new Uint8Array(10)], failing, coding.stream(), () => {
      ends += 1;
    });
    await assert.rejects(() => new Response(stream).arrayBuffer(), /the source failed/);
    assert.equal(ends, 1, coding.name);
  }
});
