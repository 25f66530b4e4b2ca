/** How much the bench suite loads: enough to fill the target's server, never more than it admits. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { AnswerValues } from "../../src/answers/answers.ts";
import type { FactValues } from "../../src/facts/hardware-facts.ts";
import { GiB, KiB, MiB } from "../../src/lib/units.ts";
import { say } from "../../src/plan/reasons.ts";
import { solve } from "../../src/plan/solve.ts";
import { config, holdsFor } from "./any-target.ts";
import { answersWith, factsWith, solveContext } from "./targets.ts";

function planFor(facts: Partial<FactValues>, answers: Partial<AnswerValues> = {}) {
  return solve(answersWith(answers), factsWith(facts), solveContext);
}

const rows = [
  {
    title: "loads a large machine with what was promised",
    plan: planFor({ memoryBytes: GiB(24), cpus: 2 }),
    expected: {
      runs: 6,
      seconds: 3,
      warmup_seconds: 2,
      connections: 128,
      pipeline: 16,
      idle_connections: 10_000,
      socket_clients: 100,
      upload_bytes: KiB(64),
      sessions: 10_000,
      cached_requests: 5000,
    },
  },
  {
    title: "asks a server of 64 MiB for no more connections than it admits, and for a part of the sessions",
    plan: planFor({ memoryBytes: MiB(64), cpus: 1 }, { features: [] }),
    expected: { connections: 64, idle_connections: 460, socket_clients: 100, sessions: 1760, cached_requests: 880 },
  },
  {
    title: "gives half a core twice the time",
    plan: planFor({ memoryBytes: MiB(512), cpus: 0.5 }),
    expected: { seconds: 6, warmup_seconds: 4, connections: 64 },
  },
  {
    title: "lets nobody wait for a sliver of a core",
    plan: planFor({ memoryBytes: MiB(512), cpus: 0.05 }),
    expected: { seconds: 30, warmup_seconds: 30 },
  },
  {
    title: "keeps to the connections that the user asked for",
    plan: planFor({ memoryBytes: GiB(4), cpus: 4 }, { connections: 20 }),
    expected: { connections: 20, idle_connections: 20, socket_clients: 20 },
  },
  {
    title: "uploads larger bodies where uploads are the work",
    plan: planFor({ memoryBytes: GiB(4), cpus: 4 }, { workload: "upload" }),
    expected: { upload_bytes: MiB(1) },
  },
] as const;

describe("benchRules", () => {
  for (const { title, plan, expected } of rows) {
    it(title, () => {
      const { bench } = config(plan);
      assert.deepEqual({ ...bench, ...expected }, bench);
    });
  }

  it("say why a value is smaller than the promise", () => {
    const { reason, clampedBy } = planFor({ memoryBytes: MiB(64), cpus: 1 }).decisions["bench.idle_connections"];
    assert.equal(say(reason), "10,000 connections at once, where the server admits them.");
    assert.equal(clampedBy && say(clampedBy.by), "The server admits no more connections.");
  });

  it("never ask for more than the server admits", () => {
    holdsFor((solved) => {
      const { bench, limits, memory } = config(solved);
      assert.ok(bench.connections <= Math.min(limits.in_flight_max, limits.connections_max));
      assert.ok(Math.max(bench.idle_connections, bench.socket_clients) <= limits.connections_max);
      assert.ok(bench.upload_bytes <= limits.body_bytes_max);
      // At 2 and 4 KiB each, a quarter of the heaps.
      const workload = bench.sessions * KiB(2) + bench.cached_requests * KiB(4);
      assert.ok(workload <= memory.heaps_bytes / 4, `${workload} of ${memory.heaps_bytes}`);
    });
  });
});
