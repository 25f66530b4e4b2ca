/**
 * Rolling replacement: a worker gives its place to a new one while connections go on being taken.
 *
 * Idea: the new worker starts in the spare slot; once it listens, the kernel gives it its share of new connections, and
 * the old one drains with the same deadline as at the server's end. Then its thread is ended, and what it held is given back
 * one beat later, when the thread has surely gone; its slot is the next spare.
 * Bound: one worker at a time, so there is never more than one thread too many.
 */
import { BEAT_MS } from "../zones/zones.ts";
import type { Slot } from "./slots.ts";

/** Why a worker is replaced. A label of the metrics. */
export const rollReasons = ["rss", "heap", "asked"] as const;
export type RollReason = (typeof rollReasons)[number];

/**
 * rolled: the successor serves. kept: it did not start, and the old worker goes on. busy: nothing was begun; `isPassing`: because
 * another worker is being replaced.
 */
export type RollOutcome =
  | { readonly result: "rolled"; readonly successor: number }
  | { readonly result: "kept"; readonly reason: string }
  | { readonly result: "busy"; readonly reason: string; readonly isPassing: boolean };

/** What a roll needs of the supervisor. */
export interface RollSteps {
  /** Starts a worker in a slot. Resolves when it listens; rejects with the reason when it cannot. */
  begin(slot: Slot): Promise<void>;
  /** Drains a slot's worker. Resolves when the thread may be ended. */
  drain(slot: Slot): Promise<boolean>;
  /** Ends a slot's thread. */
  end(slot: Slot): void;
  /** Gives back what its thread held, and makes the slot the spare. */
  vacate(slot: Slot): void;
  /** It died, and no successor came. */
  replace(slot: Slot): void;
  isStopping(): boolean;
}

/** Replaces the worker in `old` by one in `spare`. Resolves when the successor serves and the old slot is the spare. */
export async function rollSlot(old: Slot, spare: Slot, steps: RollSteps): Promise<RollOutcome> {
  old.isReplaced = true;
  try {
    await steps.begin(spare);
  } catch (error) {
    // From here on a death of the old worker arranges its own replacement; only an earlier one is answered for here.
    const hasDied = old.state === "paused";
    old.isReplaced = false;
    const stopped = { result: "kept", reason: "the server is stopping" } as const;
    // The stop ends what is left of it.
    if (steps.isStopping()) return stopped;
    steps.end(spare);
    await ended();
    if (steps.isStopping()) return stopped;
    steps.vacate(spare);
    if (hasDied) steps.replace(old);
    return { result: "kept", reason: error instanceof Error ? error.message : String(error) };
  }
  // The stop drains both.
  if (steps.isStopping()) return { result: "rolled", successor: spare.index };
  if (old.state === "listening") await steps.drain(old);
  if (steps.isStopping()) return { result: "rolled", successor: spare.index };
  steps.end(old);
  await ended();
  if (!steps.isStopping()) steps.vacate(old);
  return { result: "rolled", successor: spare.index };
}

/** How often it is looked whether a roll that the watchdog began is over. */
const ROLL_WAIT_MS = 100;

/**
 * Replaces these workers one after the other; returns how many were. A replacement that cannot start speaks against the
 * others too: they are left as they are.
 */
export async function rollEach(
  workers: readonly number[],
  planes: { roll(reason: RollReason, worker: number): Promise<RollOutcome> },
): Promise<number> {
  let replaced = 0;
  for (const worker of workers) {
    let outcome = await planes.roll("asked", worker);
    while (outcome.result === "busy" && outcome.isPassing) {
      await new Promise((resolve) => setTimeout(resolve, ROLL_WAIT_MS));
      outcome = await planes.roll("asked", worker);
    }
    if (outcome.result === "kept") break;
    if (outcome.result === "rolled") replaced += 1;
  }
  return replaced;
}

/** A thread that was told to end may still be finishing what it does with the zones. */
function ended(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, BEAT_MS));
}
