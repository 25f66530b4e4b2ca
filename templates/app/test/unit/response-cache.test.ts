import assert from "node:assert/strict";
import { test } from "node:test";
import { collectBody } from "../../src/features/response-cache/body-collector.ts";
import { directivesOf, secondsOf } from "../../src/features/response-cache/cache-control.ts";
import { keyOf, normalEncodings, variantOf, varyNames } from "../../src/features/response-cache/cache-key.ts";
import { storePolicy } from "../../src/features/response-cache/store-policy.ts";
import { bytesBody, decodeHead, headText, textBody } from "../../src/features/response-cache/stored-reply.ts";
import { useOf } from "../../src/features/response-cache/use-policy.ts";
import { isNotModified } from "../../src/features/response-cache/validators.ts";
import { responseCache } from "../../src/features/response-cache.ts";
import { installed } from "../fixture/services.ts";
import { fixtureConfig } from "../fixture/settings.ts";

test("responseCache is inert with the schema's defaults, and for routes that do not ask", async () => {
  const off = await installed(responseCache, fixtureConfig());
  assert.deepEqual([off.hooks, off.services.zone.byteLength], [{}, 0]);
  const on = await installed(
    responseCache,
    fixtureConfig({ "cache.zone_bytes": 1_048_576, "cache.entry_bytes_max": 16_384 }),
  );
  const next = () => "inside";
  const route = { method: "GET", pattern: "/", options: {}, handler: next };
  assert.equal(on.hooks.middleware?.(next, route), next);
  on.hooks.stop?.();
});

for (const [zone, entry, message] of [
  [262_144, 65_536, /cache\.zone_bytes = 262144 is below 256 KiB or eight times cache\.entry_bytes_max = 65536/],
  [100_000, 1024, /cache\.zone_bytes = 100000 is below 256 KiB/],
  [1_048_576, 0, /cache\.entry_bytes_max is 0/],
] as const) {
  test(`The configuration refuses a cache of ${zone} bytes for entries of ${entry}`, () => {
    assert.throws(() => fixtureConfig({ "cache.zone_bytes": zone, "cache.entry_bytes_max": entry }), message);
  });
}

test("directivesOf() reads names in any case, quoted values, and the first of equal names", () => {
  const rows: readonly (readonly [header: string, expected: Record<string, string>])[] = [
    ["", {}],
    ["no-cache", { "no-cache": "" }],
    ["Max-Age=60, PUBLIC", { "max-age": "60", public: "" }],
    ['private="set-cookie, x-a", max-age = "5"', { private: "set-cookie, x-a", "max-age": "5" }],
    ["max-age=1,max-age=2", { "max-age": "1" }],
    [",,a=,b", { a: "", b: "" }],
  ];
  for (const [header, expected] of rows) assert.deepEqual(Object.fromEntries(directivesOf(header)), expected);
});

test("secondsOf() takes whole numbers, and anything else for stale", () => {
  const seconds = (value: string) => secondsOf(directivesOf(`max-age=${value}`), "max-age");
  assert.deepEqual(["0", "60", "99999999999", "-1", "1.5", "6x", ""].map(seconds), [0, 60, 2_147_483_648, 0, 0, 0, 0]);
  assert.equal(secondsOf(directivesOf("public"), "max-age"), undefined);
});

