import assert from "node:assert/strict";
import { test } from "node:test";
import { Worker } from "node:worker_threads";
import { cacheStats } from "../../src/features/response-cache/cache-control-plane.ts";
import { cacheLayout } from "../../src/features/response-cache/cache-layout.ts";
import { CacheZone } from "../../src/features/response-cache/cache-zone.ts";
import { fixtureConfig } from "../fixture/settings.ts";
import { isEntryOf } from "./response-cache-entries.ts";
import type { StressData, StressReport } from "./response-cache-stress-thread.ts";

const THREADS = 4;

for (const [name, zoneBytes, keys] of [
  ["one crowded shard", 524_288, 300],
  ["several shards", 8_388_608, 3000],
] as const) {
  test(`CacheZone in ${name}: ${THREADS} threads read no torn entry, and its books close`, async () => {
    const config = fixtureConfig({
      "workers.count": THREADS,
      "cache.zone_bytes": zoneBytes,
      "cache.entry_bytes_max": 16_384,
    });
    const layout = cacheLayout(config);
    assert.ok(layout);
    const memory = new SharedArrayBuffer(zoneBytes);
    const zone = new CacheZone(memory, layout, THREADS);
    const shared = {
      zone: memory,
      config,
      start: new SharedArrayBuffer(8),
      threads: THREADS,
      rounds: 20_000,
      keys,
      bytesMax: 12_000,
    };
    const reports = await Promise.all(Array.from({ length: THREADS }, (_, worker) => reportOf({ ...shared, worker })));
    const sum = (of: keyof StressReport) => reports.reduce((total, report) => total + report[of], 0);
    assert.equal(sum("torn"), 0);
    assert.ok(sum("found") > 5000, `threads found ${sum("found")}`);
    assert.ok(
      sum("stored") > 10_000,
      `threads stored ${sum("stored")}, ${sum("busy")} times busy, ${sum("full")} full`,
    );
    assertBooksClose(zone);
    assert.ok(cacheStats(zone).entries > 0);
    for (let at = 0; at < keys; at += 1) {
      const key = `http://localhost/${at}`;
      const found = zone.find(key);
      assert.ok(found === undefined || isEntryOf(found, key));
    }
    zone.purge({});
    const { entries, askedBytes, slackBytes, pageFreeBytes, capacityBytes } = cacheStats(zone);
    assert.deepEqual([entries, askedBytes, slackBytes, pageFreeBytes], [0, 0, 0, capacityBytes]);
  });
}

function assertBooksClose(zone: CacheZone): void {
  const { entries, capacityBytes, askedBytes, slackBytes, classFreeBytes, pageFreeBytes } = cacheStats(zone);
  assert.equal(askedBytes + slackBytes + classFreeBytes + pageFreeBytes, capacityBytes);
  assert.equal(
    entries,
    zone.shards.reduce((sum, shard) => sum + shard.linked(), 0),
  );
}

function reportOf(workerData: StressData): Promise<StressReport> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL("./response-cache-stress-thread.ts", import.meta.url), { workerData });
    worker.on("error", reject);
    worker.on("message", (report: StressReport) => {
      resolve(report);
      void worker.terminate();
    });
  });
}
