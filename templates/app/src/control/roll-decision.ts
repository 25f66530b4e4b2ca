/**
 * Decides from readings of memory, and from nothing else, whether a worker is to be replaced, and which.
 *
 * Idea: a mark counts when a few looks in a row are above it, because heaps breathe with each collection. So does the mark at
 * which work is shed, after more looks: what shedding does not bring down would be shed for ever. A heap above its mark is its
 * own worker's; a resident size above its mark is laid to the worker that holds most. After each replacement it is
 * looked whether that helped: a resident size that did not fall was not the workers', so replacing goes on ever more
 * rarely (the pause doubles) until it helps again. That is what keeps this from a loop of replacements.
 * Bound: one number per worker; at most one replacement per pause.
 */
import type { RollReason } from "./roll.ts";

export interface RollMarks {
  /** Memory that the process holds. */
  readonly held: Marks;
  /** Share of a heap's limit, of 1. */
  readonly heap: Marks;
  /** Looks in a row above the mark of shedding after which shedding has not helped. */
  readonly patienceLooks: number;
  /** Shortest time between two replacements. */
  readonly pauseMsMin: number;
}

/** 0: not looked at. */
interface Marks {
  /** Above it a worker is replaced. */
  readonly roll: number;
  /** Above it work is shed; when that does not bring it down, a worker is replaced as well. */
  readonly shed: number;
}

/** A worker that serves, as its row tells. */
export interface WorkerLook {
  readonly worker: number;
  readonly heapUsedBytes: number;
  /** 0: unknown. */
  readonly heapLimitBytes: number;
  /** Heap, buffers and all: what would go back with it. */
  readonly heldBytes: number;
}

export interface Look {
  readonly nowMs: number;
  /** Memory that the process holds (held-memory.ts). */
  readonly heldBytes: number;
  /** Workers can be replaced now: none is being replaced for another reason, no heap is being copied, no stop. */
  readonly canRoll: boolean;
  readonly workers: readonly WorkerLook[];
}

export type RollDecision =
  | { readonly act: "none" }
  | { readonly act: "roll"; readonly reason: RollReason; readonly worker: number }
  /** The last replacement did not help: the next one may come after so long. */
  | {
      readonly act: "report";
      readonly reason: RollReason;
      /** Whether there was a new worker at all. */
      readonly hasStarted: boolean;
      readonly fellBytes: number;
      readonly pauseMs: number;
    };

/** Looks in a row above a mark: 1.5 s at the watchdog's beat, longer than a collection and shorter than a drain. */
const LOOKS = 3;
/** Looks after a replacement until its effect is judged: 2 s, in which allocators give an ended thread's memory back. */
const SETTLE_LOOKS: Readonly<Record<RollReason, number>> = { rss: 4, heap: 1, asked: 1 };
/** A resident size moves by this share by itself: the overload feature's calm share of memory is its complement. */
const NOISE = 0.05;
/** One hour: an operator who changed something should not have to wait longer until it is seen. */
const PAUSE_MS_MAX = 3_600_000;

/** The key of what is the process's and no worker's. */
const PROCESS = -1;

const none: RollDecision = { act: "none" };

/** A replacement whose effect is to be judged. */
interface Trial {
  readonly reason: RollReason;
  readonly heldBytes: number;
  readonly workers: number;
  /** The least that each row's heap was seen to have since then, as a share of its limit. */
  readonly leastShares: Map<number, number>;
  /** The row that the new worker has; undefined while the replacement goes on, -1 when there is none. */
  successor: number | undefined;
  /** The least that the process was seen to hold after the replacement: a leak goes on in the new worker. */
  leastBytes: number;
  looksLeft: number;
}

export class RollDecider {
  #marks: RollMarks;
  readonly #heaps: Streaks;
  readonly #held: Streaks;
  #trial: Trial | undefined;
  #failures = 0;
  #notBeforeMs = Number.NEGATIVE_INFINITY;
  #rolledMs = Number.NEGATIVE_INFINITY;

  constructor(marks: RollMarks) {
    this.#marks = marks;
    this.#heaps = new Streaks(marks.heap, marks.patienceLooks);
    this.#held = new Streaks(marks.held, marks.patienceLooks);
  }

  /** Other marks for what the process holds: what it is granted has changed. */
  holdTo(held: Marks): void {
    this.#marks = { ...this.#marks, held };
    this.#held.marks = held;
  }

