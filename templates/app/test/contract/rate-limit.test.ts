import assert from "node:assert/strict";
import { after, describe, it } from "node:test";
import type { App } from "../../src/data/start-data-plane.ts";
import { rateLimit } from "../../src/features/rate-limit.ts";
import { HttpError } from "../../src/http/http-error.ts";
import { defineRoutes } from "../../src/http/route.ts";
import { runtime } from "../../src/wiring.ts";
import { connect, exchange, type RawResponse, requestText } from "../fixture/connection.ts";
import { atGate, openGate } from "../fixture/gate.ts";
import { type Plane, startPlane } from "../fixture/plane.ts";
import type { Overrides } from "../fixture/settings.ts";
import { startFixtureThreads } from "../fixture/threads.ts";
import { until } from "../fixture/until.ts";

const app: App = {
  routes: defineRoutes({
    "GET /free": () => "free",
    "GET /gate": async () => {
      await atGate();
      return "through";
    },
    "GET /fails": async () => {
      throw new HttpError(409, "ON_PURPOSE", "This fails.");
    },
    "GET /hangs": { timeoutMs: 20, handler: () => new Promise<string>(() => undefined) },
    "GET /once": { rateLimit: { requests: 1, windowMs: 3_600_000 }, handler: () => "once" },
    "POST /login": { rateLimit: { requests: 2, windowMs: 3_600_000 }, handler: () => "in" },
  }),
  features: [rateLimit],
  runtime,
};

/** So slow that nothing comes back while a test runs: 1 per second would. */
const slowly = (requests: number): Overrides => ({ "rate_limit.requests_per_s": 1, "rate_limit.burst": requests });
const viaProxy: Overrides = { "proxy.trusted": "127.0.0.1", "proxy.header": "x-forwarded-for" };

function statusesOf(responses: readonly RawResponse[]): readonly number[] {
  return responses.map(({ status }) => status);
}

async function times(count: number, ask: () => Promise<RawResponse>): Promise<readonly RawResponse[]> {
  const responses: RawResponse[] = [];
  for (let index = 0; index < count; index += 1) responses.push(await ask());
  return responses;
}

function metric(plane: Plane, name: string): number {
  const line = plane.controls
    .metrics()
    .split("\n")
    .find((text) => text.startsWith(`${name} `));
  return Number(line?.slice(name.length + 1));
}

