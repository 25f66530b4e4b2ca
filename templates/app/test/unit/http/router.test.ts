import assert from "node:assert/strict";
import { test } from "node:test";
import { buildRouter } from "../../../src/http/router.ts";
import type { Resource } from "../../../src/runtime/port.ts";

const resource = (pattern: string): Resource => ({ pattern, endpoints: new Map() });
const patterns = ["/", "/exact", "/exact/", "/users/me", "/users/:id", "/files/*"];
const hashed = buildRouter(patterns.map(resource));
/** As for a table for which no perfect hash can be built. */
const mapped = buildRouter(patterns.map(resource), () => undefined);

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
  ["http://h", "/"],
  // The slash of a query is not the path's.
  ["http://h?next=/exact", "/"],
  ["http://h/?next=/exact", "/"],
  ["/exact?as=a target", "/exact"],
  ["http://h/%65xact", "/exact"],
  ["http://h/users/%6de", "/users/me"],
  ["http://h/files/../exact", "/exact"],
];
for (const [url, pattern] of rows) {
  test(`Router finds ${pattern ?? "nothing"} for ${url}`, () => {
    for (const router of [hashed, mapped]) assert.equal(router.find(url)?.value.pattern, pattern);
  });
}

test("Router prefers an exact path to a parameter", () => {
  assert.deepEqual(hashed.find("http://h/users/me")?.params, {});
  assert.deepEqual(hashed.find("http://h/users/7")?.params, { id: "7" });
});

test("Router serves a table without exact paths, and one without parameters", () => {
  assert.equal(buildRouter([resource("/:a")]).find("http://h/x")?.value.pattern, "/:a");
  assert.equal(buildRouter([resource("/a")]).find("http://h/a")?.value.pattern, "/a");
  assert.equal(buildRouter([]).find("http://h/a"), undefined);
});

test("Router refuses two spellings of one path", () => {
  assert.throws(() => buildRouter(["/caf\u00e9", "/caf%c3%a9"].map(resource)), {
    name: "TypeError",
    message: '"/caf%c3%a9" matches the same paths as "/caf\u00e9"',
  });
});

const twins: readonly (readonly [url: string, twin: string | undefined])[] = [
  ["http://h/users/me/", "/users/me"],
  ["http://h/files", "/files/"],
  ["http://h/users/me/?a=b?c", "/users/me?a=b?c"],
  ["http://h/users/me/?a=\u00e9\ud800", "/users/me?a=%C3%A9%EF%BF%BD"],
  ["http://h/nothing/", undefined],
  ["http://h//users/me/", undefined],
  ["http://h", undefined],
];
for (const [url, twin] of twins) {
  test(`Router.twin() of ${JSON.stringify(url)} is ${twin ?? "none"}`, () => assert.equal(hashed.twin(url), twin));
}

test("Router.twin() never names a host, whatever the routes", () => {
  const router = buildRouter([resource("/*")]);
  assert.equal(router.twin("http://h//evil.example/"), undefined);
  assert.equal(router.twin("http://h/\\evil.example/"), undefined);
});
