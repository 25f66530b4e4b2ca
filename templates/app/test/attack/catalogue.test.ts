import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { runtime } from "../../src/wiring.ts";
import { allCases } from "./catalogue.ts";
import { deviations } from "./deviations.ts";
import { runCatalogue } from "./run-catalogue.ts";

/** Some seconds where the machine is calm. */
const TIMEOUT_MS = 120_000;

describe("attack catalogue", () => {
  it("has ids of its own for every case", () => {
    const ids = allCases.map(({ id }) => id);
    assert.deepEqual(
      ids.filter((id, at) => ids.indexOf(id) !== at),
      [],
    );
  });

  it("has a case for every stated deviation", () => {
    const ids = new Set(allCases.map(({ id }) => id));
    const stated = Object.values(deviations).flatMap((rows) => Object.keys(rows));
    assert.deepEqual(
      stated.filter((id) => !ids.has(id)),
      [],
    );
  });

  it(`ends on ${runtime.adapter} as expected, or as stated, and never out of step`, {
    timeout: TIMEOUT_MS,
  }, async () => {
    const findings = await runCatalogue(allCases);
    assert.deepEqual(
      findings.flatMap(({ attack, problem }) => (problem === undefined ? [] : [`${attack.id}: ${problem}`])),
      [],
    );
    assert.deepEqual(
      findings.filter(({ severity }) => severity === "desync").map(({ attack }) => attack.id),
      [],
    );
  });
});
