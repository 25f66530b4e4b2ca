/** The response cache outside compression, as wiring.ts has them: what is kept is compressed, once per coding. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { gunzipSync } from "node:zlib";
import { compression } from "../../src/features/compression.ts";
import { responseCache } from "../../src/features/response-cache.ts";
import { defineRoutes } from "../../src/http/route.ts";
import { runtime } from "../../src/wiring.ts";
import { cachedSettings } from "../fixture/cached-app.ts";
import { exchange } from "../fixture/connection.ts";
import { type Plane, startPlane } from "../fixture/plane.ts";

let runs = 0;
const routes = defineRoutes({
  "GET /text": {
    cache: {},
    handler: () => {
      runs += 1;
      return `${"text ".repeat(1000)}${runs}`;
    },
  },
  "GET /own-vary": {
    cache: {},
    handler: (context) => {
      context.setHeader("vary", "x-tenant");
      return `${"text ".repeat(1000)}${context.header("x-tenant")}`;
    },
  },
});
let plane: Plane;

before(async () => {
  const settings = {
    ...cachedSettings,
    "compression.types": "text/*",
    "compression.bytes_min": 100,
    "compression.bytes_max": 131_072,
  };
  plane = await startPlane(settings, { routes, features: [responseCache, compression], runtime });
});
after(() => plane.drain());

function get(path: string, encoding: string | undefined, tenant = "a") {
  const headers = { "x-tenant": tenant, ...(encoding === undefined ? {} : { "accept-encoding": encoding }) };
  return exchange(plane, "GET", path, undefined, headers);
}

test("Each coding is made once, and a client gets none that it does not accept", async () => {
  const rows = [];
  for (const encoding of ["gzip", "gzip;q=1.0", undefined, "br", undefined, "identity", "gzip"]) {
    const { headers, body } = await get("/text", encoding);
    const coding = headers.get("content-encoding");
    const text = coding === "gzip" ? gunzipSync(body).toString() : coding ? "coded" : new TextDecoder().decode(body);
    rows.push([coding, text.slice(5000), headers.get("age") !== undefined]);
  }
  assert.deepEqual(rows, [
    ["gzip", "1", false],
    ["gzip", "1", true],
    [undefined, "2", false],
    ["br", "", false],
    [undefined, "2", true],
    [undefined, "4", false],
    ["gzip", "1", true],
  ]);
});

test("A reply's own Vary and compression's count together", async () => {
  for (const encoding of ["gzip", undefined]) {
    for (const tenant of ["a", "b", "a"]) {
      const { headers, body } = await get("/own-vary", encoding, tenant);
      const text =
        headers.get("content-encoding") === "gzip" ? gunzipSync(body).toString() : new TextDecoder().decode(body);
      assert.ok(text.endsWith(` ${tenant}`));
      assert.deepEqual(headers.get("vary")?.toLowerCase().split(", ").sort(), ["accept-encoding", "x-tenant"]);
    }
  }
});
