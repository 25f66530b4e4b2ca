import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { cachedApp, cachedSettings } from "../fixture/cached-app.ts";
import { forgetRuns } from "../fixture/cached-routes.ts";
import { exchange } from "../fixture/connection.ts";
import { type Plane, startPlane } from "../fixture/plane.ts";

let plane: Plane;
before(async () => {
  forgetRuns();
  plane = await startPlane(cachedSettings, cachedApp);
});
after(() => plane.drain());

for (const [method, headers] of [
  ["HEAD", {}],
  ["GET", { "cache-control": "no-store" }],
] as const) {
  for (const path of ["/tagged/passing", "/many-tags"]) {
    test(`${method} of ${path} past the cache keeps the tags from the client: ${JSON.stringify(headers)}`, async () => {
      const response = await exchange(plane, method, path, undefined, headers);
      assert.deepEqual([response.status, response.headers.get("cache-tag")], [200, undefined]);
    });
  }
}
