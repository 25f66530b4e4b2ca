import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { connect, exchange, requestText } from "../fixture/connection.ts";
import { type Plane, startPlane } from "../fixture/plane.ts";
import { until } from "../fixture/until.ts";

describe("connections", () => {
  let plane: Plane;
  before(async () => {
    plane = await startPlane();
  });
  after(() => plane.drain());

  it("serve one request after the other", async () => {
    const connection = await connect(plane);
    for (const body of ["1", "2", "3"]) {
      connection.send(requestText("GET", `/users/${body}`));
      assert.equal((await connection.response()).text, `{"id":"${body}"}`);
    }
    connection.destroy();
  });

  for (const path of ["/echo", "/ignore", "/nothing", "/exact"]) {
    for (const size of [100, 2048, 102_400]) {
      it(`stay in step after ${size} bytes posted to ${path}`, async () => {
        const connection = await connect(plane);
        const expected = { "/echo": 200, "/ignore": 200, "/nothing": 404, "/exact": 405 }[path];
        connection.send(requestText("POST", path, { "content-length": String(size) }), new Uint8Array(size).fill(65));
        assert.equal((await connection.response()).status, expected);
        connection.send(requestText("GET", "/users/after"));
        // A server that did not read the body to its end may close instead; it must not answer out of step.
        const next = await connection.response().catch(() => undefined);
        if (path === "/echo") assert.ok(next, "a connection whose body was read stays open");
        if (next) assert.deepEqual([next.status, next.text], [200, '{"id":"after"}']);
        else assert.ok(connection.isClosed);
        connection.destroy();
      });
    }
  }

  it("answer pipelined requests in order", async () => {
    const connection = await connect(plane);
    connection.send(requestText("GET", "/reply/later"), requestText("GET", "/users/2"), requestText("GET", "/exact"));
    const texts = [await connection.response(), await connection.response(), await connection.response()];
    assert.deepEqual(
      texts.map((response) => response.text),
      ["later", '{"id":"2"}', "exact"],
    );
    connection.destroy();
  });

  it("take a head that comes byte by byte", async () => {
    const connection = await connect(plane);
    for (const byte of requestText("GET", "/exact")) connection.send(byte);
    assert.equal((await connection.response()).text, "exact");
    connection.destroy();
  });

  it("close after the response when the client asks for it", async () => {
    const connection = await connect(plane);
    connection.send(requestText("GET", "/exact", { connection: "close" }));
    assert.equal((await connection.response()).text, "exact");
    await connection.closed();
  });

  for (const [criterion, bytes] of [
    ["a malformed request line", "GARBAGE\r\n\r\n"],
    ["two different lengths", "POST /echo HTTP/1.1\r\nhost: a\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\nab"],
    ["a malformed length", "POST /echo HTTP/1.1\r\nhost: a\r\ncontent-length: 1x\r\n\r\na"],
    ["a negative length", "POST /echo HTTP/1.1\r\nhost: a\r\ncontent-length: -1\r\n\r\na"],
  ] as const) {
    it(`refuse ${criterion} and do not go on`, async () => {
      const connection = await connect(plane);
      connection.send(bytes);
      const response = await connection.response().catch(() => undefined);
      if (response) assert.equal(response.status, 400);
      await connection.closed();
      connection.destroy();
    });
  }

  it("that break give back their place in flight", async () => {
    const connections = await Promise.all(Array.from({ length: 5 }, () => connect(plane)));
    for (const connection of connections)
      connection.send(requestText("POST", "/keep", { "content-length": "10" }), "x");
    await until("all are in flight", () => plane.zones.inFlight.total === 5);
    for (const connection of connections) connection.destroy();
    await until("none is in flight", () => plane.zones.inFlight.total === 0);
    assert.equal(plane.zones.bodiesKiB.total, 0);
    assert.equal((await exchange(plane, "GET", "/exact")).status, 200);
  });
});
