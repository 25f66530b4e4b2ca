import assert from "node:assert/strict";
import { test } from "node:test";
import { Context } from "../../../src/http/context.ts";
import { HttpError } from "../../../src/http/http-error.ts";
import { JsonText } from "../../../src/http/json-text.ts";
import { Responder } from "../../../src/http/responder.ts";
import type { Reply } from "../../../src/http/route.ts";
import { pipelineServices } from "../../fixture/services.ts";

const context = () => new Context(new Request("http://h/"), {}, undefined, undefined, pipelineServices());

const replies: readonly (readonly [what: string, reply: () => Reply])[] = [
  ["a string", () => "text"],
  ["bytes", () => new Uint8Array([1])],
  ["JSON", () => ({ a: 1 })],
  ["JSON text", () => new JsonText('{"a":1}')],
  ["nothing", () => undefined],
  ["a response", () => new Response("own")],
];

for (const [what, reply] of replies) {
  test(`Responder leaves a stamp out of ${what} whose request has no value for it`, () => {
    let value: string | undefined = "first";
    const responder = new Responder([], [{ name: "x-stamp", value: () => value }]);
    assert.equal(responder.respond(reply(), context()).headers.get("x-stamp"), "first");
    value = undefined;
    assert.equal(responder.respond(reply(), context()).headers.get("x-stamp"), null);
  });

  test(`Responder adds to the Vary of ${what} where another one is there`, () => {
    const responder = new Responder([["vary", "origin"]], []);
    const added = context();
    added.setHeader("Vary", "accept-encoding");
    added.setHeader("vary", "ORIGIN");
    assert.equal(responder.respond(reply(), added).headers.get("vary"), "origin, accept-encoding");
  });
}

test("Responder adds to the Vary of a problem", () => {
  const responder = new Responder([["vary", "origin"]], []);
  const added = context();
  added.setHeader("vary", "cookie");
  assert.equal(responder.problem(new HttpError(400, "X", "x"), added).headers.get("vary"), "origin, cookie");
});

test("Responder.problem keeps what the handler said of the body that it did not send away from its own", () => {
  const responder = new Responder([], []);
  const added = context();
  const body = ["content-type", "Content-Encoding", "content-length", "content-disposition", "etag", "last-modified"];
  for (const name of body) added.setHeader(name, "text/html");
  added.setHeader("cache-control", "no-store");
  added.setHeader("x-added", "1");
  const { headers } = responder.problem(new HttpError(404, "X", "<b>"), added);
  assert.deepEqual([...headers].sort(), [
    ["cache-control", "no-store"],
    ["content-type", "application/problem+json"],
    ["x-added", "1"],
  ]);
});

test("Responder.problem sends the error's own headers before what middleware added, and joins their Vary", () => {
  const responder = new Responder([["vary", "origin"]], []);
  const added = context();
  added.setHeader("ratelimit", '"client";r=9;t=1');
  added.setHeader("vary", "cookie");
  const error = new HttpError(429, "X", "x", { ratelimit: '"route";r=0;t=30', vary: "accept-encoding" });
  const { headers } = responder.problem(error, added);
  assert.equal(headers.get("ratelimit"), '"route";r=0;t=30');
  assert.equal(headers.get("vary"), "origin, cookie, accept-encoding");
});

for (const fixed of [[], [["x-fixed", "1"]] as const]) {
  test(`Responder sends JSON text as JSON ${fixed.length === 0 ? "without" : "with"} fixed headers`, async () => {
    const response = new Responder(fixed, []).respond(new JsonText('{"a": 1}'), context());
    assert.equal(await response.text(), '{"a": 1}');
    assert.equal(response.headers.get("content-type"), "application/json");
  });
}

test("JsonText is the same JSON for whoever takes it for a value", () => {
  assert.equal(JSON.stringify({ inner: new JsonText('{"a": [1]}') }), '{"inner":{"a":[1]}}');
});

test("Responder.failure has fixed headers and stamps, and nothing that the handler added", () => {
  const responder = new Responder([["x-fixed", "1"]], [{ name: "x-stamp", value: ({ id }) => id }]);
  const failed = context();
  failed.setHeader("set-cookie", "a=b");
  const { status, headers } = responder.failure(failed);
  assert.deepEqual(
    [status, headers.get("x-fixed"), headers.get("x-stamp"), headers.get("set-cookie")],
    [500, "1", "id-1", null],
  );
});

test("Responder.failure answers without the stamps when one of them fails", () => {
  const failing = () => {
    throw new Error("no value");
  };
  const { status, headers } = new Responder([], [{ name: "x-stamp", value: failing }]).failure(context());
  assert.deepEqual([status, headers.get("x-stamp")], [500, null]);
});

test("Responder.isPerRequest is true for an essential stamp alone", () => {
  const stamp = { name: "x-stamp", value: () => "1" };
  assert.equal(new Responder([], [stamp]).isPerRequest, false);
  assert.equal(new Responder([], [stamp, { ...stamp, essential: true }]).isPerRequest, true);
});
