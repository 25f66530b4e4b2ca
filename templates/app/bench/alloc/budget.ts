/**
 * How the bench spends its time: rounds and durations for a number of seconds, made before the first measurement.
 * What cannot be shortened (the walks of the trace, the wait for idle memory) comes first; the rest is divided.
 */
import { SIZES_BYTES } from "./protocol.ts";
import { strategyNames } from "./strategies.ts";

export interface Budget {
  readonly speedRounds: number;
  /** One strategy at one size. */
  readonly cellMs: number;
  readonly scalingRounds: number;
  /** One strategy on a number of threads. */
  readonly scalingMs: number;
  /** Of the trace. */
  readonly steps: number;
  /** Between the end of the walk and the second look at the resident size. */
  readonly idleSeconds: number;
}

export const SECONDS_DEFAULT = 45;
export const SECONDS_QUICK = 5;
export const SECONDS_MAX = 3600;

/** Strategies whose scaling is measured: memory of a thread's own, and memory of the allocator that all share. */
export const scalingStrategies = ["arena_offset", "slab", "fresh_released"] as const;

/** An odd number has a middle; seven give quartiles that are values and not guesses. */
const ROUNDS = 7;
const ROUNDS_QUICK = 3;
/** Twice the longest lifetime: half of the walk is the filling, half is in balance. */
const STEPS = 32_768;
const STEPS_QUICK = 4096;
/** Longer than every allocator's first delay: 10 ms to 1 s for mimalloc, a background thread's second for jemalloc. */
const IDLE_SECONDS = 3;
const IDLE_SECONDS_QUICK = 0.3;
/** A walk of the trace with the process's start, in seconds: measured as 0.5 to 1 on slow machines. */
const WALK_SECONDS = 0.8;
/** Speed gets three parts of five. */
const SPEED_SHARE = 0.6;
/** Below the least the clock and the collector's rhythm are what is measured; above the most, more rounds tell more. */
const CELL_MS = { min: 4, max: 60 } as const;
const SCALING_MS = { min: 20, max: 150 } as const;

export function budgetFor(seconds: number, quick: boolean, backends: number, threadCounts: number): Budget {
  const least = quick ? ROUNDS_QUICK : ROUNDS;
  const steps = quick ? STEPS_QUICK : STEPS;
  const idleSeconds = quick ? IDLE_SECONDS_QUICK : IDLE_SECONDS;
  // Each walk twice, freed at once and left to the collector; the processes wait together.
  const fixedSeconds = 2 * (idleSeconds + (backends * WALK_SECONDS * steps) / STEPS);
  const leftMs = Math.max(0, seconds - fixedSeconds) * 1000;
  const speed = divide(leftMs * SPEED_SHARE, backends * strategyNames.length * SIZES_BYTES.length, least, CELL_MS);
  const scaling = divide(
    leftMs * (1 - SPEED_SHARE),
    backends * scalingStrategies.length * threadCounts,
    least,
    SCALING_MS,
  );
  return {
    speedRounds: speed.rounds,
    cellMs: speed.ms,
    scalingRounds: scaling.rounds,
    scalingMs: scaling.ms,
    steps,
    idleSeconds,
  };
}

/** Rounds of so many parts, each as long as the time allows. One round more is run than counts: the first one compiles. */
function divide(allMs: number, parts: number, roundsMin: number, { min, max }: { min: number; max: number }) {
  const rounds = Math.max(roundsMin, Math.floor(allMs / (parts * max)) - 1);
  return { rounds, ms: Math.min(max, Math.max(min, Math.round(allMs / (parts * (rounds + 1))))) };
}

/** 1, 2, 4 and so on, and all of them. */
export function threadCountsFor(cores: number): readonly number[] {
  const counts: number[] = [];
  for (let count = 1; count < cores; count *= 2) counts.push(count);
  return [...counts, Math.max(1, cores)];
}
