import assert from "node:assert/strict";
import process from "node:process";
import { after, describe, it } from "node:test";
import { connect, exchange, requestText } from "../fixture/connection.ts";
import { endProcesses, metric, type RunningServer, startServer } from "../fixture/server-process.ts";
import { until } from "../fixture/until.ts";

const rolled = (server: RunningServer, count: number) =>
  until(`${count} workers are replaced`, async () => (await rolls(server)) === count);
const rolls = (server: RunningServer) => metric(server, 'fastserve_worker_rolls_total{reason="asked"}');
const roll = (server: RunningServer, headers: Readonly<Record<string, string>> = {}) =>
  exchange({ port: server.admin }, "POST", "/-/roll", "", headers);

describe("POST /-/roll", () => {
  after(endProcesses);

  it("replaces all workers, and loses no count", async () => {
    const server = await startServer({ overrides: { "workers.count": 2 } });
    for (let request = 0; request < 10; request += 1) await exchange(server, "GET", "/exact");
    assert.equal((await roll(server)).status, 202);
    const again = await roll(server);
    assert.deepEqual([again.status, (JSON.parse(again.text) as { code: string }).code], [409, "NOT_ROLLED"]);
    await rolled(server, 2);
    for (let request = 0; request < 10; request += 1) await exchange(server, "GET", "/exact");
    assert.equal(await metric(server, "fastserve_requests_total"), 20);
    assert.equal(await metric(server, "fastserve_workers"), 2);
    assert.equal(await metric(server, "fastserve_workers_listening"), 2);
    assert.equal(await metric(server, "fastserve_worker_restarts_total"), 0);
    const { text } = await exchange({ port: server.admin }, "GET", "/metrics");
    assert.equal(text.match(/^fastserve_event_loop_lag_seconds\{/gm)?.length, 2);
    server.process.signal("SIGTERM");
    assert.equal((await server.process.exit()).code, 0);
  });

  it("is refused to a web page of another site, and to GET", async () => {
    const server = await startServer();
    assert.equal((await roll(server, { "sec-fetch-site": "cross-site" })).status, 403);
    assert.ok((await exchange({ port: server.admin }, "GET", "/-/roll")).status >= 404);
    assert.equal(await rolls(server), 0);
    server.process.signal("SIGTERM");
    await server.process.exit();
  });

  it("says inline why nothing can be replaced", async () => {
    const server = await startServer({ overrides: { "workers.mode": "inline" } });
    const refused = await roll(server);
    assert.equal(refused.status, 409);
    assert.match(refused.text, /restart the process instead/);
    server.process.signal("SIGTERM");
    await server.process.exit();
  });

  it("ends cleanly when the server stops meanwhile", async () => {
    const server = await startServer({ overrides: { "workers.count": 2, "timeouts.drain_ms": 3000 } });
    const waiting = await connect(server);
    waiting.send(requestText("GET", "/wait/1000"));
    await until("it is in flight", async () => (await metric(server, "fastserve_requests_in_flight")) === 1);
    await roll(server);
    await server.process.logged("replacing a worker");
    server.process.signal("SIGTERM");
    assert.equal((await waiting.response()).text, "waited");
    const { code, stderr } = await server.process.exit();
    assert.deepEqual([code, stderr], [0, ""]);
    assert.equal(server.process.log.at(-1)?.message, "stopped");
  });
});

describe("SIGUSR2", { skip: process.platform === "win32" ? "Windows has no such signal" : false }, () => {
  after(endProcesses);

  it("replaces all workers", async () => {
    const server = await startServer({ overrides: { "workers.count": 2 } });
    server.process.signal("SIGUSR2");
    await rolled(server, 2);
    server.process.signal("SIGTERM");
    assert.equal((await server.process.exit()).code, 0);
  });
});

describe("replacing workers under load", () => {
  after(endProcesses);

  it("answers every request but those whose connections waited to be accepted", async () => {
    const server = await startServer({ overrides: { "workers.count": 2 } });
    const tally = { answered: 0, reset: 0, refused: 0 };
    let isOver = false;
    const clients = Array.from({ length: 16 }, async () => {
      while (!isOver) await ask(server, tally);
    });
    await roll(server);
    await rolled(server, 2);
    await until("the first round is over", async () => (await roll(server)).status === 202);
    await rolled(server, 4);
    isOver = true;
    await Promise.all(clients);
    console.log(`four replacements under load: ${JSON.stringify(tally)}`);
    assert.equal(tally.refused, 0, "the port was closed for a moment");
    // What waits in an accept queue when its listener closes: at most one connection of each client per worker.
    assert.ok(tally.reset <= 4 * 16, JSON.stringify(tally));
    assert.equal(await metric(server, "fastserve_requests_in_flight"), 0);
    server.process.signal("SIGTERM");
    assert.equal((await server.process.exit()).code, 0);
  });
});

/** One request on a connection of its own. */
async function ask(server: RunningServer, tally: { answered: number; reset: number; refused: number }): Promise<void> {
  try {
    const { text } = await exchange(server, "GET", "/exact", undefined, { connection: "close" });
    assert.equal(text, "exact");
    tally.answered += 1;
  } catch (error) {
    if ((error as { code?: string }).code === "ECONNREFUSED") tally.refused += 1;
    else tally.reset += 1;
  }
}
