import assert from "node:assert/strict";
import process from "node:process";
import { after, before, describe, it } from "node:test";
import { defineRoutes } from "../../src/http/route.ts";
import { runtime } from "../../src/wiring.ts";
import { counter } from "../../src/zones/counters.ts";
import { adapter, has, without } from "../fixture/capability.ts";
import { connect, exchange, requestText } from "../fixture/connection.ts";
import { type Plane, startPlane } from "../fixture/plane.ts";
import { until } from "../fixture/until.ts";

/** What the handlers saw, in the test's own thread. */
const seen: unknown[] = [];
/** How reading a body ended: its length, or the failure's code. */
const readings: unknown[] = [];
let finish: (value: Response | string) => void = () => undefined;
let fail: (error: Error) => void = () => undefined;
let cancelled = 0;

const aborted = (signal: AbortSignal) =>
  new Promise<string>((resolve) => {
    signal.addEventListener("abort", () => {
      seen.push((signal.reason as { code?: string }).code);
      resolve("too late");
    });
  });

const routes = defineRoutes({
  "GET /exact": () => "exact",
  "GET /late": ({ signal }) => aborted(signal),
  "GET /held": () =>
    new Promise<Response | string>((resolve, reject) => {
      finish = resolve;
      fail = reject;
    }),
  "GET /patient": { timeoutMs: 0, handler: ({ signal }) => aborted(signal) },
  "GET /brief": { timeoutMs: 10, handler: () => new Promise<string>(() => undefined) },
  "GET /success": async ({ signal }) => {
    signal.addEventListener("abort", () => seen.push("aborted after a success"));
    await Promise.resolve();
    return "success";
  },
  "POST /echo": async (context) => context.bytes(),
  "POST /read": async (context) => {
    try {
      readings.push((await context.bytes()).length);
    } catch (error) {
      readings.push((error as { code?: string }).code);
    }
  },
});

describe("a handler's time", () => {
  let plane: Plane;
  before(async () => {
    plane = await startPlane({ "timeouts.handler_ms": 200 }, { routes, features: [], runtime });
  });
  after(() => plane.drain());

  const timeouts = () => plane.zones.counters[counter.handlerTimeouts] ?? 0;

  it("over is answered with 503, told to the handler, and gives the place back", async () => {
    seen.length = 0;
    const response = await exchange(plane, "GET", "/late");
    assert.equal(response.status, 503);
    assert.equal((JSON.parse(response.text) as { code: string }).code, "HANDLER_TIMEOUT");
    assert.deepEqual(seen, ["HANDLER_TIMEOUT"]);
    assert.equal(plane.zones.inFlight.total, 0);
    assert.equal(plane.zones.counters[counter.handlerErrors], 0);
  });

  it("over drops what the handler brings later, and the connection goes on in step", async () => {
    const connection = await connect(plane);
    connection.send(requestText("GET", "/held"));
    assert.equal((await connection.response()).status, 503);
    const requests = plane.zones.counters[counter.requests];
    const body = new ReadableStream({
      cancel() {
        cancelled += 1;
      },
    });
    finish(new Response(body));
    await until("its body is cancelled", () => cancelled === 1);
    connection.send(requestText("GET", "/exact"));
    assert.equal((await connection.response()).text, "exact");
    assert.equal(plane.zones.counters[counter.requests], (requests ?? 0) + 1);
    assert.equal(plane.zones.inFlight.total, 0);
    connection.destroy();
  });

  it("over makes a later failure nobody's", async () => {
    const failures = plane.zones.counters[counter.handlerErrors];
    assert.equal((await exchange(plane, "GET", "/held")).status, 503);
    fail(new Error("too late"));
    assert.equal((await exchange(plane, "GET", "/exact")).text, "exact");
    assert.equal(plane.zones.counters[counter.handlerErrors], failures);
  });

  it("is the route's own where it has one", async () => {
    const before = timeouts();
    assert.equal((await exchange(plane, "GET", "/brief")).status, 503);
    assert.equal(timeouts(), before + 1);
  });

  it("has no bound where the route says so", async () => {
    seen.length = 0;
    const before = timeouts();
    const connection = await connect(plane);
    connection.send(requestText("GET", "/patient"));
    await until("it is in flight", () => plane.zones.inFlight.total === 1);
    // Another request's whole time goes by.
    assert.equal((await exchange(plane, "GET", "/late")).status, 503);
    assert.deepEqual([timeouts(), plane.zones.inFlight.total], [before + 1, 1]);
    connection.destroy();
    await until("the client's leaving is told", () => plane.zones.inFlight.total === 0);
    assert.deepEqual(seen, ["HANDLER_TIMEOUT", "CLIENT_GONE"]);
  });

  it("is not cut short by the end of a success", async () => {
    seen.length = 0;
    const connection = await connect(plane);
    for (let time = 0; time < 3; time += 1) {
      connection.send(requestText("GET", "/success"));
      assert.equal((await connection.response()).text, "success");
    }
    connection.destroy();
    assert.equal((await exchange(plane, "GET", "/exact")).text, "exact");
    assert.deepEqual(seen, []);
  });

  it("over while the body arrives ends the reading", async () => {
    const connection = await connect(plane);
    connection.send(requestText("POST", "/echo", { "content-length": "10" }), "x");
    assert.equal((await connection.response()).status, 503);
    // The rest of the body is no request, whether the connection goes on or not.
    connection.send("y".repeat(9), requestText("GET", "/exact"));
    const next = await connection.response().catch(() => undefined);
    if (next) assert.deepEqual([next.status, next.text], [200, "exact"]);
    else assert.ok(connection.isClosed);
    connection.destroy();
    await until("the body's memory is given back", () => plane.zones.bodiesKiB.total === 0);
  });
});