const times = { ttlMs: 5000, staleMs: 2000 };
const policies: readonly (readonly [headers: Record<string, string>, status: number, expected: unknown])[] = [
  [{}, 200, { fresh: 5000, stale: 2000 }],
  [{}, 302, "status"],
  [{}, 206, "status"],
  [{}, 500, "status"],
  [{ "cache-control": "max-age=60" }, 302, { fresh: 60_000, stale: 2000 }],
  [{ "cache-control": "max-age=60, s-maxage=7" }, 200, { fresh: 7000, stale: 0 }],
  [{ "cache-control": "s-maxage=7, stale-while-revalidate=9" }, 200, { fresh: 7000, stale: 9000 }],
  [{ "cache-control": "max-age=60, must-revalidate" }, 200, { fresh: 60_000, stale: 0 }],
  [{ "cache-control": "max-age=0" }, 200, { fresh: 0, stale: 2000 }],
  [{ "cache-control": "max-age=0, must-revalidate" }, 200, "not_fresh"],
  [{ "cache-control": "max-age=60", age: "61" }, 200, { fresh: 60_000, stale: 2000 }],
  [{ "cache-control": "max-age=60", age: "62" }, 200, "not_fresh"],
  [{ "cache-control": "no-cache" }, 200, "not_fresh"],
  [{ "cache-control": "no-store" }, 200, "no_store"],
  [{ "cache-control": "private, max-age=60" }, 200, "private"],
  [{ "cache-control": "public, max-age=60", "set-cookie": "a=b" }, 200, "set_cookie"],
  [{ expires: "0" }, 200, { fresh: 0, stale: 2000 }],
  [{ expires: "Tue, 14 Nov 2023 22:13:30 GMT" }, 200, { fresh: 10_000, stale: 2000 }],
  [
    { expires: "Tue, 14 Nov 2023 22:13:30 GMT", date: "Tue, 14 Nov 2023 22:13:27 GMT" },
    200,
    { fresh: 3000, stale: 2000 },
  ],
];
for (const [headers, status, expected] of policies) {
  test(`storePolicy() decides on ${status} ${JSON.stringify(headers)}`, () => {
    const reply = { status, header: (name: string) => headers[name] };
    const keep = storePolicy({ directives: directivesOf(""), isAuthorized: false }, reply, times, 1_700_000_000_000);
    assert.deepEqual(typeof keep === "string" ? keep : { fresh: keep.freshForMs, stale: keep.staleForMs }, expected);
  });
}

test("useOf() refreshes behind a stale reply, and lets max-stale reach further unless that is forbidden", () => {
  const entry = { storedMs: 0, freshMs: 10_000, staleMs: 20_000, mustRevalidate: false };
  const rows = [
    ["", 9999, "fresh"],
    ["", 10_000, "refresh"],
    ["", 20_000, "no"],
    ["no-cache", 0, "no"],
    ["max-age=5", 5000, "fresh"],
    ["max-age=5", 5001, "no"],
    ["min-fresh=5", 5000, "fresh"],
    ["min-fresh=5", 5001, "no"],
    ["max-stale", 90_000, "stale"],
    ["max-stale=3", 12_999, "stale"],
    ["max-stale=3", 13_000, "refresh"],
    ["max-stale=3", 20_000, "no"],
  ] as const;
  for (const [header, nowMs, use] of rows)
    assert.equal(useOf(entry, directivesOf(header), nowMs), use, `${header} ${nowMs}`);
  assert.equal(useOf({ ...entry, staleMs: 10_000, mustRevalidate: true }, directivesOf("max-stale"), 10_000), "no");
});

test("keyOf() sorts parameters by name, keeps the order of equal ones, and chooses by decoded names", () => {
  const rows: readonly (readonly [url: string, query: readonly string[] | undefined, key: string])[] = [
    ["http://h/a", undefined, "http://h/a"],
    ["http://h/a?", undefined, "http://h/a"],
    ["http://h/a?b=2&a=1&b=1", undefined, "http://h/a?a=1&b=2&b=1"],
    ["http://h/a?&&a", undefined, "http://h/a?a"],
    ["http://h/a?b=1&a=2", ["a"], "http://h/a?a=2"],
    ["http://h/a?%61=2&b", ["a"], "http://h/a?a=2"],
    ["http://h/a?a=x%26b%3D1", ["a", "b"], "http://h/a?a=x%26b%3D1"],
    ["http://h/a?a=1", [], "http://h/a"],
  ];
  for (const [url, query, key] of rows) assert.equal(keyOf(url, query), key);
});

test("normalEncodings() keeps the order of preference and drops the rest", () => {
  const rows = [
    ["gzip, deflate, br, zstd", "br=gzip=zstd"],
    ["br;q=1.0,gzip;q=0.8, *;q=0.1", "br>gzip>*"],
    ["zstd, GZIP ;q=0.5", "zstd>gzip"],
    ["x-gzip", "gzip"],
    ["gzip;q=0, identity", "identity>!gzip"],
    ["deflate", ""],
    ["", ""],
    ["gzip;q=oops, br", "br>?gzip"],
  ] as const;
  for (const [value, normal] of rows) assert.equal(normalEncodings(value), normal);
});

