/** How a plan follows its target: one way only, and without a jump. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { KiB, MiB } from "../../src/lib/units.ts";
import type { Plan } from "../../src/plan/plan.ts";
import { settingKeys } from "../../src/plan/rules/table.ts";
import type { SettingKey } from "../../templates/app/src/config/schema.ts";
import { cpus, largest, memoryBytes, plan, type Target, target } from "./any-target.ts";

describe("solve() along its inputs", () => {
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
  "bench.seconds",
  "bench.warmup_seconds",
  "engine.heap_bytes_max",
  "engine.semi_space_bytes_max",
  "engine.ram_bytes",
  "memory.headroom_bytes",
  "workers.stall_ms_max",
  "overload.lag_ms_high",
  "static.memory_bytes",
  "static.memory_file_bytes_max",
  "compression.streams_max",
  "rate_limit.clients_max",
  "memory.arenas_max",
  "memory.encode_bytes",
  "memory.file_chunks_max",
]);

/** The largest change of a setting for one byte more; settings that are not named may not move by more than 8. */
const steps: Partial<Record<SettingKey, number>> = {
  "bench.connections": 64,
  "limits.in_flight_max": 2048,
  "limits.nofile_min": 18,
  "limits.body_bytes_max": KiB(1),
  "limits.bodies_bytes_max": KiB(1),
  "websocket.message_bytes_max": KiB(1),
  "websocket.unsent_bytes_max": KiB(1),
  "log.batch_bytes": KiB(1),
  "memory.zones_bytes": KiB(512),
  "rate_limit.in_flight_per_client_max": 60,
  "tasks.queue_max": 100,
  "cache.zone_bytes": KiB(256),
  "cache.entry_bytes_max": KiB(16),
  "memory.encode_bytes": KiB(1),
  "memory.arena_spill_bytes_max": KiB(1),
  "static.memory_bytes": KiB(1),
  "static.memory_file_bytes_max": KiB(1),
  "engine.heap_bytes_max": MiB(1),
  "engine.ram_bytes": MiB(1),
};

function assertNear(less: Plan, more: Plan): void {
  for (const key of settingKeys) {
    // What would be planned otherwise changes with the number of threads, whose own step is looked at.
    if (key.startsWith("target.")) continue;
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
