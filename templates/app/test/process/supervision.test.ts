import assert from "node:assert/strict";
import { after, describe, it } from "node:test";
import { has, without } from "../fixture/capability.ts";
import { type Connection, connect, exchange, requestText } from "../fixture/connection.ts";
import { endProcesses, metric, type RunningServer, startServer } from "../fixture/server-process.ts";
import { until } from "../fixture/until.ts";

describe("the supervisor", () => {
  after(endProcesses);

  it("replaces a worker that dies, while the other one serves, and takes back what it held", async () => {
    const server = await startServer({ overrides: { "workers.count": 2 } });
    const [doomed, other] = await onePerWorker(server);
    doomed.connection.send(requestText("POST", "/crash"));
    assert.equal((await doomed.connection.response()).text, "crashing");
    await doomed.connection.closed();
    for (let request = 0; request < 20; request += 1) assert.equal(await workerOf(other.connection), other.worker);
    await until("both listen again", async () => {
      const restarts = await metric(server, "fastserve_worker_restarts_total");
      return restarts === 1 && (await metric(server, "fastserve_workers_listening")) === 2;
    });
    const [first, second] = await onePerWorker(server);
    assert.ok(![first.worker, second.worker].includes(doomed.worker));
    assert.equal(await metric(server, "fastserve_requests_in_flight"), 0);
    const death = await server.process.logged("a worker died");
    assert.match(String(death.reason), /the fixture crashed on purpose/);
    server.process.signal("SIGTERM");
    assert.equal((await server.process.exit()).code, 0);
  });

  it("takes back the places in flight of a worker that dies", async () => {
    const server = await startServer();
    const [keeper, holder] = [await connect(server), await connect(server)];
    keeper.send(requestText("POST", "/keep", { "content-length": "1" }));
    holder.send(requestText("POST", "/hold", { "content-length": "2048" }), "x");
    await until("a request is in flight", async () => (await metric(server, "fastserve_requests_in_flight")) === 1);
    await until("a body is held", async () => (await metric(server, "fastserve_request_bodies_bytes")) === 2048);
    await exchange(server, "POST", "/crash");
    await until("the worker is back", async () => (await metric(server, "fastserve_worker_restarts_total")) === 1);
    assert.equal(await metric(server, "fastserve_requests_in_flight"), 0);
    assert.equal(await metric(server, "fastserve_request_bodies_bytes"), 0);
    keeper.destroy();
    holder.destroy();
  });

  it("keeps the totals of a worker that dies", async () => {
    const server = await startServer();
    for (let request = 0; request < 5; request += 1) await exchange(server, "GET", "/exact");
    await exchange(server, "POST", "/crash");
    await until(
      "the worker is back",
      async () => (await metric(server, "fastserve_workers_listening")) === 1 && answers(server),
    );
    assert.ok((await metric(server, "fastserve_requests_total")) >= 7);
  });

  it("gives up with a reason when workers keep dying", async () => {
    const server = await startServer({ overrides: { "workers.restarts_max": 2 } });
    let gone = false;
    const exit = server.process.exit().finally(() => {
      gone = true;
    });
    await until("the process is gone", async () => {
      await exchange(server, "POST", "/crash").catch(() => undefined);
      return gone;
    });
    const { code, stderr } = await exit;
    assert.equal(code, 1);
    assert.match(stderr, /^fastserve: 3 workers died within 60 s; the last one: .*the fixture crashed on purpose$/m);
  });

  it("replaces a worker whose event loop does not turn", { skip: without("stallReplacement") }, async () => {
    const server = await startServer({ overrides: { "workers.count": 2, "workers.stall_ms_max": 1500 } });
    const [stalled, other] = await onePerWorker(server);
    stalled.connection.send(requestText("POST", "/stall"));
    assert.equal(await workerOf(other.connection), other.worker);
    await until("it is replaced", async () => {
      const restarts = await metric(server, "fastserve_worker_restarts_total");
      return restarts === 1 && (await metric(server, "fastserve_workers_listening")) === 2;
    });
    assert.match(String((await server.process.logged("a worker died")).reason), /event loop has not turned/);
    // The old thread's listener must be gone: no connection may end with it.
    for (let request = 0; request < 20; request += 1) {
      assert.equal((await exchange(server, "GET", "/exact")).text, "exact");
    }
    server.process.signal("SIGTERM");
    assert.equal((await server.process.exit()).code, 0);
  });
});

describe("the supervisor, where a stalled thread cannot be ended", {
  skip: has("stallReplacement") ? "it can be replaced here" : false,
}, () => {
  after(endProcesses);

  it("gives up, so that what supervises the process starts it again", async () => {
    const server = await startServer({ overrides: { "workers.stall_ms_max": 1500 } });
    await exchange(server, "POST", "/stall");
    const { code, stderr } = await server.process.exit();
    assert.equal(code, 1);
    assert.match(stderr, /^fastserve: worker 0 is stalled: its event loop has not turned for \d+ ms; /m);
  });
});

interface Held {
  readonly connection: Connection;
  readonly worker: string;
}

async function workerOf(connection: Connection): Promise<string> {
  connection.send(requestText("GET", "/worker"));
  return (await connection.response()).text;
}

/** Two connections to two different workers; the kernel decides which worker gets one. */
async function onePerWorker(server: RunningServer): Promise<readonly [Held, Held]> {
  const first = await held(server);
  const second = await until("a second worker answers", async () => {
    const next = await held(server);
    if (next.worker !== first.worker) return next;
    next.connection.destroy();
    return undefined;
  });
  return [first, second];
}

async function held(server: RunningServer): Promise<Held> {
  const connection = await connect(server);
  return { connection, worker: await workerOf(connection) };
}

async function answers(server: RunningServer): Promise<boolean> {
  const response = await exchange(server, "GET", "/exact").catch(() => undefined);
  return response?.status === 200;
}
