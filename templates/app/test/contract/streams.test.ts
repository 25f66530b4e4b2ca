import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { has } from "../fixture/capability.ts";
import { connect, exchange, requestText } from "../fixture/connection.ts";
import { type Plane, startPlane } from "../fixture/plane.ts";
import { until } from "../fixture/until.ts";

describe("streamed replies", () => {
  let plane: Plane;
  before(async () => {
    plane = await startPlane();
  });
  after(() => plane.drain());

  const serves = async () => assert.equal((await exchange(plane, "GET", "/exact")).text, "exact");

  it("whose source fails end their own connection and nothing else", async () => {
    const connection = await connect(plane);
    connection.send(requestText("GET", "/reply/breaking"));
    await assert.rejects(connection.response());
    connection.destroy();
    await serves();
  });

  it("that are quiet are cancelled when their client leaves, and open at once", async () => {
    const connection = await connect(plane);
    connection.send(requestText("GET", "/reply/quiet"));
    if (has("earlyHead")) assert.equal((await connection.head()).status, 200);
    else await connection.bytes(1);
    connection.destroy();
    const left = async () => (JSON.parse((await exchange(plane, "GET", "/reply/left")).text) as { left: number }).left;
    await until("the stream was cancelled", async () => (await left()) === 1);
  });

  it("that were sent before are an error of their handler only", async () => {
    assert.equal((await exchange(plane, "GET", "/reply/constant")).text, "constant");
    assert.equal((await exchange(plane, "GET", "/reply/constant")).status, 500);
    await serves();
  });

  it("with a control character in a header are a bare 500", async () => {
    assert.equal((await exchange(plane, "GET", "/reply/control")).status, 500);
    await serves();
  });
});
