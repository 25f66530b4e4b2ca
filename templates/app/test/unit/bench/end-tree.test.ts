import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import process from "node:process";
import { test } from "node:test";
import { endTreeCommand, untilGone } from "../../../bench/server/end-tree.ts";

const skip = process.platform === "win32" ? "there is no sh" : false;

test("endTreeCommand() ends the whole tree on Windows, and leaves the others to signals", () => {
  assert.deepEqual(endTreeCommand("win32", 4711), ["taskkill", "/PID", "4711", "/T", "/F"]);
  assert.equal(endTreeCommand("linux", 4711), undefined);
  assert.equal(endTreeCommand("darwin", 4711), undefined);
});

test("untilGone() does not wait for a grandchild that holds the outputs open", { skip }, async () => {
  const child = spawn("sh", ["-c", "sleep 30 & echo $!"], { stdio: ["ignore", "pipe", "pipe"] });
  let text = "";
  child.stdout.setEncoding("utf8").on("data", (chunk: string) => {
    text += chunk;
  });
  const startMs = performance.now();
  await untilGone(child, 200);
  assert.ok(performance.now() - startMs < 10_000);
  assert.ok(child.stdout.destroyed && child.stderr.destroyed);
  process.kill(Number(text));
});

test("untilGone() waits for the last output of a child that ends as it should", { skip }, async () => {
  const child = spawn("sh", ["-c", "echo last words"], { stdio: ["ignore", "pipe", "pipe"] });
  let text = "";
  child.stdout.setEncoding("utf8").on("data", (chunk: string) => {
    text += chunk;
  });
  await untilGone(child, 60_000);
  assert.equal(text, "last words\n");
});
