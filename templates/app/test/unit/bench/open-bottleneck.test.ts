import assert from "node:assert/strict";
import { test } from "node:test";
import { type Bottleneck, bottleneckOf, type Pace } from "../../../bench/method/bottleneck.ts";

const pace: Pace = {
  model: "open",
  serverCpusBusy: 0.5,
  // It spins.
  generatorCpusBusy: 1,
  serverCpus: 1,
  generatorCpus: 1,
  quotaShared: false,
  generatorIdleShare: 0.5,
  lateP99Us: 10,
  latencyP99Us: 1000,
};

const cases: readonly (readonly [name: string, parts: Partial<Pace>, limit: Bottleneck])[] = [
  ["both have time left", {}, "neither"],
  ["the generator has no idle time, and nothing left late", { generatorIdleShare: 0.05, lateP99Us: 0 }, "generator"],
  ["the generator has just enough idle time", { generatorIdleShare: 0.11 }, "neither"],
  ["neither has time left", { generatorIdleShare: 0.01, serverCpusBusy: 0.95 }, "both"],
  ["the server alone has no time left", { serverCpusBusy: 0.95 }, "server"],
  ["the generator has idle time, and requests left late", { lateP99Us: 600 }, "generator"],
  ["idle time is not known, and requests left late", { generatorIdleShare: undefined, lateP99Us: 600 }, "generator"],
  ["idle time is not known, and requests left in time", { generatorIdleShare: undefined }, "neither"],
  ["neither idle time nor lateness is known", { generatorIdleShare: undefined, lateP99Us: undefined }, "unknown"],
  ["the latency is not known", { latencyP99Us: undefined }, "unknown"],
];

for (const [name, parts, limit] of cases) {
  test(`bottleneckOf() an open loop says "${limit}" where ${name}`, () => {
    assert.equal(bottleneckOf({ ...pace, ...parts }), limit);
  });
}
