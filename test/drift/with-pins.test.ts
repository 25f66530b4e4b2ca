import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { asRecorded } from "../../src/drift/as-recorded.ts";
import { brokenPromises } from "../../src/drift/plan-promises.ts";
import { withoutPins, withPins } from "../../src/drift/with-pins.ts";
import { AppError } from "../../src/lib/errors.ts";
import { GiB, KiB, MiB } from "../../src/lib/units.ts";
import type { Plan } from "../../src/plan/plan.ts";
import { say } from "../../src/plan/reasons.ts";
import { emitTunedToml } from "../../src/tree/emit-tuned-toml.ts";
import type { SettingKey } from "../../templates/app/src/config/schema.ts";
import { config, holdsFor } from "../plan/any-target.ts";
import { planOf, recordedOf, recordedWith } from "./drift-case.ts";

function refusalsOf(plan: Plan, values: Readonly<Record<string, number | string>>): readonly string[] {
  try {
    withPins(plan, new Map(Object.entries(values)), Object.keys(values) as SettingKey[]);
  } catch (error) {
    assert.ok(error instanceof AppError);
    return error.problems.map(({ code, key, message, next }) => `${code} ${key}: ${message} | ${next}`);
  }
  return [];
}

const value = (plan: Plan, key: SettingKey) => plan.decisions[key].value;

describe("withPins()", () => {
  it("gives the plan itself without pins, and with pins that its rules agree with", () => {
    const plan = planOf({});
    assert.equal(withPins(plan, recordedOf(plan), []), plan);
    assert.equal(withPins(plan, recordedOf(plan), ["workers.count", "memory.arena_bytes"]), plan);
  });

  it("keeps the recorded value, says so with the recommendation, and loses the rule's clamp", () => {
    const plan = planOf({ answers: { objective: "memory" } });
    const pinned = withPins(plan, new Map([["memory.arena_bytes", KiB(8)]]), ["memory.arena_bytes"]);
    const decision = pinned.decisions["memory.arena_bytes"];
    assert.equal(decision.value, 8192);
    assert.equal(decision.reason.code, "pinned");
    assert.match(say(decision.reason), /^Pinned; recommended is 4 KiB\. \S/);
    assert.equal(decision.clampedBy, undefined);
    assert.deepEqual([decision.origin, decision.source.kind], ["asked", "derived"]);
    assert.match(
      emitTunedToml(pinned),
      /# {3}why {6}Pinned; recommended is 4 KiB\.[^[]*\narena_bytes = 8192 # 8 KiB\n/,
    );
    assert.deepEqual(withoutPins(pinned), plan);
  });

  it("computes what follows from the pinned value: more arenas of half the size", () => {
    const plan = planOf({ answers: { objective: "memory" }, facts: { memoryBytes: MiB(256) } });
    const pinned = withPins(plan, new Map([["memory.arena_bytes", KiB(2)]]), ["memory.arena_bytes"]);
    assert.deepEqual([value(plan, "memory.arenas_max"), value(pinned, "memory.arenas_max")], [208, 417]);
  });

  it("divides the memory by the pinned number of workers, above and below what the CPUs would have", () => {
    for (const [cpus, workers] of [
      [1, 2],
      [8, 2],
      [2, 1],
    ] as const) {
      const plan = planOf({ answers: { runtime: "deno" }, facts: { cpus, memoryBytes: GiB(1) } });
      const pinned = withPins(plan, new Map([["workers.count", workers]]), ["workers.count"]);
      const { workers: effective, engine } = config(pinned);
      assert.equal(effective.count, workers);
      assert.equal(pinned.decisions["workers.count"].origin, "asked");
      const same = planOf({ answers: { runtime: "deno" }, facts: { cpus: workers, memoryBytes: GiB(1) } });
      assert.equal(engine.heap_bytes_max, config(same).engine.heap_bytes_max, `${cpus} CPUs, ${workers} workers`);
    }
  });

  it("plans within a pinned limit that leaves the rest of the target to others", () => {
    const [half, whole] = [MiB(2048), MiB(4096)].map((memoryBytes) => planOf({ facts: { memoryBytes } }));
    assert.ok(half && whole);
    const pinned = withPins(whole, new Map([["memory.limit_bytes", MiB(2048)]]), ["memory.limit_bytes"]);
    const budget = (plan: Plan) => plan.budget.map(({ key, bytes }) => [key, bytes]);
    assert.deepEqual(budget(pinned), budget(half));
  });

  it("lets a rule decide what has no recorded value, and what the runtime does not have", () => {
    const bun = planOf({ answers: { runtime: "bun" } });
    const deno = planOf({ answers: { runtime: "deno" } });
    const pins: SettingKey[] = ["engine.heap_bytes_max", "engine.smol"];
    assert.deepEqual(withPins(deno, recordedOf(bun), pins), deno);
    assert.deepEqual(withPins(bun, recordedOf(deno), pins), bun);
  });

  it("is the same the second time", () => {
    const plan = planOf({ answers: { objective: "memory" } });
    const first = withPins(plan, new Map([["memory.arena_bytes", KiB(8)]]), ["memory.arena_bytes"]);
    assert.deepEqual(withPins(plan, recordedOf(first), ["memory.arena_bytes"]), first);
  });

  it("keeps every promise of a plan for any target and any pinned number of workers that it does not refuse", () => {
    let kept = 0;
    holdsFor((solved) => {
      const workers = Math.max(1, Math.floor(Number(value(solved, "workers.count")) / 2));
      const pinned = withPins(solved, new Map([["workers.count", workers]]), ["workers.count"]);
      assert.deepEqual(brokenPromises(pinned), []);
      assert.equal(value(pinned, "workers.count"), workers);
      kept += 1;
    }, 100);
    assert.ok(kept >= 100);
  });
});

