import assert from "node:assert/strict";
import { test } from "node:test";
import * as zlib from "node:zlib";
import { brotliDecompressSync, gunzipSync } from "node:zlib";
import { mediaTypeMatcher } from "../../src/features/compression/media-types.ts";
import { compression } from "../../src/features/compression.ts";
import { Context } from "../../src/http/context.ts";
import type { Reply, Route } from "../../src/http/route.ts";
import type { RouteOptions } from "../../src/http/route-options.ts";
import { installed, pipelineServices } from "../fixture/services.ts";
import { configWith, load } from "./reference-config.ts";

const settings = `
[compression]
bytes_min = 100
bytes_max = 4096
level = 4
streams_max = 1
types = ["text/*", "application/json"]
`;

const decoders = {
  gzip: gunzipSync,
  br: brotliDecompressSync,
  // The types of Node 20 do not have it yet.
  zstd: (zlib as unknown as { zstdDecompressSync(bytes: Uint8Array): Uint8Array }).zstdDecompressSync,
} as const;

test("compression adds nothing by default", async () => {
  assert.deepEqual((await installed(compression, configWith(""))).hooks, {});
});

/** The feature around one handler; requests whose headers are counted when they are read. */
async function around(options: RouteOptions = {}) {
  const { hooks, services } = await installed(compression, configWith(settings));
  let headerReads = 0;
  const run = (reply: () => Reply | Promise<Reply>, accept = "gzip", change: (context: Context) => void = () => {}) => {
    const request = new Request("http://h/", { headers: { "accept-encoding": accept } });
    const counted = new Proxy(request, {
      get(target, name) {
        if (name === "headers") headerReads += 1;
        return Reflect.get(target, name, target);
      },
    });
    const context = new Context(counted, {}, undefined, undefined, pipelineServices());
    change(context);
    const route: Route = { method: "GET", pattern: "/", options, handler: reply };
    const handle = hooks.middleware?.(reply, route);
    return { reply: handle?.(context), context, isUnwrapped: handle === reply };
  };
  return { run, services, headerReads: () => headerReads };
}

test("compression leaves small replies as they are and reads no request headers for them", async () => {
  const { run, headerReads } = await around();
  const bytes = new Uint8Array(99);
  assert.equal(run(() => "x".repeat(99)).reply, "x".repeat(99));
  assert.equal(run(() => bytes).reply, bytes);
  assert.equal(run(() => undefined).reply, undefined);
  assert.equal(JSON.stringify(run(() => ({ small: true })).reply), '{"small":true}');
  assert.equal(headerReads(), 0);
});

test("compression reads no request headers for types that it leaves alone", async () => {
  const { run, headerReads } = await around();
  const bytes = new Uint8Array(5000);
  assert.equal(run(() => bytes).reply, bytes);
  const image = new Response(bytes, { headers: { "content-type": "image/png" } });
  assert.equal(run(() => image).reply, image);
  assert.equal(headerReads(), 0);
});

test("compression is absent from a route that says compress: false", async () => {
  const { run } = await around({ compress: false });
  assert.equal(run(() => "x").isUnwrapped, true);
});

test("compression answers a synchronous handler synchronously", async () => {
  const { run } = await around();
  assert.ok(run(() => "x".repeat(1000)).reply instanceof Response);
});

for (const coding of ["gzip", "br", "zstd"] as const) {
  for (const [size, what] of [
    [1000, "at once"],
    [300_000, "as a stream"],
  ] as const) {
    test(`compression of text with ${coding} ${what} decodes to the same text`, async () => {
      const { run, services } = await around();
      const text = "caf\u00e9 ".repeat(size / 5);
      const response = (await run(() => text, coding).reply) as Response;
      assert.equal(response.headers.get("content-encoding"), coding);
      assert.equal(response.headers.get("content-type"), "text/plain;charset=UTF-8");
      assert.equal(response.headers.get("vary"), "accept-encoding");
      const coded = new Uint8Array(await response.arrayBuffer());
      assert.equal(new TextDecoder().decode(decoders[coding](coded)), text);
      assert.ok(coded.length < text.length / 4);
      assert.equal(services.counters[{ br: 0, zstd: 1, gzip: 2 }[coding]], 1);
      assert.equal(services.counters[4], coded.length);
    });
  }
}

type Header = readonly [name: string, value: string];
const exempt: readonly (readonly [what: string, status: number, headers: readonly Header[]])[] = [
  ["that are coded already", 200, [["content-encoding", "br"]]],
  ["with no-transform", 200, [["cache-control", "public, No-Transform"]]],
  ["that offer ranges", 200, [["accept-ranges", "bytes"]]],
  ["with a digest of their bytes", 200, [["content-digest", "sha-256=:x:"]]],
  ["with 206", 206, [["content-range", "bytes 0-199/400"]]],
  ["that are event streams", 200, [["content-type", "text/event-stream"]]],
  ["whose stated length is small", 200, [["content-length", "99"]]],
];
for (const [what, status, headers] of exempt) {
  test(`compression leaves responses ${what} as they are`, async () => {
    const { run, headerReads } = await around();
    const response = new Response("x".repeat(200), {
      status,
      headers: new Headers([
        ...(headers.some(([name]) => name === "content-type") ? [] : [["content-type", "text/css"]]),
        ...headers,
      ] as [string, string][]),
    });
    assert.equal(run(() => response).reply, response);
    assert.equal(headerReads(), 0);
  });
  test(`compression leaves replies ${what} by added headers as they are`, async () => {
    const { run } = await around();
    const change = (context: Context) => {
      context.setStatus(status);
      for (const [name, value] of headers) context.setHeader(name.toUpperCase(), value);
    };
    const size = what.includes("length") ? 99 : 200;
    assert.equal(run(() => "x".repeat(size), "gzip", change).reply, "x".repeat(size));
  });
}

