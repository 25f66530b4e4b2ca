/** What must hold between any two targets and wishes, with any settings pinned. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { GENERATOR, PIN } from "../../src/drift/causes-of.ts";
import { effectsOf } from "../../src/drift/effects-of.ts";
import { brokenPromises } from "../../src/drift/plan-promises.ts";
import { noUserSettings } from "../../src/drift/user-settings.ts";
import { withPins } from "../../src/drift/with-pins.ts";
import { AppError } from "../../src/lib/errors.ts";
import type { Plan } from "../../src/plan/plan.ts";
import { settingKeys } from "../../src/plan/rules/table.ts";
import type { SettingKey } from "../../templates/app/src/config/schema.ts";
import { checkDrift, type DriftHost, driftNotes } from "../../templates/app/src/control/drift-check.ts";
import { config, plan, type Target, target } from "../plan/any-target.ts";
import { recordedOf } from "./drift-case.ts";

const decided = settingKeys.filter((key) => !key.startsWith("target."));
const pins = fc.subarray([...decided], { maxLength: 4 });

const text = ({ decisions }: Plan, key: SettingKey) => JSON.stringify(decisions[key].value);

/** Another host, or one of nearly as many CPUs with everything else alike. */
const nearby = fc.oneof(
  fc.constant((_facts: Target["facts"]): Partial<Target["facts"]> => ({})),
  fc.integer({ min: -4, max: 4 }).map((more) => (facts: Target["facts"]) => ({
    ...facts,
    cpus: Math.max(0.5, facts.cpus + more),
  })),
);

/** What the server reads there: its own group's grants. */
function hostOf({ facts }: Plan): DriftHost {
  const { os, cpus, memoryBytes, nofileHard, somaxconn } = facts;
  return {
    os: os.value,
    cpus: cpus.value,
    memoryBytes: memoryBytes.value,
    nofile: nofileHard.value,
    somaxconn: somaxconn.value,
    missing: "",
  };
}

function check(runs: number, property: (was: Plan, is: Plan, pinned: readonly SettingKey[]) => void): void {
  fc.assert(
    fc.property(target, target, pins, (one, other, pinned) => property(plan(one), plan(other), pinned)),
    { numRuns: runs },
  );
}

/** undefined: the pins are refused. */
function pinnedPlan(was: Plan, is: Plan, keys: readonly SettingKey[]): Plan | undefined {
  try {
    return withPins(is, recordedOf(was), keys);
  } catch (error) {
    assert.ok(error instanceof AppError && error.problems.every(({ code }) => code === "PIN_REFUSED"));
    return undefined;
  }
}

describe("effectsOf() between any two plans", () => {
  it("finds exactly the settings that differ, each with a cause that differs", () => {
    check(40, (was, is) => {
      const { effects } = effectsOf(recordedOf(was), was, is, noUserSettings);
      assert.deepEqual(
        effects.map(({ key }) => key),
        decided.filter((key) => text(was, key) !== text(is, key)),
      );
      for (const { key, causes } of effects) {
        assert.ok(causes.length > 0, key);
        for (const { input, before, after } of causes) {
          assert.notEqual(before, after, `${key}: ${input}`);
          assert.ok(input !== PIN && input !== GENERATOR, `${key}: ${input}`);
        }
      }
    });
  });

  it("finds nothing once the new plan is written, whatever is pinned", () => {
    check(40, (was, is, keys) => {
      const written = pinnedPlan(was, is, keys);
      if (written === undefined) return;
      const { effects, drifted } = effectsOf(recordedOf(written), is, is, { pins: keys, overrides: new Map() });
      assert.equal(drifted, false);
      assert.ok(effects.every(({ pinned }) => pinned));
    });
  });
});

describe("effectsOf() for another host", () => {
  it("finds what a server that runs the plan there tells as a drift", () => {
    let told = 0;
    fc.assert(
      fc.property(target, target, nearby, (one, other, near) => {
        const facts = { ...other.facts, ...near(one.facts) };
        const [was, is] = [plan(one), plan({ ...one, facts })];
        const notes = driftNotes(checkDrift({ config: config(was), origin: {}, pins: [] }, hostOf(is)));
        if (notes.length === 0) return;
        told += 1;
        assert.ok(effectsOf(recordedOf(was), was, is, noUserSettings).drifted, notes.join("; "));
      }),
      { numRuns: 100 },
    );
    assert.ok(told > 20, `${told} of 100 hosts are a drift`);
  });
});

describe("withPins() between any two plans", () => {
  it("keeps each pinned value and every promise, or refuses", () => {
    let kept = 0;
    check(60, (was, is, keys) => {
      const written = pinnedPlan(was, is, keys);
      if (written === undefined) return;
      kept += 1;
      assert.deepEqual(brokenPromises(written), []);
      for (const key of keys) {
        const isPinned = was.decisions[key].value !== undefined && is.decisions[key].value !== undefined;
        if (isPinned) assert.equal(text(written, key), text(was, key), key);
      }
    });
    assert.ok(kept > 10, `${kept} of 60 plans are kept`);
  });
});
