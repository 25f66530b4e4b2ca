/** What the bench and the processes that it measures say to each other: one JSON value a line. */
import type { Freeing } from "./churn.ts";
import type { StrategyName } from "./strategies.ts";
import type { Timing } from "./time-loop.ts";

export type Order =
  /** One strategy at every size, once. */
  | { readonly type: "speed"; readonly strategy: StrategyName; readonly cellMs: number }
  | { readonly type: "scaling"; readonly strategy: StrategyName; readonly threads: number; readonly ms: number }
  | { readonly type: "churn"; readonly freeing: Freeing; readonly steps: number }
  | { readonly type: "slab"; readonly steps: number; readonly capacityBytes: number }
  | { readonly type: "resident" };

export interface SpeedCell extends Timing {
  readonly strategy: StrategyName;
  readonly bytes: number;
}

/** The first line of a process that is measured. */
export interface Hello {
  /** What serves: "jemalloc". */
  readonly backend: string;
  /** As it tells itself; null: it does not. */
  readonly version: string | null;
  readonly proven: boolean;
  readonly evidence: string;
}

export interface ChurnAnswer {
  readonly ratios: readonly number[];
  readonly liveBytesHigh: number;
  readonly baseBytes: number;
  /** Resident size when everything was given back. */
  readonly afterBytes: number;
}

export interface SlabAnswer {
  readonly ratios: readonly number[];
  readonly roundingRatios: readonly number[];
  readonly refused: number;
}

/** What each order is answered with. */
export interface Answers {
  readonly speed: readonly SpeedCell[];
  /** Operations a second, all threads together. */
  readonly scaling: { readonly perSecond: number };
  readonly churn: ChurnAnswer;
  readonly slab: SlabAnswer;
  readonly resident: { readonly bytes: number };
}

/** Sizes of the buffers: a head or a small answer, a page, one read of a file. */
export const SIZES_BYTES = [256, 4096, 65_536] as const;
