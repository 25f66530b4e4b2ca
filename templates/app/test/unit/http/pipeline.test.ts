import assert from "node:assert/strict";
import { test } from "node:test";
import { Deadlines } from "../../../src/http/deadlines.ts";
import { HttpError } from "../../../src/http/http-error.ts";
import type { Handle } from "../../../src/http/middleware.ts";
import { compileEndpoint, type PipelineServices } from "../../../src/http/pipeline.ts";
import type { Handler, Route } from "../../../src/http/route.ts";
import { type CounterName, counter } from "../../../src/zones/counters.ts";
import { pipelineServices, unitZones } from "../../fixture/services.ts";
import { until } from "../../fixture/until.ts";

interface Bench {
  readonly services: PipelineServices;
  readonly failures: unknown[];
  readonly observed: number[];
  run(handler: Handler, request?: Request): Response | Promise<Response>;
  counts(...names: readonly CounterName[]): readonly (number | undefined)[];
}

function bench(): Bench {
  const zones = unitZones({ inFlightMax: 2 });
  const failures: unknown[] = [];
  const observed: number[] = [];
  const services = pipelineServices({
    zones,
    observers: [(_context, response) => observed.push(response.status)],
    onHandlerError: (_request, error) => failures.push(error),
  });
  return {
    services,
    failures,
    observed,
    run: (handler, request = new Request("http://h/")) =>
      compileEndpoint(handler as Handle, undefined, services)(request, {}, undefined),
    counts: (...names) => names.map((name) => zones.counters[counter[name]]),
  };
}

test("endpoint answers a synchronous handler synchronously", () => {
  const { run, counts, services, observed } = bench();
  const response = run(() => "now");
  assert.ok(response instanceof Response);
  assert.deepEqual(counts("requests", "responses2xx"), [1, 1]);
  assert.equal(services.zones.inFlight.total, 0);
  assert.deepEqual(observed, [200]);
});

test("endpoint holds a place in flight until an asynchronous handler is done", async () => {
  const { run, counts, services } = bench();
  let finish: (text: string) => void = () => undefined;
  const response = run(() => new Promise<string>((resolve) => (finish = resolve)));
  assert.equal(services.zones.inFlight.total, 1);
  assert.deepEqual(counts("requests"), [0]);
  finish("done");
  assert.equal(await (await response).text(), "done");
  assert.equal(services.zones.inFlight.total, 0);
  assert.deepEqual(counts("requests"), [1]);
});

test("endpoint refuses what is above the limit, and counts it as a request", async () => {
  const { run, counts, observed } = bench();
  const never = () => new Promise<string>(() => undefined);
  void run(never);
  void run(never);
  const refused = await run(() => "not reached");
  assert.equal(refused.status, 503);
  assert.equal(refused.headers.get("retry-after"), "1");
  assert.deepEqual(counts("requests", "responses5xx", "refusedInFlight", "handlerErrors"), [1, 1, 1, 0]);
  assert.deepEqual(observed, [503]);
});

const throwing: readonly (readonly [name: string, handler: Handler])[] = [
  [
    "throws",
    () => {
      throw new Error("secret");
    },
  ],
  [
    "rejects",
    async () => {
      throw new Error("secret");
    },
  ],
  [
    "throws no Error",
    () => {
      throw "secret";
    },
  ],
  ["returns what is no JSON", () => 10n as never],
];
for (const [name, handler] of throwing) {
  test(`endpoint gives a bare 500 for a handler that ${name}, tells the log, and frees its place`, async () => {
    const { run, counts, failures, services } = bench();
    const response = await run(handler);
    const body = await response.text();
    assert.equal(response.status, 500);
    assert.ok(!body.includes("secret") && !body.includes("BigInt"), body);
    assert.equal(failures.length, 1);
    assert.deepEqual(counts("handlerErrors", "responses5xx", "requests"), [1, 1, 1]);
    assert.equal(services.zones.inFlight.total, 0);
  });
}

test("endpoint tells an HttpError to the client and not to the log", async () => {
  const { run, counts, failures } = bench();
  const response = await run(() => {
    throw new HttpError(409, "CONFLICT", "Already there.");
  });
  assert.deepEqual(await response.json(), { status: 409, code: "CONFLICT", detail: "Already there." });
  assert.equal(failures.length, 0);
  assert.deepEqual(counts("handlerErrors", "responses4xx"), [0, 1]);
});

