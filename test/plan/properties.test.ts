/** What must hold for every target from 64 MiB to 1 TiB and from 0.5 to 512 CPUs, with every choice. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import type { AnswerValues } from "../../src/answers/answers.ts";
import { exposures, objectives, tlsModes, workloads } from "../../src/answers/choices.ts";
import type { FactValues } from "../../src/facts/hardware-facts.ts";
import { GiB, KiB, MiB } from "../../src/lib/units.ts";
import { connectionBytes } from "../../src/plan/capacity.ts";
import { memoryCostsOf } from "../../src/plan/costs.ts";
import type { Plan } from "../../src/plan/plan.ts";
import { say } from "../../src/plan/reasons.ts";
import { settingKeys } from "../../src/plan/rules/table.ts";
import { solve } from "../../src/plan/solve.ts";
import { planConfig } from "../../src/plan/to-config.ts";
import { crossChecks } from "../../templates/app/src/config/cross-checks.ts";
import { type ServerConfig, type SettingKey, schema } from "../../templates/app/src/config/schema.ts";
import { zoneShape } from "../../templates/app/src/zones/shape.ts";
import { zoneBytes } from "../../templates/app/src/zones/zones.ts";
import { answersWith, factsWith, solveContext } from "./targets.ts";

interface Target {
  readonly answers: Partial<AnswerValues>;
  readonly facts: Partial<FactValues> & { readonly memoryBytes: number; readonly cpus: number };
}

const [smallest, largest] = [MiB(64), GiB(1024)];

/** Evenly over the powers of two, so that small targets are as frequent as large ones; odd bytes and both ends included. */
const spread = fc
  .tuple(fc.integer({ min: 26, max: 39 }), fc.double({ min: 1, max: 2, noNaN: true }))
  .map(([power, factor]) => Math.min(largest, Math.max(smallest, Math.round(2 ** power * factor))));

const memoryBytes = fc.oneof(
  { weight: 4, arbitrary: spread },
  { weight: 1, arbitrary: fc.constantFrom(smallest, largest) },
);

/** Whole CPUs and fractions of a quota. */
const cpus = fc.oneof(
  fc.integer({ min: 1, max: 512 }),
  fc.integer({ min: 1, max: 8 }),
  fc.integer({ min: 50, max: 1600 }).map((hundredths) => hundredths / 100),
);

const target: fc.Arbitrary<Target> = fc.record({
  answers: fc.record({
    runtime: fc.constantFrom("bun", "deno"),
    workload: fc.constantFrom(...workloads),
    objective: fc.constantFrom(...objectives),
    exposure: fc.constantFrom(...exposures),
    tls: fc.constantFrom(...tlsModes),
    connections: fc.constantFrom(undefined, undefined, 1, 20),
    features: fc.constantFrom<AnswerValues["features"]>(["websocket", "request-log"], ["websocket"]),
    deploy: fc.constantFrom<AnswerValues["deploy"]>([], ["docker"], ["docker", "systemd"]),
  }),
  facts: fc.record({
    memoryBytes,
    cpus,
    nofileHard: fc.constantFrom(1024, 4096, 65_536, 524_288, 1_048_576),
    somaxconn: fc.constantFrom(128, 4096),
    container: fc.constantFrom("none", "docker"),
  }),
}) as fc.Arbitrary<Target>;

function plan({ answers, facts }: Target): Plan {
  return solve(answersWith(answers), factsWith(facts), solveContext);
}

function config(solved: Plan): ServerConfig {
  return schema.parse(planConfig(solved));
}

function holdsFor(check: (solved: Plan, asked: Target) => void, runs = 400): void {
  fc.assert(
    fc.property(target, (asked) => check(plan(asked), asked)),
    { numRuns: runs },
  );
}

