import assert from "node:assert/strict";
import { test } from "node:test";
import type { PipelineServices } from "../../../src/http/pipeline.ts";
import { defineRoutes } from "../../../src/http/route.ts";
import { buildSite } from "../../../src/http/site.ts";
import { counter } from "../../../src/zones/counters.ts";
import { createZones, workerZones, type ZoneShape } from "../../../src/zones/zones.ts";

const shape: ZoneShape = { workers: 1, latencySteps: 8, inFlightMax: 9, bodiesBytesMax: 1024, socketsMax: 1 };

function services(): PipelineServices {
  return {
    zones: workerZones(createZones(shape), shape, 0),
    latencySteps: 8,
    bodyBytesMax: 1024,
    address: () => "",
    observers: [],
    onHandlerError: () => undefined,
  };
}

const handler = () => "x";

test("buildSite() completes each path's methods with HEAD and OPTIONS", () => {
  const routes = defineRoutes({ "GET /a": handler, "POST /a": handler, "POST /b": handler });
  const methods = buildSite(routes, [], services()).resources.map(({ pattern, endpoints }) => [
    pattern,
    [...endpoints.keys()].sort(),
  ]);
  assert.deepEqual(methods, [
    ["/a", ["GET", "HEAD", "OPTIONS", "POST"]],
    ["/b", ["OPTIONS", "POST"]],
  ]);
});

test("buildSite() keeps a HEAD and an OPTIONS of the user's own", async () => {
  const routes = defineRoutes({ "GET /a": handler, "HEAD /a": () => "own", "OPTIONS /a": () => "own" });
  const endpoints = buildSite(routes, [], services()).resources[0]?.endpoints;
  for (const method of ["HEAD", "OPTIONS"]) {
    const response = await endpoints?.get(method)?.(new Request("http://h/a"), {}, undefined);
    assert.equal(await response?.text(), "own", method);
  }
});

test("buildSite() refuses a route that is defined twice", () => {
  const routes = [...defineRoutes({ "GET /a": handler }), ...defineRoutes({ "GET /a": handler })];
  assert.throws(() => buildSite(routes, [], services()), {
    name: "TypeError",
    message: 'route "GET /a" is defined twice',
  });
});

test("buildSite() refuses patterns that cannot be told apart", () => {
  const routes = defineRoutes({ "GET /a/:x": handler, "GET /a/:y": handler });
  assert.throws(() => buildSite(routes, [], services()), /matches the same paths/);
});

test("Site.fallback() counts what no route answers", async () => {
  const given = services();
  const site = buildSite(defineRoutes({ "GET /a": handler, "GET /u/:id": handler }), [], given);
  const statusOf = (method: string, path: string) =>
    site.fallback(new Request(`http://h${path}`, { method }), undefined).status;
  assert.deepEqual([statusOf("GET", "/b"), statusOf("POST", "/a"), statusOf("GET", "/u/%zz")], [404, 405, 400]);
  const { counters } = given.zones;
  assert.deepEqual([counters[counter.requests], counters[counter.responses4xx]], [3, 3]);
});

test("Site.onError() tells nothing of the error", async () => {
  const response = buildSite([], [], services()).onError(new Error("secret"));
  assert.equal(response.status, 500);
  assert.ok(!(await response.text()).includes("secret"));
});
