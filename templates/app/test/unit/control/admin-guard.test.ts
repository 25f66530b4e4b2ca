import assert from "node:assert/strict";
import { test } from "node:test";
import { foreignSign, guarded } from "../../../src/control/admin-guard.ts";

const rows: readonly (readonly [headers: Record<string, string>, isTaken: boolean])[] = [
  [{ host: "127.0.0.1:9000" }, true],
  [{ host: "localhost:9000" }, true],
  [{ host: "LOCALHOST" }, true],
  [{ host: "[::1]:9000" }, true],
  [{ host: "10.1.2.3:9000" }, true],
  [{}, false],
  [{ host: "" }, false],
  [{ host: "rebound.example:9000" }, false],
  [{ host: "127.0.0.1.rebound.example" }, false],
  [{ host: "localhost.rebound.example" }, false],
  [{ host: "127.0.0.1:9000", "sec-fetch-site": "cross-site" }, false],
  [{ host: "127.0.0.1:9000", "sec-fetch-site": "same-site" }, false],
  [{ host: "127.0.0.1:9000", "sec-fetch-site": "same-origin", origin: "http://127.0.0.1:9000" }, true],
  [{ host: "127.0.0.1:9000", "sec-fetch-site": "none" }, true],
  [{ host: "127.0.0.1:9000", origin: "http://127.0.0.1:8080" }, false],
  [{ host: "127.0.0.1:9000", origin: "https://page.example" }, false],
  [{ host: "127.0.0.1:9000", origin: "null" }, false],
];
for (const [headers, isTaken] of rows) {
  test(`foreignSign() ${isTaken ? "takes" : "refuses"} ${JSON.stringify(headers)}`, () => {
    assert.equal(foreignSign(new Headers(headers)) === undefined, isTaken);
  });
}

test("guarded() refuses foreign changes with 403 and leaves reading alone", async () => {
  const endpoint = () => new Response("done");
  const { endpoints } = guarded({
    pattern: "/x",
    endpoints: new Map([
      ["GET", endpoint],
      ["POST", endpoint],
    ]),
  });
  assert.equal(endpoints.get("GET"), endpoint);
  const statuses = [];
  for (const host of ["127.0.0.1", "rebound.example"]) {
    const request = new Request("http://127.0.0.1/x", { method: "POST", headers: { host } });
    statuses.push((await endpoints.get("POST")?.(request, {}, undefined))?.status);
  }
  assert.deepEqual(statuses, [200, 403]);
});

test("guarded() lets a resource for any method be read, and not changed, by a foreign page", async () => {
  const { any } = guarded({ pattern: "/x", endpoints: new Map(), any: () => new Response("done") });
  const headers = { host: "127.0.0.1", origin: "https://page.example" };
  const statuses = [];
  for (const method of ["GET", "DELETE"]) {
    statuses.push((await any?.(new Request("http://127.0.0.1/x", { method, headers }), {}, undefined))?.status);
  }
  assert.deepEqual(statuses, [200, 403]);
});
