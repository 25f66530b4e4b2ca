import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { cachedApp as app, cachedSettings as settings } from "../fixture/cached-app.ts";
import { forgetRuns } from "../fixture/cached-routes.ts";
import { exchange, type RawResponse } from "../fixture/connection.ts";
import { type Plane, startPlane } from "../fixture/plane.ts";

let plane: Plane;

before(async () => {
  forgetRuns();
  plane = await startPlane(settings, app);
});
after(() => plane.drain());

function get(path: string): Promise<RawResponse> {
  return exchange(plane, "GET", path, undefined, {});
}

async function admin(
  method: string,
  path: string,
  body?: string,
): Promise<{ readonly status: number; readonly body: unknown }> {
  const [pathname = ""] = path.split("?");
  const resource = plane.controls.admin.find(({ pattern }) => pattern === pathname);
  const endpoint = resource?.endpoints.get(method);
  assert.ok(endpoint, `${method} ${path}`);
  const headers = { "content-length": String(body?.length ?? 0) };
  const request = new Request(`http://127.0.0.1${path}`, { method, headers, body: body ?? null });
  const response = await endpoint(request, {}, undefined);
  return { status: response.status, body: await response.json() };
}

test("purge() invalidates by path, prefix and tag; tags stay on the server", async () => {
  const tagged = await get("/tagged/a");
  await get("/tagged/b");
  assert.equal(tagged.headers.get("cache-tag"), undefined);
  const rows: readonly (readonly [query: string, purged: number])[] = [
    ["tag=name-a", 1],
    ["tag=unknown", 0],
    ["path=/tagged/b", 1],
    ["path=/tagged", 0],
  ];
  for (const [query, purged] of rows)
    assert.deepEqual([query, (await get(`/purge?${query}`)).text], [query, `{"purged":${purged}}`]);
  assert.equal((await get("/tagged/a")).text, "tagged a 2");
  await get("/tagged/b");
  assert.equal((await get("/purge?prefix=/tagg")).text, '{"purged":2}');
  assert.equal((await get("/tagged/b")).text, "tagged b 3");
  await get("/tagged/a");
  assert.equal((await get("/purge?tag=all-tagged")).text, '{"purged":2}');
});

test("The admin listener tells statistics and purges, by query or by JSON", async () => {
  await get("/query?admin");
  const { body } = await admin("GET", "/-/cache");
  const stats = body as Record<string, number>;
  const { askedBytes = 0, slackBytes = 0, classFreeBytes = 0, pageFreeBytes = 0 } = stats;
  assert.equal(askedBytes + slackBytes + classFreeBytes + pageFreeBytes, stats.capacityBytes);
  assert.ok((stats.entries ?? 0) > 0);
  assert.equal((await admin("POST", "/-/cache/purge?path=/query")).status, 200);
  assert.equal((await get("/query?admin")).headers.get("age"), undefined);
  assert.deepEqual(await admin("POST", "/-/cache/purge", '{"path":"/query"}'), { status: 200, body: { purged: 1 } });
});

for (const [query, body] of [
  ["", ""],
  ["", "{}"],
  ["", "[1"],
  ["", "null"],
  ["", '{"tag":1}'],
  ["", '{"pth":"/x"}'],
  ["?tag=", ""],
  ["?all=false", ""],
  ["?tag=a&prefix=/", ""],
  ["", `{"tag":"${"x".repeat(16_384)}"}`],
] as const) {
  test(`The admin listener refuses to purge by "${query}" and ${JSON.stringify(body.slice(0, 20))}, and purges nothing`, async () => {
    await get("/query?refused");
    assert.equal((await admin("POST", `/-/cache/purge${query}`, body)).status, 400);
    assert.equal((await get("/query?refused")).headers.get("age"), "0");
  });
}
