import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { cachedSettings } from "../fixture/cached-app.ts";
import { exchange } from "../fixture/connection.ts";
import { endProcesses, metric, type RunningServer, startServer } from "../fixture/server-process.ts";

let server: RunningServer;

before(async () => {
  server = await startServer({ overrides: { "workers.count": 2, ...cachedSettings } });
});
after(endProcesses);

test("The admin listener purges for programs, and not for web pages of other sites", async () => {
  const purge = (headers: Record<string, string>) =>
    exchange({ port: server.admin }, "POST", "/-/cache/purge", '{"tag":"news"}', headers);
  const { status, text } = await purge({});
  assert.deepEqual([status, text], [200, '{"purged":0}']);
  assert.equal((await purge({ origin: "https://page.example", "sec-fetch-site": "cross-site" })).status, 403);
  // What changes something cannot be done by a link or an image.
  assert.equal((await exchange({ port: server.admin }, "GET", "/-/cache/purge")).status, 404);
});

test("The whole server's metrics and statistics have the cache", async () => {
  assert.equal(await metric(server, "fastserve_cache_entries"), 0);
  const { text } = await exchange({ port: server.admin }, "GET", "/-/cache");
  assert.equal((JSON.parse(text) as Record<string, number>).entries, 0);
});
