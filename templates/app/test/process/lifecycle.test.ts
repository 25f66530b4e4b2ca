import assert from "node:assert/strict";
import { after, describe, it } from "node:test";
import { has } from "../fixture/capability.ts";
import { type Connection, connect, exchange, requestText } from "../fixture/connection.ts";
import { endProcesses, metric, type RunningServer, startServer } from "../fixture/server-process.ts";
import { until } from "../fixture/until.ts";

describe("the end of the process", () => {
  after(endProcesses);

  it("waits for a request in flight, says that it is not ready, and refuses new connections", async () => {
    const server = await startServer({ overrides: { "workers.count": 2 } });
    const { connection, finish } = await slowRequest(server);
    server.process.signal("SIGTERM");
    await until("the readiness probe says no", async () => {
      const { status, text } = await exchange({ port: server.admin }, "GET", "/readyz");
      return status === 503 && /^not ready: the server is stopping/.test(text);
    });
    await until("connections are refused", () => isRefused(server.port));
    finish();
    const response = await connection.response();
    assert.equal(response.status, 200);
    const { code, signal, stderr } = await server.process.exit();
    assert.deepEqual([code, signal, stderr], [0, null, ""]);
    assert.deepEqual(
      server.process.log.map((line) => line.message),
      ["started", "stopping", "stopped"],
    );
  });

  it("keeps serving for the drain delay while it is not ready", async () => {
    const server = await startServer({ overrides: { "timeouts.drain_delay_ms": 60_000 } });
    server.process.signal("SIGTERM");
    await until(
      "the readiness probe says no",
      async () => (await exchange({ port: server.admin }, "GET", "/readyz")).status === 503,
    );
    assert.equal((await exchange(server, "GET", "/exact")).text, "exact");
    assert.equal((await exchange({ port: server.admin }, "GET", "/livez")).status, 200);
    server.process.signal("SIGTERM");
    assert.equal((await server.process.exit()).code, 143);
  });

  it("cuts at the deadline what does not end", async () => {
    const server = await startServer({ overrides: { "timeouts.drain_ms": 200 } });
    const connection = await neverEnding(server);
    server.process.signal("SIGTERM");
    const { code } = await server.process.exit();
    assert.equal(code, 0);
    await connection.closed();
    assert.ok(server.process.log.some((line) => line.message === "requests were cut at the drain deadline"));
  });

  for (const [first, second, status] of [
    ["SIGTERM", "SIGTERM", 143],
    ["SIGTERM", "SIGINT", 130],
  ] as const) {
    it(`comes at once with ${status} when ${second} follows ${first}`, async () => {
      const server = await startServer({ overrides: { "timeouts.drain_ms": 600_000 } });
      await neverEnding(server);
      server.process.signal(first);
      await server.process.logged("stopping");
      server.process.signal(second);
      assert.equal((await server.process.exit()).code, status);
    });
  }

  it("is the same for SIGINT", async () => {
    const server = await startServer();
    server.process.signal("SIGINT");
    assert.equal((await server.process.exit()).code, 0);
    assert.equal((await server.process.logged("stopping")).signal, "SIGINT");
  });
});

/** A request that ends when the test says so; where uploads do not outlive a drain, after a time that does. */
async function slowRequest(server: RunningServer): Promise<{ connection: Connection; finish: () => void }> {
  const connection = await connect(server);
  const gated = has("drainUploads");
  connection.send(gated ? requestText("POST", "/keep", { "content-length": "1" }) : requestText("GET", "/wait/2000"));
  await until("the request is in flight", async () => (await metric(server, "fastserve_requests_in_flight")) === 1);
  return { connection, finish: () => (gated ? connection.send("x") : undefined) };
}

async function neverEnding(server: RunningServer): Promise<Connection> {
  const connection = await connect(server);
  connection.send(requestText("GET", "/never"));
  await until("the request is in flight", async () => (await metric(server, "fastserve_requests_in_flight")) === 1);
  return connection;
}

async function isRefused(port: number): Promise<boolean> {
  try {
    (await connect({ port })).destroy();
    return false;
  } catch (error) {
    return (error as { code?: string }).code === "ECONNREFUSED";
  }
}
