/** How far facts may move before the plan would be another: what the emitted server takes for a drift. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import type { FactValues } from "../../src/facts/hardware-facts.ts";
import { probe } from "../../src/facts/probe.ts";
import { GiB, MiB } from "../../src/lib/units.ts";
import type { Plan } from "../../src/plan/plan.ts";
import { settingKeys } from "../../src/plan/rules/table.ts";
import { solve } from "../../src/plan/solve.ts";
import { emitTunedToml } from "../../src/tree/emit-tuned-toml.ts";
import { loadConfig } from "../../templates/app/src/config/load.ts";
import type { SettingKey } from "../../templates/app/src/config/schema.ts";
import { checkDrift, driftNotes } from "../../templates/app/src/control/drift-check.ts";
import { readHost } from "../../templates/app/src/control/host.ts";
import { config, plan, type Target, target } from "./any-target.ts";
import { answersWith, solveContext } from "./targets.ts";

describe("the rules of [target]", () => {
  it("keep the threads between cpu_millis_low and cpu_millis_high, and change them outside", () => {
    eachTarget((asked, solved) => {
      const { cpu_millis_low = 0, cpu_millis_high = 1_000_000 } = config(solved).target;
      const at = (millis: number) => threads(withFacts(asked, { cpus: millis / 1000 }));
      assert.equal(at(cpu_millis_low), threads(solved), `at ${cpu_millis_low}`);
      assert.equal(at(cpu_millis_high), threads(solved), `at ${cpu_millis_high}`);
      if (cpu_millis_low >= 2000) assert.ok(at(cpu_millis_low - 1) < threads(solved), "below");
      if (cpu_millis_high >= 1000 && cpu_millis_high < 1_000_000) {
        assert.ok(at(cpu_millis_high + 1) > threads(solved), "above");
      }
    });
  });

  it("keep every setting within the tolerance there, where CPUs are what bounds the threads", () => {
    eachTarget((asked, solved) => {
      const { cpu_millis_low = 0, cpu_millis_high } = config(solved).target;
      if (cpu_millis_high === undefined) return;
      for (const millis of [cpu_millis_low, cpu_millis_high]) {
        assert.deepEqual(moved(solved, withFacts(asked, { cpus: millis / 1000 })), [], `at ${millis}`);
      }
    });
  });

  it("keep every setting where more descriptors or a longer backlog are said to change nothing", () => {
    eachTarget((asked, solved) => {
      const { nofile_high, somaxconn_high } = config(solved).target;
      if (nofile_high === undefined) {
        assert.deepEqual(moved(solved, withFacts(asked, { nofileHard: 1_048_576 })), [], "more descriptors");
      }
      if (somaxconn_high === undefined) {
        assert.deepEqual(moved(solved, withFacts(asked, { somaxconn: 65_535 })), [], "a longer backlog");
      }
    });
  });

  it("find no drift on the machine that was planned for", { skip: process.platform !== "linux" }, () => {
    const facts = probe();
    for (const runtime of ["bun", "deno"] as const) {
      const solved = solve(answersWith({ runtime }), facts, solveContext);
      const read = (path: string) => (path.endsWith("fastserve.tuned.toml") ? emitTunedToml(solved) : undefined);
      const loaded = loadConfig({ directory: "/project", environment: {}, readFile: read });
      assert.deepEqual(driftNotes(checkDrift(loaded, readHost())), []);
      assert.ok(checkDrift(loaded, readHost()).every(({ verdict }) => verdict === "fits"));
    }
  });

  const cases: readonly (readonly [string, Partial<FactValues>, Target["answers"], readonly (number | undefined)[]])[] =
    [
      ["4 CPUs", { cpus: 4 }, {}, [4000, 4999, undefined, undefined]],
      ["a quota of 3.6 CPUs", { cpus: 3.6 }, {}, [3000, 3999, undefined, undefined]],
      ["one CPU", { cpus: 1 }, {}, [953, 1999, undefined, undefined]],
      ["half a CPU", { cpus: 0.5 }, {}, [477, 526, undefined, undefined]],
      ["4 CPUs for latency, one kept free", { cpus: 4 }, { objective: "latency" }, [3000, 4999, undefined, undefined]],
      [
        "8 CPUs and memory for one thread",
        { cpus: 8, memoryBytes: MiB(128) },
        {},
        [953, undefined, undefined, undefined],
      ],
      ["few descriptors", { nofileHard: 4096 }, {}, [4000, 4999, 4300, undefined]],
      ["a short backlog", { somaxconn: 128 }, {}, [4000, 4999, undefined, 134]],
      ["a backlog that Bun fixes", { somaxconn: 128 }, { runtime: "bun" }, [4000, 4999, undefined, undefined]],
    ];
  for (const [name, facts, answers, expected] of cases) {
    it(`tell of ${name} what would be planned otherwise`, () => {
      const { target: found } = config(
        plan({
          answers: { runtime: "deno", exposure: "direct", features: [], ...answers },
          facts: { cpus: 4, memoryBytes: GiB(8), ...facts },
        }),
      );
      const { cpu_millis_low, cpu_millis_high, nofile_high, somaxconn_high } = found;
      assert.deepEqual([cpu_millis_low, cpu_millis_high, nofile_high, somaxconn_high], expected);
    });
  }
});

function eachTarget(check: (asked: Target, solved: Plan) => void): void {
  fc.assert(
    fc.property(target, (asked) => {
      check(asked, plan(asked));
    }),
    { numRuns: 400, includeErrorInReport: true },
  );
}

function withFacts(asked: Target, facts: Partial<FactValues>): Plan {
  return plan({ ...asked, facts: { ...asked.facts, ...facts } });
}

function threads({ decisions }: Plan): number {
  return Number(decisions["workers.count"].value) + Number(decisions["tasks.threads"].value ?? 0);
}

/** Settings that differ by more than a twentieth, and its rounding; the bench suite's are no matter of the server's. */
function moved(before: Plan, after: Plan): readonly SettingKey[] {
  return settingKeys.filter((key) => {
    if (key.startsWith("target.") || key.startsWith("bench.")) return false;
    const [was, is] = [before.decisions[key].value, after.decisions[key].value];
    if (typeof was !== "number" || typeof is !== "number") return JSON.stringify(was) !== JSON.stringify(is);
    return Math.abs(is - was) > 0.05 * was + 1;
  });
}
