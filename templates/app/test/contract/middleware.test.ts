import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import type { Feature } from "../../src/http/feature.ts";
import { HttpError } from "../../src/http/http-error.ts";
import { type Middleware, whenReady } from "../../src/http/middleware.ts";
import { defineRoutes } from "../../src/http/route.ts";
import { runtime } from "../../src/wiring.ts";
import { counter } from "../../src/zones/counters.ts";
import { exchange } from "../fixture/connection.ts";
import { type Plane, startPlane } from "../fixture/plane.ts";

/** Says its name on the way in and, from the inside out, on the way back. */
function tracing(name: string): Middleware {
  return (next) => (context) => {
    trace.push(`${name} in`);
    return whenReady(next(context), (reply) => {
      trace.push(`${name} out`);
      return reply;
    });
  };
}
let trace: string[] = [];

const feature = (name: string): Feature => ({ name, install: () => ({ middleware: tracing(name) }) });

const answering: Middleware = () => () => "answered before the handler";
const refusing: Middleware = () => () => {
  throw new HttpError(403, "NOT_YOU", "Not you.");
};
const failing: Middleware = () => () => {
  throw new Error("a secret of the middleware");
};
const failingLater: Middleware = (next) => async (context) => {
  await next(context);
  throw new Error("a secret of the middleware");
};
const shouting: Middleware = (next) => (context) =>
  whenReady(next(context), (reply) => (typeof reply === "string" ? reply.toUpperCase() : reply));
const adding: Middleware = (next) => (context) => {
  context.setHeader("x-added", "yes");
  context.setStatus(202);
  return next(context);
};
/** What arrived here was no promise. */
const syncOnly: Middleware = (next) => (context) => {
  const reply = next(context);
  return reply instanceof Promise ? "a promise" : reply;
};

let handled = 0;
const handler = () => {
  handled += 1;
  trace.push("handler");
  return "text";
};
const later = async () => {
  await Promise.resolve();
  return handler();
};
const json = () => ({ a: 1 });

const routes = defineRoutes({
  "GET /order": { middleware: [tracing("route 1"), tracing("route 2")], handler },
  "GET /order/later": { middleware: [tracing("route 1"), tracing("route 2")], handler: later },
  "GET /sync": { middleware: [syncOnly], handler },
  "GET /answering": { middleware: [answering], handler },
  "GET /refusing": { middleware: [refusing], handler },
  "GET /failing": { middleware: [failing], handler },
  "GET /failing/later": { middleware: [failingLater], handler },
  "GET /shouting": { middleware: [shouting], handler },
  "GET /shouting/later": { middleware: [shouting], handler: later },
  "GET /adding/text": { middleware: [adding], handler },
  "GET /adding/json": { middleware: [adding], handler: json },
  "GET /adding/bytes": { middleware: [adding], handler: () => new Uint8Array([65]) },
  "GET /adding/nothing": { middleware: [adding], handler: () => undefined },
  "GET /adding/response": { middleware: [adding], handler: () => new Response("made") },
  "GET /adding/later": { middleware: [adding], handler: later },
  "GET /users/:id<int>": { middleware: [adding], handler: ({ params }) => params.id },
});

describe("middleware", () => {
  let plane: Plane;
  before(async () => {
    const features = [feature("feature 1"), feature("feature 2")];
    plane = await startPlane({}, { routes, middleware: [tracing("app 1"), tracing("app 2")], features, runtime });
  });
  after(() => plane.drain());

  const around = (inner: readonly string[]): readonly string[] => {
    const names = ["feature 1", "feature 2", "app 1", "app 2"];
    return [...names.map((name) => `${name} in`), ...inner, ...names.reverse().map((name) => `${name} out`)];
  };

  for (const path of ["/order", "/order/later"]) {
    it(`runs features, app and route around the handler of ${path}, the first outermost`, async () => {
      trace = [];
      assert.equal((await exchange(plane, "GET", path)).text, "text");
      assert.deepEqual(trace, around(["route 1 in", "route 2 in", "handler", "route 2 out", "route 1 out"]));
    });
  }

  it("runs features and app around the answer where there is no route", async () => {
    trace = [];
    assert.equal((await exchange(plane, "GET", "/nothing")).status, 404);
    assert.deepEqual(trace, ["feature 1 in", "feature 2 in", "app 1 in", "app 2 in"]);
  });

  it("runs around the OPTIONS that the server adds", async () => {
    trace = [];
    assert.equal((await exchange(plane, "OPTIONS", "/order")).status, 204);
    assert.deepEqual(trace, around([]));
  });

  it("keeps a synchronous answer synchronous", async () => {
    assert.equal((await exchange(plane, "GET", "/sync")).text, "text");
  });

  it("may answer in the handler's place", async () => {
    handled = 0;
    assert.equal((await exchange(plane, "GET", "/answering")).text, "answered before the handler");
    assert.equal(handled, 0);
  });

  it("may refuse", async () => {
    const response = await exchange(plane, "GET", "/refusing");
    assert.deepEqual([response.status, (JSON.parse(response.text) as { code: string }).code], [403, "NOT_YOU"]);
  });

  for (const path of ["/failing", "/failing/later"]) {
    it(`has its error contained: ${path}`, async () => {
      const errors = plane.zones.counters[counter.handlerErrors] ?? 0;
      const response = await exchange(plane, "GET", path);
      assert.equal(response.status, 500);
      assert.ok(!response.text.includes("secret"));
      assert.equal(plane.zones.counters[counter.handlerErrors], errors + 1);
      assert.equal(plane.zones.inFlight.total, 0);
    });
  }

  for (const path of ["/shouting", "/shouting/later"]) {
    it(`may change the reply: ${path}`, async () => {
      assert.equal((await exchange(plane, "GET", path)).text, "TEXT");
    });
  }

  const added: readonly (readonly [path: string, status: number, text: string])[] = [
    ["/adding/text", 202, "text"],
    ["/adding/json", 202, '{"a":1}'],
    ["/adding/bytes", 202, "A"],
    ["/adding/nothing", 202, ""],
    ["/adding/response", 202, "made"],
    ["/adding/later", 202, "text"],
    ["/users/7", 202, "7"],
  ];
  for (const [path, status, text] of added) {
    it(`may add headers and a status: ${path}`, async () => {
      const response = await exchange(plane, "GET", path);
      assert.deepEqual([response.status, response.text, response.headers.get("x-added")], [status, text, "yes"]);
    });
  }
});
