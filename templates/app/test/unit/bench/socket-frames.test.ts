import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { test } from "node:test";
import { clientFrame, closePayload, messageOf, opcode, serverFrame } from "../../../bench/load/socket-frames.ts";

test("clientFrame() masks the payload, and its mask stands before it", () => {
  // "Hello" (48 65 6c 6c 6f) under the mask 5a c3 3c a5.
  const frame = clientFrame(opcode.text, Buffer.from("Hello"));
  assert.equal(frame.toString("hex"), "81855ac33ca512a650c935");
});

const heads: readonly (readonly [bytes: number, server: string, client: string])[] = [
  [0, "8200", "8280"],
  [125, "827d", "82fd"],
  [126, "827e007e", "82fe007e"],
  [65_535, "827effff", "82feffff"],
  [65_536, "827f0000000000010000", "82ff0000000000010000"],
];

for (const [bytes, server, client] of heads) {
  test(`serverFrame() and clientFrame() tell a length of ${bytes} in its shortest form`, () => {
    const payload = Buffer.alloc(bytes, "x");
    const head = server.length / 2;
    const unmasked = serverFrame(opcode.binary, payload);
    assert.equal(unmasked.toString("hex", 0, head), server);
    assert.equal(unmasked.length, head + bytes);
    const masked = clientFrame(opcode.binary, payload);
    assert.equal(masked.toString("hex", 0, head), client);
    assert.equal(masked.length, head + 4 + bytes);
  });
}

test("messageOf() takes a text as it is, and a number as so many bytes", () => {
  assert.deepEqual(messageOf("é"), { code: 1, payload: Buffer.from([0xc3, 0xa9]) });
  assert.deepEqual(messageOf(3), { code: 2, payload: Buffer.from([0x78, 0x78, 0x78]) });
});

test("closePayload() is the status, high byte first", () => {
  assert.deepEqual([...closePayload(1000)], [0x03, 0xe8]);
});