for (const status of [204, 205, 304]) {
  test(`compression leaves ${status} as it is`, async () => {
    const { run } = await around();
    const response = new Response(null, { status, headers: { "content-type": "text/plain" } });
    assert.equal(run(() => response).reply, response);
  });
}

test("compression weakens a strong ETag, keeps a weak one, and drops a stale length", async () => {
  const { run } = await around();
  const body = "x".repeat(1000);
  const own = (etag: string) =>
    new Response(body, { headers: { "content-type": "text/plain", etag, "content-length": "1000" } });
  for (const [etag, expected] of [
    ['"a"', 'W/"a"'],
    ['W/"a"', 'W/"a"'],
  ] as const) {
    const { headers } = (await run(() => own(etag)).reply) as Response;
    assert.deepEqual([headers.get("etag"), headers.get("content-length")], [expected, null]);
    const { context } = run(
      () => body,
      "gzip",
      (changed) => {
        changed.setHeader("ETag", etag);
        changed.setHeader("Content-Length", "1000");
      },
    );
    assert.deepEqual(context.outcome?.headers, [["ETag", expected]]);
  }
});

test("compression adds to a response's own Vary", async () => {
  const { run } = await around();
  const response = (await run(
    () => new Response("x".repeat(1000), { headers: { "content-type": "text/plain", vary: "cookie" } }),
  ).reply) as Response;
  assert.equal(response.headers.get("vary"), "cookie, accept-encoding");
});

test("compression says that a reply varies also where the client takes no coding", async () => {
  const { run } = await around();
  for (const accept of ["identity", "deflate", "*;q=0", "gzip;q=0"]) {
    const { reply, context } = run(() => "x".repeat(1000), accept);
    assert.equal(reply, "x".repeat(1000));
    assert.deepEqual(context.outcome?.headers, [["vary", "accept-encoding"]]);
  }
  const varied = () => new Response("x".repeat(1000), { headers: { "content-type": "text/plain", vary: "cookie" } });
  assert.deepEqual(run(varied, "identity").context.outcome?.headers, [["vary", "cookie, accept-encoding"]]);
});

test("compression sends as it is what does not get smaller", async () => {
  const { run } = await around();
  const noise = crypto.getRandomValues(new Uint8Array(1000));
  const response = (await run(() => new Response(noise, { headers: { "content-type": "text/plain" } }))
    .reply) as Response;
  assert.equal(response.headers.get("content-encoding"), null);
  assert.deepEqual(new Uint8Array(await response.arrayBuffer()), noise);
});

test("compression sends as it is what is above streams_max, and takes the place back when a stream is cancelled", async () => {
  const { run, services } = await around();
  const text = "text ".repeat(2000);
  const first = run(() => text).reply as Response;
  assert.equal(run(() => text).reply, text);
  assert.equal(services.counters[5], 1);
  await first.body?.cancel();
  assert.ok(run(() => text).reply instanceof Response);
});

test("compression takes a stream of text and buffers, as Bun does", async () => {
  const { run } = await around();
  const chunks = ["text ".repeat(20), new TextEncoder().encode("text ".repeat(20)).buffer, new Uint16Array(50)];
  const body = new ReadableStream({
    start(controller) {
      for (const chunk of chunks) controller.enqueue(chunk);
      controller.close();
    },
  });
  const response = (await run(() => new Response(body, { headers: { "content-type": "text/plain" } }))
    .reply) as Response;
  const text = new TextDecoder().decode(gunzipSync(new Uint8Array(await response.arrayBuffer())));
  assert.equal(text, "text ".repeat(40) + "\u0000".repeat(100));
});

test("compression keeps what it has read of a response when there is no place for its stream", async () => {
  const { run } = await around();
  const text = "text ".repeat(2000);
  run(() => text);
  const response = (await run(
    () => new Response(new Blob([text, text]).stream(), { headers: { "content-type": "text/plain" } }),
  ).reply) as Response;
  assert.equal(response.headers.get("content-encoding"), null);
  assert.equal(await response.text(), text + text);
});

const pointless: readonly (readonly [settings: string, reason: RegExp])[] = [
  ['types = ["text/*"]', /nothing would be compressed/],
  ['types = ["text/*"]\nbytes_min = 1000\nbytes_max = 999', /nothing would be compressed/],
  ['types = ["text"]\nstreams_max = 1', /has "text", which matches nothing/],
  ['types = ["text/html; charset=utf-8"]\nstreams_max = 1', /matches nothing/],
];
for (const [settings, reason] of pointless) {
  test(`compression refuses ${JSON.stringify(settings)} when it is loaded`, () => {
    assert.throws(() => load(`[compression]\n${settings}`), reason);
  });
}

const types: readonly (readonly [types: readonly string[], type: string, expected: boolean])[] = [
  [["text/*"], "text/html; charset=utf-8", true],
  [["text/*"], "TEXT/HTML", true],
  [["text/*"], "text/event-stream", false],
  [["text/event-stream"], "text/event-stream;charset=utf-8", false],
  [["application/json"], "application/json", true],
  [["application/json"], "application/jsonx", false],
  [["*+json"], "application/problem+json", true],
  [["*+json"], "application/json", false],
  [["image/svg+xml"], "image/png", false],
  [[], "text/plain", false],
];
for (const [given, type, expected] of types) {
  test(`mediaTypeMatcher([${given.join()}]) of "${type}" is ${expected}`, () => {
    assert.equal(mediaTypeMatcher(given)(type), expected);
  });
}
