/**
 * Nanoseconds per operation in shared memory: `bun|deno shared-memory.mjs ROUNDS` prints JSON. The decision is the emitted
 * server's own: the client's address hashed, its cell found and charged. One thread works: nobody contends.
 */
import { CellTable, cellCount, tableWords } from "../../../../templates/app/src/features/rate-limit/cell-table.ts";
import { hashClient } from "../../../../templates/app/src/features/rate-limit/client-hash.ts";
import { KeyedHash } from "../../../../templates/app/src/features/rate-limit/keyed-hash.ts";
import { limitOf } from "../../../../templates/app/src/features/rate-limit/limit.ts";
import { spread } from "../../spread.mjs";

const OPERATIONS = 200_000;
const WARM_UP_ROUNDS = 2;
const CLIENTS = 1000;

const words = new Int32Array(new SharedArrayBuffer(64 * 1024));
const clients = Array.from({ length: CLIENTS }, (_, index) => `10.0.${index >> 8}.${index & 255}`);
const clientsMax = 4096;
const table = new CellTable(
  new Int32Array(new SharedArrayBuffer(4 * tableWords(clientsMax))),
  0,
  new Int32Array(new SharedArrayBuffer(4 * cellCount(clientsMax))),
);
const hash = new KeyedHash(1, 2);
// Never reached: 1,000,000 requests a second and client.
const limit = limitOf(1, 1_000_000, 1000, 100_000);

const cases = {
  atomic_add_ns: (count) => {
    for (let index = 0; index < count; index += 1) Atomics.add(words, index & 1023, 1);
    return words[0];
  },
  plain_add_ns: (count) => {
    for (let index = 0; index < count; index += 1) words[index & 1023] += 1;
    return words[0];
  },
  rate_decision_ns: (count) => {
    let admitted = 0;
    for (let index = 0; index < count; index += 1) {
      hashClient(hash, clients[index % CLIENTS], limit.id);
      if (table.charge(hash.high, hash.low, limit, index) > 0) admitted += 1;
    }
    if (admitted === 0) throw new Error("no request was admitted");
    return admitted;
  },
};

const rounds = Number(globalThis.Deno?.args[0] ?? process.argv[2]);
const results = Object.fromEntries(Object.keys(cases).map((name) => [name, []]));
let kept = 0;
for (let round = -WARM_UP_ROUNDS; round < rounds; round += 1) {
  for (const [name, run] of Object.entries(cases)) {
    const startedMs = performance.now();
    kept += run(OPERATIONS);
    const ns = ((performance.now() - startedMs) * 1e6) / OPERATIONS;
    if (round >= 0) results[name].push(ns);
  }
}
if (!(kept > 0)) throw new Error("nothing was counted");
console.log(JSON.stringify(Object.fromEntries(Object.entries(results).map(([name, ns]) => [name, spread(ns)]))));
