/** One thread's share of a load. A driver is made, started, and stopped once; it counts into the tally all the while. */
import type { LoadOrder } from "./order.ts";
import type { Tally } from "./tally.ts";

export interface Driver {
  /** Resolves when all connections of this share are open (or have failed and were counted). */
  start(): Promise<void>;
  /** The measured time is over: counts what is still under way, or what is a state and not an event (connections open). */
  settle?(): void;
  /** Ends at once; nothing is counted any more. Resolves when no socket is left. */
  stop(): Promise<void>;
}

/** Where a share is made. */
export interface Place {
  /** 0-based number among `threads`. */
  readonly thread: number;
  readonly threads: number;
  /** Whether waiting may take all of a CPU: there is another one for the server. */
  readonly spins: boolean;
}

/** `share`: this thread's part of the order: its connections, its rate. */
export type MakeDriver<Order extends LoadOrder> = (share: Order, tally: Tally, place: Place) => Driver;
