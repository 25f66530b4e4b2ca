import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import type { Feature } from "../../src/http/feature.ts";
import type { Middleware } from "../../src/http/middleware.ts";
import { constant, defineRoutes } from "../../src/http/route.ts";
import { runtime } from "../../src/wiring.ts";
import { counter } from "../../src/zones/counters.ts";
import { without } from "../fixture/capability.ts";
import { connect, exchange, requestText } from "../fixture/connection.ts";
import { type Plane, startPlane } from "../fixture/plane.ts";

const routes = defineRoutes({
  "GET /text": constant("constant"),
  "GET /styled": constant("a{}", { status: 203, headers: { "content-type": "text/css", "x-own": "yes" } }),
  "GET /moved": constant("", { status: 301, headers: { location: "/text" } }),
  "GET /caf\u00e9": constant("encoded"),
  "POST /text": () => "posted",
  "GET /now": () => "now",
});

/** Fixed headers are in constants; a stamp is a header of each request's own, and is not. */
const headers: Feature = {
  name: "headers",
  install: () => ({ headers: [["x-fixed", "all"]], stamp: { name: "x-stamp", value: () => "one" } }),
};
const essential: Feature = {
  name: "essential",
  install: () => ({ stamp: { name: "x-stamp", value: () => "must", essential: true } }),
};
/** Sees every route that it is asked about. */
const marking: Middleware = (next) => (context) => {
  context.setHeader("x-marked", "yes");
  return next(context);
};
const sparing: Middleware = (next, route) => (route.constant ? next : marking(next, route));

describe("constants", () => {
  let plane: Plane;
  before(async () => {
    plane = await startPlane({}, { routes, middleware: [sparing], features: [headers], runtime });
  });
  after(() => plane.drain());

  it("are sent with the fixed headers and no stamps", async () => {
    const { status, text, headers: sent } = await exchange(plane, "GET", "/text");
    assert.deepEqual([status, text], [200, "constant"]);
    assert.deepEqual(
      ["content-type", "content-length", "x-fixed", "x-stamp", "x-marked"].map((name) => sent.get(name)),
      ["text/plain;charset=UTF-8", "8", "all", undefined, undefined],
    );
  });

  it("leave other routes their stamps", async () => {
    const { headers: sent } = await exchange(plane, "GET", "/now");
    assert.deepEqual(
      ["x-fixed", "x-stamp", "x-marked"].map((name) => sent.get(name)),
      ["all", "one", "yes"],
    );
  });

  it("have their own status and headers", async () => {
    const { status, text, headers: sent } = await exchange(plane, "GET", "/styled");
    assert.deepEqual([status, text, sent.get("content-type"), sent.get("x-own")], [203, "a{}", "text/css", "yes"]);
  });

  it("may be without a body", async () => {
    const { status, text, headers: sent } = await exchange(plane, "GET", "/moved");
    assert.deepEqual([status, text, sent.get("location")], [301, "", "/text"]);
  });

  it("are found in every spelling of their path", async () => {
    for (const path of ["/caf%C3%A9", "/caf%c3%a9", "/x/../%63af%C3%A9", "/caf%C3%A9?query"]) {
      assert.equal((await exchange(plane, "GET", path)).text, "encoded", path);
    }
  });

  it("answer HEAD with the length, and the next request on the connection", async () => {
    const connection = await connect(plane);
    for (const method of ["HEAD", "GET", "HEAD", "GET"]) {
      connection.send(requestText(method, "/text"));
      const { status, text, headers: sent } = await connection.response(method);
      assert.deepEqual([status, text, sent.get("content-length")], [200, method === "GET" ? "constant" : "", "8"]);
    }
    connection.destroy();
  });

  it("answer many requests at once", async () => {
    const answers = await Promise.all(Array.from({ length: 50 }, () => exchange(plane, "GET", "/text")));
    assert.ok(answers.every(({ status, text }) => status === 200 && text === "constant"));
  });

  it("leave their path's other methods alone", async () => {
    assert.equal((await exchange(plane, "POST", "/text")).text, "posted");
    const refused = await exchange(plane, "DELETE", "/text");
    assert.deepEqual([refused.status, refused.headers.get("allow")], [405, "GET, HEAD, OPTIONS, POST"]);
    assert.equal((await exchange(plane, "OPTIONS", "/text")).status, 204);
  });

  it("are answered with 304 where the client has them", { skip: without("constantsRevalidated") }, async () => {
    const etag = (await exchange(plane, "GET", "/text")).headers.get("etag") ?? "";
    const connection = await connect(plane);
    connection.send(requestText("GET", "/text", { "if-none-match": etag }));
    assert.equal((await connection.head()).status, 304);
    connection.destroy();
  });

  it("are counted", { skip: without("constantsCounted") }, async () => {
    const before = plane.zones.counters[counter.requests] ?? 0;
    await exchange(plane, "GET", "/text");
    assert.equal(plane.zones.counters[counter.requests], before + 1);
  });
});

describe("constants that somebody must see", () => {
  it("pass the middleware that concerns them, and then have their stamps", async () => {
    const plane = await startPlane({}, { routes, middleware: [marking], features: [headers], runtime });
    const { text, headers: sent } = await exchange(plane, "GET", "/text");
    assert.deepEqual(
      [text, ...["x-fixed", "x-stamp", "x-marked"].map((name) => sent.get(name))],
      ["constant", "all", "one", "yes"],
    );
    await plane.drain();
  });

  it("are made per request where a stamp is essential", async () => {
    const plane = await startPlane({}, { routes, features: [essential], runtime });
    const { text, headers: sent } = await exchange(plane, "GET", "/text");
    assert.deepEqual([text, sent.get("x-stamp")], ["constant", "must"]);
    await plane.drain();
  });

  it("refuse a header that cannot be sent, at the start", async () => {
    const broken = defineRoutes({ "GET /": constant("x", { headers: { "x-value": "a\u0001b" } }) });
    await assert.rejects(startPlane({}, { routes: broken, features: [], runtime }), /control character|invalid/i);
  });
});
