import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { spawn } from "node:child_process";
import { writeSync } from "node:fs";
import process from "node:process";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { createLogger } from "../../../src/log/logger.ts";
import { openPipe, parseLines } from "../../fixture/written-log.ts";

const isLinux = process.platform === "linux";

test("logger.flush() gives up nothing that a full pipe does not take", { skip: !isLinux }, async () => {
  const pipe = openPipe();
  writeSync(pipe.writer, new Uint8Array(65_536).fill(10));
  const logger = createLogger({
    level: "info",
    format: "json",
    batchBytes: 1024,
    flushMs: 5,
    thread: "main",
    fd: pipe.writer,
  });
  logger.info("started");
  logger.flush();
  assert.deepEqual([logger.stats().lines, logger.stats().dropped], [1, 0]);
  pipe.read();
  logger.flush();
  assert.deepEqual(
    parseLines(pipe.read()).map((line) => line.message),
    ["started"],
  );
  pipe.close();
  pipe.close();
});

test("logger keeps what a full pipe does not take, drops beyond its bound, and says how many", {
  skip: !isLinux,
}, () => {
  const pipe = openPipe();
  try {
    const logger = createLogger({
      level: "info",
      format: "json",
      batchBytes: 4096,
      flushMs: 60_000,
      thread: "main",
      fd: pipe.writer,
    });
    // 64 KiB of pipe and two batches of 4 KiB hold fewer than 1,000 lines of about 110 bytes.
    for (let line = 0; line < 1000; line += 1) logger.info("numbered", { line });
    const { dropped, lines } = logger.stats();
    assert.ok(dropped > 0, "the pipe took everything");
    assert.equal(lines + dropped, 1000);
    const early = pipe.read();
    logger.info("after");
    logger.flushNow();
    const all = parseLines(early + pipe.read());
    assert.deepEqual(
      all.slice(0, lines).map((line) => line.line),
      Array.from({ length: lines }, (_, line) => line),
    );
    assert.deepEqual(
      all
        .slice(lines)
        .map((line) => [line.message, line.dropped])
        .sort(),
      [
        ["after", undefined],
        ["log lines were dropped: the log's reader is too slow or gone", dropped],
      ],
    );
  } finally {
    pipe.close();
    pipe.close();
  }
});

test("logger says how many lines were dropped once the reader is back, without waiting for the exit", {
  skip: !isLinux,
}, async () => {
  const pipe = openPipe();
  try {
    const logger = createLogger({
      level: "info",
      format: "json",
      batchBytes: 4096,
      flushMs: 1,
      thread: "main",
      fd: pipe.writer,
    });
    for (let line = 0; line < 1000; line += 1) logger.info("numbered", { line });
    const { dropped } = logger.stats();
    let text = pipe.read();
    // Emptied once more after the next tries, so that nothing is held when the next line comes.
    await sleep(100);
    text += pipe.read();
    logger.info("after");
    await sleep(100);
    const last = parseLines(text + pipe.read()).slice(-2);
    assert.deepEqual(
      last.map((line) => [line.level, line.dropped]),
      [
        ["info", undefined],
        ["warn", dropped],
      ],
    );
  } finally {
    pipe.close();
    pipe.close();
  }
});

test("logger.flushNow() gives a pipe that stays full a bounded time, then drops and counts", { skip: !isLinux }, () => {
  const pipe = openPipe();
  try {
    const logger = createLogger({
      level: "info",
      format: "json",
      batchBytes: 4096,
      flushMs: 60_000,
      thread: "main",
      fd: pipe.writer,
    });
    for (let line = 0; line < 1000; line += 1) logger.info("numbered", { line });
    logger.flushNow();
    const { lines, dropped } = logger.stats();
    assert.equal(lines + dropped, 1000);
    assert.equal(parseLines(pipe.read()).length, lines);
  } finally {
    pipe.close();
    pipe.close();
  }
});

test("logger outlives a reader that is gone, and counts every line", { skip: !isLinux }, () => {
  const pipe = openPipe();
  pipe.close();
  try {
    const logger = createLogger({
      level: "info",
      format: "json",
      batchBytes: 1024,
      flushMs: 60_000,
      thread: "main",
      fd: pipe.writer,
    });
    for (let line = 0; line < 100; line += 1) logger.info("numbered", { line });
    logger.flushNow();
    assert.deepEqual([logger.stats().lines, logger.stats().dropped], [0, 100]);
  } finally {
    pipe.close();
  }
});

test("lines of three threads on one slow pipe stay whole and in each thread's order", { skip: !isLinux }, async () => {
  const fixture = fileURLToPath(new URL("./fixtures/three-threads.ts", import.meta.url));
  const flags = process.versions.bun ? [] : ["run", "-A", "--unstable-worker-options"];
  const child = spawn(process.execPath, [...flags, fixture], { stdio: ["ignore", "pipe", "inherit"] });
  const chunks: Uint8Array[] = [];
  for await (const chunk of child.stdout) {
    chunks.push(chunk as Uint8Array);
    // A slow reader keeps the pipe full, which is when the kernel lets writers take turns.
    await sleep(1);
  }
  const lines = parseLines(Buffer.concat(chunks).toString("utf8"));
  for (const thread of ["main", "worker-1", "worker-2"]) {
    assert.deepEqual(
      lines.filter((line) => line.thread === thread).map((line) => line.line),
      Array.from({ length: 3000 }, (_, line) => line),
    );
  }
});
