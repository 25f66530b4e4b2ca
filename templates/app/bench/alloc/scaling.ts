/** The same work on several threads at once: how much more they do together than one alone. */

import type { WorkerThread } from "../../src/runtime/port.ts";
import { runtime } from "../../src/wiring.ts";
import type { StrategyName } from "./strategies.ts";

export interface ScalingOrder {
  readonly strategy: StrategyName;
  readonly ms: number;
}

export interface ScalingReport {
  readonly operations: number;
  readonly seconds: number;
}

type Told = (report: ScalingReport) => void;

interface Hand {
  readonly thread: WorkerThread;
  readonly ready: Promise<void>;
  told: Told;
}

/** Threads are started once and wait between orders. Bound: as many as were ever asked for at once. */
export class Crew {
  readonly #hands: Hand[] = [];

  /** @returns operations a second of all threads together */
  async run(strategy: StrategyName, threads: number, ms: number): Promise<number> {
    while (this.#hands.length < threads) this.#hands.push(hire());
    const hands = this.#hands.slice(0, threads);
    await Promise.all(hands.map((hand) => hand.ready));
    const reports = await Promise.all(
      hands.map(
        (hand) =>
          new Promise<ScalingReport>((resolve) => {
            hand.told = resolve;
            hand.thread.post({ strategy, ms } satisfies ScalingOrder);
          }),
      ),
    );
    return reports.reduce((sum, { operations, seconds }) => sum + operations / seconds, 0);
  }
}

function hire(): Hand {
  let begin = () => {};
  const ready = new Promise<void>((resolve) => {
    begin = resolve;
  });
  const hand: Hand = {
    ready,
    told: () => undefined,
    thread: runtime.startThread(new URL("./scaling-thread.ts", import.meta.url), {
      message(data) {
        if (data === "ready") begin();
        else hand.told(data as ScalingReport);
      },
      error(message) {
        throw new Error(`a thread of the scaling bench failed: ${message}`);
      },
    }),
  };
  return hand;
}
