import assert from "node:assert/strict";
import { test } from "node:test";
import { cacheLayout } from "../../src/features/response-cache/cache-layout.ts";
import { CacheZone } from "../../src/features/response-cache/cache-zone.ts";
import { FILL_MS_MAX, Filler } from "../../src/features/response-cache/filler.ts";
import { cachedSettings } from "../fixture/cached-app.ts";
import { fixtureConfig } from "../fixture/settings.ts";

function filler(): Filler {
  const config = fixtureConfig({ ...cachedSettings });
  const layout = cacheLayout(config);
  assert.ok(layout);
  const zone = new CacheZone(new SharedArrayBuffer(config.cache.zone_bytes), layout, 0);
  return new Filler(zone, 1, () => undefined);
}

const never = () => new Promise<string>(() => undefined);

test("Filler.join gives a run up that takes longer than anybody waits", () => {
  const fills = filler();
  fills.begun("key", never());
  const nowMs = Date.now();
  assert.ok(fills.join("key", nowMs) instanceof Promise);
  assert.equal(fills.mayRefresh("key", nowMs), false);
  assert.equal(fills.join("key", nowMs + FILL_MS_MAX), undefined);
  assert.equal(fills.mayRefresh("key", nowMs + FILL_MS_MAX), true);
});

test("Filler.begun: the end of a run that was given up leaves the one after it", async () => {
  const fills = filler();
  const { promise, resolve } = Promise.withResolvers<string>();
  fills.begun("key", promise);
  fills.begun("key", never());
  resolve("late");
  await promise;
  await new Promise((done) => setTimeout(done, 0));
  assert.ok(fills.join("key", Date.now()) instanceof Promise);
});
