import assert from "node:assert/strict";
import { afterEach, describe, it } from "node:test";
import { counter } from "../../src/zones/counters.ts";
import { beatAt } from "../../src/zones/zones.ts";
import { type Connection, connect, exchange, type RawResponse, requestText } from "../fixture/connection.ts";
import { gatedApp, setStartMode, waitingStarts } from "../fixture/gated-app.ts";
import { startFixtureThreads, type Threads } from "../fixture/threads.ts";
import { until } from "../fixture/until.ts";

const module = new URL("../fixture/gated-worker.ts", import.meta.url);

let threads: Threads;

async function start(count: number, overrides = {}): Promise<void> {
  threads = await startFixtureThreads(count, overrides, gatedApp, module);
}

afterEach(async () => {
  setStartMode("open");
  await threads.drain();
});

const sum = (name: keyof typeof counter) =>
  threads.rows.reduce((total, { counters }) => total + (counters[counter[name] as number] ?? 0), 0);
const gauges = () => {
  const [first] = threads.rows;
  return first ? [first.inFlight.total, first.bodiesKiB.total, first.sockets.total] : [];
};
const identity = async () => (await exchange(threads, "GET", "/worker")).text;

/** While a worker leaves, a connection that waits for it may be reset (capability rollWithoutResets): clients ask again. */
function answered(path: string): Promise<RawResponse> {
  return until("a request is answered", () => exchange(threads, "GET", path).catch(() => undefined));
}

async function inFlight(path: string): Promise<Connection> {
  const connection = await connect(threads);
  connection.send(requestText("GET", path));
  await until("the request is in flight", () => threads.rows[0]?.inFlight.total === 1);
  return connection;
}

