/** What must hold for every target from 64 MiB to 1 TiB and from 0.5 to 512 CPUs, with every choice. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { type FeatureName, workloads } from "../../src/answers/choices.ts";
import { GiB, KiB, MiB } from "../../src/lib/units.ts";
import { sharesOf, threadBytesMin } from "../../src/plan/budget.ts";
import { connectionBytes } from "../../src/plan/capacity.ts";
import { memoryCostsOf } from "../../src/plan/costs.ts";
import type { Plan } from "../../src/plan/plan.ts";
import { say } from "../../src/plan/reasons.ts";
import { solve } from "../../src/plan/solve.ts";
import { crossChecks } from "../../templates/app/src/config/cross-checks.ts";
import type { ServerConfig } from "../../templates/app/src/config/schema.ts";
import { failedAttemptsBytes } from "../../templates/app/src/features/auth/failed-attempts.ts";
import { zoneBytes as overloadZoneBytes } from "../../templates/app/src/features/overload/state-zone.ts";
import { zoneBytes as rateLimitZoneBytes } from "../../templates/app/src/features/rate-limit/layout.ts";
import { cacheLayout } from "../../templates/app/src/features/response-cache/cache-layout.ts";
import { workerRows, zoneShape } from "../../templates/app/src/zones/shape.ts";
import { zoneBytes } from "../../templates/app/src/zones/zones.ts";
import { config, holdsFor, plan, possible } from "./any-target.ts";
import { answersWith, factsWith, solveContext } from "./targets.ts";

describe("solve() over all targets", () => {
  it("closes the memory budget", () => {
    holdsFor((solved) => {
      const sum = solved.budget.reduce((total, { bytes }) => total + bytes, 0);
      assert.ok(sum <= solved.facts.memoryBytes.value, `${sum} of ${solved.facts.memoryBytes.value}`);
      for (const { key, bytes } of solved.budget) assert.ok(bytes > 0, key);
    });
  });

  it("keeps every use inside its row of the budget", () => {
    holdsFor((solved) => {
      const { memory, engine, workers, limits, log, tasks, ...rest } = config(solved);
      const threadCount = workers.count + tasks.threads;
      // scrypt's 16 MiB for each password that is being verified.
      const hashes = has(solved, "auth") ? workers.count * rest.auth.hashes_max * MiB(16) : 0;
      const { threadBytes, heapBytesMin } = memoryCostsOf[solved.adapter];
      if (solved.runtime === "deno") {
        const young = 3 * (engine.semi_space_bytes_max ?? Number.NaN);
        const threads = threadCount * (threadBytes + (engine.heap_bytes_max ?? Number.NaN) + young);
        assert.ok(threads + hashes <= memory.heaps_bytes, `${threads} of ${memory.heaps_bytes}`);
      } else {
        assert.ok(hashes + threadCount * (threadBytes + heapBytesMin) <= memory.heaps_bytes);
        assert.ok(threadCount * (engine.ram_bytes ?? Number.NaN) <= memory.heaps_bytes + memory.bodies_bytes);
      }
      const connection = connectionBytes({ adapter: solved.adapter, ...plainAnswers(solved) });
      assert.ok(limits.connections_max * connection <= memory.connections_bytes, "connections");
      assert.ok(limits.bodies_bytes_max * 2 <= memory.bodies_bytes, "bodies");
      const rows = workerRows({ workers });
      const shared = zoneBytes(zoneShape({ memory, engine, workers, limits, log, tasks, ...rest }));
      // Zones of features whose size no setting decides.
      const overload = has(solved, "overload") ? overloadZoneBytes(rows) : 0;
      const attempts = has(solved, "auth") ? failedAttemptsBytes : 0;
      const zones = shared + overload + attempts + rows * 3 * log.batch_bytes;
      assert.ok(zones <= memory.zones_bytes, "zones");
      const chunk = KiB(64);
      const each = memory.arenas_max * memory.arena_bytes + memory.encode_bytes + memory.file_chunks_max * chunk;
      assert.ok(workers.count * each <= memory.scratch_bytes, `${workers.count} times ${each} of scratch`);
      assert.ok(memory.arenas_max >= 1 && memory.encode_bytes >= KiB(1), "a worker without any scratch");
      assert.ok(memory.headroom_bytes >= memory.limit_bytes / 8 - 8, "headroom");
      assert.ok(limits.nofile_min <= solved.facts.nofileHard.value, "descriptors");
      assert.ok(memory.rss_high_bytes < memory.limit_bytes, "pressure is noticed before the limit");
    });
  });

  it("leaves room for a worker's successor in half of the headroom wherever a mark asks for one", () => {
    holdsFor((solved) => {
      const { memory, watchdog } = config(solved);
      // V8 ends the process at a full heap: there a successor that may not fit is no worse than none.
      const isAsked = watchdog.rss_percent_roll > 0 || (solved.runtime === "bun" && watchdog.heap_percent_roll > 0);
      if (!isAsked) return;
      const shape = { adapter: solved.adapter, tasks: has(solved, "tasks"), auth: has(solved, "auth") };
      // Rounded rows take a few bytes of the headroom.
      assert.ok(threadBytesMin(shape) <= memory.headroom_bytes / 2 + 8, `${memory.headroom_bytes} of headroom`);
    });
  });

  it("keeps what features hold inside their row of the budget", () => {
    holdsFor((solved) => {
      const parsed = config(solved);
      const { workers } = parsed;
      const zones = featureZones(parsed, solved.features);
      // The table of names is there twice while a reload builds the next one; 190 bytes are a path of 40 characters.
      const names = 2 * 190 * (parsed.static.files_max ?? 0);
      const held = zones + workers.count * parsed.static.memory_bytes + (has(solved, "static-files") ? names : 0);
      assert.ok(held <= parsed.memory.features_bytes, `${held} of ${parsed.memory.features_bytes}`);
      for (const zone of ["response-cache", "static-files", "rate-limit"] as const) {
        if (has(solved, zone)) assert.ok(parsed.memory.features_bytes > 0, zone);
      }
    });
  });

  it("gives a cache in which entries fit, and a rate limit with a client at least", () => {
    holdsFor((solved) => {
      const { cache, rate_limit: limit, limits } = config(solved);
      if (has(solved, "response-cache")) {
        assert.ok(cache.zone_bytes === 0 || cache.zone_bytes >= KiB(256));
        assert.ok(
          (cache.zone_bytes === 0 || cache.entry_bytes_max >= KiB(16)) &&
            16 * cache.entry_bytes_max <= cache.zone_bytes,
        );
      }
      if (has(solved, "rate-limit")) {
        assert.ok(limit.clients_max >= 256, `${limit.clients_max}`);
        assert.ok(limit.in_flight_per_client_max >= 1 && limit.in_flight_per_client_max <= limits.in_flight_max);
      }
    });
  });

  it("gives the settings of absent features no value, and those of chosen ones a value or a reason", () => {
    holdsFor((solved) => {
      for (const { key, value, reason } of Object.values(solved.decisions)) {
        const feature = reason.code === "feature_off" ? reason.args.feature : undefined;
        if (feature !== undefined) assert.ok(value === undefined && !has(solved, feature), key);
      }
    }, 100);
  });

  it("stays inside the engines' bounds", () => {
    holdsFor((solved) => {
      const { engine, timeouts, workers } = config(solved);
      if (solved.runtime === "deno") {
        const { heap_bytes_max: heap = 0, semi_space_bytes_max: semi = 0 } = engine;
        assert.equal(heap % MiB(1), 0);
        assert.ok(heap >= memoryCostsOf[solved.adapter].heapBytesMin && heap <= GiB(4));
        assert.ok(semi >= MiB(1) && semi <= MiB(32) && Number.isInteger(Math.log2(semi)));
      } else {
        assert.ok((engine.ram_bytes ?? 0) >= MiB(8));
        assert.ok((timeouts.idle_ms ?? 0) <= 255_000 && (timeouts.idle_ms ?? 1) % 1000 === 0);
        // Bun cuts silent answers with its idle timeout: the handler's 503 must come before it.
        assert.ok((timeouts.handler_ms ?? 0) < (timeouts.idle_ms ?? 0));
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
      const { answers, facts } = possible(asked);
      const turned = solve(reversed(answersWith(answers)), reversed(factsWith(facts)), solveContext);
      assert.equal(JSON.stringify(turned.decisions), JSON.stringify(solved.decisions));
    }, 100);
  });
});

const has = (solved: Plan, feature: FeatureName) => solved.features.includes(feature);

/** Shared memory that the chosen features lay out with this configuration, as the server itself computes it. */
function featureZones(parsed: ServerConfig, features: readonly FeatureName[]): number {
  const cache = features.includes("response-cache") ? zoneBytesOfCache(parsed) : 0;
  return cache + (features.includes("rate-limit") ? rateLimitZoneBytes(parsed) : 0);
}

function zoneBytesOfCache(parsed: ServerConfig): number {
  // Throws when the settings ask for a cache that could hold nothing; a share that is too small for one is none.
  assert.ok(cacheLayout(parsed) ?? parsed.cache.zone_bytes === 0);
  return parsed.cache.zone_bytes;
}

function plainAnswers({ answers }: Plan) {
  return {
    workload: answers.workload.value,
    tls: answers.tls.value,
    webSockets: answers.features.value.includes("websocket"),
  };
}

function reversed<T extends object>(value: T): T {
  return Object.fromEntries(Object.entries(value).reverse()) as T;
}

describe("sharesOf", () => {
  for (const workload of workloads) {
    it(`divides no more than there is for ${workload}`, () => {
      // In thousandths, because binary fractions of decimal shares do not add up to 1.
      const sum = Object.values(sharesOf[workload]).reduce((total, share) => total + Math.round(share * 1000), 0);
      assert.ok(sum <= 1000, `${sum}`);
    });
  }
});
