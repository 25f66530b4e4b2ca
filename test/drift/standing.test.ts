import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { type Standings, standingNotes, standingOf } from "../../src/drift/standing.ts";
import { noUserSettings } from "../../src/drift/user-settings.ts";
import { KiB, MiB } from "../../src/lib/units.ts";
import { planOf, recordedOf, recordedWith } from "./drift-case.ts";

const plan = planOf({});
const recorded = recordedOf(plan);
const places = { tuned: "fastserve.tuned.toml", userOf: () => "fastserve.toml", environment: {} };
const as = (changes: Partial<Standings>): Standings => ({
  recorded,
  onDisk: recorded,
  user: noUserSettings,
  retune: "writes",
  ...changes,
});

/** Value in force, whose word, and what is said about it. */
function standing(context: Standings) {
  const found = standingOf("memory.arena_bytes", plan, context);
  return [found.value, found.by, ...standingNotes(found, plan, places)];
}

describe("standingOf()", () => {
  it("says nothing of a plan that is in force", () => {
    assert.deepEqual(standing(as({})), [KiB(8), "plan"]);
  });

  it("puts the user's file over everything", () => {
    const user = { pins: [], overrides: new Map([["memory.arena_bytes" as const, MiB(1)]]) };
    assert.deepEqual(standing(as({ user })), [
      MiB(1),
      "override",
      "set by  fastserve.toml, over 8 KiB in fastserve.tuned.toml",
    ]);
  });

  it("says what the environment would put over it all", () => {
    const found = standingOf("memory.arena_bytes", plan, as({}));
    const environment = { FASTSERVE__MEMORY__ARENA_BYTES: "1", FASTSERVE__MEMORY__ARENAS_MAX: "2" };
    assert.deepEqual(standingNotes(found, plan, { ...places, environment }), [
      "shell   FASTSERVE__MEMORY__ARENA_BYTES is set here, and beats the files",
    ]);
  });

  it("shows a pin with the recommendation", () => {
    const old = recordedWith(plan, { "memory.arena_bytes": KiB(64) });
    const user = { pins: ["memory.arena_bytes" as const], overrides: new Map() };
    assert.deepEqual(standing(as({ recorded: old, onDisk: old, user })), [
      KiB(64),
      "pin",
      "pin     keeps 64 KiB; recommended is 8 KiB",
    ]);
    assert.deepEqual(standing(as({ user })), [KiB(8), "plan", "pin     keeps 8 KiB, as the rule has it"]);
  });

  it("shows what a retune would write, leave, or refuse to write", () => {
    const old = recordedWith(plan, { "memory.arena_bytes": 8100 });
    for (const [retune, then] of [
      ["writes", "which retune writes"],
      ["leaves", "which is near enough: retune leaves it"],
      ["refuses", "which retune refuses to write with what is pinned"],
    ] as const) {
      assert.deepEqual(standing(as({ recorded: old, onDisk: old, retune })), [
        8100,
        "recorded",
        `plan    8 KiB instead of the recorded 7.9 KiB, ${then}`,
      ]);
    }
  });

  it("says of a setting that the recorded values do not have that retune writes it, also when the others stay", () => {
    const older = new Map([...recorded].filter(([key]) => key !== "memory.arena_bytes"));
    assert.deepEqual(standing(as({ recorded: older, onDisk: older, retune: "leaves" })), [
      undefined,
      "recorded",
      "plan    8 KiB instead of the recorded none, which retune writes",
    ]);
  });

  it("notices a tuned file that was edited by hand", () => {
    const onDisk = recordedWith(plan, { "memory.arena_bytes": KiB(12) });
    assert.deepEqual(standing(as({ onDisk })), [
      KiB(12),
      "edit",
      "edited  fastserve.tuned.toml has 12 KiB; 8 KiB was generated",
    ]);
  });
});
