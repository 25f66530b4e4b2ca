import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { AnswerValues } from "../../src/answers/answers.ts";
import type { FactValues } from "../../src/facts/hardware-facts.ts";
import { GiB, KiB, MiB } from "../../src/lib/units.ts";
import type { Scalar } from "../../src/plan/decision.ts";
import { decisionOrder } from "../../src/plan/decision-order.ts";
import { settingKeys } from "../../src/plan/rules/table.ts";
import { solve } from "../../src/plan/solve.ts";
import { planConfig } from "../../src/plan/to-config.ts";
import { crossChecks } from "../../templates/app/src/config/cross-checks.ts";
import { type SettingKey, schema } from "../../templates/app/src/config/schema.ts";
import { answersWith, factsWith, solveContext } from "./targets.ts";

function valuesOf(answers: Partial<AnswerValues>, facts: Partial<FactValues>, keys: readonly string[]) {
  const { decisions } = solve(answersWith(answers), factsWith(facts), solveContext);
  return Object.fromEntries(keys.map((key) => [key, decisions[key as SettingKey].value]));
}

interface Row {
  readonly name: string;
  readonly answers: Partial<AnswerValues>;
  readonly facts: Partial<FactValues>;
  readonly expected: Readonly<Record<string, Scalar | undefined>>;
}

/** This machine's shape, a small pod, a Raspberry Pi 5, a large server, and the smallest promised target. */
const rows: readonly Row[] = [
  {
    name: "Bun on 2 CPUs and 24 GiB uses both CPUs, and as many connections as the files allow",
    answers: { runtime: "bun" },
    facts: { cpus: 2, memoryBytes: GiB(24), nofileHard: 20_000 },
    expected: {
      "workers.count": 2,
      "workers.mode": "threads",
      "limits.connections_max": 15_000,
      "limits.body_bytes_max": MiB(1),
      "limits.nofile_min": 15_112,
      "engine.heap_bytes_max": undefined,
      "engine.smol": true,
      "allocator.backend": "mimalloc",
      "timeouts.head_ms": undefined,
      "timeouts.idle_ms": 75_000,
      "server.backlog_max": undefined,
    },
  },
  {
    name: "Deno uploads on 2 CPUs and 24 GiB get large bodies and no preload",
    answers: { runtime: "deno", workload: "upload" },
    facts: { cpus: 2, memoryBytes: GiB(24) },
    expected: {
      "workers.count": 2,
      "limits.body_bytes_max": MiB(64),
      "allocator.backend": "glibc",
      "engine.semi_space_bytes_max": MiB(32),
      "engine.ram_bytes": undefined,
      "timeouts.idle_ms": undefined,
      "limits.head_bytes_max": undefined,
      "server.backlog_max": 1024,
    },
  },
  {
    name: "Deno in a pod of half a CPU and 256 MiB runs one worker with a heap far below the limit",
    answers: { runtime: "deno" },
    facts: { cpus: 0.5, memoryBytes: MiB(256) },
    expected: {
      "workers.count": 1,
      "workers.mode": "threads",
      "workers.stall_ms_max": 20_000,
      "engine.heap_bytes_max": MiB(73),
      "engine.semi_space_bytes_max": MiB(8),
    },
  },
  {
    name: "Deno exposed directly on a Raspberry Pi 5 has node:http's timeouts",
    answers: { runtime: "deno", exposure: "direct", deploy: ["systemd"] },
    facts: { arch: "arm64", cpus: 4, memoryBytes: GiB(8), pageBytes: KiB(16) },
    expected: {
      "server.host": "0.0.0.0",
      "workers.count": 4,
      "timeouts.head_ms": 10_000,
      "timeouts.request_ms": 30_000,
      "timeouts.idle_ms": 30_000,
      "timeouts.drain_delay_ms": 0,
      "timeouts.drain_ms": 30_000,
      "limits.head_bytes_max": KiB(16),
      "allocator.backend": "glibc",
    },
  },
  {
    name: "Bun on 64 cores and 256 GiB runs 64 workers and is bounded by files, not by memory",
    answers: { runtime: "bun", workload: "mixed" },
    facts: { cpus: 64, memoryBytes: GiB(256) },
    expected: {
      "workers.count": 64,
      "limits.connections_max": 786_432,
      "workers.restarts_max": 8,
      "engine.smol": false,
    },
  },
  {
    name: "Bun in 64 MiB serves inline with a small heap",
    answers: { runtime: "bun" },
    facts: { cpus: 1, memoryBytes: MiB(64) },
    expected: {
      "workers.mode": "inline",
      "limits.connections_max": 409,
      "limits.body_bytes_max": KiB(576),
      "engine.ram_bytes": MiB(32),
      "engine.smol": true,
    },
  },
  {
    name: "Deno in 64 MiB serves inline with a heap above V8's needs",
    answers: { runtime: "deno" },
    facts: { cpus: 1, memoryBytes: MiB(64) },
    expected: {
      "workers.mode": "inline",
      "limits.connections_max": 68,
      "engine.heap_bytes_max": MiB(19),
      "engine.semi_space_bytes_max": MiB(2),
    },
  },
  {
    name: "Deno exposed directly in 64 MiB keeps the smallest heap, although throughput wants a large young generation",
    answers: { runtime: "deno", exposure: "direct", objective: "throughput" },
    facts: { cpus: 0.5, memoryBytes: MiB(64) },
    expected: { "workers.mode": "inline", "engine.heap_bytes_max": MiB(17), "engine.semi_space_bytes_max": MiB(1) },
  },
  {
    name: "a server behind a proxy on the same machine is not reachable from outside",
    answers: { exposure: "proxy", deploy: ["systemd"] },
    facts: {},
    expected: { "server.host": "127.0.0.1", "timeouts.drain_delay_ms": 5000, "timeouts.drain_ms": 30_000 },
  },
  {
    name: "a container is done before docker stop kills it",
    answers: { exposure: "proxy", deploy: ["docker"] },
    facts: {},
    expected: { "server.host": "127.0.0.1", "timeouts.drain_delay_ms": 3000, "timeouts.drain_ms": 6000 },
  },
  {
    name: "latency leaves one of four CPUs to collectors",
    answers: { objective: "latency" },
    facts: { cpus: 4 },
    expected: { "workers.count": 3, "zones.latency_steps": 32 },
  },
  {
    name: "memory halves the workers and takes the lean profile",
    answers: { objective: "memory", workload: "upload" },
    facts: { cpus: 8 },
    expected: { "workers.count": 4, "allocator.profile": "lean", "engine.smol": true },
  },
  {
    name: "without the websocket feature no socket is planned",
    answers: { features: [] },
    facts: {},
    expected: { "websocket.connections_max": 0, "log.requests": "none" },
  },
  {
    name: "the admin listener gives way to the server's port",
    answers: { port: 9464 },
    facts: {},
    expected: { "server.port": 9464, "admin.port": 9465 },
  },
  {
    name: "the backlog never promises more than the kernel keeps",
    answers: { runtime: "deno", workload: "realtime" },
    facts: { somaxconn: 128 },
    expected: { "server.backlog_max": 128 },
  },
  {
    name: "asked-for connections are planned exactly",
    answers: { connections: 5000 },
    facts: { memoryBytes: GiB(1) },
    expected: { "limits.connections_max": 5000, "memory.connections_bytes": 5000 * 11_520 },
  },
];

