/**
 * Looks each second for workers whose event loop does not turn, and for those that do not come to listen.
 *
 * Idea: beats carry the wall clock, the only one that threads share, and somebody may set it; a machine that slept finds it
 * far ahead. So it is compared with a clock that nobody sets: where the two disagree, a worker's silence counts from then on.
 */
import { beatAt } from "../zones/zones.ts";
import { type Clocks, excuse, type Slot } from "./slots.ts";

const STALL_CHECK_MS = 1000;
/** A cold start takes a tenth of a second; the smallest targets are given a few hundred times that. */
const START_MS_MAX = 30_000;

export interface StallActions {
  /** The thread turns no event loop, and may not be able to be ended. */
  stalled(slot: Slot, reason: string): void;
  /** A start that hangs would otherwise be waited for for ever. */
  unstarted(slot: Slot, reason: string): void;
}

/** Looks until the timer is cleared. */
export function watchStalls(
  slots: readonly Slot[],
  stallMsMax: number,
  actions: StallActions,
): ReturnType<typeof setInterval> {
  const look = stallLooks(slots, stallMsMax, actions, clocks());
  return setInterval(() => look(clocks()), STALL_CHECK_MS);
}

/** One look after the other. One that comes late itself (a paused container) says nothing about the workers. */
export function stallLooks(
  slots: readonly Slot[],
  stallMsMax: number,
  actions: StallActions,
  begun: Clocks,
): (now: Clocks) => void {
  let last = begun;
  return (now) => {
    const passedMs = now.steadyMs - last.steadyMs;
    const jumpMs = now.wallMs - last.wallMs - passedMs;
    last = now;
    if (passedMs > 2 * STALL_CHECK_MS || Math.abs(jumpMs) > STALL_CHECK_MS) {
      for (const slot of slots) if (slot.thread) excuse(slot, now, Math.max(0, -jumpMs));
    }
    for (const slot of slots) look(slot, now, stallMsMax, actions);
  };
}

function clocks(): Clocks {
  return { wallMs: Date.now(), steadyMs: performance.now() };
}

function look(slot: Slot, { wallMs, steadyMs }: Clocks, stallMsMax: number, actions: StallActions): void {
  if (slot.state === "starting") {
    if (steadyMs - slot.startedMs <= START_MS_MAX) return;
    actions.unstarted(slot, `it did not listen within ${START_MS_MAX / 1000} s`);
  } else if ((slot.state === "listening" || slot.state === "leaving") && slot.thread) {
    const silentMs = wallMs - (slot.zones.beat[beatAt] as number);
    if (silentMs <= stallMsMax) return;
    actions.stalled(slot, `its event loop has not turned for ${Math.round(silentMs)} ms`);
  }
}
