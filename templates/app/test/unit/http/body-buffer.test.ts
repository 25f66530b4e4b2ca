import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { BodyBuffer, type BodyTally } from "../../../src/http/body-buffer.ts";

const BYTES_MAX = 300_000;

describe("BodyBuffer", () => {
  const rows: readonly [name: string, sizes: readonly number[], heldBytes: readonly number[]][] = [
    ["makes each page as large as all before it", [1000, 1000, 1000, 1000, 1000], [1024, 2048, 4096, 4096, 8192]],
    ["takes a page of a chunk's size", [3000, 3000], [3000, 6000]],
    ["chains chunks of 4 KiB and more", [4096, 65_536], [4096, 69_632]],
    ["goes on with a page after a chained chunk", [10, 4096, 1014, 1], [1024, 5120, 5120, 10_240]],
    ["takes nothing for chunks without bytes", [0, 0, 1], [0, 0, 1024]],
  ];
  for (const [name, sizes, heldBytes] of rows) {
    it(name, () => {
      const { body, held } = bodyBuffer();
      const seen = sizes.map((size) => {
        body.append(new Uint8Array(size));
        return body.heldBytes;
      });
      assert.deepEqual(seen, heldBytes);
      assert.equal(held.at(-1), heldBytes.at(-1), "what it holds was told before");
    });
  }

  it("copies a large chunk that keeps more alive than an eighth beyond its bytes", () => {
    const { body, tally } = bodyBuffer();
    body.append(new Uint8Array(new ArrayBuffer(65_536), 0, 50_000));
    assert.deepEqual([tally.chained, tally.pages], [0, 1]);
    body.append(new Uint8Array(new ArrayBuffer(65_536), 0, 60_000));
    assert.deepEqual([tally.chained, tally.pages], [1, 1]);
  });

  it("never holds more than the body's limit", () => {
    const { body } = bodyBuffer(70_000);
    for (let count = 0; count < 70_000; count += 1) body.append(new Uint8Array([count]));
    assert.equal(body.heldBytes, 70_000);
    assert.equal(body.joined().byteLength, 70_000);
  });

  it("gives a single chunk back as it is where the chunk is all of its buffer", () => {
    const { body } = bodyBuffer();
    const chunk = new Uint8Array(5000);
    body.append(chunk);
    assert.equal(body.joined(), chunk);
  });

  it("closes its books when it is refused memory", () => {
    const tally: BodyTally = { heldBytes: 0, usedBytes: 0, highBytes: 0, pages: 0, chained: 0 };
    const refuse = (bytes: number) => {
      if (bytes > 1024) throw new Error("refused");
    };
    const body = new BodyBuffer(BYTES_MAX, refuse, tally);
    body.append(new Uint8Array(1000));
    assert.throws(() => body.append(new Uint8Array(5000)), /refused/);
    assert.equal(tally.heldBytes, 1024);
    body.close();
    body.close();
    assert.deepEqual([tally.heldBytes, tally.usedBytes, tally.highBytes], [0, 0, 1024]);
  });

  it("gives back what came, in memory of its own, and holds at most twice that and one page", () => {
    // Chunks of all kinds: tiny, about the threshold, views into larger buffers.
    const chunk = fc.record({ size: fc.oneof(fc.nat(40), fc.nat(5000), fc.nat(20_000)), spare: fc.nat(9000) });
    fc.assert(
      fc.property(fc.array(chunk, { maxLength: 14 }), (chunks) => {
        // As little as may be: a limit that all of it just reaches.
        const bytesMax = chunks.reduce((sum, { size }) => sum + size, 0);
        const { body, tally, held } = bodyBuffer(bytesMax);
        const expected: number[] = [];
        const given: Uint8Array[] = [];
        for (const { size, spare } of chunks) {
          const view = new Uint8Array(new ArrayBuffer(size + spare), spare >> 1, size);
          for (let index = 0; index < size; index += 1) view[index] = (expected.length + index * 7) & 255;
          expected.push(...view);
          given.push(view);
          body.append(view);
          assert.ok(body.heldBytes >= body.totalBytes && body.heldBytes <= 2 * body.totalBytes + 1024);
          assert.ok(body.heldBytes <= bytesMax);
          assert.equal(tally.heldBytes, body.heldBytes);
        }
        const whole = body.joined();
        assert.deepEqual([...whole], expected);
        assert.equal(whole.buffer.byteLength, whole.byteLength);
        assert.deepEqual(
          held,
          [...held].sort((a, b) => a - b),
        );
        body.close();
        assert.deepEqual([tally.heldBytes, tally.usedBytes], [0, 0]);
      }),
      { numRuns: 200 },
    );
  });
});

function bodyBuffer(bytesMax = BYTES_MAX) {
  const tally: BodyTally = { heldBytes: 0, usedBytes: 0, highBytes: 0, pages: 0, chained: 0 };
  const held: number[] = [];
  return { body: new BodyBuffer(bytesMax, (bytes) => void held.push(bytes), tally), tally, held };
}
