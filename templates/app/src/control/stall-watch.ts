/** Looks each second for workers whose event loop does not turn, and for those that do not come to listen. */
import { beatAt } from "../zones/zones.ts";
import { excuse, type Slot } from "./slots.ts";

const STALL_CHECK_MS = 1000;
/** A cold start takes a tenth of a second; the smallest targets are given a few hundred times that. */
const START_MS_MAX = 30_000;

export interface StallActions {
  /** The thread turns no event loop, and may not be able to be ended. */
  stalled(slot: Slot, reason: string): void;
  /** A start that hangs would otherwise be waited for for ever. */
  unstarted(slot: Slot, reason: string): void;
}

/** Looks until the timer is cleared. A look that comes late itself (a paused container) says nothing about the workers. */
export function watchStalls(
  slots: readonly Slot[],
  stallMsMax: number,
  actions: StallActions,
): ReturnType<typeof setInterval> {
  let lastMs = performance.now();
  return setInterval(() => {
    const nowMs = performance.now();
    if (nowMs - lastMs > 2 * STALL_CHECK_MS) {
      for (const slot of slots) if (slot.thread) excuse(slot);
    }
    lastMs = nowMs;
    for (const slot of slots) look(slot, stallMsMax, actions);
  }, STALL_CHECK_MS);
}

function look(slot: Slot, stallMsMax: number, actions: StallActions): void {
  if (slot.state === "starting") {
    if (Date.now() - slot.startedMs <= START_MS_MAX) return;
    actions.unstarted(slot, `it did not listen within ${START_MS_MAX / 1000} s`);
  } else if ((slot.state === "listening" || slot.state === "leaving") && slot.thread) {
    const silentMs = Date.now() - (slot.zones.beat[beatAt] as number);
    if (silentMs <= stallMsMax) return;
    actions.stalled(slot, `its event loop has not turned for ${Math.round(silentMs)} ms`);
  }
}
