import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { requestId } from "../../src/features/request-id.ts";
import type { Feature } from "../../src/http/feature.ts";
import { defineRoutes } from "../../src/http/route.ts";
import { runtime } from "../../src/wiring.ts";
import { exchange } from "../fixture/connection.ts";
import { type Plane, startPlane } from "../fixture/plane.ts";

const routes = defineRoutes({
  "GET /id": ({ id }) => id,
  "GET /throw": () => {
    throw new Error("fails");
  },
});

/** What observers, such as the request log, see. */
const seen: string[] = [];
const recorder: Feature = { name: "recorder", install: () => ({ observe: ({ id }) => void seen.push(id) }) };

const app = { routes, features: [requestId, recorder], runtime };

describe("requestId with request_id.accept", () => {
  let plane: Plane;
  before(async () => {
    plane = await startPlane({ "request_id.header": "x-request-id", "request_id.accept": true }, app);
  });
  after(() => plane.drain());

  const kept = [
    "a",
    "0b6f3b6e-6a62-4f0a-9c55-0c7c6f7e5d31",
    "01ARZ3NDEKTSV4RRFFQ69G5FAV",
    "Root=1-67891233-abcdef012345678912345678",
    "x".repeat(128),
  ];
  for (const id of kept) {
    it(`keeps ${JSON.stringify(id.slice(0, 40))} for handler, response and log`, async () => {
      const response = await exchange(plane, "GET", "/id", undefined, { "x-request-id": id });
      assert.deepEqual([response.text, response.headers.get("x-request-id"), seen.at(-1)], [id, id, id]);
    });
  }

  const dropped = [
    "",
    "x".repeat(129),
    "a b",
    'a","level":"error',
    "a\tb",
    "<script>",
    "caf\u00e9",
    "-starts-with-a-sign",
    "{jndi:ldap}",
  ];
  for (const id of dropped) {
    it(`drops ${JSON.stringify(id.slice(0, 40))} for an id of its own`, async () => {
      const response = await exchange(plane, "GET", "/id", undefined, { "x-request-id": id });
      assert.match(response.text, /^[0-9a-z]{14}-0-[0-9a-z]+$/);
      assert.deepEqual([response.headers.get("x-request-id"), seen.at(-1)], [response.text, response.text]);
    });
  }

  for (const [what, path, status] of [
    ["a 404", "/nothing", 404],
    ["a failing handler", "/throw", 500],
  ] as const) {
    it(`stamps ${what}`, async () => {
      const response = await exchange(plane, "GET", path, undefined, { "x-request-id": "mine" });
      assert.deepEqual([response.status, response.headers.get("x-request-id")], [status, "mine"]);
    });
  }
});

describe("requestId without request_id.accept", () => {
  it("ignores the id that came along", async () => {
    const plane = await startPlane({ "request_id.header": "x-trace" }, app);
    try {
      const response = await exchange(plane, "GET", "/id", undefined, { "x-trace": "mine" });
      assert.notEqual(response.text, "mine");
      assert.equal(response.headers.get("x-trace"), response.text);
    } finally {
      await plane.drain();
    }
  });
});
