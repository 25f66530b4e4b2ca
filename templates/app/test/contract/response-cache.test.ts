import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { cachedApp as app, cachedSettings as settings } from "../fixture/cached-app.ts";
import { forgetRuns, runsOf } from "../fixture/cached-routes.ts";
import { connect, exchange, type RawResponse, requestText } from "../fixture/connection.ts";
import { openGate } from "../fixture/gate.ts";
import { type Plane, startPlane } from "../fixture/plane.ts";
import { until } from "../fixture/until.ts";

let plane: Plane;

before(async () => {
  forgetRuns();
  plane = await startPlane(settings, app);
});
after(() => plane.drain());

function get(path: string, headers: Record<string, string> = {}, method = "GET"): Promise<RawResponse> {
  return exchange(plane, method, path, undefined, headers);
}

async function twice(path: string, headers: Record<string, string> = {}): Promise<readonly RawResponse[]> {
  return [await get(path, headers), await get(path, headers)];
}

function metric(line: string): number {
  const found = plane.controls
    .metrics()
    .split("\n")
    .find((each) => each.startsWith(`${line} `));
  return Number(found?.slice(line.length + 1));
}

test("A route without the option is not cached, and one with it runs its handler once", async () => {
  const [first, second] = await twice("/uncached");
  assert.deepEqual([first?.text, second?.text], ["uncached 1", "uncached 2"]);
  const [miss, hit] = await twice("/text");
  assert.deepEqual(
    [miss?.text, hit?.text, miss?.headers.get("age"), hit?.headers.get("age")],
    ["text 1", "text 1", undefined, "0"],
  );
  assert.equal(hit?.headers.get("content-type")?.toLowerCase(), "text/plain;charset=utf-8");
});

const kinds: readonly (readonly [
  path: string,
  status: number,
  body: readonly number[] | string,
  type: string | undefined,
])[] = [
  ["/unicode", 200, "\u00e4\u{1f600} 1", "text/plain;charset=utf-8"],
  ["/json", 200, '{"run":1}', "application/json"],
  ["/bytes", 200, [255, 0, 1], "application/octet-stream"],
  ["/nothing", 204, [], undefined],
  ["/made", 203, "made 1", "text/plain;charset=utf-8"],
  ["/response", 200, "response 1", "text/plain"],
];
for (const [path, status, body, type] of kinds) {
  test(`A hit of ${path} has the status, body, type and headers of its miss`, async () => {
    const bytes = typeof body === "string" ? new TextEncoder().encode(body) : new Uint8Array(body);
    const replies = await twice(path);
    for (const reply of replies) {
      assert.equal(reply.status, status);
      assert.deepEqual([...reply.body], [...bytes]);
      assert.equal(reply.headers.get("content-type")?.toLowerCase(), type);
    }
    const own = replies.map(({ headers }) => [headers.get("x-own"), headers.get("x-inside")]);
    assert.deepEqual(own[0], own[1]);
    assert.equal(replies[1]?.headers.get("age"), "0");
  });
}

test("A hit gains no type that its miss does not have", async () => {
  const [miss, hit] = await twice("/typeless");
  assert.deepEqual([hit?.text, hit?.headers.get("age")], ["no type", "0"]);
  // Bun gives bytes a type of its own, with and without a cache.
  assert.equal(hit?.headers.get("content-type"), miss?.headers.get("content-type"));
  assert.notEqual(hit?.headers.get("content-type"), "text/plain;charset=UTF-8");
});

test("HEAD is answered from the entry of GET, and makes none itself", async () => {
  const before = await get("/gone", {}, "HEAD");
  assert.deepEqual([before.status, before.headers.get("age")], [410, undefined]);
  await get("/gone");
  const { status, headers, body } = await get("/gone", {}, "HEAD");
  assert.deepEqual([status, headers.get("age"), body.length, runsOf("gone")], [410, "0", 0, 2]);
});

for (const [path, name] of [
  ["/no-store", "no-store"],
  ["/private", "private"],
  ["/cookie", "cookie"],
  ["/partial", "partial"],
  ["/error", "error"],
  ["/throws", "throws"],
  ["/vary-all", "vary-all"],
  ["/many-tags", "many-tags"],
] as const) {
  test(`${path} is never stored`, async () => {
    await twice(path);
    assert.equal(runsOf(name), 2);
  });
}

