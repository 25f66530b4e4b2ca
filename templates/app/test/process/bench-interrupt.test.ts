/** Signals that end the bench at once: they must not leave a server behind. */
import assert from "node:assert/strict";
import process from "node:process";
import { test } from "node:test";
import { processTree } from "../../bench/server/cpu-time.ts";
import { startBench } from "../fixture/bench-process.ts";
import { until } from "../fixture/until.ts";

for (const [signal, status] of [
  ["SIGHUP", 129],
  ["SIGQUIT", 131],
] as const) {
  test(`bench ends on ${signal} with status ${status}, and leaves no server behind`, {
    timeout: 60_000,
    skip: process.platform !== "linux",
  }, async () => {
    const args = ["http", "--seconds", "3600", "--warmup-seconds", "0", "--connections", "2"];
    const { child, ended } = startBench("bench/main.ts", args);
    const pid = child.pid ?? 0;
    let tree: readonly number[] = [];
    await until("a server has started", () => {
      tree = processTree(pid);
      return tree.length >= 2;
    });
    child.kill(signal);
    const { code } = await ended;
    // Deno ends by the signal after it handled one, which shells count alike.
    assert.ok(code === status || child.signalCode === signal, `exit ${code}, ${child.signalCode}`);
    const others = tree.filter((one) => one !== pid);
    await until("the server is gone", () => others.every((one) => !isThere(one)));
  });
}

function isThere(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
