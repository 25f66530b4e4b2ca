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
let smuggled = 0;

const routes = defineRoutes({
  "GET /exact": () => "exact",
  "GET /after": () => "after",
  "GET /path": ({ url }) => url.pathname,
  "GET /smuggled": () => {
    smuggled += 1;
    return "smuggled";
  },
  "POST /unread": () => "unread",
  "POST /unread/later": async () => {
    await Promise.resolve();
    return "unread";
  },
  "POST /begun": async ({ request }) => {
    const reader = request.body?.getReader();
    await reader?.read();
    await reader?.cancel();
    return "begun";
  },
  "POST /echo": async (context) => context.bytes(),
  "POST /small": { bodyBytesMax: 10, handler: async (context) => context.bytes() },
});

const INNER = "GET /smuggled HTTP/1.1\r\nhost: a\r\n\r\n";
/** A body of nothing but requests. */
const inner = (bytes: number) => INNER.repeat(Math.ceil(bytes / INNER.length)).slice(0, bytes);
const sized = (method: string, path: string, bytes: number, extra = "") =>
  [`${method} ${path} HTTP/1.1\r\nhost: a\r\n${extra}content-length: ${bytes}\r\n\r\n`, inner(bytes)] as const;
const chunked = (path: string, bytes: number) =>
  [
    `POST ${path} HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\n`,
    `${bytes.toString(16)}\r\n${inner(bytes)}\r\n0\r\n\r\n`,
  ] as const;