test("variantOf() cannot be made to mix up headers", () => {
  const variant = (headers: Record<string, string>) => variantOf("k", ["x-a", "x-b"], new Headers(headers));
  const variants = [{}, { "x-a": "" }, { "x-b": "" }, { "x-a": ":", "x-b": "1" }, { "x-a": "1" }, { "x-b": "1" }].map(
    (headers) => variant(headers as Record<string, string>),
  );
  assert.equal(new Set(variants).size, variants.length);
});

test("varyNames() sorts, leaves out the route's own, and gives up on '*' and on too many", () => {
  assert.deepEqual(varyNames("X-B, x-a,X-b,,", []), ["x-a", "x-b"]);
  assert.deepEqual(varyNames("x-a, x-b", ["x-a"]), ["x-b"]);
  assert.deepEqual([varyNames(undefined, []), varyNames("a,*", [])], [[], undefined]);
  assert.equal(varyNames("a,b,c,d,e,f,g,h,i", []), undefined);
});

test("isNotModified() compares weakly, and prefers If-None-Match", () => {
  const date = "Wed, 21 Oct 2015 07:28:00 GMT";
  const rows: readonly (readonly [Record<string, string>, string | undefined, string | undefined, boolean])[] = [
    [{ "if-none-match": '"a"' }, '"a"', undefined, true],
    [{ "if-none-match": 'W/"a"' }, '"a"', undefined, true],
    [{ "if-none-match": '"b", "a"' }, 'W/"a"', undefined, true],
    [{ "if-none-match": "a" }, '"a"', undefined, false],
    [{ "if-none-match": '"b"', "if-modified-since": date }, '"a"', date, false],
    [{ "if-none-match": "*" }, undefined, date, false],
    [{ "if-modified-since": date }, undefined, date, true],
    [{ "if-modified-since": date }, '"a"', undefined, false],
    [{}, '"a"', date, false],
  ];
  for (const [headers, etag, modified, expected] of rows) {
    assert.equal(isNotModified(new Headers(headers), etag, modified), expected, JSON.stringify(headers));
  }
});

test("Bodies are kept as text only where the same bytes come back", () => {
  assert.deepEqual(
    ["", "abc", "\u00e4"].map((text) => textBody(text, new TextEncoder().encode(text)).form),
    ["empty", "latin1", "utf8"],
  );
  const rows = [
    [[], "empty"],
    [[97, 0, 127], "latin1"],
    [[0xc3, 0xa4], "utf8"],
    [[0xc3], "bytes"],
    [[0xff, 0xfe], "bytes"],
  ] as const;
  for (const [bytes, form] of rows) assert.equal(bytesBody(new Uint8Array(bytes), true).form, form);
  assert.equal(bytesBody(new Uint8Array([97]), false).form, "bytes");
  const head = { status: 203, headers: [["x-a", '\u00e4"']] as const, mustRevalidate: true };
  assert.deepEqual(decodeHead(headText(head)), head);
});

function bodyOf(response: Response): ReadableStream<Uint8Array> {
  assert.ok(response.body);
  return response.body as ReadableStream<Uint8Array>;
}

test("collectBody() takes a body that is there whole", async () => {
  const { whole, stream } = await collectBody(bodyOf(new Response("there")), 100);
  assert.deepEqual([new TextDecoder().decode(whole), stream], ["there", undefined]);
});

test("collectBody() passes a larger body on, every byte, and does not keep it", async () => {
  const { whole, stream, later } = await collectBody(bodyOf(new Response("x".repeat(1000))), 999);
  assert.equal(whole, undefined);
  assert.equal((await new Response(stream ?? null).text()).length, 1000);
  assert.equal(await later, undefined);
});

test("collectBody() ends the source when its client leaves or its source fails", async () => {
  let left: unknown;
  const open = new ReadableStream<Uint8Array>({
    start: (controller) => controller.enqueue(new Uint8Array([1])),
    cancel(reason) {
      left = reason;
    },
  });
  const first = await collectBody(open, 100);
  await first.stream?.cancel("gone");
  assert.deepEqual([left, await first.later], ["gone", undefined]);
  let fail: (error: Error) => void = () => undefined;
  const failing = new ReadableStream<Uint8Array>({
    start(controller) {
      fail = (error) => controller.error(error);
    },
  });
  const second = await collectBody(failing, 100);
  fail(new Error("the source failed"));
  await assert.rejects(new Response(second.stream ?? null).text());
  assert.equal(await second.later, undefined);
});