describe("solve()", () => {
  for (const { name, answers, facts, expected } of rows) {
    it(name, () => assert.deepEqual(valuesOf(answers, facts, Object.keys(expected)), expected));
  }

  it("gives a decision for every setting, in the schema's order", () => {
    const schemaKeys = Object.entries(schema.shape).flatMap(([section, { shape }]) =>
      Object.keys(shape).map((key) => `${section}.${key}`),
    );
    assert.deepEqual([...settingKeys], schemaKeys);
    assert.deepEqual(Object.keys(solve(answersWith(), factsWith(), solveContext).decisions), schemaKeys);
  });

  it("notes what moved a value", () => {
    const { decisions } = solve(
      answersWith({ runtime: "deno", workload: "realtime" }),
      factsWith({ somaxconn: 128 }),
      solveContext,
    );
    assert.deepEqual(decisions["server.backlog_max"].clampedBy, {
      from: 4096,
      bound: "max",
      by: { code: "bound_somaxconn", args: { somaxconn: 128 } },
    });
  });

  it("notes the inputs that a rule read", () => {
    const { decisions } = solve(answersWith(), factsWith(), solveContext);
    assert.deepEqual(decisions["server.host"].inputs, { "answers.exposure": "proxy", "facts.container": "none" });
  });

  const origins: readonly (readonly [string, SettingKey, Partial<AnswerValues>, string])[] = [
    ["a number of workers follows the detected CPUs", "workers.count", { objective: "latency" }, "detected"],
    ["an asked choice decides where no machine is involved", "server.host", { exposure: "direct" }, "asked"],
    ["an asked number wins over detected facts", "limits.connections_max", { connections: 1000 }, "asked"],
    ["an open number was not asked for", "limits.connections_max", { connections: undefined }, "detected"],
    ["nothing but defaults is a default", "log.level", { runtime: "deno" }, "default"],
  ];
  for (const [name, key, changes, expected] of origins) {
    it(`takes the origin from the inputs: ${name}`, () => {
      const answers = answersWith(changes);
      assert.equal(solve(answers, factsWith(), solveContext).decisions[key].origin, expected);
    });
  }

  it("does not call a value assumed for a bound that moved nothing", () => {
    const facts = { ...factsWith(), nofileHard: { value: 65_536, origin: "assumed", source: "no evidence" } } as const;
    const { decisions } = solve(answersWith(), facts, solveContext);
    assert.equal(decisions["workers.count"].origin, "detected");
    assert.equal(decisions["engine.ram_bytes"].origin, "detected");
    assert.equal(decisions["limits.connections_max"].origin, "assumed");
  });

  it("never hides an assumed fact behind a firmer input", () => {
    const facts = { ...factsWith(), memoryBytes: { value: GiB(2), origin: "assumed", source: "no evidence" } } as const;
    const plan = solve(answersWith({ connections: 100 }), facts, solveContext);
    assert.equal(plan.decisions["memory.heaps_bytes"].origin, "assumed");
    assert.deepEqual(
      plan.warnings.filter(({ code }) => code === "warn_assumed_facts"),
      [{ code: "warn_assumed_facts", args: { facts: "the memory" } }],
    );
  });

  it("gives a configuration that the server accepts", () => {
    for (const { answers, facts } of rows) {
      const config = schema.parse(planConfig(solve(answersWith(answers), factsWith(facts), solveContext)));
      for (const check of crossChecks) assert.ok(check.holds(config), check.message(config));
    }
  });
});

describe("decisionOrder()", () => {
  it("puts a setting after what it reads", () => {
    const order = decisionOrder({ a: { reads: ["b", "answers.port"] }, b: { reads: ["c"] }, c: { reads: [] } });
    assert.deepEqual(order, ["c", "b", "a"]);
  });

  it("names the circle when rules read each other", () => {
    assert.throws(() => decisionOrder({ a: { reads: ["b"] }, b: { reads: ["a"] } }), /a -> b -> a/);
  });
});
