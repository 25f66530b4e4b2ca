import assert from "node:assert/strict";
import { test } from "node:test";
import type { DriftHost } from "../../../src/control/drift-check.ts";
import { checkTarget } from "../../../src/doctor/check-target.ts";
import { load, tunedText } from "../reference-config.ts";

const GIB = 1024 ** 3;
const tuned = `${tunedText}
[target]
cpu_millis = 2000
cpu_millis_low = 2000
cpu_millis_high = 2999
memory_bytes = ${GIB}
`;
const host: DriftHost = { os: "linux", cpus: 2, memoryBytes: GIB, nofile: 8192, somaxconn: 4096, missing: "" };

test("checkTarget() warns of a host for which the plan would differ, and names the command", () => {
  assert.deepEqual(checkTarget(load("", {}, tuned), { ...host, cpus: 8, memoryBytes: 8 * GIB }), {
    subject: "target",
    status: "warning",
    value: "workers.count, memory.limit_bytes",
    reason:
      "The plan for this host would differ. workers.count: planned for 2 CPUs, this host grants 8. memory.limit_bytes: planned for 1024 MiB of memory, this host grants 8192.",
    next: "retune the project for this host: npx create-fastserve retune --target this",
  });
});

test("checkTarget() finds no drift, and says what it did not look at", () => {
  assert.deepEqual(checkTarget(load("workers.count = 4\n", {}, tuned), { ...host, cpus: 8 }), {
    subject: "target",
    status: "ok",
    value: "no drift",
    reason:
      "Every setting that was looked at would be planned the same for this host. Not looked at, as they are yours: workers.count. Not looked at, as nothing is known: limits.connections_max, server.backlog_max, allocator.backend.",
  });
});

test("checkTarget() knows nothing of a plan that records no fact", () => {
  assert.equal(checkTarget(load(""), host).value, "unknown");
});
