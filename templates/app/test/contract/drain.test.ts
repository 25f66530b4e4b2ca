import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { has, without } from "../fixture/capability.ts";
import { connect, requestText } from "../fixture/connection.ts";
import { openGate } from "../fixture/gate.ts";
import { startPlane } from "../fixture/plane.ts";
import { until } from "../fixture/until.ts";

describe("a drain", () => {
  it("lets a request in flight finish, and then closes its connection", async () => {
    const plane = await startPlane();
    const connection = await connect(plane);
    connection.send(requestText("GET", "/gate"));
    await until("the request is in flight", () => plane.zones.inFlight.total === 1);
    const drained = plane.drain(15_000);
    openGate();
    assert.equal((await connection.response()).text, "through the gate");
    assert.deepEqual(await drained, { cut: false });
    await connection.closed();
  });

  it("lets an upload in flight finish", { skip: without("drainUploads") }, async () => {
    const plane = await startPlane();
    const connection = await connect(plane);
    connection.send(requestText("POST", "/keep", { "content-length": "1" }));
    await until("the request is in flight", () => plane.zones.inFlight.total === 1);
    const drained = plane.drain(15_000);
    connection.send("x");
    assert.equal((await connection.response()).text, "kept");
    assert.deepEqual(await drained, { cut: false });
    await connection.closed();
  });

  it("ends idle connections at once", async () => {
    const plane = await startPlane();
    const connection = await connect(plane);
    connection.send(requestText("GET", "/exact"));
    await connection.response();
    assert.deepEqual(await plane.drain(15_000), { cut: false });
    await connection.closed();
  });

  it("refuses new connections", async () => {
    const plane = await startPlane();
    await plane.drain();
    await assert.rejects(() => connect(plane), { code: "ECONNREFUSED" });
  });

  it("cuts at its deadline what does not end", async () => {
    const plane = await startPlane();
    const connection = await connect(plane);
    connection.send(requestText("GET", "/never"));
    await until("the request is in flight", () => plane.zones.inFlight.total === 1);
    assert.deepEqual(await plane.drain(200), { cut: true });
    if (has("drainCut")) await connection.closed();
    connection.destroy();
  });

  it("lets a body in flight go out whole", async () => {
    const plane = await startPlane();
    const connection = await connect(plane);
    connection.send(requestText("GET", "/reply/stream"));
    await connection.head();
    const drained = plane.drain(15_000);
    await until("the last chunk has come", async () => {
      const line = new TextDecoder().decode(await connection.bytes(1));
      return line === "0" || undefined;
    });
    assert.deepEqual(await drained, { cut: false });
    connection.destroy();
  });
});
