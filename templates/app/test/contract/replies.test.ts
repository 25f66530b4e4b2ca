import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { connect, exchange, requestText } from "../fixture/connection.ts";
import { type Plane, startPlane } from "../fixture/plane.ts";

describe("replies", () => {
  let plane: Plane;
  before(async () => {
    plane = await startPlane();
  });
  after(() => plane.drain());

  type Row = readonly [criterion: string, path: string, status: number, type: RegExp | undefined, body: string];
  const rows: readonly Row[] = [
    ["sends a string as UTF-8 text", "/reply/text", 200, /^text\/plain;\s*charset=utf-8$/i, "t\u00e9xt"],
    [
      "sends other values as JSON",
      "/reply/json",
      200,
      /^application\/json\b/,
      '{"list":[1,"two",null],"nested":{"yes":true}}',
    ],
    ["sends null as JSON", "/reply/null", 200, /^application\/json\b/, "null"],
    ["sends nothing as 204", "/reply/nothing", 204, undefined, ""],
    ["sends a promise's value", "/reply/later", 200, /^text\/plain\b/, "later"],
    ["sends a response as it is", "/reply/response", 201, /^text\/plain\b/, "made"],
    ["sends a body that is still being made", "/reply/stream", 200, undefined, "one,two,three"],
  ];
  for (const [criterion, path, status, type, body] of rows) {
    it(criterion, async () => {
      const response = await exchange(plane, "GET", path);
      assert.deepEqual([response.status, response.text], [status, body]);
      if (type) assert.match(response.headers.get("content-type") ?? "", type);
      else assert.equal(response.headers.get("content-type"), undefined);
    });
  }

  it("sends bytes untouched", async () => {
    const response = await exchange(plane, "GET", "/reply/bytes");
    assert.deepEqual([...response.body], [0, 1, 254, 255]);
    assert.equal(response.headers.get("content-type"), "application/octet-stream");
    assert.equal(response.headers.get("content-length"), "4");
  });

  it("keeps a response's own headers", async () => {
    assert.equal((await exchange(plane, "GET", "/reply/response")).headers.get("x-made"), "by hand");
  });

  it("sends a length with a text, and none with a stream", async () => {
    assert.equal((await exchange(plane, "GET", "/reply/text")).headers.get("content-length"), "5");
    const stream = await exchange(plane, "GET", "/reply/stream");
    assert.deepEqual(
      [stream.headers.get("content-length"), stream.headers.get("transfer-encoding")],
      [undefined, "chunked"],
    );
  });

  it("sends an HttpError as problem+json with its headers", async () => {
    const response = await exchange(plane, "GET", "/problem");
    assert.equal(response.status, 418);
    assert.equal(response.headers.get("content-type"), "application/problem+json");
    assert.equal(response.headers.get("x-extra"), "tea");
    assert.deepEqual(JSON.parse(response.text), { status: 418, code: "TEAPOT", detail: "This is a teapot." });
  });

  for (const path of ["/throw", "/throw/later"]) {
    it(`sends a bare 500 for what ${path} throws`, async () => {
      const before = plane.zones.counters.slice();
      const response = await exchange(plane, "GET", path);
      assert.equal(response.status, 500);
      assert.deepEqual(JSON.parse(response.text), {
        status: 500,
        code: "INTERNAL_ERROR",
        detail: "The server failed to answer this request.",
      });
      assert.ok(!/secret|at |\.ts/.test([...response.headers.values(), response.text].join(" ")));
      assert.notDeepEqual(plane.zones.counters, before);
    });
  }

  it("answers the next request on the connection after a handler threw", async () => {
    const connection = await connect(plane);
    for (const [path, status] of [
      ["/throw", 500],
      ["/exact", 200],
      ["/throw/later", 500],
      ["/exact", 200],
    ] as const) {
      connection.send(requestText("GET", path));
      assert.equal((await connection.response()).status, status);
    }
    connection.destroy();
  });
});
