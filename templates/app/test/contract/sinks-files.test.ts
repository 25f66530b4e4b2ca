/** When a file descriptor is done with bytes that are written synchronously: log batches are used again right after. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { closeSync, constants, mkdtempSync, openSync, readFileSync, readSync, rmSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { test } from "node:test";
import { has } from "../fixture/capability.ts";

const SCRIBBLE = 255;
const needsLinux = process.platform === "linux" ? false : "needs mkfifo and a pipe that two ends of one process open";

function inFolder(use: (folder: string) => void): void {
  const folder = mkdtempSync(join(tmpdir(), "fastserve-sink-"));
  try {
    use(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Writes a view into a larger buffer and scribbles over it at once; returns how many bytes were taken. */
function writeAndScribble(fd: number, bytes: number): number {
  const buffer = new Uint8Array(bytes + 2).fill(1);
  try {
    return writeSync(fd, buffer, 1, bytes);
  } finally {
    buffer.fill(SCRIBBLE);
  }
}

test("writeSync(file, view) has copied when it returns", () => {
  inFolder((folder) => {
    const fd = openSync(join(folder, "file"), "w");
    assert.equal(writeAndScribble(fd, 100_000), 100_000);
    closeSync(fd);
    assert.deepEqual(new Uint8Array(readFileSync(join(folder, "file"))), new Uint8Array(100_000).fill(1));
  });
});

/** A pipe of Linux takes 65,536 bytes. */
const PIPE_BYTES = 65_536;

function onPipe(use: (writer: number, reader: number) => void): void {
  inFolder((folder) => {
    const path = join(folder, "pipe");
    assert.equal(spawnSync("mkfifo", [path]).status, 0);
    const reader = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
    const writer = openSync(path, constants.O_WRONLY | constants.O_NONBLOCK);
    try {
      use(writer, reader);
    } finally {
      closeSync(writer);
      closeSync(reader);
    }
  });
}

for (const { title, bytes } of [
  { title: "an empty one", bytes: 4096 },
  { title: "one that it fills", bytes: PIPE_BYTES },
]) {
  test(`writeSync(pipe, view) has copied when it returns: ${title}`, { skip: needsLinux }, () => {
    onPipe((writer, reader) => {
      assert.equal(writeAndScribble(writer, bytes), bytes);
      assert.deepEqual(readAll(reader), new Uint8Array(bytes).fill(1));
    });
  });
}

test("writeSync(pipe, view) has copied the part that a pipe took, and keeps nothing of the rest", {
  skip: needsLinux,
}, () => {
  onPipe((writer, reader) => {
    if (has("partialWrites")) assert.equal(writeAndScribble(writer, 200_000), PIPE_BYTES);
    else assert.throws(() => writeAndScribble(writer, 200_000), { code: "EAGAIN" });
    assert.deepEqual(readAll(reader), new Uint8Array(PIPE_BYTES).fill(1));
  });
});

test("writeSync(full pipe, view) throws EAGAIN and has kept nothing", { skip: needsLinux }, () => {
  onPipe((writer, reader) => {
    assert.equal(writeAndScribble(writer, PIPE_BYTES), PIPE_BYTES);
    assert.throws(() => writeAndScribble(writer, 4096), { code: "EAGAIN" });
    assert.deepEqual(readAll(reader), new Uint8Array(PIPE_BYTES).fill(1));
  });
});

function readAll(fd: number): Uint8Array {
  const whole = new Uint8Array(300_000);
  let at = 0;
  try {
    for (let bytes = 1; bytes > 0; at += bytes) bytes = readSync(fd, whole, at, whole.length - at, null);
  } catch (error) {
    assert.equal((error as { code?: unknown }).code, "EAGAIN");
  }
  return whole.subarray(0, at);
}