describe("replacing a worker", () => {
  it("starts another one in the spare row, and makes the old row the spare", async () => {
    await start(1);
    const before = await identity();
    assert.deepEqual(await threads.planes.roll("asked", 0), { result: "rolled", successor: 1 });
    assert.notEqual(await identity(), before);
    assert.deepEqual([threads.planes.serving, threads.planes.listening], [[1], 1]);
    assert.equal(threads.rows[0]?.beat[beatAt], 0);
    assert.deepEqual(await threads.planes.roll("heap", 1), { result: "rolled", successor: 0 });
    assert.deepEqual(threads.planes.rolls, { rss: 0, heap: 1, asked: 1 });
    assert.equal(threads.planes.restarts, 0);
  });

  it("loses no count and keeps no gauge", async () => {
    await start(2);
    let asked = 0;
    for (let round = 0; round < 4; round += 1) {
      for (let request = 0; request < 10; request += 1) {
        assert.equal((await exchange(threads, "GET", "/exact")).status, 200);
        asked += 1;
      }
      const [worker = 0] = threads.planes.serving;
      assert.equal((await threads.planes.roll("asked", worker)).result, "rolled");
    }
    assert.deepEqual([sum("requests"), sum("responses2xx")], [asked, asked]);
    assert.deepEqual(gauges(), [0, 0, 0]);
  });

  it("lets requests in flight finish, while the new worker serves", async () => {
    await start(1);
    const waiting = await inFlight("/wait/800");
    const rolled = threads.planes.roll("asked", 0);
    await until("the new worker serves", () => threads.planes.serving[0] === 1);
    assert.equal((await answered("/exact")).text, "exact");
    assert.equal((await waiting.response()).text, "waited");
    await rolled;
    assert.deepEqual(gauges(), [0, 0, 0]);
  });

  it("cuts at the deadline what does not end, and gives its place back", async () => {
    await start(1, { "timeouts.drain_ms": 200 });
    const never = await inFlight("/never");
    assert.equal((await threads.planes.roll("asked", 0)).result, "rolled");
    await never.closed();
    assert.deepEqual(gauges(), [0, 0, 0]);
  });

  it("keeps the old worker when the new one cannot start, and says why", async () => {
    await start(1);
    const before = await identity();
    setStartMode("failing");
    const outcome = await threads.planes.roll("asked", 0);
    assert.equal(outcome.result, "kept");
    assert.match(outcome.result === "kept" ? outcome.reason : "", /the test wants no worker/);
    assert.equal(await identity(), before);
    assert.ok(threads.log.includes("error a worker's replacement did not start; the worker goes on"));
    setStartMode("open");
    assert.equal((await threads.planes.roll("asked", 0)).result, "rolled");
  });

  it("goes on when the old worker dies meanwhile", async () => {
    await start(1);
    setStartMode("waiting");
    const rolled = threads.planes.roll("asked", 0);
    await until("the new worker starts", () => waitingStarts() === 1);
    await exchange(threads, "POST", "/crash");
    await until("the old one is dead", () => threads.planes.listening === 0);
    setStartMode("open");
    assert.equal((await rolled).result, "rolled");
    assert.deepEqual([threads.planes.serving, threads.planes.restarts], [[1], 0]);
    assert.equal((await exchange(threads, "GET", "/exact")).text, "exact");
  });

  it("replaces the old worker after all when both die", async () => {
    await start(1);
    setStartMode("waiting");
    const rolled = threads.planes.roll("asked", 0);
    await until("the new worker starts", () => waitingStarts() === 1);
    await exchange(threads, "POST", "/crash");
    await until("the old one is dead", () => threads.planes.listening === 0);
    setStartMode("failing");
    assert.equal((await rolled).result, "kept");
    setStartMode("open");
    await until("one serves again", () => threads.planes.listening === 1);
    assert.deepEqual([threads.planes.restarts, threads.gaveUp], [1, []]);
  });

  it("leaves no connection counted when the old worker dies meanwhile", async () => {
    await start(1);
    const open = await connect(threads);
    open.send(requestText("GET", "/exact"));
    await open.response();
    setStartMode("waiting");
    const rolled = threads.planes.roll("asked", 0);
    await until("the new worker starts", () => waitingStarts() === 1);
    await exchange(threads, "POST", "/crash");
    await until("the old one is dead", () => threads.planes.listening === 0);
    setStartMode("open");
    assert.equal((await rolled).result, "rolled");
    assert.equal(
      threads.rows[0]?.counters[counter.connectionsOpened],
      threads.rows[0]?.counters[counter.connectionsClosed],
    );
  });

  it("lets a stop end when the new worker dies before it listens", async () => {
    await start(1, { "timeouts.drain_ms": 60_000 });
    setStartMode("waiting");
    const rolled = threads.planes.roll("asked", 0);
    await until("the new worker starts", () => waitingStarts() === 1);
    const drained = threads.planes.drain(60_000);
    setStartMode("failing");
    assert.deepEqual(await drained, { cut: false });
    await rolled;
  });

  it("survives the death of the new worker", async () => {
    await start(1);
    assert.equal((await threads.planes.roll("asked", 0)).result, "rolled");
    await exchange(threads, "POST", "/crash");
    await until("it is replaced", () => threads.planes.restarts === 1 && threads.planes.listening === 1);
    assert.deepEqual(threads.planes.serving, [1]);
    assert.equal(threads.planes.canRoll, true);
  });

  it("reaches both workers with a reload", async () => {
    await start(1);
    setStartMode("waiting");
    const rolled = threads.planes.roll("asked", 0);
    await until("the new worker starts", () => waitingStarts() === 1);
    const prepared = await threads.controls.reload();
    threads.planes.reload(prepared);
    const asked = async () => (await answered("/no-such-path")).text;
    await until("the old worker has it", async () => (await asked()) === prepared.gate);
    setStartMode("open");
    await rolled;
    await until("the new worker has it", async () => (await asked()) === prepared.gate);
  });

  it("ends cleanly when the server stops meanwhile", async () => {
    await start(2);
    setStartMode("waiting");
    const rolled = threads.planes.roll("asked", 0);
    await until("the new worker starts", () => waitingStarts() === 1);
    const drained = threads.planes.drain(500);
    setStartMode("open");
    assert.deepEqual(await drained, { cut: false });
    await rolled;
    assert.deepEqual(threads.gaveUp, []);
  });

  it("happens to one worker at a time", async () => {
    await start(2);
    const first = threads.planes.roll("asked", 0);
    assert.deepEqual(await threads.planes.roll("asked", 1), {
      result: "busy",
      reason: "a worker is being replaced",
      isPassing: true,
    });
    assert.equal(threads.planes.canRoll, false);
    assert.equal((await first).result, "rolled");
    assert.equal((await threads.planes.roll("asked", 0)).result, "busy");
  });
});

describe("replacing all workers", () => {
  it("replaces each of them once", async () => {
    await start(2);
    assert.equal(threads.planes.rollAll(), undefined);
    assert.equal(threads.planes.rollAll(), "the workers are being replaced already");
    await until("both are replaced", () => threads.planes.rolls.asked === 2);
    assert.equal(threads.planes.listening, 2);
  });

  it("stops at the first one whose replacement cannot start", async () => {
    await start(2);
    setStartMode("failing");
    threads.planes.rollAll();
    await until("it is over", () => threads.log.includes("info replaced the workers, as asked"));
    assert.deepEqual([threads.planes.rolls.asked, threads.planes.listening], [0, 2]);
  });
});