describe("withPins() refuses", () => {
  const small = planOf({ facts: { memoryBytes: GiB(1), nofileHard: 4096 } });

  it("a limit above what the target has", () => {
    assert.deepEqual(refusalsOf(small, { "memory.limit_bytes": GiB(2) }), [
      "PIN_REFUSED memory.limit_bytes: The plan does not hold with what is pinned: memory.limit_bytes (2 GiB). The plan is made for 2 GiB, and the target has 1 GiB. | Take it out of pin; recommended: memory.limit_bytes 1 GiB.",
    ]);
  });

  const broken: readonly (readonly [string, Readonly<Record<string, number | string>>, RegExp])[] = [
    [
      "connections that their row does not hold",
      { "limits.connections_max": 60_000 },
      /memory\.connections_bytes is \d/,
    ],
    [
      "more descriptors than the target has",
      { "limits.nofile_min": 5000 },
      /needs 5000 file descriptors.*limit is 4096/,
    ],
    [
      "fewer descriptors than connections and all else take",
      { "limits.connections_max": 200, "limits.nofile_min": 240 },
      /need 312 file descriptors, and limits\.nofile_min is 240\./,
    ],
    [
      "a row that leaves no headroom",
      { "memory.bodies_bytes": MiB(512) },
      /of headroom; an eighth of the limit, 128 MiB/,
    ],
    ["a row that the runtime does not fit into", { "memory.base_bytes": MiB(8) }, /memory\.base_bytes is 8 MiB/],
    ["zones that the workers do not fit into", { "memory.zones_bytes": 1024 }, /memory\.zones_bytes is 1 KiB/],
    [
      "rows that add up to more than the limit",
      { "memory.zones_bytes": MiB(512) },
      /rows of the memory budget add up to/,
    ],
    ["engines that count on more than there is", { "engine.ram_bytes": GiB(1) }, /engines count on 2 GiB/],
    ["workers that have no heaps", { "workers.count": 60 }, /threads' heaps need/],
    ["arenas that the scratch memory does not hold", { "memory.arenas_max": 60_000 }, /memory\.scratch_bytes is/],
    [
      "what the server's own checks refuse",
      { "server.port": 9464, "admin.port": 9464 },
      /^PIN_REFUSED server\.port: .*admin\.port = 9464 is server\.port too/,
    ],
    ["a value beyond the schema's bound", { "workers.count": 513 }, /workers\.count must be at most 512\./],
    ["a value of another kind", { "workers.count": "two" }, /workers\.count must be a whole number\./],
  ];
  it("a table of clients, and a cache, that their row does not hold", () => {
    const answers = { features: ["rate-limit", "response-cache"] } as const;
    const withFeatures = planOf({ answers, facts: { memoryBytes: GiB(1) } });
    for (const [key, pinned] of [
      ["rate_limit.clients_max", 8_000_000],
      ["cache.zone_bytes", MiB(512)],
    ] as const) {
      assert.match(
        refusalsOf(withFeatures, { [key]: pinned }).join(),
        /the table of clients need .* memory\.features_bytes is /,
      );
    }
  });

  for (const [what, values, message] of broken) {
    it(what, () => {
      const found = refusalsOf(small, values);
      assert.ok(
        found.some((text) => message.test(text)),
        found.join("\n") || "nothing is refused",
      );
      assert.ok(found.every((text) => text.startsWith("PIN_REFUSED ")));
    });
  }

  it("and blames no pin that the rules agree with", () => {
    const agreed = value(small, "memory.connections_bytes");
    const found = refusalsOf(small, { "memory.connections_bytes": Number(agreed), "limits.connections_max": 60_000 });
    assert.ok(
      found.length > 0 && found.every((text) => !text.includes("memory.connections_bytes (")),
      found.join("\n"),
    );
  });
});

describe("brokenPromises()", () => {
  it("finds none in any plan that rules alone have made", () => {
    holdsFor((solved) => assert.deepEqual(brokenPromises(solved), []), 200);
  });
});

describe("asRecorded()", () => {
  it("keeps values in force that a rule would move by a hair, in its own words", () => {
    const plan = planOf({});
    const recorded = new Map(recordedWith(plan, { "memory.trim_ms": 29_000, "engine.heap_bytes_max": 1 }));
    recorded.delete("limits.url_bytes_max");
    const standing = asRecorded(plan, recorded);
    assert.equal(value(standing, "memory.trim_ms"), 29_000);
    assert.equal(value(standing, "limits.url_bytes_max"), 8192, "new with this version");
    assert.equal(value(standing, "engine.heap_bytes_max"), undefined, "no setting of this runtime");
    assert.equal(standing.decisions["memory.trim_ms"].reason, plan.decisions["memory.trim_ms"].reason);
  });

  it("is the plan itself when all values are in force", () => {
    const plan = planOf({});
    assert.deepEqual(asRecorded(plan, recordedOf(plan)), plan);
  });
});
