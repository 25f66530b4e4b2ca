import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import type { TextEncoding } from "../../../src/memory/encode-scratch.ts";
import { readUse } from "../../../src/memory/memory-books.ts";
import { createWorkerMemory } from "../../../src/memory/worker-memory.ts";
import { booksAt, memoryRowLength } from "../../../src/zones/memory-row.ts";
import { fixtureConfig, type Overrides } from "../../fixture/settings.ts";

const encoder = new TextEncoder();

for (const on of [false, true]) {
  describe(`encoding with memory.encode_scratch = ${on}`, () => {
    it("gives the bytes that TextEncoder gives, nested and of any length", () => {
      const { text } = memory({ "memory.encode_scratch": on, "memory.encode_bytes": 64 });
      const unit = fc.constantFrom("a", "\u00e9", "\u4e16", "\u{1f600}", "\ud800");
      const texts = fc.array(fc.string({ unit, maxLength: 40 }), { maxLength: 5 });
      fc.assert(
        fc.property(texts, (all) => {
          assert.deepEqual(
            nested(text, all),
            all.map((one) => [...encoder.encode(one)]),
          );
        }),
      );
    });

    it("hands on what its user returns and throws", () => {
      const { text } = memory({ "memory.encode_scratch": on });
      assert.equal(
        text.withBytes("abc", (bytes) => bytes.length),
        3,
      );
      const failing = () =>
        text.withBytes("abc", () => {
          throw new Error("the sink failed");
        });
      assert.throws(failing, /the sink failed/);
      assert.deepEqual(nested(text, ["x"]), [[120]]);
    });
  });
}

describe("EncodeScratch", () => {
  const scratch = { "memory.encode_scratch": true, "memory.encode_bytes": 16 } as const;

  it("uses the same memory for each text, and memory of its own for text that does not fit", () => {
    const { text } = memory(scratch);
    const buffers = ["abc", "\u4e16\u4e16", "x".repeat(17), "d"].map((one) =>
      text.withBytes(one, (bytes) => bytes.buffer),
    );
    assert.equal(buffers[0], buffers[1]);
    assert.equal(buffers[0], buffers[3]);
    assert.notEqual(buffers[0], buffers[2]);
  });

  it("counts in the books what it was used for, and what did not fit", () => {
    const { text, books } = memory(scratch);
    for (const one of ["abc", "x".repeat(17), "0123456789"]) text.withBytes(one, () => undefined);
    const row = new Float64Array(memoryRowLength);
    books.publish(row, booksAt);
    assert.deepEqual(readUse(row, booksAt, "encode"), {
      heldBytes: 16,
      usedBytes: 0,
      highBytes: 16,
      taken: 3,
      missed: 1,
    });
  });

  it("refuses a user that is asynchronous, and is free again afterwards", () => {
    const { text } = memory(scratch);
    for (const one of ["abc", "x".repeat(17)]) {
      assert.throws(() => text.withBytes(one, async (bytes) => bytes.length), /must not be asynchronous/);
    }
    assert.deepEqual(nested(text, ["x"]), [[120]]);
  });

  it("is not made where it is off or has no bytes", () => {
    for (const off of [{}, { ...scratch, "memory.encode_bytes": 0 }]) {
      const { text } = memory(off);
      const [first, second] = ["a", "a"].map((one) => text.withBytes(one, (bytes) => bytes));
      assert.notEqual(first?.buffer, second?.buffer);
    }
  });

  const rows: readonly [name: string, settings: Overrides, after: readonly number[]][] = [
    ["leaves the bytes until the next text", {}, [97, 98]],
    ["zeroes them at once with memory.zero_on_release", { "memory.zero_on_release": true }, [0, 0]],
    ["poisons them at once with memory.debug", { "memory.debug": true }, [0xdb, 0xdb]],
  ];
  for (const [name, settings, after] of rows) {
    it(name, () => {
      const { text } = memory({ ...scratch, "memory.debug": false, ...settings });
      const kept = text.withBytes("ab", (bytes) => bytes);
      assert.deepEqual([...kept], after);
    });
  }

  it("zeroes text that did not fit, too, with memory.zero_on_release", () => {
    const { text } = memory({ ...scratch, "memory.zero_on_release": true });
    const kept = text.withBytes("s".repeat(17), (bytes) => bytes);
    assert.ok(kept.every((byte) => byte === 0));
  });

  it("keeps the outer text whole while an inner one is used", () => {
    const { text } = memory(scratch);
    const seen = text.withBytes("outer", (outer) => {
      const inner = text.withBytes("inner", (bytes) => [...bytes]);
      return [[...outer], inner];
    });
    assert.deepEqual(seen, [[...encoder.encode("outer")], [...encoder.encode("inner")]]);
  });
});

function memory(overrides: Overrides) {
  return createWorkerMemory(fixtureConfig(overrides));
}

/** Each text is used inside the one before; all are read when the last one is there. */
function nested(text: TextEncoding, texts: readonly string[], outer: readonly Uint8Array[] = []): readonly number[][] {
  const [first, ...rest] = texts;
  if (first === undefined) return outer.map((bytes) => [...bytes]);
  return text.withBytes(first, (bytes) => nested(text, rest, [...outer, bytes]));
}
