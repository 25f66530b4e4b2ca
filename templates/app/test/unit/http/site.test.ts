import assert from "node:assert/strict";
import { test } from "node:test";
import type { Context } from "../../../src/http/context.ts";
import type { Handle } from "../../../src/http/middleware.ts";
import { Responder } from "../../../src/http/responder.ts";
import { constant, defineRoutes, type Route } from "../../../src/http/route.ts";
import { buildSite, type SiteParts } from "../../../src/http/site.ts";
import { counter } from "../../../src/zones/counters.ts";
import { pipelineServices } from "../../fixture/services.ts";

const handler = () => "x";
const parts = (routes: readonly Route[]): SiteParts => ({
  routes,
  sockets: [],
  fallbacks: [],
  options: new Set(),
  trailingSlash: "strict",
});

test("buildSite() completes each path's methods with HEAD and OPTIONS", () => {
  const routes = defineRoutes({ "GET /a": handler, "POST /a": handler, "POST /b": handler });
  const methods = buildSite(parts(routes), pipelineServices()).resources.map(({ pattern, endpoints }) => [
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
  const endpoints = buildSite(parts(routes), pipelineServices()).resources[0]?.endpoints;
  for (const method of ["HEAD", "OPTIONS"]) {
    const response = await endpoints?.get(method)?.(new Request("http://h/a"), {}, undefined);
    assert.equal(await response?.text(), "own", method);
  }
});

test("buildSite() refuses a route that is defined twice", () => {
  const routes = [...defineRoutes({ "GET /a": handler }), ...defineRoutes({ "GET /a": handler })];
  assert.throws(() => buildSite(parts(routes), pipelineServices()), {
    name: "TypeError",
    message: 'route "GET /a" is defined twice',
  });
});

test("buildSite() refuses patterns that cannot be told apart", () => {
  const routes = defineRoutes({ "GET /a/:x": handler, "GET /a/:y": handler });
  assert.throws(() => buildSite(parts(routes), pipelineServices()), /matches the same paths/);
});

test("buildSite() refuses a WebSocket at the path of a route", () => {
  const sockets = [{ pattern: "/a", handlers: { message: () => undefined }, admit: () => undefined }];
  const site = () => buildSite({ ...parts(defineRoutes({ "GET /a": handler })), sockets }, pipelineServices());
  assert.throws(site, { name: "TypeError", message: '"/a" matches the same paths as "/a"' });
});

test("buildSite() hands out constants that nobody must see, with the fixed headers", () => {
  const routes = defineRoutes({ "GET /a": constant("x"), "GET /b": handler });
  const services = pipelineServices({ responder: new Responder([["x-fixed", "yes"]], []) });
  const fixed = {
    method: "GET",
    pattern: "/a",
    body: "x",
    status: 200,
    headers: [
      ["content-type", "text/plain;charset=UTF-8"],
      ["x-fixed", "yes"],
    ],
  };
  assert.deepEqual(buildSite(parts(routes), services).constants, [fixed]);
  const seen = { ...services, middleware: [(next: Handle) => (context: Context) => next(context)] };
  assert.deepEqual(buildSite(parts(routes), seen).constants, []);
});

test("Site.fallback() counts what no route answers", async () => {
  const given = pipelineServices();
  const site = buildSite(parts(defineRoutes({ "GET /a": handler, "GET /u/:id": handler })), given);
  const statusOf = async (method: string, path: string) =>
    (await site.fallback(new Request(`http://h${path}`, { method }), undefined)).status;
  const statuses = [await statusOf("GET", "/b"), await statusOf("POST", "/a"), await statusOf("GET", "/u/%zz")];
  assert.deepEqual(statuses, [404, 405, 400]);
  const { counters } = given.zones;
  assert.deepEqual([counters[counter.requests], counters[counter.responses4xx]], [3, 3]);
});

test("Site.onError() tells nothing of the error", async () => {
  const response = buildSite(parts([]), pipelineServices()).onError(new Error("secret"));
  assert.equal(response.status, 500);
  assert.ok(!(await response.text()).includes("secret"));
});
