import assert from "node:assert/strict";
import { test } from "node:test";
import { buildRouter } from "../../../src/http/router.ts";
import type { Resource } from "../../../src/runtime/port.ts";

const resource = (pattern: string): Resource => ({ pattern, endpoints: new Map() });
const router = buildRouter(["/", "/exact", "/exact/", "/users/me", "/users/:id", "/files/*"].map(resource));

const rows: readonly (readonly [url: string, pattern: string | undefined])[] = [
  ["http://host/", "/"],
  ["http://host/?", "/"],
  ["http://host/?a=/exact", "/"],
  ["http://host:8080/exact", "/exact"],
  ["https://host/exact?x=1?y", "/exact"],
  ["http://[::1]:80/exact/", "/exact/"],
  ["http://h/users/me", "/users/me"],
  ["http://h/users/you?me", "/users/:id"],
  ["http://h/files/a/b", "/files/*"],
  ["http://h/nothing", undefined],
  ["http://h/exact2", undefined],
  ["http://h//exact", undefined],
  ["http://h", undefined],
];
for (const [url, pattern] of rows) {
  test(`Router finds ${pattern ?? "nothing"} for ${url}`, () => {
    assert.equal(router.find(url)?.value.pattern, pattern);
  });
}

test("Router prefers an exact path to a parameter", () => {
  assert.deepEqual(router.find("http://h/users/me")?.params, {});
  assert.deepEqual(router.find("http://h/users/7")?.params, { id: "7" });
});

test("Router serves a table without exact paths, and one without parameters", () => {
  assert.equal(buildRouter([resource("/:a")]).find("http://h/x")?.value.pattern, "/:a");
  assert.equal(buildRouter([resource("/a")]).find("http://h/a")?.value.pattern, "/a");
  assert.equal(buildRouter([]).find("http://h/a"), undefined);
});