for (const gathered of [false, true])
  describe(`a body that is on its way when the handler's time is over, with memory.body_assembly = ${gathered}`, () => {
    let plane: Plane;
    before(async () => {
      const settings = { "timeouts.handler_ms": 200, "memory.body_assembly": gathered } as const;
      plane = await startPlane(settings, { routes, features: [], runtime });
    });
    after(() => plane.drain());

    const ways: readonly [name: string, headers: Readonly<Record<string, string>>, sent: string][] = [
      ["with its length", { "content-length": "10000" }, "x".repeat(5000)],
      ["in chunks", { "transfer-encoding": "chunked" }, `1388\r\n${"x".repeat(5000)}\r\n`],
    ];
    for (const [name, headers, sent] of ways) {
      it(`is not held uncounted ${name}, though its client sends nothing more and stays`, async () => {
        readings.length = 0;
        const connection = await connect(plane);
        connection.send(requestText("POST", "/read", headers), sent);
        assert.equal((await connection.response()).status, 503);
        // Deno.serve's own reader goes on until the client leaves; what it holds is counted until then.
        if (adapter === "deno-serve" && "content-length" in headers) {
          assert.deepEqual([readings.length, plane.zones.bodiesKiB.total], [0, 10]);
          connection.destroy();
        }
        await until("the read has ended", () => readings.length === 1);
        assert.deepEqual([...readings, plane.zones.bodiesKiB.total], ["BODY_INCOMPLETE", 0]);
        connection.destroy();
      });
    }
  });

describe("a client's time", () => {
  let plane: Plane;
  before(async () => {
    const settings = { "timeouts.head_ms": 300, "timeouts.request_ms": 600, "timeouts.idle_ms": 300 };
    plane = await startPlane(settings, { routes, features: [], runtime });
  });
  after(() => plane.drain());

  it("for its head is bounded", { skip: without("headTimeout") || tooSlow("headTimeout") }, async () => {
    const connection = await connect(plane);
    connection.send("GET /exact HTTP/1.1\r\nhost: a\r\nx: ");
    const response = await connection.response().catch(() => undefined);
    await connection.closed();
    if (!has("connectionCounts")) return;
    assert.equal(response?.status, 408);
    await until("it is counted", () => (plane.zones.counters[counter.requestTimeouts] ?? 0) > 0);
  });

  it("for its body is bounded", { skip: without("requestTimeout") }, async () => {
    const connection = await connect(plane);
    connection.send(requestText("POST", "/echo", { "content-length": "10" }), "x");
    const response = await connection.response().catch(() => undefined);
    if (response) assert.ok([400, 408].includes(response.status), String(response.status));
    await connection.closed();
    await until("nothing is held", () => plane.zones.bodiesKiB.total === 0);
    assert.equal(plane.zones.inFlight.total, 0);
  });

  it("for its next request is bounded", { skip: without("idleTimeout") || tooSlow("idleTimeout") }, async () => {
    const connection = await connect(plane);
    connection.send(requestText("GET", "/exact"));
    assert.equal((await connection.response()).text, "exact");
    await connection.closed();
  });
});

/** What one connection's kernel buffers do not hold, whatever they grow to on loopback. */
const LARGE_BYTES = 32 * 1024 * 1024;

describe("a client that does not read", { skip: without("slowReaders") || without("connectionCounts") }, () => {
  for (const path of ["/large", "/stream"]) {
    it(`does not hold its connection and the answer for ever: ${path}`, async () => {
      const large = defineRoutes({
        "GET /large": () => new Uint8Array(LARGE_BYTES),
        "GET /stream": () =>
          new Response(new ReadableStream({ pull: (controller) => controller.enqueue(new Uint8Array(LARGE_BYTES)) })),
      });
      const plane = await startPlane({ "timeouts.idle_ms": 200 }, { routes: large, features: [], runtime });
      const connection = await connect(plane);
      connection.pause();
      connection.send(requestText("GET", path));
      await until("the server has closed it", () => plane.zones.counters[counter.connectionsClosed] === 1);
      connection.destroy();
      await plane.drain();
    });
  }

  it("at once, but goes on in time, gets all of it", async () => {
    const large = defineRoutes({ "GET /large": () => new Uint8Array(LARGE_BYTES).fill(65) });
    const plane = await startPlane({ "timeouts.idle_ms": 10_000 }, { routes: large, features: [], runtime });
    const response = await fetch(`http://127.0.0.1:${plane.port}/large`);
    const body = new Uint8Array(await response.arrayBuffer());
    assert.equal(body.length, LARGE_BYTES);
    assert.ok(body.every((byte) => byte === 65));
    await plane.drain();
  });
});

/** Bun looks at its connections every 4 s, and gives a head 10 s. */
function tooSlow(name: "headTimeout" | "idleTimeout"): string | false {
  if (adapter !== "bun" || process.env.FASTSERVE_SLOW_TESTS) return false;
  return `${name} takes Bun seconds to act on: set FASTSERVE_SLOW_TESTS=1 and a test timeout of 30 s`;
}