describe("rate limits", () => {
  const planes: Plane[] = [];
  async function started(overrides: Overrides): Promise<Plane> {
    const plane = await startPlane(overrides, app);
    planes.push(plane);
    return plane;
  }
  after(async () => {
    openGate();
    for (const plane of planes) await plane.drain();
  });

  it("refuse with 429, problem+json, Retry-After and the draft's fields", async () => {
    const plane = await started({});
    const [first, second, third] = await times(3, () => exchange(plane, "POST", "/login", ""));
    assert.deepEqual(statusesOf([first, second, third] as RawResponse[]), [200, 200, 429]);
    assert.equal(first?.headers.get("ratelimit"), undefined);
    assert.equal(third?.headers.get("content-type"), "application/problem+json");
    assert.equal((JSON.parse(third?.text ?? "") as { code: string }).code, "RATE_LIMITED");
    const retryAfter = Number(third?.headers.get("retry-after"));
    assert.ok(retryAfter > 1700 && retryAfter <= 1800, `half an hour: ${retryAfter}`);
    assert.equal(third?.headers.get("ratelimit-policy"), '"route";q=2;w=3600');
    assert.equal(third?.headers.get("ratelimit"), `"route";r=0;t=${retryAfter}`);
    assert.equal(metric(plane, 'fastserve_rate_limit_refused_total{limit="route"}'), 1);
  });

  it("of a route leave other routes alone", async () => {
    const plane = await started({});
    await times(3, () => exchange(plane, "POST", "/login", ""));
    assert.equal((await exchange(plane, "GET", "/free")).status, 200);
  });

  it("count a client's requests to all paths, those that nobody has and other methods among them", async () => {
    const plane = await started(slowly(1000));
    const paths = Array.from(
      { length: 1200 },
      (_, index) => ["/free", `/scan/${index}`, "/login"][index % 3] as string,
    );
    const connection = await connect(plane);
    const statuses = new Map<number, number>();
    const startedMs = performance.now();
    for (const path of paths) {
      connection.send(requestText("GET", path));
      const { status } = await connection.response();
      statuses.set(status, (statuses.get(status) ?? 0) + 1);
    }
    const backMost = Math.ceil((performance.now() - startedMs) / 1000);
    connection.destroy();
    const refused = statuses.get(429) ?? 0;
    assert.ok(refused <= 200 && refused >= 200 - backMost, `${refused} of 1200 were refused`);
    assert.deepEqual([...statuses.keys()].sort(), [200, 404, 405, 429]);
    assert.equal(metric(plane, 'fastserve_rate_limit_refused_total{limit="client"}'), refused);
  });

  it("tell the clients of a trusted proxy apart, and IPv6 ones by their /64", async () => {
    const plane = await started(viaProxy);
    const rows: readonly (readonly [client: string, status: number])[] = [
      ["203.0.113.1", 200],
      ["203.0.113.2", 200],
      ["203.0.113.1", 429],
      ["::ffff:203.0.113.2", 429],
      ["2001:db8::1", 200],
      ["2001:db8::ffff:1", 429],
      ["2001:db8:0:1::1", 200],
    ];
    for (const [client, status] of rows) {
      const response = await exchange(plane, "GET", "/once", undefined, { "x-forwarded-for": client });
      assert.equal(response.status, status, client);
    }
  });

  it("cannot be passed by a client that makes up forwarding fields", async () => {
    const plane = await started({});
    const statuses: number[] = [];
    for (const made of ["203.0.113.1", "203.0.113.2", "203.0.113.3"]) {
      const fields = { "x-forwarded-for": made, forwarded: `for=${made}`, "x-real-ip": made };
      statuses.push((await exchange(plane, "GET", "/once", undefined, fields)).status);
    }
    assert.deepEqual(statuses, [200, 429, 429]);
  });

  it("can be told on every answer", async () => {
    const plane = await started({ ...slowly(10), "rate_limit.fields": "all" });
    const free = await exchange(plane, "GET", "/free");
    assert.equal(free.headers.get("ratelimit-policy"), '"client";q=10;w=10');
    assert.equal(free.headers.get("ratelimit"), '"client";r=9;t=1');
    const login = await exchange(plane, "POST", "/login", "");
    assert.equal(login.headers.get("ratelimit-policy"), '"client";q=10;w=10, "route";q=2;w=3600');
    assert.match(login.headers.get("ratelimit") ?? "", /^"client";r=\d;t=\d, "route";r=1;t=1800$/);
    assert.match((await exchange(plane, "GET", "/nothing")).headers.get("ratelimit") ?? "", /^"client";r=/);
    await exchange(plane, "POST", "/login", "");
    const refused = await exchange(plane, "POST", "/login", "");
    assert.deepEqual(
      [refused.status, refused.headers.get("ratelimit")],
      [429, `"route";r=0;t=${refused.headers.get("retry-after")}`],
    );
  });

  it("bound one client's requests in flight, and give the places back", async () => {
    const plane = await started({ "rate_limit.in_flight_per_client_max": 2, ...viaProxy });
    const ask = (path: string, client = "203.0.113.1") =>
      exchange(plane, "GET", path, undefined, { "x-forwarded-for": client });
    const held = [ask("/gate"), ask("/gate")];
    await until("both are being handled", () => plane.zones.inFlight.total === 2);
    const refused = await ask("/free");
    assert.deepEqual([refused.status, refused.headers.get("retry-after")], [429, "1"]);
    assert.equal((await ask("/free", "203.0.113.2")).status, 200);
    openGate();
    assert.deepEqual(statusesOf(await Promise.all(held)), [200, 200]);
    assert.deepEqual(statusesOf([await ask("/fails"), await ask("/nothing"), await ask("/fails")]), [409, 404, 409]);
    assert.equal((await ask("/free")).status, 200);
    assert.equal(metric(plane, 'fastserve_rate_limit_refused_total{limit="in_flight"}'), 1);
  });

  it("give a place back when the handler's time is up, whether or not it ever ends", async () => {
    const plane = await started({ "rate_limit.in_flight_per_client_max": 1 });
    const late = await times(2, () => exchange(plane, "GET", "/hangs"));
    assert.deepEqual(statusesOf(late), [503, 503]);
    assert.equal((await exchange(plane, "GET", "/free")).status, 200);
  });
});

describe("rate limits over two workers", () => {
  it("hold for both together", async () => {
    const threads = await startFixtureThreads(2, slowly(40));
    const startedMs = performance.now();
    // Connections of their own, so that the kernel spreads them.
    const responses = await times(100, () => exchange(threads, "GET", "/exact"));
    const backMost = Math.ceil((performance.now() - startedMs) / 1000);
    const admitted = statusesOf(responses).filter((status) => status === 200).length;
    assert.ok(admitted >= 40 && admitted <= 40 + backMost, `${admitted} were admitted`);
    await threads.drain();
  });

  it("hold on when a worker is replaced", async () => {
    const threads = await startFixtureThreads(1, slowly(40));
    const startedMs = performance.now();
    const before = await times(30, () => exchange(threads, "GET", "/exact"));
    assert.equal((await threads.planes.roll("asked", 0)).result, "rolled");
    const responses = [...before, ...(await times(70, () => exchange(threads, "GET", "/exact")))];
    const backMost = Math.ceil((performance.now() - startedMs) / 1000);
    const admitted = statusesOf(responses).filter((status) => status === 200).length;
    assert.ok(admitted >= 40 && admitted <= 40 + backMost, `${admitted} were admitted`);
    await threads.drain();
  });
});
