/** A group that a child leads ends with it. "close" comes when nobody holds the child's output any more. */
import assert from "node:assert/strict";
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import process from "node:process";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { killGroup, killOnExit } from "../../../bench/server/kill-on-exit.ts";

const TIMEOUT_MS = 20_000;
const skip = process.platform === "win32";

/** Resolves once the child of the child runs, which would stay for a minute. */
async function leader(script: string): Promise<ChildProcess> {
  const child = spawn("/bin/sh", ["-c", script], { stdio: ["ignore", "pipe", "ignore"], detached: true });
  killOnExit(child);
  assert.ok(child.stdout);
  await once(child.stdout, "data");
  return child;
}

test("killGroup() ends what the child has started", { skip, timeout: TIMEOUT_MS }, async () => {
  const child = await leader("sleep 60 & echo started; wait");
  const closed = once(child, "close");
  killGroup(child);
  const [, signal] = await closed;
  assert.equal(signal, "SIGKILL");
});

test("killOnExit() ends what a child leaves behind that ended by itself", { skip, timeout: TIMEOUT_MS }, async () => {
  const child = await leader("sleep 60 & echo started; sleep 0.2; exit 3");
  const [code] = await once(child, "close");
  assert.equal(code, 3);
});

test("killGroup() of a child that is gone does nothing", { skip, timeout: TIMEOUT_MS }, async () => {
  const child = await leader("echo started");
  await once(child, "close");
  killGroup(child);
  assert.equal(child.exitCode, 0);
});

test("killOnExit() ends the whole group when this process ends", { skip, timeout: TIMEOUT_MS }, () => {
  const module = fileURLToPath(new URL("../../../bench/server/kill-on-exit.ts", import.meta.url));
  const program = `
    const { spawn } = await import("node:child_process");
    const { killOnExit } = await import(${JSON.stringify(module)});
    const child = spawn("/bin/sh", ["-c", "sleep 60 & echo started; wait"], { stdio: ["ignore", "pipe", "ignore"], detached: true });
    killOnExit(child);
    child.stdout.once("data", () => { console.log(child.pid); process.exit(7); });
  `;
  const evaluate = "Deno" in globalThis ? ["eval"] : ["-e"];
  const { status, stdout, stderr } = spawnSync(process.execPath, [...evaluate, program], { encoding: "utf8" });
  assert.equal(status, 7, stderr);
  // Zombies that nobody has collected yet are gone all the same.
  const { stdout: left } = spawnSync("ps", ["-o", "stat=", "-g", stdout.trim()], { encoding: "utf8" });
  assert.doesNotMatch(left ?? "", /^[^Z\s]/m);
});
