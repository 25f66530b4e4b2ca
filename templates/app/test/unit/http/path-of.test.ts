import assert from "node:assert/strict";
import { test } from "node:test";
import { pathOf } from "../../../src/http/path-of.ts";

const rows: readonly (readonly [url: string, path: string])[] = [
  ["http://h/a/b?c", "/a/b"],
  ["https://h/", "/"],
  ["http://h", "/"],
  ["http://h?next=/admin", "/"],
  ["http://h/?next=/admin", "/"],
  ["/a?b=/c", "/a"],
  ["", "/"],
  ["?/a", "/"],
];
for (const [url, path] of rows) {
  test(`pathOf(${JSON.stringify(url)}) is ${path}`, () => assert.equal(pathOf(url), path));
}
