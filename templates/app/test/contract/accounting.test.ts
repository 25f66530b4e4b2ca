import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { counter } from "../../src/zones/counters.ts";
import { quantileUs } from "../../src/zones/histogram.ts";
import { type Connection, connect, exchange, requestText } from "../fixture/connection.ts";
import { type Plane, startPlane } from "../fixture/plane.ts";
import { startFixtureThreads, type Threads } from "../fixture/threads.ts";
import { until } from "../fixture/until.ts";

describe("accounting of one data plane", () => {
  let plane: Plane;
  before(async () => {
    plane = await startPlane();
  });
  after(() => plane.drain());

  it("counts every answer once, by its class", async () => {
    const answers = [
      ["GET", "/exact", 200],
      ["GET", "/users/1", 200],
      ["HEAD", "/exact", 200],
      ["GET", "/reply/nothing", 204],
      ["GET", "/reply/response", 201],
      ["GET", "/problem", 418],
      ["GET", "/nothing", 404],
      ["PATCH", "/exact", 405],
      ["GET", "/users/%zz", 400],
      ["GET", "/throw", 500],
    ] as const;
    for (const [method, path, status] of answers) {
      assert.equal((await exchange(plane, method, path)).status, status, `${method} ${path}`);
    }
    await exchange(plane, "POST", "/echo", "x".repeat(3000));
    const { counters, latency } = plane.zones;
    assert.deepEqual(
      {
        requests: counters[counter.requests],
        ok: counters[counter.responses2xx],
        moved: counters[counter.responses3xx],
        client: counters[counter.responses4xx],
        server: counters[counter.responses5xx],
        handlerErrors: counters[counter.handlerErrors],
        bodyBytes: counters[counter.bodyBytesRead],
        recorded: latency.reduce((sum, count) => sum + count, 0),
        inFlight: plane.zones.inFlight.total,
      },
      {
        requests: 11,
        ok: 6,
        moved: 0,
        client: 4,
        server: 1,
        handlerErrors: 1,
        bodyBytes: 3000,
        recorded: 11,
        inFlight: 0,
      },
    );
    assert.ok((counters[counter.durationUsSum] ?? 0) > 0);
  });

  it("records how long a handler took", async () => {
    const connection = await connect(plane);
    const startedMs = performance.now();
    connection.send(requestText("POST", "/keep", { "content-length": "1" }));
    await until(
      "the request is in flight for 40 ms",
      () => plane.zones.inFlight.total === 1 && performance.now() - startedMs > 40,
    );
    connection.send("x");
    await connection.response();
    connection.destroy();
    const longestUs = quantileUs(plane.zones.latency, 1, 8);
    assert.ok(longestUs >= 10_000 && longestUs < 60e6, `${longestUs} us`);
  });
});

describe("the limit of requests in flight", () => {
  let threads: Threads;
  const LIMIT = 4;
  before(async () => {
    threads = await startFixtureThreads(2, { "limits.in_flight_max": LIMIT });
  });
  after(() => threads.drain());

  it("holds exactly over all workers, and frees its places", async () => {
    const inFlight = () => threads.zones[0]?.inFlight.total;
    const holders: Connection[] = [];
    for (let held = 1; held <= LIMIT; held += 1) {
      const holder = await connect(threads);
      holder.send(requestText("POST", "/keep", { "content-length": "1" }));
      holders.push(holder);
      await until(`${held} are in flight`, () => inFlight() === held);
    }
    // Enough connections that the kernel gives some to either worker.
    for (let refused = 1; refused <= 12; refused += 1) {
      const response = await exchange(threads, "GET", "/exact");
      assert.deepEqual([response.status, response.headers.get("retry-after")], [503, "1"]);
      assert.equal((JSON.parse(response.text) as { code: string }).code, "TOO_MANY_REQUESTS_IN_FLIGHT");
    }
    assert.equal(inFlight(), LIMIT);
    assert.equal(sum(threads, counter.refusedInFlight), 12);
    for (const holder of holders) {
      holder.send("x");
      assert.equal((await holder.response()).text, "kept");
      assert.equal((await exchange(threads, "GET", "/exact")).status, 200);
      holder.destroy();
    }
    assert.equal(inFlight(), 0);
    assert.equal(sum(threads, counter.requests), LIMIT + 12 + LIMIT);
    assert.equal(sum(threads, counter.responses5xx), 12);
  });

  it("is shared by workers that both serve", async () => {
    await until("both workers have answered", async () => {
      await exchange(threads, "GET", "/exact");
      return threads.zones.every((zones) => (zones.counters[counter.responses2xx] ?? 0) > 0);
    });
  });
});

function sum(threads: Threads, index: number): number {
  return threads.zones.reduce((total, zones) => total + (zones.counters[index] ?? 0), 0);
}
