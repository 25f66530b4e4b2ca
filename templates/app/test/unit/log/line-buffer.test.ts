import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { closeSync, constants, mkdtempSync, openSync, readSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { test } from "node:test";
import fc from "fast-check";
import { arenaLines, freshLines, type LineBuffer } from "../../../src/log/line-buffer.ts";
import { createLogger } from "../../../src/log/logger.ts";

const decoder = new TextDecoder();

/** All of the text, as the buffer takes it batch by batch. */
function batches(buffer: LineBuffer, text: string): readonly string[] {
  const taken: string[] = [];
  for (let rest = text; rest !== ""; ) {
    rest = buffer.fill(rest);
    taken.push(decoder.decode(buffer.bytes.subarray(0, buffer.usedBytes)));
  }
  return taken;
}

for (const { text, expected } of [
  { text: "", expected: [] },
  { text: "one\ntwo\n", expected: ["one\ntwo\n"] },
  { text: "0123456\n789\n0123456789\n", expected: ["0123456\n789\n", "0123456789\n"] },
  { text: "0123456789abcdefghi\n", expected: ["0123456789abcdef", "ghi\n"] },
  { text: "01234567890123\u20ac\n", expected: ["01234567890123", "\u20ac\n"] },
  { text: "\u{1f600}".repeat(5), expected: ["\u{1f600}".repeat(4), "\u{1f600}"] },
]) {
  test(`LineBuffer.fill() cuts ${JSON.stringify(text)} between lines, else between characters, arena or not`, () => {
    assert.deepEqual(batches(arenaLines(16), text), expected);
    assert.deepEqual(batches(freshLines(16), text), expected);
  });
}

test("LineBuffer.fill() takes the same with and without an arena", () => {
  const line = fc.string({ unit: "binary", maxLength: 40 }).map((text) => `${text}\n`);
  fc.assert(
    fc.property(fc.array(line, { maxLength: 12 }), fc.integer({ min: 8, max: 64 }), (lines, capacityBytes) => {
      const text = lines.join("");
      const [arena, fresh] = [arenaLines(capacityBytes), freshLines(capacityBytes)];
      const taken = batches(fresh, text);
      assert.deepEqual(taken, batches(arena, text));
      assert.equal(taken.join(""), text);
      assert.ok(fresh.highBytes <= capacityBytes);
    }),
  );
});

test("LineBuffer.reading() tells that an arena is held and a fresh buffer is not kept", () => {
  const [arena, fresh] = [arenaLines(1024), freshLines(1024)];
  arena.fill("line\n");
  fresh.fill("line\n");
  assert.deepEqual(arena.reading(), { heldBytes: 1024, highBytes: 5, taken: 1, missed: 0 });
  assert.deepEqual(fresh.reading(), { heldBytes: 5, highBytes: 5, taken: 1, missed: 1 });
});

const needsPipe = process.platform === "linux" ? false : "needs mkfifo and a pipe that two ends of one process open";

test("createLogger() loses, counts and holds the same with and without an arena", { skip: needsPipe }, () => {
  const [arena, fresh] = [true, false].map(onFullPipe);
  assert.deepEqual(fresh, arena);
  assert.deepEqual(arena?.stats, { lines: 704, dropped: 1296, batchHighBytes: 990 });
  assert.deepEqual(arena?.used, 0);
});

/** 2000 lines of 90 bytes to a pipe of 65,536 that nobody reads, then its text. */
function onFullPipe(isArena: boolean) {
  const folder = mkdtempSync(join(tmpdir(), "fastserve-pipe-"));
  const path = join(folder, "pipe");
  assert.equal(spawnSync("mkfifo", [path]).status, 0);
  const reader = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  const writer = openSync(path, constants.O_WRONLY | constants.O_NONBLOCK);
  const logger = createLogger({
    level: "info",
    format: "json",
    batchBytes: 1024,
    flushMs: 1000,
    thread: "main",
    isArena,
    fd: writer,
  });
  for (let number = 1000; number < 3000; number += 1) logger.info("m", { n: number });
  const held = logger.memory().usedBytes;
  logger.flushNow();
  const bytes = new Uint8Array(100_000);
  const length = readSync(reader, bytes, 0, bytes.length, null);
  closeSync(writer);
  closeSync(reader);
  rmSync(folder, { recursive: true });
  const text = decoder.decode(bytes.subarray(0, length)).replace(/"time":"[^"]*"/g, "");
  return { text, held, stats: logger.stats(), used: logger.memory().usedBytes };
}
