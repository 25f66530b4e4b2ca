import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Worker } from "node:worker_threads";
import { tableWords } from "../../src/features/rate-limit/cell-table.ts";
import type { RateLimitThreadData, RateLimitThreadResult } from "./rate-limit-thread.ts";

describe("four threads", () => {
  const common = { threads: 4, windowMs: 100, attempts: 40 } as const;

  it("admit exactly what the limit says to one client", async () => {
    const rounds = 60;
    const results = await hammered({
      ...{ ...common, rounds, clients: 16, clientsPerRound: 1, changing: 0, burst: 500 },
      roundUs: 30_000_000,
      attempts: 400,
    });
    // The burst, then what comes back in 300 intervals of 100 ms.
    assert.deepEqual(perRound(results), [500, ...Array.from({ length: rounds - 1 }, () => 300)]);
    assert.equal(
      results.reduce((sum, { shared }) => sum + shared, 0),
      0,
    );
  });

  it("admit exactly what the limit says to each of many clients whose cells change hands", async () => {
    const rounds = 30;
    const results = await hammered({
      ...{ ...common, rounds, clients: 1200, clientsPerRound: 300, changing: 300, burst: 5 },
      // The cells of the round before are free by then.
      roundUs: 500_000,
    });
    assert.deepEqual(
      perRound(results),
      Array.from({ length: rounds }, () => 1500),
    );
    assert.equal(
      results.reduce((sum, { shared }) => sum + shared, 0),
      0,
    );
  });

  it("admit exactly what the limit says while clients come back to cells that others are taking", async () => {
    const rounds = 2000;
    // One bucket of seven cells for six clients, three of which are there again in the next round.
    const results = await hammered({
      ...{ ...common, rounds, clients: 4, clientsPerRound: 6, changing: 3, burst: 3, attempts: 2 },
      roundUs: 500_000,
    });
    assert.deepEqual(
      perRound(results).filter((count) => count !== 18),
      [],
    );
  });
});

type Hammering = Omit<RateLimitThreadData, "table" | "barrier" | "worker"> & { readonly clients: number };

async function hammered({ clients, ...data }: Hammering): Promise<readonly RateLimitThreadResult[]> {
  const table = new SharedArrayBuffer(4 * tableWords(clients));
  const barrier = new SharedArrayBuffer(8);
  return Promise.all(Array.from({ length: data.threads }, (_, worker) => thread({ ...data, table, barrier, worker })));
}

function thread(workerData: RateLimitThreadData): Promise<RateLimitThreadResult> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL("./rate-limit-thread.ts", import.meta.url), { workerData });
    worker.on("error", reject);
    worker.on("message", (result: RateLimitThreadResult) => {
      resolve(result);
      void worker.terminate();
    });
  });
}

/** Admitted by all threads together. */
function perRound(results: readonly RateLimitThreadResult[]): readonly number[] {
  const [first] = results;
  return (first?.admitted ?? []).map((_, round) =>
    results.reduce((sum, { admitted }) => sum + (admitted[round] ?? 0), 0),
  );
}
