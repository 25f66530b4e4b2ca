import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { securityHeaders } from "../../src/features/security-headers.ts";
import { HttpError } from "../../src/http/http-error.ts";
import { defineRoutes } from "../../src/http/route.ts";
import { runtime } from "../../src/wiring.ts";
import { exchange } from "../fixture/connection.ts";
import { type Plane, startPlane } from "../fixture/plane.ts";

const routes = defineRoutes({
  "GET /text": () => "text",
  "GET /json": () => ({ a: 1 }),
  "GET /bytes": () => new Uint8Array([1]),
  "GET /nothing": () => undefined,
  "GET /response": () => new Response("made"),
  "GET /stream": () => new Response(new Blob(["stream"]).stream()),
  "GET /problem": () => {
    throw new HttpError(409, "CONFLICT", "A conflict.");
  },
  "GET /throw": () => {
    throw new Error("fails");
  },
  "GET /own/response": () => new Response("own", { headers: { "Referrer-Policy": "origin" } }),
  "GET /own/added": (context) => {
    context.setHeader("referrer-policy", "origin");
    return "own";
  },
});

const expected: Readonly<Record<string, string>> = {
  "x-content-type-options": "nosniff",
  "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
  "x-frame-options": "DENY",
  "referrer-policy": "no-referrer",
  "permissions-policy": "geolocation=()",
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
};

/** What the runtimes and HTTP itself add: all of it, so that a new one is noticed. */
const transport = new Set(["date", "content-type", "content-length", "transfer-encoding", "connection", "keep-alive"]);

describe("securityHeaders", () => {
  let plane: Plane;
  before(async () => {
    plane = await startPlane(
      {
        "security_headers.nosniff": true,
        "security_headers.content_security_policy": "default-src 'none'; frame-ancestors 'none'",
        "security_headers.frame_options": "DENY",
        "security_headers.referrer_policy": "no-referrer",
        "security_headers.permissions_policy": "geolocation=()",
        "security_headers.cross_origin_opener_policy": "same-origin",
        "security_headers.cross_origin_resource_policy": "same-origin",
      },
      { routes, features: [securityHeaders], runtime },
    );
  });
  after(() => plane.drain());

  const paths = ["/text", "/json", "/bytes", "/nothing", "/response", "/stream", "/problem", "/throw", "/no-such-path"];
  for (const path of paths) {
    it(`sends all of them with ${path}, and nothing that tells what the server is made of`, async () => {
      const { headers } = await exchange(plane, "GET", path);
      const others = [...headers].filter(([name]) => !transport.has(name));
      assert.deepEqual(Object.fromEntries(others), expected);
      assert.ok(headers.has("date"));
    });
  }

  for (const path of ["/own/response", "/own/added"]) {
    it(`lets the handler's own header win: ${path}`, async () => {
      const { headers } = await exchange(plane, "GET", path);
      assert.deepEqual([headers.get("referrer-policy"), headers.get("x-frame-options")], ["origin", "DENY"]);
    });
  }
});
