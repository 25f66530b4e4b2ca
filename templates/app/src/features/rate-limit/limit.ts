/**
 * One limit, in the units that the table counts in.
 *
 * Idea: GCRA (the generic cell rate algorithm of ITU-T I.371) keeps one number per client, the theoretical arrival time
 * of its next request: each admitted request moves it by one interval, and a request is refused while it is more than
 * `burst` intervals ahead. Times are 32-bit, so a limit takes the finest of four ticks in which its burst still fits; the
 * tick is told by the lowest two bits of a cell's tag, so that whoever looks for a free cell can read all of them.
 */

/** Each tick is 16 of the one before: 1 us, 16 us, 256 us, 4.096 ms. */
const SHIFT_PER_TICK = 4;
const TICKS = 4;
/** How far ahead an arrival time may lie: an eighth of what 32 bits tell, so that what is long past is told from it. */
export const AHEAD_MAX = 2 ** 29;

/**
 * Threads' clocks may differ by this: a request of a burst must not be refused because its worker's clock is behind.
 * It is less than one interval, so a burst is never larger for it.
 */
const SKEW_US = 1000;

export interface Limit {
  /** 0 to 3: which tick. */
  readonly tick: number;
  /** Ticks from one request to the next, rounded up: never more is admitted than asked for. */
  readonly interval: number;
  /** Ticks that the arrival time may be ahead: `burst` intervals. */
  readonly ahead: number;
  /** By so many ticks a request may come early. */
  readonly early: number;
  readonly burst: number;
  /** Tells limits apart that one client meets. */
  readonly id: number;
}

/** @throws TypeError when such a limit cannot be counted */
export function limitOf(id: number, requests: number, windowMs: number, burst: number): Limit {
  if (!(requests >= 1 && windowMs > 0 && Number.isInteger(burst) && burst >= 1)) {
    throw new TypeError("a rate limit needs requests of 1 or more, a windowMs above 0, and a whole burst of 1 or more");
  }
  for (let tick = 0; tick < TICKS; tick += 1) {
    const interval = Math.ceil((windowMs * 1000) / requests / usPerTick(tick));
    const early = Math.min(Math.floor(SKEW_US / usPerTick(tick)), interval - 1);
    const ahead = interval * burst;
    if (ahead + early < AHEAD_MAX) return { tick, interval, ahead, early, burst, id };
  }
  throw new TypeError("a rate limit whose burst takes more than 25 days to come back cannot be counted");
}

export function usPerTick(tick: number): number {
  return 2 ** (SHIFT_PER_TICK * tick);
}

/** The time in a limit's ticks, modulo 2^32. */
export function ticksAt(nowUs: number, tick: number): number {
  return tick === 0 ? nowUs | 0 : (nowUs / usPerTick(tick)) | 0;
}

/** Whether an arrival time lies in the future; what is further ahead than any limit allows is long past. */
export function isAhead(arrival: number, now: number): boolean {
  const ahead = (arrival - now) | 0;
  return ahead > 0 && ahead <= AHEAD_MAX;
}

/** Seconds, rounded up: for `Retry-After`, whose least is 1. */
export function secondsOf(ticks: number, { tick }: Limit): number {
  return Math.max(1, Math.ceil((ticks * usPerTick(tick)) / 1_000_000));
}

/** A stable number for a text (FNV-1a): the same in every worker, whatever the order of routes. */
export function idOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at += 1) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  return hash;
}