test("A reply to a request with Authorization is stored only where the reply allows it", async () => {
  const headers = { authorization: "Bearer x" };
  await get("/query?auth", headers);
  const [, again] = await twice("/query?auth");
  assert.equal(again?.text, "?auth 2");
  await get("/public", headers);
  assert.equal((await get("/public")).text, "public 1");
});

test("The query is part of the key, sorted by name; a route may choose its parameters", async () => {
  const texts = [];
  for (const path of ["/query?b=2&a=1", "/query?a=1&b=2", "/query?a=1&b=3"]) texts.push((await get(path)).text);
  assert.equal(texts[0], texts[1]);
  assert.notEqual(texts[1], texts[2]);
  const chosen = [];
  for (const path of ["/chosen?a=1&b=1", "/chosen?b=2&a=1", "/chosen?%61=2", "/chosen"])
    chosen.push((await get(path)).text);
  assert.deepEqual(chosen, ["1 1", "1 1", "2 2", "null 3"]);
});

for (const path of ["/query?host", "/text"]) {
  test(`The host is part of the key of ${path}`, async () => {
    await get(path);
    const other = await connect(plane);
    other.send(`GET ${path} HTTP/1.1\r\nhost: other.example\r\n\r\n`);
    const { headers } = await other.response();
    other.destroy();
    assert.equal(headers.get("age"), undefined);
    assert.equal((await get(path)).headers.get("age"), "0");
  });
}

test("Replies vary by the route's headers and by those that they name", async () => {
  const tenants = [];
  for (const tenant of ["a", "b", "a"]) tenants.push((await get("/by-header", { "x-tenant": tenant })).text);
  assert.deepEqual(tenants, ["a 1", "b 2", "a 1"]);
  const requests = [
    { "accept-language": "de", "accept-encoding": "gzip, br" },
    { "accept-language": "fr", "accept-encoding": "gzip, br" },
    { "accept-language": "de", "accept-encoding": "br,gzip;q=1.0, nonsense" },
    { "accept-language": "fr", "accept-encoding": "gzip" },
  ];
  const ages = [];
  for (const headers of requests) ages.push((await get("/by-own-vary", headers)).headers.get("age"));
  assert.deepEqual(ages, [undefined, undefined, "0", undefined]);
});

test("Requests are answered as their Cache-Control asks", async () => {
  await get("/query?directives");
  assert.equal((await get("/query?directives", { "cache-control": "no-cache" })).headers.get("age"), undefined);
  assert.equal((await get("/query?directives", { "cache-control": "max-age=60" })).headers.get("age"), "0");
  assert.equal((await get("/query?directives", { "cache-control": "min-fresh=61" })).headers.get("age"), undefined);
  assert.equal((await get("/query?directives", { "cache-control": "only-if-cached" })).status, 200);
  assert.equal((await get("/query?never", { "cache-control": "only-if-cached" })).status, 504);
  await get("/query?secret", { "cache-control": "no-store" });
  assert.equal((await get("/query?secret")).headers.get("age"), undefined);
});

test("A hit with validators answers conditional requests with 304", async () => {
  await get("/validated");
  const rows: readonly (readonly [Record<string, string>, number])[] = [
    [{ "if-none-match": '"v1"' }, 304],
    [{ "if-none-match": '"v0", W/"v1"' }, 304],
    [{ "if-none-match": "*" }, 304],
    [{ "if-none-match": '"v2"', "if-modified-since": "Wed, 21 Oct 2015 07:28:00 GMT" }, 200],
    [{ "if-modified-since": "Wed, 21 Oct 2015 07:28:00 GMT" }, 304],
    [{ "if-modified-since": "Wed, 21 Oct 2015 07:27:59 GMT" }, 200],
    [{ "if-modified-since": "nonsense" }, 200],
  ];
  for (const [headers, status] of rows) assert.equal((await get("/validated", headers)).status, status);
  const { headers, body } = await get("/validated", { "if-none-match": '"v1"' });
  assert.deepEqual([headers.get("etag"), headers.get("age"), body.length, runsOf("validated")], ['"v1"', "0", 0, 1]);
});

