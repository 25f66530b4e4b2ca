/**
 * The slots of the supervisor: one per row of per-worker memory, each with at most one thread.
 *
 * One slot more than there are workers, the spare: a replacement starts there while the worker that it replaces still serves
 * and drains. A slot is given back only when its thread has ended, so no two threads ever write one row.
 */
import type { ServerConfig } from "../config/schema.ts";
import type { WorkerThread } from "../runtime/port.ts";
import { counter } from "../zones/counters.ts";
import { leaveRow } from "../zones/memory-row.ts";
import { zoneShape } from "../zones/shape.ts";
import { beatAt, type WorkerZones, workerZones } from "../zones/zones.ts";

/**
 * spare: no thread, and none is due. starting, listening: as they say. leaving: it drains, and its successor serves. paused: it
 * died, and another thread follows after a pause. drained: the server stops.
 */
export type SlotState = "spare" | "starting" | "listening" | "leaving" | "paused" | "drained";

/** What the threads share, and what nobody sets: Date.now() and performance.now(). */
export interface Clocks {
  readonly wallMs: number;
  readonly steadyMs: number;
}

export interface Slot {
  readonly index: number;
  readonly zones: WorkerZones;
  state: SlotState;
  thread: WorkerThread | undefined;
  /** When its start began, on the steady clock. */
  startedMs: number;
  /** Its successor is about to start: when it dies nobody else need be started. */
  isReplaced: boolean;
  /** Whoever waits until it listens. */
  settle: { resolve(): void; reject(error: Error): void } | undefined;
  /** The drain under way, and what ends it: with whether something was cut. */
  draining: Promise<boolean> | undefined;
  drained: ((cut: boolean) => void) | undefined;
  pause: ReturnType<typeof setTimeout> | undefined;
}

export function createSlots(config: ServerConfig, zones: SharedArrayBuffer): readonly Slot[] {
  const shape = zoneShape(config);
  return Array.from({ length: shape.workers }, (_, index) => ({
    index,
    zones: workerZones(zones, shape, index),
    state: index < config.workers.count ? "starting" : "spare",
    thread: undefined,
    startedMs: 0,
    isReplaced: false,
    settle: undefined,
    draining: undefined,
    drained: undefined,
    pause: undefined,
  }));
}

/** Gives back what the slot's last thread held in the zones, once that thread has ended. Its totals stay. */
export function giveBack({ zones }: Slot): void {
  for (const gauge of [zones.inFlight, zones.bodiesKiB, zones.sockets]) gauge.reclaim();
  leaveRow(zones.memory);
  // Its connections ended with it, and a row that becomes the spare may get no other thread that would say so.
  for (const [closed, opened] of ended) zones.counters[counter[closed]] = zones.counters[counter[opened]] as number;
}

const ended = [
  ["connectionsClosed", "connectionsOpened"],
  ["socketsClosed", "socketsOpened"],
] as const;

/** Nobody is due here: a row without beats is no late worker. */
export function makeSpare(slot: Slot): void {
  clearTimeout(slot.pause);
  slot.zones.beat.fill(0);
  slot.state = "spare";
  slot.isReplaced = false;
  slot.draining = undefined;
  slot.drained = undefined;
}

/**
 * Counts a worker's silence from now on; one that takes a snapshot of its heap has a longer excuse.
 * @param backMs how far the wall clock was set back meanwhile: a beat that seems to lie ahead would hide a stall for so long
 */
export function excuse(slot: Slot, { wallMs, steadyMs }: Clocks, backMs: number): void {
  const { beat } = slot.zones;
  beat[beatAt] = Math.max(wallMs, (beat[beatAt] as number) - backMs);
  slot.startedMs = steadyMs;
}