describe("solve() over all targets", () => {
  it("closes the memory budget", () => {
    holdsFor((solved) => {
      const sum = solved.budget.reduce((total, { bytes }) => total + bytes, 0);
      assert.ok(sum <= solved.facts.memoryBytes.value, `${sum} of ${solved.facts.memoryBytes.value}`);
      for (const { key, bytes } of solved.budget) assert.ok(bytes > 0, key);
    });
  });

  it("keeps every use inside its row of the budget", () => {
    holdsFor((solved, { facts }) => {
      const { memory, engine, workers, limits, log, ...rest } = config(solved);
      const { threadBytes, heapBytesMin } = memoryCostsOf[solved.adapter];
      if (solved.runtime === "deno") {
        const young = 3 * (engine.semi_space_bytes_max ?? Number.NaN);
        const threads = workers.count * (threadBytes + (engine.heap_bytes_max ?? Number.NaN) + young);
        assert.ok(threads <= memory.heaps_bytes, `${threads} of ${memory.heaps_bytes}`);
      } else {
        assert.ok(workers.count * (threadBytes + heapBytesMin) <= memory.heaps_bytes);
        assert.ok(workers.count * (engine.ram_bytes ?? Number.NaN) <= memory.heaps_bytes + memory.bodies_bytes);
      }
      const each = connectionBytes({ adapter: solved.adapter, ...plainAnswers(solved) });
      assert.ok(limits.connections_max * each <= memory.connections_bytes, "connections");
      assert.ok(limits.bodies_bytes_max * 2 <= memory.bodies_bytes, "bodies");
      const shared = zoneBytes(zoneShape({ memory, engine, workers, limits, log, ...rest }));
      assert.ok(shared + workers.count * 3 * log.batch_bytes <= memory.zones_bytes, "zones");
      assert.ok(memory.headroom_bytes >= facts.memoryBytes / 8 - 8, "headroom");
      assert.ok(limits.nofile_min <= solved.facts.nofileHard.value, "descriptors");
      assert.ok(memory.rss_high_bytes < memory.limit_bytes, "pressure is noticed before the limit");
    });
  });

  it("stays inside the engines' bounds", () => {
    holdsFor((solved) => {
      const { engine, timeouts, workers } = config(solved);
      if (solved.runtime === "deno") {
        const { heap_bytes_max: heap = 0, semi_space_bytes_max: semi = 0 } = engine;
        assert.equal(heap % MiB(1), 0);
        assert.ok(heap >= memoryCostsOf[solved.adapter].heapBytesMin && heap <= GiB(4));
        assert.ok(semi >= MiB(1) && semi <= MiB(64) && Number.isInteger(Math.log2(semi)));
      } else {
        assert.ok((engine.ram_bytes ?? 0) >= MiB(8));
        assert.ok((timeouts.idle_ms ?? 0) <= 255_000 && (timeouts.idle_ms ?? 1) % 1000 === 0);
      }
      assert.ok(workers.count >= 1 && workers.count <= 512);
    });
  });

  it("gives a configuration that the server's schema and cross-checks accept", () => {
    holdsFor((solved) => {
      const parsed = config(solved);
      for (const check of crossChecks) assert.ok(check.holds(parsed), check.message(parsed));
    });
  });

  it("gives whole numbers, a source and a sayable reason everywhere", () => {
    holdsFor((solved) => {
      for (const { key, value, reason, source, clampedBy } of Object.values(solved.decisions)) {
        assert.ok(typeof value !== "number" || Number.isSafeInteger(value), key);
        assert.ok(source.ref.length > 0, key);
        for (const one of [reason, ...(clampedBy ? [clampedBy.by] : [])]) {
          assert.match(say(one), /^[A-Za-z0-9].*\.$/, key);
          assert.doesNotMatch(say(one), /undefined|NaN|\[object/, key);
        }
      }
    }, 200);
  });

  it("is deterministic, whatever the order of its inputs' keys", () => {
    holdsFor((solved, asked) => {
      assert.deepEqual(plan(asked), solved);
      const turned = solve(reversed(answersWith(asked.answers)), reversed(factsWith(asked.facts)), solveContext);
      assert.equal(JSON.stringify(turned.decisions), JSON.stringify(solved.decisions));
    }, 100);
  });

  it("never lowers a value when memory is added", () => {
    fc.assert(
      fc.property(target, memoryBytes, (asked, other) => {
        const sizes = [asked.facts.memoryBytes, other].sort((one, two) => one - two);
        const [less, more] = sizes.map((size) => plan({ ...asked, facts: { ...asked.facts, memoryBytes: size } }));
        for (const key of settingKeys) {
          const [before, after] = [less?.decisions[key].value, more?.decisions[key].value];
          if (typeof before !== "number" || typeof after !== "number") continue;
          // Rows are rounded down to bytes one by one, and headroom is what they leave.
          const rounding = key === "memory.headroom_bytes" || key === "memory.rss_high_bytes" ? 8 : 0;
          assert.ok(after >= before - rounding, `${key}: ${before} at ${sizes[0]}, ${after} at ${sizes[1]}`);
        }
      }),
      { numRuns: 600 },
    );
  });

  it("moves every value one way only when CPUs are added", () => {
    fc.assert(
      fc.property(target, cpus, (asked, other) => {
        const counts = [asked.facts.cpus, other].sort((one, two) => one - two);
        const [less, more] = counts.map((count) => plan({ ...asked, facts: { ...asked.facts, cpus: count } }));
        for (const key of settingKeys) {
          const [before, after] = [less?.decisions[key].value, more?.decisions[key].value];
          if (typeof before !== "number" || typeof after !== "number") continue;
          const ok = sharedByCpus.has(key) ? after <= before : after >= before;
          assert.ok(ok, `${key}: ${before} with ${counts[0]} CPUs, ${after} with ${counts[1]}`);
        }
      }),
      { numRuns: 600 },
    );
  });

  it("moves no value by more than a step for one byte of memory", () => {
    fc.assert(
      fc.property(target, (asked) => {
        const next = { ...asked, facts: { ...asked.facts, memoryBytes: asked.facts.memoryBytes + 1 } };
        assertNear(plan(asked), plan(next));
      }),
      { numRuns: 400 },
    );
  });

  it("moves no value by more than a step at the byte where a worker is added", () => {
    fc.assert(
      fc.property(target, (asked) => {
        const found = byteOfNextWorker(asked);
        if (found === undefined) return;
        const at = (size: number) => plan({ ...asked, facts: { ...asked.facts, memoryBytes: size } });
        assertNear(at(found - 1), at(found));
      }),
      { numRuns: 60 },
    );
  });
});

/** What a thread gets falls when there are more of them, and so does what is left over. */
const sharedByCpus: ReadonlySet<SettingKey> = new Set<SettingKey>([
  "engine.heap_bytes_max",
  "engine.semi_space_bytes_max",
  "engine.ram_bytes",
  "memory.headroom_bytes",
  "workers.stall_ms_max",
]);

/** The largest change of a setting for one byte more; settings that are not named may not move by more than 8. */
const steps: Partial<Record<SettingKey, number>> = {
  "limits.in_flight_max": 2048,
  "limits.nofile_min": 18,
  "limits.body_bytes_max": KiB(1),
  "limits.bodies_bytes_max": KiB(1),
  "websocket.message_bytes_max": KiB(1),
  "websocket.unsent_bytes_max": KiB(1),
  "log.batch_bytes": KiB(1),
  "memory.zones_bytes": KiB(512),
  "engine.heap_bytes_max": MiB(1),
  "engine.ram_bytes": MiB(1),
};

function assertNear(less: Plan, more: Plan): void {
  for (const key of settingKeys) {
    const [before, after] = [less.decisions[key].value, more.decisions[key].value];
    if (typeof before !== "number" || typeof after !== "number") continue;
    if (key === "engine.semi_space_bytes_max") assert.ok(after === before || after === 2 * before, key);
    else assert.ok(Math.abs(after - before) <= (steps[key] ?? 8), `${key}: ${before} -> ${after}`);
  }
}

/** The first limit, to the byte, with one worker more than the target has; undefined when no memory adds one. */
function byteOfNextWorker(asked: Target): number | undefined {
  const workersAt = (size: number) =>
    Number(plan({ ...asked, facts: { ...asked.facts, memoryBytes: size } }).decisions["workers.count"].value);
  const wanted = workersAt(asked.facts.memoryBytes) + 1;
  let [low, high] = [asked.facts.memoryBytes, largest];
  if (workersAt(high) < wanted) return undefined;
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (workersAt(middle) < wanted) low = middle;
    else high = middle;
  }
  return high;
}

function plainAnswers({ answers }: Plan) {
  return { workload: answers.workload.value, tls: answers.tls.value, features: answers.features.value };
}

function reversed<T extends object>(value: T): T {
  return Object.fromEntries(Object.entries(value).reverse()) as T;
}