test("endpoint gives back a body's reservation, however the handler ends", async () => {
  const post = () =>
    new Request("http://h/", { method: "POST", body: "x".repeat(3000), headers: { "content-length": "3000" } });
  const handlers: readonly Handler[] = [
    async (context) => `${(await context.bytes()).length}`,
    async (context) => {
      await context.bytes();
      throw new Error("after reading");
    },
    // Begins to read and answers without waiting.
    (context) => {
      context.bytes().catch(() => undefined);
      return "early";
    },
    async (context) => {
      context.bytes().catch(() => undefined);
      return "early";
    },
  ];
  for (const handler of handlers) {
    const { run, services } = bench();
    await run(handler, post());
    assert.equal(services.zones.inFlight.total, 0);
    // A read by the runtime's own reader goes on behind an early answer, and holds what it reads.
    await until("the reservation is given back", () => services.zones.bodiesKiB.total === 0);
  }
});

test("endpoint reserves nothing for a body that is read after the answer", async () => {
  const { run, services } = bench();
  let late: () => Promise<unknown> = async () => undefined;
  const request = new Request("http://h/", { method: "POST", body: "x", headers: { "content-length": "1" } });
  await run((context) => {
    late = () => context.bytes();
    return "early";
  }, request);
  await assert.rejects(() => late());
  assert.equal(services.zones.bodiesKiB.total, 0);
});

function endpointFor(handler: Handler, route: Partial<Route>, changes: Partial<PipelineServices>) {
  const whole: Route = { method: "GET", pattern: "/x", options: {}, handler, ...route };
  return compileEndpoint(handler as Handle, whole, pipelineServices(changes));
}

const longUrl = `http://h/${"a".repeat(8192)}`;
const urlCases: readonly (readonly [
  criterion: string,
  pattern: string,
  urlIsRead: boolean,
  handler: Handler,
  status: number,
])[] = [
  ["before the handler where the URL is read anyhow", "/x", true, () => "not reached", 414],
  ["before the handler of a wildcard path", "/files/*", false, () => "not reached", 414],
  ["when the handler reads it", "/x", false, ({ url }) => url.pathname, 414],
  ["when the handler reads the query", "/x", false, ({ query }) => query.get("a"), 414],
  ["nowhere where nobody reads it", "/x", false, () => "answered", 200],
];
for (const [criterion, pattern, urlIsRead, handler, status] of urlCases) {
  test(`endpoint refuses a long URL ${criterion}`, async () => {
    const response = await endpointFor(handler, { pattern }, { urlIsRead })(new Request(longUrl), {}, undefined);
    assert.equal(response.status, status);
  });
}

test("endpoint answers for a late handler once, and accounts for it once", async () => {
  const zones = unitZones();
  const observed: number[] = [];
  const observers = [(_context: unknown, response: Response) => observed.push(response.status)];
  let finish: (text: string) => void = () => undefined;
  const handler = () => new Promise<string>((resolve) => (finish = resolve));
  const endpoint = endpointFor(handler, { options: { timeoutMs: 1 } }, { zones, observers });
  const response = await endpoint(new Request("http://h/"), {}, undefined);
  assert.equal(response.status, 503);
  finish("late");
  await Promise.resolve();
  const counts = (["requests", "handlerTimeouts", "handlerErrors"] as const).map(
    (name) => zones.counters[counter[name]],
  );
  assert.deepEqual([counts, observed, zones.inFlight.total], [[1, 1, 0], [503], 0]);
});

test("endpoint leaves a handler alone that is in time, and one whose route has no bound", async () => {
  const zones = unitZones();
  const deadlines = new Deadlines();
  const services = { zones, deadlines, handlerMs: 1 };
  const quick = endpointFor(async () => "quick", {}, services);
  assert.equal(await (await quick(new Request("http://h/"), {}, undefined)).text(), "quick");
  assert.ok(deadlines.list(1).isEmpty);
  const handler = () => new Promise<string>((resolve) => setTimeout(() => resolve("patient"), 60));
  const patient = endpointFor(handler, { options: { timeoutMs: 0 } }, services);
  assert.equal(await (await patient(new Request("http://h/"), {}, undefined)).text(), "patient");
  assert.equal(zones.counters[counter.handlerTimeouts], 0);
});

test("endpoint hands an observer's error on, from a late handler too", async () => {
  const zones = unitZones();
  const observers = [
    () => {
      throw new Error("the observer failed");
    },
  ];
  for (const handler of [async () => "quick", () => new Promise<string>(() => undefined)]) {
    const endpoint = endpointFor(handler, { options: { timeoutMs: 1 } }, { zones, observers });
    await assert.rejects(async () => endpoint(new Request("http://h/"), {}, undefined), /the observer failed/);
    assert.equal(zones.inFlight.total, 0);
  }
});
