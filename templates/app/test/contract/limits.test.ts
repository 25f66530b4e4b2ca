import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { defineRoutes } from "../../src/http/route.ts";
import { runtime } from "../../src/wiring.ts";
import { counter } from "../../src/zones/counters.ts";
import { has, without } from "../fixture/capability.ts";
import { connect, exchange, requestText } from "../fixture/connection.ts";
import { type Plane, startPlane } from "../fixture/plane.ts";
import { until } from "../fixture/until.ts";

const BODY_BYTES_MAX = 65_536;
const URL_BYTES_MAX = 1024;

const routes = defineRoutes({
  "GET /exact": () => "exact",
  "GET /query": ({ query }) => ({ a: query.get("a")?.length ?? 0 }),
  "GET /files/*": ({ params }) => ({ rest: params["*"].length }),
  "GET /closing": () => new Response("closing", { headers: { connection: "close" } }),
  "POST /echo": async (context) => context.bytes(),
  "POST /small": { bodyBytesMax: 100, handler: async (context) => context.bytes() },
  "POST /unread": () => "unread",
});
const settings = {
  "limits.body_bytes_max": BODY_BYTES_MAX,
  "limits.bodies_bytes_max": 2 * BODY_BYTES_MAX,
  "limits.url_bytes_max": URL_BYTES_MAX,
  "limits.requests_per_connection_max": 3,
};

describe("limits", () => {
  let plane: Plane;
  before(async () => {
    plane = await startPlane(settings, { routes, features: [], runtime });
  });
  after(() => plane.drain());

  const code = (text: string) => (JSON.parse(text) as { code: string }).code;
  const serves = async () => assert.equal((await exchange(plane, "GET", "/exact")).text, "exact");

  const heads: readonly (readonly [criterion: string, fields: string])[] = [
    ["a head of 70 KiB", `x: ${"a".repeat(70 * 1024)}\r\n`],
    ["a head of 250 fields", "x: a\r\n".repeat(250)],
  ];
  for (const [criterion, fields] of heads) {
    it(`refuse ${criterion} and close`, async () => {
      const connection = await connect(plane);
      connection.send(`GET /exact HTTP/1.1\r\nhost: a\r\n${fields}\r\n`);
      const refused = await connection.response().catch(() => undefined);
      // A client that is still sending may find the connection reset before it reads the answer.
      if (refused) assert.equal(refused.status, has("headStatus") ? 431 : 400);
      else assert.ok(criterion.includes("KiB"));
      await connection.closed();
      await serves();
    });
  }

  it("let a head of 100 fields pass", async () => {
    const connection = await connect(plane);
    connection.send(`GET /exact HTTP/1.1\r\nhost: a\r\n${"x: a\r\n".repeat(100)}\r\n`);
    assert.equal((await connection.response()).text, "exact");
    connection.destroy();
  });

  const long = "a".repeat(URL_BYTES_MAX);
  for (const path of [`/query?a=${long}`, `/files/${long}`, `/nothing?${long}`]) {
    it(`refuse a long URL: ${path.slice(0, 8)}`, async () => {
      const response = await exchange(plane, "GET", path);
      assert.deepEqual([response.status, code(response.text)], [414, "URL_TOO_LONG"]);
    });
  }

  it("refuse a long URL that nobody reads", { skip: without("urlLimit") }, async () => {
    assert.equal((await exchange(plane, "GET", `/exact?${long}`)).status, 414);
  });

  it("of a route's own body hold for a declared length", async () => {
    assert.equal((await exchange(plane, "POST", "/small", "x".repeat(100))).text.length, 100);
    const before = plane.zones.counters[counter.bodiesTooLarge] ?? 0;
    const response = await exchange(plane, "POST", "/small", "x".repeat(101));
    assert.deepEqual([response.status, code(response.text)], [413, "BODY_TOO_LARGE"]);
    assert.equal(plane.zones.counters[counter.bodiesTooLarge], before + 1);
  });

  it("of a route's own body hold for chunks", async () => {
    const connection = await connect(plane);
    connection.send(requestText("POST", "/small", { "transfer-encoding": "chunked" }));
    connection.send(`65\r\n${"x".repeat(101)}\r\n`);
    assert.equal((await connection.response()).status, 413);
    connection.destroy();
    assert.equal((await exchange(plane, "POST", "/echo", "x".repeat(101))).status, 200);
  });

  it("close a connection after its last request", { skip: without("requestsPerConnection") }, async () => {
    const connection = await connect(plane);
    for (const last of [false, false, true]) {
      connection.send(requestText("GET", "/exact"));
      const response = await connection.response();
      assert.equal(response.text, "exact");
      assert.equal(response.headers.get("connection") === "close", last);
    }
    await connection.closed();
  });

  it("let a handler close its connection", { skip: without("closeHeader") }, async () => {
    const connection = await connect(plane);
    connection.send(requestText("GET", "/closing"));
    const response = await connection.response();
    assert.deepEqual([response.text, response.headers.get("connection")], ["closing", "close"]);
    await connection.closed();
  });

  it("ask for an announced body, and take it", async () => {
    const connection = await connect(plane);
    connection.send(requestText("POST", "/echo", { "content-length": "3", expect: "100-continue" }));
    assert.equal((await connection.head()).status, 100);
    connection.send("abc");
    assert.equal((await connection.response()).text, "abc");
    connection.destroy();
  });

  for (const [path, bytes, status] of [
    ["/echo", BODY_BYTES_MAX + 1, 413],
    ["/unread", 3, 200],
    ["/nothing", 3, 404],
  ] as const) {
    it(`ask for no announced body that ${path} does not read`, { skip: without("expectContinue") }, async () => {
      const connection = await connect(plane);
      connection.send(requestText("POST", path, { "content-length": String(bytes), expect: "100-continue" }));
      const response = await connection.response();
      assert.deepEqual([response.status, response.headers.get("connection")], [status, "close"]);
      await connection.closed();
    });
  }

  it("count connections, and bytes when they close", { skip: without("connectionCounts") }, async () => {
    const { counters } = plane.zones;
    const names = ["connectionsOpened", "connectionsClosed", "connectionBytesIn", "connectionBytesOut"] as const;
    await until("all have closed", () => counters[counter.connectionsOpened] === counters[counter.connectionsClosed]);
    const before = names.map((name) => counters[counter[name]] ?? 0);
    const request = requestText("GET", "/exact");
    const connection = await connect(plane);
    connection.send(request);
    await connection.response();
    connection.destroy();
    await until("it has closed", () => counters[counter.connectionsClosed] === (before[1] ?? 0) + 1);
    const [opened, , bytesIn, bytesOut = 0] = names.map(
      (name, at) => (counters[counter[name]] ?? 0) - (before[at] ?? 0),
    );
    assert.deepEqual([opened, bytesIn], [1, request.length]);
    assert.ok(bytesOut > "exact".length);
  });
});

