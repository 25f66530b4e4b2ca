import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { spawn, spawnSync } from "node:child_process";
import { closeSync, constants, mkdtempSync, openSync, readFileSync, readSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { createLogger, type Logger, type LoggerOptions } from "../../../src/log/logger.ts";

const isLinux = process.platform === "linux";

/** Runs `use` with a logger on a real file and returns the file's text. */
async function written(
  options: Partial<LoggerOptions>,
  use: (logger: Logger) => void | Promise<void>,
): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), "fastserve-log-"));
  const fd = openSync(join(folder, "log"), "a");
  try {
    await use(
      createLogger({ level: "info", format: "json", batchBytes: 1024, flushMs: 5, thread: "main", fd, ...options }),
    );
    return readFileSync(join(folder, "log"), "utf8");
  } finally {
    closeSync(fd);
    rmSync(folder, { recursive: true });
  }
}

/** A pipe that never blocks: `writer` fails with EAGAIN when it is full, `read` empties it. */
function openPipe(): { writer: number; read: () => string; close: () => void } {
  const folder = mkdtempSync(join(tmpdir(), "fastserve-pipe-"));
  const path = join(folder, "pipe");
  assert.equal(spawnSync("mkfifo", [path]).status, 0);
  const reader = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  const writer = openSync(path, constants.O_WRONLY | constants.O_NONBLOCK);
  const chunk = new Uint8Array(65_536);
  let readerOpen = true;
  return {
    writer,
    read() {
      let text = "";
      try {
        for (let bytes = 1; bytes > 0; ) {
          bytes = readSync(reader, chunk, 0, chunk.length, null);
          text += new TextDecoder().decode(chunk.subarray(0, bytes));
        }
      } catch (error) {
        assert.equal((error as NodeJS.ErrnoException).code, "EAGAIN");
      }
      return text;
    },
    close() {
      if (readerOpen) closeSync(reader);
      else closeSync(writer);
      if (!readerOpen) rmSync(folder, { recursive: true });
      readerOpen = false;
    },
  };
}

function parseLines(text: string): readonly Readonly<Record<string, unknown>>[] {
  assert.ok(text === "" || text.endsWith("\n"));
  return text
    .split("\n")
    .slice(0, -1)
    .map((line) => JSON.parse(line) as Readonly<Record<string, unknown>>);
}

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

test("logger outlives a descriptor that is not open", () => {
  const logger = createLogger({ level: "info", format: "json", batchBytes: 1024, flushMs: 1, thread: "main", fd: 987 });
  logger.info("nowhere");
  logger.flushNow();
  assert.deepEqual([logger.stats().lines, logger.stats().dropped], [0, 1]);
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
