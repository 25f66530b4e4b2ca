/** One thread's share of a load. A driver is made, started, and stopped once; it counts into the tally all the while. */
import type { LoadOrder } from "./order.ts";
import type { Tally } from "./tally.ts";

export interface Driver {
  /** Resolves when all connections of this share are open (or have failed and were counted). */
  start(): Promise<void>;
  /** Ends at once; nothing is counted any more. Resolves when no socket is left. */
  stop(): Promise<void>;
}

/** `share`: this thread's part of the order: its connections, its rate. `thread`: 0-based number. */
export type MakeDriver<Order extends LoadOrder> = (share: Order, tally: Tally, thread: number) => Driver;