describe("limits that cannot hold", () => {
  for (const [options, message] of [
    [{ bodyBytesMax: BODY_BYTES_MAX + 1 }, /bodyBytesMax = 65537.*limits\.body_bytes_max = 65536/],
    [{ bodyBytesMax: -1 }, /bodyBytesMax = -1/],
    [{ timeoutMs: -1 }, /timeoutMs = -1/],
    [{ timeoutMs: Number.NaN }, /timeoutMs = NaN/],
  ] as const) {
    it(`are refused at the start: ${JSON.stringify(options)}`, async () => {
      const wrong = defineRoutes({ "POST /wrong": { ...options, handler: () => "wrong" } });
      await assert.rejects(startPlane(settings, { routes: wrong, features: [], runtime }), message);
    });
  }
});

describe("the limit of connections", { skip: without("connectionLimit") }, () => {
  it("closes what is above it, counts that, and takes new ones when others leave", async () => {
    const plane = await startPlane(
      { "limits.connections_max": 2, "websocket.connections_max": 1 },
      { routes, features: [], runtime },
    );
    const { counters } = plane.zones;
    const kept = [await connect(plane), await connect(plane)];
    for (const connection of kept) connection.send(requestText("GET", "/exact"));
    for (const connection of kept) await connection.response();
    const above = await connect(plane);
    await above.closed();
    await until("it is counted", () => counters[counter.connectionsRefused] === 1);
    kept[0]?.destroy();
    await until("the other has closed", () => counters[counter.connectionsClosed] === 1);
    assert.equal((await exchange(plane, "GET", "/exact")).text, "exact");
    kept[1]?.destroy();
    await plane.drain();
  });
});
