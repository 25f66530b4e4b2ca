import assert from "node:assert/strict";
import process from "node:process";
import { test } from "node:test";
import { exitCodeOf, onStopSignals } from "../../../src/control/signals.ts";

test("exitCodeOf() counts as shells do", () => {
  assert.deepEqual([exitCodeOf("SIGINT"), exitCodeOf("SIGTERM")], [130, 143]);
});

test("onStopSignals() drains once, and exits at every further signal", () => {
  const heard: (string | number)[] = [];
  onStopSignals(
    (signal) => heard.push(signal),
    (code) => heard.push(code),
  );
  try {
    // Emitted, not sent: a signal to this process would reach the test runner.
    for (const signal of ["SIGTERM", "SIGINT", "SIGTERM"] as const) process.emit(signal, signal);
    assert.deepEqual(heard, ["SIGTERM", 130, 143]);
  } finally {
    for (const signal of ["SIGTERM", "SIGINT"] as const) process.removeAllListeners(signal);
  }
});
