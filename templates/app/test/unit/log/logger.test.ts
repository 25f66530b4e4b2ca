import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { createLogger } from "../../../src/log/logger.ts";
import { parseLines, written } from "../../fixture/written-log.ts";

test("logger.flushNow() writes JSON lines with time, level, thread, message and fields", async () => {
  const text = await written({}, (logger) => {
    logger.warn('a "quoted"\nmessage', { status: 200, path: "/\u{1f600}", ok: true, missing: undefined });
    logger.flushNow();
  });
  assert.match(
    text,
    /^\{"time":"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z","level":"warn","thread":"main","message":"a \\"quoted\\"\\nmessage","status":200,"path":"\/\u{1f600}","ok":true\}\n$/u,
  );
});

test("logger writes text lines that a stranger's bytes can neither break nor colour", async () => {
  const text = await written({ format: "text", thread: "worker-1" }, (logger) => {
    logger.error("bad\n2026 INFO forged", { path: "/a b\u001b[31m\u0085\u2028", status: 500 });
    logger.flushNow();
  });
  assert.equal(
    text.replace(/^\S+Z/, "TIME"),
    'TIME ERROR worker-1 bad\\u000a2026 INFO forged path="/a b\\u001b[31m\\u0085\\u2028" status=500\n',
  );
});

test("logger.plain() writes lines as they are, in their order among the others, and counts each", async () => {
  const text = await written({ format: "text" }, (logger) => {
    logger.info("before");
    logger.plain(`  one\n  two ${"x".repeat(900)}\n  three ${"y".repeat(900)}\n`);
    logger.info("after");
    logger.flushNow();
    assert.equal(logger.stats().lines, 5);
  });
  const begins = text.split("\n").map((line) => line.replace(/^\S+Z INFO {2}main /, "").slice(0, 8));
  assert.deepEqual(begins, ["before", "  one", "  two xx", "  three ", "after", ""]);
});

test("logger drops lines below its level before they are built", async () => {
  const text = await written({ level: "warn" }, (logger) => {
    assert.deepEqual([logger.enabled("info"), logger.enabled("warn"), logger.enabled("error")], [false, true, true]);
    logger.debug("no");
    logger.info("no");
    logger.error("yes");
    logger.flushNow();
    assert.deepEqual(logger.stats().lines, 1);
  });
  assert.deepEqual(
    parseLines(text).map((line) => line.message),
    ["yes"],
  );
});

test("logger writes a waiting line after flushMs by itself", async () => {
  const text = await written({ flushMs: 5 }, async (logger) => {
    logger.info("waits");
    await sleep(100);
  });
  assert.deepEqual(
    parseLines(text).map((line) => line.message),
    ["waits"],
  );
});

test("logger writes when the batch is full, keeps every line and their order, and never passes the batch's size", async () => {
  let high = 0;
  const text = await written({ flushMs: 60_000 }, (logger) => {
    for (let line = 0; line < 500; line += 1) logger.info("\u4e16\u754c".repeat(line % 40), { line });
    logger.flushNow();
    high = logger.stats().batchHighBytes;
    assert.deepEqual([logger.stats().lines, logger.stats().dropped], [500, 0]);
  });
  assert.deepEqual(
    parseLines(text).map((line) => line.line),
    Array.from({ length: 500 }, (_, line) => line),
  );
  assert.ok(high > 900 && high <= 1024, `high-water mark ${high}`);
});

test("logger cuts the message of a line that no batch holds, and says how long the line was", async () => {
  const text = await written({}, (logger) => {
    logger.info("y".repeat(5000), { field: 1 });
    logger.info("\u0001".repeat(5000));
    logger.flushNow();
  });
  const [plain, escaped] = parseLines(text);
  assert.equal(plain?.message, `${"y".repeat(128)}...`);
  assert.equal(plain?.cut_from_chars, 5090);
  assert.equal(escaped?.message, `${"\u0001".repeat(128)}...`);
});

test("logger outlives a descriptor that is not open", () => {
  const logger = createLogger({ level: "info", format: "json", batchBytes: 1024, flushMs: 1, thread: "main", fd: 987 });
  logger.info("nowhere");
  logger.flushNow();
  assert.deepEqual([logger.stats().lines, logger.stats().dropped], [0, 1]);
});