  /** Takes one look. After "roll" the caller replaces the worker, and says with `ended` how that went. */
  look(look: Look): RollDecision {
    // A worker too many, or a snapshot of a heap, would be taken for a leak.
    const isBlind = !this.#trial && !look.canRoll;
    this.#heaps.see(isBlind ? [] : look.workers.map((worker) => [worker.worker, shareOf(worker)]));
    this.#held.see(isBlind ? [] : [[PROCESS, look.heldBytes]]);
    if (this.#trial) return this.#judge(this.#trial, look);
    if (look.nowMs < this.#notBeforeMs || !look.canRoll) return none;
    const heap = byMost(
      look.workers.filter(({ worker }) => this.#heaps.isLong(worker)),
      shareOf,
    );
    if (heap) return this.#begin("heap", heap, look);
    const largest = this.#held.isLong(PROCESS) ? byMost(look.workers, ({ heldBytes }) => heldBytes) : undefined;
    return largest ? this.#begin("rss", largest, look) : none;
  }

  /** @param successor row of the new worker; undefined: the old one goes on */
  ended(successor: number | undefined): void {
    if (this.#trial) this.#trial.successor = successor ?? -1;
  }

  #begin(reason: RollReason, { worker }: WorkerLook, { nowMs, heldBytes, workers }: Look): RollDecision {
    this.#rolledMs = nowMs;
    this.#trial = {
      reason,
      heldBytes,
      workers: workers.length,
      leastShares: new Map(),
      successor: undefined,
      leastBytes: Number.POSITIVE_INFINITY,
      looksLeft: SETTLE_LOOKS[reason],
    };
    return { act: "roll", reason, worker };
  }

  #judge(trial: Trial, look: Look): RollDecision {
    for (const worker of look.workers) {
      const least = trial.leastShares.get(worker.worker) ?? Number.POSITIVE_INFINITY;
      trial.leastShares.set(worker.worker, Math.min(least, shareOf(worker)));
    }
    if (trial.successor === undefined) return none;
    trial.leastBytes = Math.min(trial.leastBytes, look.heldBytes);
    trial.looksLeft -= 1;
    if (trial.looksLeft > 0) return none;
    this.#trial = undefined;
    const fellBytes = trial.heldBytes - trial.leastBytes;
    const hasStarted = trial.successor >= 0;
    const helped = hasStarted && this.#hasHelped(trial, fellBytes);
    this.#failures = helped ? 0 : this.#failures + 1;
    const pauseMs = Math.min(
      this.#marks.pauseMsMin * 2 ** this.#failures,
      Math.max(PAUSE_MS_MAX, this.#marks.pauseMsMin),
    );
    this.#notBeforeMs = this.#rolledMs + pauseMs;
    return helped ? none : { act: "report", reason: trial.reason, hasStarted, fellBytes, pauseMs };
  }

  /**
   * A heap: the new one was seen below the marks, however fast it fills. A resident size: it fell by half of an even share, or
   * by more than noise.
   */
  #hasHelped({ reason, successor = -1, workers, leastShares }: Trial, fellBytes: number): boolean {
    if (reason === "heap") return !this.#heaps.isAbove(leastShares.get(successor) ?? 0);
    const { shed, roll } = this.#marks.held;
    return fellBytes >= (roll || shed) * Math.min(NOISE, 1 / (2 * Math.max(1, workers)));
  }
}

/** Looks in a row above two marks, by key: a worker's row, or PROCESS. Who is not seen is forgotten. */
class Streaks {
  marks: Marks;
  readonly #patience: number;
  #above: ReadonlyMap<number, number> = new Map();
  #shedding: ReadonlyMap<number, number> = new Map();

  constructor(marks: Marks, patience: number) {
    this.marks = marks;
    this.#patience = patience;
  }

  see(values: readonly (readonly [key: number, value: number])[]): void {
    this.#above = counted(this.#above, values, this.marks.roll);
    this.#shedding = counted(this.#shedding, values, this.marks.shed);
  }

  isLong(key: number): boolean {
    return (this.#above.get(key) ?? 0) >= LOOKS || (this.#shedding.get(key) ?? 0) >= this.#patience;
  }

  /** Whether a value is above any of the marks. */
  isAbove(value: number): boolean {
    const { roll, shed } = this.marks;
    return (roll > 0 && value > roll) || (shed > 0 && value > shed);
  }
}

function counted(
  before: ReadonlyMap<number, number>,
  values: readonly (readonly [key: number, value: number])[],
  mark: number,
): ReadonlyMap<number, number> {
  const above = values.filter(([, value]) => mark > 0 && value > mark);
  return new Map(above.map(([key]) => [key, (before.get(key) ?? 0) + 1]));
}

function shareOf({ heapUsedBytes, heapLimitBytes }: WorkerLook): number {
  return heapLimitBytes > 0 ? heapUsedBytes / heapLimitBytes : 0;
}

function byMost(workers: readonly WorkerLook[], value: (look: WorkerLook) => number): WorkerLook | undefined {
  return workers.reduce<WorkerLook | undefined>(
    (most, look) => (most && value(most) >= value(look) ? most : look),
    undefined,
  );
}