describe("connections at their edges", () => {
  let plane: Plane;
  before(async () => {
    const settings = { "limits.body_bytes_max": BODY_BYTES_MAX, "limits.bodies_bytes_max": 2 * BODY_BYTES_MAX };
    plane = await startPlane(settings, { routes, features: [], runtime });
  });
  after(() => plane.drain());

  const serves = async () => assert.equal((await exchange(plane, "GET", "/exact")).text, "exact");

  const bodies: readonly (readonly [criterion: string, parts: readonly [head: string, body: string]])[] = [
    ["is not read", sized("POST", "/unread", INNER.length)],
    ["is not read by a later answer", sized("POST", "/unread/later", 3000)],
    ["is large and not read", sized("POST", "/unread", BODY_BYTES_MAX)],
    ["is not read, in chunks", chunked("/unread", 3000)],
    ["is not read to its end", sized("POST", "/begun", BODY_BYTES_MAX)],
    ["is not read to its end, in chunks", chunked("/begun", BODY_BYTES_MAX)],
    ["has no path", sized("POST", "/nothing", 3000)],
    ["has no path, in chunks", chunked("/nothing", 3000)],
    ["has no method", sized("POST", "/exact", 3000)],
    ["is too large", sized("POST", "/echo", BODY_BYTES_MAX + 1)],
    ["is far too large", sized("POST", "/echo", 16 * BODY_BYTES_MAX)],
    ["is too large, in chunks", chunked("/echo", 2 * BODY_BYTES_MAX)],
    ["is too large for its route", sized("POST", "/small", 3000)],
    ["is too large for its route, in chunks", chunked("/small", 3000)],
    ["comes with GET", sized("GET", "/exact", 3000)],
    ["comes with HEAD", sized("HEAD", "/exact", 3000)],
    ["was announced and not asked for", sized("POST", "/unread", 3000, "expect: 100-continue\r\n")],
  ];
  for (const together of [true, false]) {
    for (const [criterion, [head, body]] of bodies) {
      // These are answered by what has come of the body, so it cannot come after the answer.
      if (!together && /to its end|large.*in chunks/.test(criterion)) continue;
      it(`take no request out of a body that ${criterion}${together ? "" : ", and comes later"}`, async () => {
        smuggled = 0;
        const connection = await connect(plane);
        const method = head.split(" ", 1)[0] ?? "";
        if (together) connection.send(head, body, requestText("GET", "/after"));
        else connection.send(head);
        let answer = await connection.response(method).catch(() => undefined);
        if (answer?.status === 100) answer = await connection.response(method).catch(() => undefined);
        if (answer) assert.ok([200, 404, 405, 413].includes(answer.status), String(answer.status));
        // Refused without reading on, the client finds the connection closed, or at worst reset.
        else await connection.closed();
        if (!together) connection.send(body, requestText("GET", "/after"));
        const next = await connection.response().catch(() => undefined);
        if (next) assert.ok(next.text === "after" || next.status === 400, next.text);
        else assert.ok(connection.isClosed);
        connection.destroy();
        await serves();
        assert.equal(smuggled, 0);
        assert.equal(plane.zones.bodiesKiB.total, 0);
      });
    }
  }

  for (const declared of [true, false]) {
    const name = `end when more of a body is left than is thrown away, ${declared ? "declared" : "in chunks"}`;
    it(name, { skip: without("leftBodies") }, async () => {
      const connection = await connect(plane);
      const piece = new Uint8Array(65_536);
      const framing = declared ? { "content-length": "1000000000" } : { "transfer-encoding": "chunked" };
      connection.send(requestText("POST", "/unread", framing), declared ? "" : "10000\r\n", piece);
      const response = await connection.response();
      assert.equal(response.text, "unread");
      if (declared) assert.equal(response.headers.get("connection"), "close");
      await until("it has closed", () => {
        if (!connection.isClosed) connection.send(...(declared ? [piece] : ["\r\n10000\r\n", piece]));
        return connection.isClosed;
      });
      await serves();
    });
  }

  it("tell a client that sends far too much so, before it is done", async () => {
    const connection = await connect(plane);
    connection.send(requestText("POST", "/echo", { "content-length": "1000000000" }), inner(1000));
    assert.equal((await connection.response()).status, 413);
    connection.destroy();
    await serves();
  });

  for (const [criterion, head, statuses] of [
    ["the method CONNECT", "CONNECT a:80 HTTP/1.1\r\nhost: a\r\n\r\n", [400, 404, 405, 501]],
    ["the method TRACE", "TRACE /exact HTTP/1.1\r\nhost: a\r\n\r\n", [405, 501]],
    ["an unknown method", "BREW /exact HTTP/1.1\r\nhost: a\r\n\r\n", [400, 405, 501]],
    ["the target *", "OPTIONS * HTTP/1.1\r\nhost: a\r\n\r\n", [204, 400, 404]],
    ["an absolute target", "GET http://b/path HTTP/1.1\r\nhost: a\r\n\r\n", [200]],
    [
      "an upgrade to what is not served",
      "GET /exact HTTP/1.1\r\nhost: a\r\nconnection: upgrade\r\nupgrade: h2c\r\n\r\n",
      [200],
    ],
    ["an expectation that nobody knows", "GET /exact HTTP/1.1\r\nhost: a\r\nexpect: tea\r\n\r\n", [200, 417]],
    ["HTTP/1.0", "GET /exact HTTP/1.0\r\n\r\n", [200]],
    ["HTTP/1.0 that stays", "GET /exact HTTP/1.0\r\nhost: a\r\nconnection: keep-alive\r\n\r\n", [200]],
  ] as const) {
    it(`answer ${criterion}, or close, and stay in step`, async () => {
      const connection = await connect(plane);
      connection.send(head);
      const response = await connection.response().catch(() => undefined);
      if (response) assert.ok((statuses as readonly number[]).includes(response.status), String(response.status));
      else assert.ok(connection.isClosed && statuses[0] !== 200);
      // What follows CONNECT is no request for those who know the method.
      if (!criterion.includes("CONNECT")) {
        connection.send(requestText("GET", "/after"));
        const next = await connection.response().catch(() => undefined);
        if (next) assert.equal(next.text, "after");
        else assert.ok(connection.isClosed);
      }
      connection.destroy();
      await serves();
    });
  }

  it("close after HTTP/1.0", async () => {
    const connection = await connect(plane);
    connection.send("GET /exact HTTP/1.0\r\n\r\n");
    assert.equal((await connection.response()).text, "exact");
    await connection.closed();
  });

  it("serve the path of an absolute target", async () => {
    const connection = await connect(plane);
    connection.send("GET http://b/path HTTP/1.1\r\nhost: a\r\n\r\n");
    assert.equal((await connection.response()).text, "/path");
    connection.destroy();
  });

  it("that break in the middle of a body are counted, and are no errors of handlers", async () => {
    const { counters } = plane.zones;
    const before = counters[counter.bodiesIncomplete] ?? 0;
    const connection = await connect(plane);
    connection.send(requestText("POST", "/echo", { "content-length": "10" }), "x");
    await until("it is being read", () => plane.zones.bodiesKiB.total === 1);
    connection.destroy();
    await until("it is counted", () => counters[counter.bodiesIncomplete] === before + 1);
    await until("nothing is held", () => plane.zones.bodiesKiB.total === 0);
    assert.equal(counters[counter.handlerErrors], 0);
    if (has("connectionCounts")) assert.ok((counters[counter.clientsGone] ?? 0) > 0);
  });

  it("that speak no HTTP are counted", { skip: without("connectionCounts") }, async () => {
    const { counters } = plane.zones;
    const before = counters[counter.requestsMalformed] ?? 0;
    const connection = await connect(plane);
    connection.send("GARBAGE\r\n\r\n");
    assert.equal((await connection.response()).status, 400);
    await connection.closed();
    assert.equal(counters[counter.requestsMalformed], before + 1);
  });
});
