import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { cors } from "../../src/features/cors.ts";
import type { Feature } from "../../src/http/feature.ts";
import { HttpError } from "../../src/http/http-error.ts";
import { constant, defineRoutes } from "../../src/http/route.ts";
import { runtime } from "../../src/wiring.ts";
import { exchange, type RawResponse } from "../fixture/connection.ts";
import { type Plane, startPlane } from "../fixture/plane.ts";

const routes = defineRoutes({
  "GET /text": () => "text",
  "POST /text": () => "posted",
  "GET /varied": () => new Response("varied", { headers: { vary: "accept-encoding" } }),
  "GET /added": (context) => {
    context.setHeader("vary", "accept-encoding");
    return "added";
  },
  "GET /problem": () => {
    throw new HttpError(409, "CONFLICT", "A conflict.");
  },
  "GET /throw": () => {
    throw new Error("fails");
  },
  "OPTIONS /own": () => "own",
  "GET /constant": constant("constant"),
});

/** Stands where limits and authentication stand: inside of cors. */
const guard: Feature = {
  name: "guard",
  install: () => ({
    middleware: (next) => (context) => {
      if (context.header("x-pass") === undefined) throw new HttpError(401, "UNAUTHENTICATED", "No.");
      return next(context);
    },
  }),
};

const preflight = (origin: string, method = "PUT") => ({ origin, "access-control-request-method": method });

/** The headers that are of the matter, sorted; Vary by its names. */
function corsHeaders({ headers }: RawResponse): Readonly<Record<string, string>> {
  const found = [...headers].filter(([name]) => name.startsWith("access-control-"));
  return Object.fromEntries(found.sort(([a], [b]) => (a < b ? -1 : 1)));
}

function varies({ headers }: RawResponse, name: string): boolean {
  const names = (headers.get("vary") ?? "").split(",").map((part) => part.trim().toLowerCase());
  return names.filter((each) => each === name).length === 1;
}

const app = { routes, features: [cors], runtime };

describe("cors with a list of origins", () => {
  let plane: Plane;
  before(async () => {
    plane = await startPlane(
      {
        "cors.origins": "https://a.example,https://b.example",
        "cors.methods": "GET,PUT",
        "cors.headers": "content-type,x-token",
        "cors.exposed": "x-total",
        "cors.credentials": true,
        "cors.max_age_s": 600,
      },
      app,
    );
  });
  after(() => plane.drain());

  const get = (path: string, headers: Readonly<Record<string, string>>) =>
    exchange(plane, "GET", path, undefined, headers);
  const options = (path: string, headers: Readonly<Record<string, string>>) =>
    exchange(plane, "OPTIONS", path, undefined, headers);

  const allowedTo = (origin: string) => ({
    "access-control-allow-credentials": "true",
    "access-control-allow-origin": origin,
    "access-control-expose-headers": "x-total",
  });

  for (const path of ["/text", "/varied", "/added", "/problem", "/throw", "/no-such-path", "/constant"]) {
    it(`names an allowed origin on ${path}, and says that it varies`, async () => {
      const response = await get(path, { origin: "https://b.example" });
      assert.deepEqual(corsHeaders(response), allowedTo("https://b.example"));
      assert.ok(varies(response, "origin"), response.headers.get("vary"));
    });
    it(`gives nothing to an unknown origin on ${path}, and says that it varies`, async () => {
      // An allowed one before it: headers are shared between requests.
      await get(path, { origin: "https://a.example" });
      const response = await get(path, { origin: "https://evil.example" });
      assert.deepEqual(corsHeaders(response), {});
      assert.ok(varies(response, "origin"), response.headers.get("vary"));
    });
  }

  it("keeps what a handler's answer varies by", async () => {
    for (const path of ["/varied", "/added"]) {
      const response = await get(path, {});
      assert.ok(varies(response, "accept-encoding") && varies(response, "origin"), response.headers.get("vary"));
    }
  });

  const unknown = [
    "null",
    "https://a.example.evil.example",
    "https://a.example:8443",
    "http://a.example",
    "HTTPS://A.EXAMPLE",
    "https://a.example, https://b.example",
    "",
  ];
  for (const origin of unknown) {
    it(`does not know the origin ${JSON.stringify(origin)}`, async () => {
      const response = await get("/text", { origin });
      assert.deepEqual([response.status, response.text, corsHeaders(response)], [200, "text", {}]);
    });
  }

  it("answers an allowed preflight with 204 and what is allowed", async () => {
    const response = await options("/text", preflight("https://a.example"));
    assert.deepEqual([response.status, response.text], [204, ""]);
    assert.deepEqual(corsHeaders(response), {
      ...allowedTo("https://a.example"),
      "access-control-allow-headers": "content-type, x-token",
      "access-control-allow-methods": "GET, PUT",
      "access-control-max-age": "600",
    });
    assert.ok(varies(response, "origin"), response.headers.get("vary"));
  });

  it("answers a preflight of an unknown origin with 204 and no permission", async () => {
    const response = await options("/text", preflight("https://evil.example"));
    assert.deepEqual([response.status, corsHeaders(response)], [204, {}]);
    assert.ok(varies(response, "origin"), response.headers.get("vary"));
  });

  for (const path of ["/no-such-path", "/own", "/constant"]) {
    it(`answers a preflight of ${path} itself`, async () => {
      const response = await options(path, preflight("https://a.example"));
      assert.deepEqual([response.status, response.text], [204, ""]);
      assert.equal(response.headers.get("access-control-allow-methods"), "GET, PUT");
    });
  }

  it("leaves OPTIONS that is no preflight to its route", async () => {
    assert.equal((await options("/own", { origin: "https://a.example" })).text, "own");
    assert.equal((await options("/own", { "access-control-request-method": "PUT" })).text, "own");
    assert.equal((await options("/text", {})).headers.get("allow"), "GET, HEAD, OPTIONS, POST");
  });

  it("says nothing of private networks unless it is told to", async () => {
    const asks = { ...preflight("https://a.example"), "access-control-request-private-network": "true" };
    assert.equal((await options("/text", asks)).headers.get("access-control-allow-private-network"), undefined);
  });
});

describe("cors for everybody", () => {
  let plane: Plane;
  before(async () => {
    plane = await startPlane(
      { "cors.origins": "*", "cors.methods": "*", "cors.private_network": true },
      { ...app, features: [cors, guard] },
    );
  });
  after(() => plane.drain());

  it('sends "*" with every answer, and does not vary', async () => {
    const response = await exchange(plane, "GET", "/text", undefined, { "x-pass": "1", origin: "https://any.example" });
    assert.deepEqual([response.text, corsHeaders(response)], ["text", { "access-control-allow-origin": "*" }]);
    assert.ok(!varies(response, "origin"), response.headers.get("vary"));
  });

  it("sends it with a refusal, so that scripts can read why", async () => {
    const response = await exchange(plane, "GET", "/text", undefined, { origin: "https://any.example" });
    assert.deepEqual([response.status, corsHeaders(response)], [401, { "access-control-allow-origin": "*" }]);
  });

  it("answers preflights before what stands further inside", async () => {
    const headers = { ...preflight("https://any.example"), "access-control-request-private-network": "true" };
    const response = await exchange(plane, "OPTIONS", "/text", undefined, headers);
    assert.equal(response.status, 204);
    assert.deepEqual(corsHeaders(response), {
      "access-control-allow-methods": "*",
      "access-control-allow-origin": "*",
      "access-control-allow-private-network": "true",
    });
  });
});