test("Concurrent misses run the handler once", async () => {
  const replies = Promise.all(Array.from({ length: 4 }, () => get("/gated")));
  await until("three have joined the first", () => metric('fastserve_cache_fills_total{kind="joined"}') >= 3);
  openGate();
  assert.deepEqual(
    (await replies).map(({ text }) => text),
    ["gated 1", "gated 1", "gated 1", "gated 1"],
  );
});

test("A reply that must not be shared is not, even with those who waited for it", async () => {
  const joined = metric('fastserve_cache_fills_total{kind="joined"}');
  const replies = Promise.all([get("/gated-private"), get("/gated-private")]);
  await until("the second has joined", () => metric('fastserve_cache_fills_total{kind="joined"}') === joined + 1);
  openGate();
  await until("the second runs itself", () => runsOf("gated-private") === 2);
  openGate();
  assert.deepEqual((await replies).map(({ text }) => text).sort(), ["mine 1", "mine 2"]);
});

test("An error of one request is not that of those who waited for it", async () => {
  const joined = metric('fastserve_cache_fills_total{kind="joined"}');
  const replies = Promise.all([get("/gated-failing"), get("/gated-failing")]);
  await until("the second has joined", () => metric('fastserve_cache_fills_total{kind="joined"}') === joined + 1);
  openGate();
  await until("the second runs itself", () => runsOf("gated-failing") === 2);
  openGate();
  assert.deepEqual((await replies).map(({ status }) => status).sort(), [200, 400]);
  assert.equal((await get("/gated-failing")).text, "well 2");
});

for (const [path, first, second] of [
  ["/short", "short 1", /^short [2-9]/],
  ["/short-async", "yes unconditional /short-async 1", /^yes unconditional \/short-async [2-9]/],
] as const) {
  test(`A stale reply of ${path} is served while a new one is made from the same request without its conditions`, async () => {
    const headers = { "x-echo": "yes" };
    assert.equal((await get(path, headers)).text, first);
    await until("it is stale and was refreshed", async () => {
      const { text } = await get(path, { ...headers, "if-none-match": '"x"' });
      openGate();
      return second.test(text);
    });
    await until("nothing is in flight any more", () => {
      openGate();
      return plane.zones.inFlight.total === 0;
    });
  });
}

test("A stale reply is served for an error where it allows that", async () => {
  assert.equal((await get("/if-error")).text, "good");
  const { status, text, headers } = await get("/if-error");
  assert.deepEqual([status, text, headers.get("etag"), runsOf("if-error")], [200, "good", '"g"', 2]);
});

test("A body above the limit, or one that never ends, passes through and is not kept", async () => {
  for (const reply of await twice("/large")) assert.equal(reply.body.length, 262_144);
  assert.equal(runsOf("large"), 2);
  const connection = await connect(plane);
  connection.send(requestText("GET", "/endless"));
  const { status } = await connection.head();
  assert.equal(status, 200);
  assert.equal(new TextDecoder().decode(await connection.bytes(8)), "5\r\nfirst");
  connection.destroy();
});

test("A body that is made while it is sent is kept once it has ended", async () => {
  assert.equal((await get("/streamed")).text, "one,two,three");
  await until("it is a hit", async () => (await get("/streamed")).headers.get("age") !== undefined);
  assert.equal((await get("/streamed")).text, "one,two,three");
});

test("The metrics tell what the cache did and what it holds", async () => {
  assert.ok(metric('fastserve_cache_requests_total{result="hit"}') > 10);
  assert.ok(metric('fastserve_cache_refusals_total{reason="set_cookie"}') >= 2);
  assert.ok(metric("fastserve_cache_stores_total") > 10);
  assert.ok(metric("fastserve_cache_entries") > 10);
  assert.ok(metric('fastserve_cache_bytes{state="entries"}') > 1000);
  const ratio = metric('fastserve_cache_fragmentation_ratio{kind="internal"}');
  assert.ok(ratio > 0 && ratio < 0.75, `a chunk is at most four times the smallest entry: ${ratio}`);
  const external = metric('fastserve_cache_fragmentation_ratio{kind="external"}');
  assert.ok(external > 0 && external < 1, `pages have a free chunk: ${external}`);
});

test("Another method than GET cannot ask for the cache", async () => {
  const routes = [{ method: "POST", pattern: "/x", options: { cache: {} }, handler: () => "x" }];
  await assert.rejects(
    startPlane(settings, { ...app, routes }),
    /route "POST \/x" asks for "cache", which only GET can have/,
  );
});
