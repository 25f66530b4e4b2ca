import assert from "node:assert/strict";
import { test } from "node:test";
import { parsePattern } from "../../../src/http/pattern.ts";
import { literalSegments, nativeParams } from "../../../src/runtime/native-params.ts";
import { nativePatterns } from "../../../src/runtime/native-patterns.ts";
import type { Resource } from "../../../src/runtime/port.ts";

const resource = (pattern: string, method = "GET"): Resource => ({
  pattern,
  endpoints: new Map([[method, () => new Response("x")]]),
});

const rows: readonly (readonly [criterion: string, patterns: readonly string[], native: readonly string[]])[] = [
  ["takes parameters", ["/a", "/u/:id", "/u/:id/x"], ["/u/:id", "/u/:id/x"]],
  ["takes no wildcard", ["/u/:id", "/f/*"], ["/u/:id"]],
  ["takes what comes before a wildcard", ["/u/:id", "/*", "/u/*"], ["/u/:id"]],
  ["takes nothing that comes after a wildcard", ["/:x/:y/:z", "/a/b/*"], []],
  ["takes what the wildcard cannot match", ["/:x/b/:z", "/a/c/*"], ["/:x/b/:z"]],
  ["takes a typed parameter alone", ["/u/:id<int>", "/u/me"], ["/u/:id<int>"]],
  ["takes no typed parameter beside a plain one, and not that", ["/u/:id<int>", "/u/:name"], []],
  ["takes no two types in one place", ["/u/:id<int>", "/u/:id<uuid>"], []],
  ["takes a typed parameter before a wildcard", ["/u/:id<int>", "/u/*"], ["/u/:id<int>"]],
];
for (const [criterion, patterns, expected] of rows) {
  test(`nativePatterns() ${criterion}`, () => {
    assert.deepEqual([...nativePatterns(patterns.map((pattern) => resource(pattern)))], expected);
  });
}

test("nativePatterns() takes no method that the native router does not know by name", () => {
  assert.deepEqual([...nativePatterns([resource("/u/:id", "PROPFIND")])], []);
  assert.deepEqual([...nativePatterns([{ ...resource("/u/:id"), any: () => new Response("x") }])], []);
});

test("nativeParams() hands out plain values and leaves suspicious ones to the router", () => {
  const literals = literalSegments([resource("/u/:id"), resource("/u/m%C3%A9")]);
  const params = nativeParams(parsePattern("/u/:id"), literals);
  assert.deepEqual(params({ id: "7" }), { id: "7" });
  for (const id of [".", "..", "a\\b", "a#b", "\ufffd", "m\u00e9", "u"]) assert.equal(params({ id }), undefined, id);
  for (const id of ["...", "a/b", "a.b"]) assert.deepEqual(params({ id }), { id });
});

test("nativeParams() converts typed values and leaves others to the router", () => {
  const params = nativeParams(parsePattern("/u/:id<int>/:name"), new Set());
  assert.deepEqual(params({ id: "7", name: "x" }), { id: 7, name: "x" });
  assert.equal(params({ id: "x", name: "x" }), undefined);
});
