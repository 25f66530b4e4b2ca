/** A thread of response-cache-stress.test.ts: random finds, stores and purges, each value checked against the key that it was found by. */
import { parentPort, workerData } from "node:worker_threads";
import type { ServerConfig } from "../../src/config/schema.ts";
import { cacheLayout } from "../../src/features/response-cache/cache-layout.ts";
import { CacheZone } from "../../src/features/response-cache/cache-zone.ts";
import { randomNumbers } from "./random.ts";
import { isEntryOf, newEntry } from "./response-cache-entries.ts";

export interface StressData {
  readonly zone: SharedArrayBuffer;
  readonly config: ServerConfig;
  /** [0] threads that are ready. */
  readonly start: SharedArrayBuffer;
  readonly threads: number;
  readonly worker: number;
  readonly rounds: number;
  readonly keys: number;
  readonly bytesMax: number;
}

export interface StressReport {
  readonly torn: number;
  readonly found: number;
  readonly stored: number;
  readonly busy: number;
  readonly full: number;
}

const { zone: memory, config, start, threads, worker, rounds, keys, bytesMax } = workerData as StressData;
const layout = cacheLayout(config);
if (!layout) throw new Error("the stress needs a cache");
const zone = new CacheZone(memory, layout, worker);
const numbers = randomNumbers(worker + 1);
const random = () => numbers(2 ** 31) / 2 ** 31;
const report = { torn: 0, found: 0, stored: 0, busy: 0, full: 0 };
const ready = new Int32Array(start);
const remembered: (Parameters<CacheZone["isCurrent"]>[0] | undefined)[] = new Array(64).fill(undefined);

// All begin together: otherwise the first is done before the last has loaded.
Atomics.add(ready, 0, 1);
while (Atomics.load(ready, 0) < threads) Atomics.wait(ready, 1, 0, 1);
for (let round = 0; round < rounds; round += 1) {
  const key = `http://localhost/${Math.floor(random() ** 2 * keys)}`;
  const dice = random();
  if (dice < 0.6) {
    const found = zone.find(key);
    if (found === undefined) continue;
    report.found += 1;
    const { slot, chunk, id } = found;
    remembered[round % remembered.length] = { shard: zone.shardOf(chunk), slot, chunk, id };
    if (!isEntryOf(found, key)) report.torn += 1;
  } else if (dice < 0.7) {
    // What the workers' own memory of entries does: it writes into chunks that it does not read.
    const known = remembered[Math.floor(random() * remembered.length)];
    if (known) zone.isCurrent(known);
  } else if (dice < 0.999) {
    const seed = Math.floor(random() * 2 ** 31);
    const stored = zone.store(key, newEntry(key, seed, random() ** 4 * bytesMax), 0, zone.purges);
    if (stored === "stored") report.stored += 1;
    else if (stored === "busy") report.busy += 1;
    else if (stored === "full") report.full += 1;
  } else {
    zone.purge({ path: `/${Math.floor(random() * keys)}` });
  }
}
zone.leave();
parentPort?.postMessage(report satisfies StressReport);
