/**
 * How a soak's time is divided: segments of load, each followed by a pause in which no client is connected. First come those in
 * which the workers stay, because a worker's leak shows only as long as it lives; then those in which they are replaced.
 */
import type { PhaseName } from "./blocks.ts";

export interface Lengths {
  readonly loadSeconds: number;
  readonly restSeconds: number;
}

export interface Schedule {
  /** The share of the soak after which the workers are replaced; 1: never. */
  readonly steadyShare: number;
  readonly lengths: Readonly<Record<PhaseName, Lengths>>;
}

/** Enough to judge after a third of them was left out, with a few to spare. */
const STEADY_SEGMENTS = 26;
/** Fewer: each waits for the replacement to end, which takes seconds of its own. */
const ROLLING_SEGMENTS = 16;
/** A run of hours needs no more than a block a minute. */
const SEGMENT_SECONDS_MAX = 60;
/** Below this there is no load worth the name. */
const LOAD_SECONDS_MIN = 0.2;
/** So much of a segment is rest: long enough to settle and to be looked at more than once, where there is time for it. */
const REST_SHARE = 0.2;
const REST_SECONDS_MIN = 0.1;
const REST_SECONDS_MAX = 6;
/** Workers stay for two thirds of the time. */
const STEADY_SHARE = 2 / 3;
/** Where a number of requests ends the soak, nobody knows how long it takes. */
const COUNTED_SEGMENT_SECONDS = 10;

/** @param seconds of the whole soak; undefined: a number of requests ends it. `rollSeconds` 0: workers stay */
export function scheduleOf(seconds: number | undefined, rollSeconds: number): Schedule {
  const steadyShare = rollSeconds === 0 ? 1 : STEADY_SHARE;
  const wanted = seconds === undefined ? COUNTED_SEGMENT_SECONDS : (seconds * steadyShare) / STEADY_SEGMENTS;
  const segmentSeconds = Math.min(wanted, SEGMENT_SECONDS_MAX);
  const restSeconds = clamp(segmentSeconds * REST_SHARE, REST_SECONDS_MIN, REST_SECONDS_MAX);
  const steady = { restSeconds, loadSeconds: Math.max(LOAD_SECONDS_MIN, segmentSeconds - restSeconds) };
  // One replacement of all workers to a segment; in a short soak they follow each other faster than asked for.
  const left = seconds === undefined ? rollSeconds : (seconds * (1 - steadyShare)) / ROLLING_SEGMENTS;
  const rolling = { restSeconds, loadSeconds: Math.max(LOAD_SECONDS_MIN, Math.min(rollSeconds, left) - restSeconds) };
  return { steadyShare, lengths: { steady, rolling } };
}

export function phaseAt(schedule: Schedule, share: number): PhaseName {
  return share < schedule.steadyShare ? "steady" : "rolling";
}

function clamp(value: number, least: number, most: number): number {
  return Math.min(Math.max(value, least), most);
}
