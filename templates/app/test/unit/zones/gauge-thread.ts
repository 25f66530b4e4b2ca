/** A thread of gauge.test.ts: takes and gives back places as fast as it can, and reports the most it saw. */
import { parentPort, workerData } from "node:worker_threads";
import { Gauge } from "../../../src/zones/gauge.ts";

export interface GaugeThreadData {
  readonly cells: SharedArrayBuffer;
  /** [0] places held now, [1] the most ever held, [2] threads that are ready. */
  readonly seen: SharedArrayBuffer;
  readonly threads: number;
  readonly worker: number;
  readonly max: number;
  readonly rounds: number;
}

const { cells, seen, threads, worker, max, rounds } = workerData as GaugeThreadData;
const gauge = new Gauge(new Int32Array(cells), worker, max);
const held = new Int32Array(seen);
let admitted = 0;

// All begin together: otherwise the first is done before the last has loaded.
Atomics.add(held, 2, 1);
while (Atomics.load(held, 2) < threads) Atomics.wait(held, 3, 0, 1);
for (let round = 0; round < rounds; round += 1) {
  const amount = 1 + (round % 3);
  if (!gauge.acquire(amount)) continue;
  admitted += 1;
  const now = Atomics.add(held, 0, amount) + amount;
  for (let most = Atomics.load(held, 1); now > most; most = Atomics.load(held, 1)) {
    Atomics.compareExchange(held, 1, most, now);
  }
  Atomics.sub(held, 0, amount);
  gauge.release(amount);
}
parentPort?.postMessage(admitted);
