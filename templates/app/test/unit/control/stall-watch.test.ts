import assert from "node:assert/strict";
import { test } from "node:test";
import { createSlots, type Slot } from "../../../src/control/slots.ts";
import { stallLooks } from "../../../src/control/stall-watch.ts";
import { zoneShape } from "../../../src/zones/shape.ts";
import { beatAt, createZones } from "../../../src/zones/zones.ts";
import { configWith } from "../reference-config.ts";

const HOUR_MS = 3_600_000;
const STALL_MS = 5000;

/** One worker, looked at in the seconds that are given: what the wall clock says then, and whether the worker has beaten. */
function looks(
  seconds: readonly (readonly [steadyS: number, wallS: number, beats: boolean])[],
  state: Slot["state"] = "listening",
): string[] {
  const config = configWith("");
  const [slot] = createSlots(config, createZones(zoneShape(config)));
  assert.ok(slot);
  Object.assign(slot, { state, thread: { post: () => undefined, terminate: () => undefined } });
  const said: string[] = [];
  const look = stallLooks(
    [slot],
    STALL_MS,
    { stalled: (_, reason) => said.push(reason), unstarted: (_, reason) => said.push(reason) },
    { steadyMs: 0, wallMs: 0 },
  );
  for (const [steadyS, wallS, beats] of seconds) {
    if (beats) slot.zones.beat[beatAt] = wallS * 1000;
    look({ steadyMs: steadyS * 1000, wallMs: wallS * 1000 });
  }
  return said;
}

const silence = (from: number, to: number, aheadS = 0) =>
  Array.from({ length: to - from + 1 }, (_, index) => [from + index, from + index + aheadS, false] as const);
const stalled = (ms: number) => `its event loop has not turned for ${ms} ms`;

test("stallLooks() tells a worker whose beats stop", () => {
  assert.deepEqual(looks([[1, 1, true], ...silence(2, 6)]), []);
  assert.deepEqual(looks([[1, 1, true], ...silence(2, 7)]), [stalled(6000)]);
});

test("stallLooks() takes no clock that was set, and no machine that slept, for a stall", () => {
  const hourS = HOUR_MS / 1000;
  assert.deepEqual(looks([[1, 1, true], ...silence(2, 2, hourS), [3, 3 + hourS, true]]), []);
  assert.deepEqual(looks([[1, 1, true], ...silence(2, 8, hourS)]), [stalled(6000)], "silent from then on");
});

test("stallLooks() tells a stall although the clock was set back", () => {
  assert.deepEqual(looks([[1, 10_001, true], ...silence(2, 8)]), [stalled(6000)]);
});

test("stallLooks() counts no time in which it did not look itself", () => {
  assert.deepEqual(looks([[1, 1, true], ...silence(60, 64)]), []);
  assert.deepEqual(looks([...silence(1, 20), ...silence(60, 85)], "starting"), []);
});

test("stallLooks() tells a worker that does not come to listen, whatever the wall clock says", () => {
  assert.deepEqual(looks(silence(1, 31), "starting"), ["it did not listen within 30 s"]);
});
