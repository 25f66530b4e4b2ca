import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Effect } from "../../src/drift/effect.ts";
import { effectsOf } from "../../src/drift/effects-of.ts";
import { noUserSettings, type UserSettings } from "../../src/drift/user-settings.ts";
import { withPins } from "../../src/drift/with-pins.ts";
import { GiB, KiB, MiB } from "../../src/lib/units.ts";
import { say } from "../../src/plan/reasons.ts";
import { settingKeys } from "../../src/plan/rules/table.ts";
import { solve } from "../../src/plan/solve.ts";
import type { SettingKey } from "../../templates/app/src/config/schema.ts";
import { answersWith, factsWith } from "../plan/targets.ts";
import { planOf, recordedOf, recordedWith, type Side } from "./drift-case.ts";

function between(before: Side, after: Side, user: UserSettings = noUserSettings) {
  const was = planOf(before);
  return effectsOf(recordedOf(was), was, planOf(after), user);
}

function effect(effects: readonly Effect[], key: SettingKey): Effect {
  const found = effects.find((one) => one.key === key);
  assert.ok(found, `${key} has no effect`);
  return found;
}

const pinning = (...pins: SettingKey[]): UserSettings => ({ pins, overrides: new Map() });

describe("effectsOf()", () => {
  it("finds nothing between equal wishes", () => {
    assert.deepEqual(between({}, {}), { effects: [], drifted: false, predictedBytes: 0, gone: [] });
  });

  it("sees no drift in facts that no decision follows", () => {
    const facts = { kernel: "6.9.1", l3Bytes: 1, hugePagesTotal: 7, nofile: 2048, memoryHostBytes: GiB(25) };
    assert.deepEqual(between({}, { facts }).effects, []);
  });

  it("names the setting, its section, both values and the fact behind it", () => {
    const { effects, drifted } = between({ facts: { memoryBytes: GiB(4) } }, { facts: { memoryBytes: GiB(2) } });
    const { concern, before, after, causes, pinned, override, negligible } = effect(effects, "memory.limit_bytes");
    assert.equal(concern, "memory");
    assert.deepEqual([before.value, after.value], [4_294_967_296, 2_147_483_648]);
    assert.deepEqual(causes, [{ input: "facts.memoryBytes", before: "4294967296", after: "2147483648" }]);
    assert.deepEqual([pinned, override, negligible, drifted], [false, undefined, false, true]);
  });

  it("follows settings that a rule reads down to the fact that moved them", () => {
    const { effects } = between({ facts: { cpus: 8 } }, { facts: { cpus: 2 } });
    const { inputs } = effect(effects, "workers.restarts_max").after;
    assert.deepEqual(Object.keys(inputs), ["workers.count"]);
    assert.deepEqual(effect(effects, "workers.restarts_max").causes, [
      { input: "facts.cpus", before: "8", after: "2" },
    ]);
  });

  it("names of several differences only those without which a value would be another", () => {
    const { effects } = between(
      { facts: { memoryBytes: GiB(4) } },
      { facts: { memoryBytes: GiB(2) }, answers: { objective: "memory" } },
    );
    const inputs = (key: SettingKey) => effect(effects, key).causes.map(({ input }) => input);
    // Both rules read both: in_flight_max has a bound by the heaps, bodies_bytes one by the requests in flight.
    assert.deepEqual(inputs("limits.in_flight_max"), ["answers.objective"]);
    assert.deepEqual(inputs("limits.bodies_bytes_max"), ["facts.memoryBytes"]);
    assert.deepEqual(inputs("memory.headroom_bytes"), ["facts.memoryBytes", "answers.objective"]);
  });

  it("names a change of runtime, and a feature that comes with it", () => {
    const [bun, deno] = [
      { answers: { runtime: "bun", features: [] } },
      { answers: { runtime: "deno", features: ["static-files"] } },
    ] as const;
    const { effects } = between(bun, deno);
    const inputs = (key: SettingKey) => effect(effects, key).causes.map(({ input }) => input);
    assert.deepEqual(inputs("engine.heap_bytes_max"), ["adapter"]);
    assert.deepEqual(inputs("static.root"), ["features.static-files"]);
  });

  it("takes a runtime and a feature back like any other input", () => {
    const runtimes = between(
      { answers: { runtime: "bun", workload: "api" } },
      { answers: { runtime: "deno", exposure: "direct", workload: "upload" } },
    );
    // Both workloads want the same backlog; Bun has no such setting.
    assert.deepEqual(
      effect(runtimes.effects, "server.backlog_max").causes.map(({ input }) => input),
      ["adapter"],
    );
    const features = between(
      { answers: { features: [], workload: "api" }, facts: { nofileHard: 1024 } },
      { answers: { features: ["static-files"], workload: "mixed" }, facts: { nofileHard: 1024 } },
    );
    // A file that is sent needs a descriptor beside its connection's.
    const connections = effect(features.effects, "limits.connections_max");
    assert.deepEqual([connections.before.value, connections.after.value], [768, 384]);
    assert.deepEqual(
      connections.causes.map(({ input }) => input),
      ["features.static-files"],
    );
  });

  it("keeps all causes when each of them alone would do", () => {
    const { effects } = between(
      { facts: { container: "none" }, answers: { exposure: "proxy" } },
      { facts: { container: "docker" }, answers: { exposure: "direct" } },
    );
    assert.deepEqual(
      effect(effects, "server.host").causes.map(({ input }) => input),
      ["answers.exposure", "facts.container"],
    );
  });

  it("keeps to the order of the schema", () => {
    const { effects } = between({}, { answers: { objective: "memory" }, facts: { memoryBytes: GiB(2) } });
    const places = effects.map(({ key }) => settingKeys.indexOf(key));
    assert.ok(places.length > 10 && !places.includes(-1));
    assert.deepEqual(
      places,
      places.toSorted((a, b) => a - b),
    );
  });

  it("takes 4 % of memory for nothing, and 6 % for a drift", () => {
    const [little, more] = [0.96, 0.94].map((part) =>
      between({ facts: { memoryBytes: GiB(4) } }, { facts: { memoryBytes: Math.round(part * GiB(4)) } }),
    );
    assert.equal(little?.drifted, false);
    assert.ok(little?.effects.every(({ negligible }) => negligible));
    assert.equal(more?.drifted, true);
    assert.equal(effect(more?.effects ?? [], "memory.limit_bytes").negligible, false);
  });

  it("judges against what is recorded, so that small steps add up to a drift", () => {
    const recorded = recordedOf(planOf({ facts: { memoryBytes: GiB(4) } }));
    const steps = [0.97, 0.94].map((part) => {
      const now = planOf({ facts: { memoryBytes: Math.round(part * GiB(4)) } });
      return effectsOf(recorded, now, now, noUserSettings).drifted;
    });
    assert.deepEqual(steps, [false, true]);
  });

  it("takes what a person asked for exactly, however little it is", () => {
    assert.equal(between({ answers: { connections: 1000 } }, { answers: { connections: 1001 } }).drifted, true);
    const given = { answers: { memory: MiB(4000) }, facts: { memoryBytes: MiB(4000) } };
    assert.equal(between({ facts: { memoryBytes: MiB(4096) } }, given).drifted, true);
    assert.equal(between(given, given).drifted, false);
  });

  it("calls fewer descriptors than the plan needs a drift, also within the tolerance", () => {
    const many = { cpus: 512, memoryBytes: GiB(1024) };
    const { effects } = between({ facts: { ...many, nofileHard: 32_768 } }, { facts: { ...many, nofileHard: 32_000 } });
    const moved = effects.map(({ key, before, after, negligible }) => [key, before.value, after.value, negligible]);
    assert.deepEqual(
      moved.filter(([key]) => key === "limits.connections_max" || key === "limits.nofile_min"),
      [
        ["limits.connections_max", 24_576, 24_000, true],
        ["limits.nofile_min", 32_768, 32_000, false],
      ],
    );
  });

  it("goes on with values that stood within the tolerance of another version's rules", () => {
    const plan = planOf({});
    const { effects, drifted } = effectsOf(
      recordedWith(plan, { "memory.trim_ms": 29_000 }),
      plan,
      plan,
      noUserSettings,
    );
    assert.deepEqual([effects.length, drifted], [1, false]);
  });

  it("knows of a feature that comes which settings it brings, and of one that goes which it takes", () => {
    const [without, withLimit] = [{ answers: { features: [] } }, { answers: { features: ["rate-limit"] } }] as const;
    const comes = effect(between(without, withLimit).effects, "rate_limit.requests_per_s");
    assert.deepEqual([comes.before.value, comes.after.value], [undefined, 100]);
    assert.deepEqual(comes.causes, [{ input: "features.rate-limit", before: "false", after: "true" }]);
    const goes = effect(between(withLimit, without).effects, "rate_limit.requests_per_s");
    assert.deepEqual([goes.before.value, goes.after.value], [100, undefined]);
  });

  it("holds recorded values against this version's: a rule that decides otherwise is the cause", () => {
    const after = planOf({});
    const before = { ...after, generatorVersion: "0.0.0-older" };
    const { effects } = effectsOf(recordedWith(after, { "memory.trim_ms": 60_000 }), before, after, noUserSettings);
    assert.deepEqual(
      effects.map(({ key, causes }) => [key, causes]),
      [["memory.trim_ms", [{ input: "generator", before: "0.0.0-older", after: "0.0.0" }]]],
    );
  });

  it("names settings that an older version recorded and this one does not know", () => {
    const plan = planOf({});
    const { gone, drifted } = effectsOf(recordedWith(plan, { "limits.old_max": 3 }), plan, plan, noUserSettings);
    assert.deepEqual([gone, drifted], [["limits.old_max"], false]);
  });

  it("shows a pin with the recommendation, and calls it no drift", () => {
    const { effects, drifted } = between({}, { answers: { objective: "memory" } }, pinning("memory.arena_bytes"));
    const pinned = effect(effects, "memory.arena_bytes");
    assert.deepEqual([pinned.before.value, pinned.after.value, pinned.pinned], [KiB(8), KiB(4), true]);
    assert.equal(pinned.after.reason.code, "arena_lean");
    assert.equal(drifted, true, "the other settings");
    const was = planOf({});
    const only = effectsOf(recordedWith(was, { "memory.trim_ms": 60_000 }), was, was, pinning("memory.trim_ms"));
    assert.deepEqual([only.effects.length, only.drifted], [1, false]);
    assert.deepEqual(only.effects[0]?.causes, [], "nothing has moved it");
  });

  it("says that a setting moves because no pin keeps it", () => {
    const was = planOf({});
    const { effects } = effectsOf(recordedWith(was, { "memory.trim_ms": 60_000 }), was, was, noUserSettings);
    assert.deepEqual(effects[0]?.causes, [{ input: "pin", before: "pinned", after: "" }]);
  });

  it("computes what follows a pinned setting from the pinned value", () => {
    const user = pinning("workers.count");
    const { effects } = between({ facts: { cpus: 4 } }, { facts: { cpus: 8 } }, user);
    assert.deepEqual(
      effects.map(({ key, pinned }) => [key, pinned]),
      [["workers.count", true]],
      "nothing follows the CPUs but the workers",
    );
  });

  it("blames no input of a setting that its pin keeps, also where the rule has come to agree with the pin", () => {
    const user = pinning("workers.count");
    const small: Side = { facts: { cpus: 2, memoryBytes: GiB(2) } };
    const was = withPins(planOf(small), new Map([["workers.count", 4]]), user.pins);
    const { effects } = effectsOf(recordedOf(was), was, planOf({ facts: { cpus: 4, memoryBytes: GiB(1) } }), user);
    assert.deepEqual(
      effect(effects, "engine.ram_bytes").causes.map(({ input }) => input),
      ["facts.memoryBytes"],
    );
  });

  it("recommends of a pinned setting what its rule says beside the other pins, as the tuned file does", () => {
    const user = pinning("workers.count", "engine.heap_bytes_max");
    const [was, is] = [2, 4].map((cpus) =>
      planOf({ answers: { runtime: "deno" }, facts: { cpus, memoryBytes: GiB(2 * cpus) } }),
    );
    assert.ok(was && is);
    const { effects } = effectsOf(recordedOf(was), was, is, user);
    const { after, causes } = effect(effects, "engine.heap_bytes_max");
    const unpinned = withPins(is, recordedOf(was), ["workers.count"]).decisions["engine.heap_bytes_max"];
    assert.equal(after.value, unpinned.value);
    assert.equal(after.value, MiB(1820));
    assert.deepEqual(
      causes.map(({ input }) => input),
      ["facts.memoryBytes"],
    );
    const written = withPins(is, recordedOf(was), user.pins).decisions["engine.heap_bytes_max"];
    assert.match(say(written.reason), /^Pinned; recommended is 1\.8 GiB\./);
  });

  it("gives the same whether the new plan has its pins already or not", () => {
    const user = pinning("memory.arena_bytes");
    const [was, is] = [planOf({}), planOf({ answers: { objective: "memory" } })];
    const recorded = recordedOf(was);
    const written = solve(answersWith({ objective: "memory" }), factsWith(), {
      generatorVersion: "0.0.0",
      target: "this",
      pinned: new Map([["memory.arena_bytes", KiB(8)]]),
    });
    assert.deepEqual(effectsOf(recorded, was, written, user), effectsOf(recorded, was, is, user));
  });

  it("shows what the user's file sets over both", () => {
    const user = { pins: [], overrides: new Map([["memory.arena_bytes" as const, KiB(16)]]) };
    const { effects, drifted } = between({}, { answers: { objective: "memory" } }, user);
    assert.equal(effect(effects, "memory.arena_bytes").override, "16 KiB");
    assert.equal(effect(effects, "memory.trim_ms").override, undefined);
    assert.equal(drifted, true);
  });

  it("predicts the memory of the budget without its headroom", () => {
    const [was, is] = [
      planOf({ facts: { memoryBytes: GiB(4), cpus: 2 } }),
      planOf({ facts: { memoryBytes: GiB(2), cpus: 16 } }),
    ];
    const { predictedBytes } = effectsOf(recordedOf(was), was, is, noUserSettings);
    const rows = ({ budget }: typeof was) =>
      budget.filter(({ key }) => key !== "memory.headroom_bytes").reduce((sum, { bytes }) => sum + bytes, 0);
    assert.notEqual(was.decisions["memory.zones_bytes"].value, is.decisions["memory.zones_bytes"].value);
    assert.equal(predictedBytes, rows(is) - rows(was));
    assert.ok(predictedBytes < -GiB(1) && predictedBytes > -GiB(2), `${predictedBytes}`);
  });
});
