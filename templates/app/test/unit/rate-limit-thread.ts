/**
 * A thread of rate-limit-threads.test.ts: in each round it charges every one of its clients several times, at the one time that
 * all threads have then, and meets the others before the next round.
 */
import { parentPort, workerData } from "node:worker_threads";
import { CellTable } from "../../src/features/rate-limit/cell-table.ts";
import { KeyedHash } from "../../src/features/rate-limit/keyed-hash.ts";
import { limitOf } from "../../src/features/rate-limit/limit.ts";

export interface RateLimitThreadData {
  readonly table: SharedArrayBuffer;
  /** [0] arrivals at the barrier, ever; [1] a number that nobody changes, to wait at. */
  readonly barrier: SharedArrayBuffer;
  readonly threads: number;
  readonly worker: number;
  readonly rounds: number;
  readonly roundUs: number;
  readonly clientsPerRound: number;
  /** So many of a round's clients are gone in the next one, and as many are new. */
  readonly changing: number;
  readonly attempts: number;
  readonly windowMs: number;
  readonly burst: number;
}

export interface RateLimitThreadResult {
  readonly admitted: readonly number[];
  readonly shared: number;
}

const data = workerData as RateLimitThreadData;
const table = new CellTable(new Int32Array(data.table), data.worker, new Int32Array(0));
const hash = new KeyedHash(1, 2);
const limit = limitOf(0, 1, data.windowMs, data.burst);
const barrier = new Int32Array(data.barrier);
const admitted: number[] = [];

for (let round = 0; round < data.rounds; round += 1) {
  meet(round);
  // Beyond 2^32 us, so that the cells' time wraps while the test runs.
  admitted.push(hammer(round, 2 ** 32 - 5_000_000 + round * data.roundUs));
}
parentPort?.postMessage({ admitted, shared: table.shared } satisfies RateLimitThreadResult);

function meet(round: number): void {
  Atomics.add(barrier, 0, 1);
  Atomics.notify(barrier, 0);
  const all = (round + 1) * data.threads;
  for (let here = Atomics.load(barrier, 0); here < all; here = Atomics.load(barrier, 0)) {
    Atomics.wait(barrier, 0, here, 50);
  }
}

function hammer(round: number, nowUs: number): number {
  const first = round * data.changing;
  let count = 0;
  for (let attempt = 0; attempt < data.attempts; attempt += 1) {
    for (let index = 0; index < data.clientsPerRound; index += 1) {
      // Each thread begins with another client, so that some look for their cells while others take free ones.
      const client = first + ((index + data.worker) % data.clientsPerRound);
      hash.digest(client, 0, 0);
      if (table.charge(hash.high, hash.low, limit, nowUs) > 0) count += 1;
    }
  }
  return count;
}
