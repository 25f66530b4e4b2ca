import assert from "node:assert/strict";
import { test } from "node:test";
import { canonicalPath, decodedRest, isCanonical } from "../../../src/http/canonical-path.ts";
import { HttpError } from "../../../src/http/http-error.ts";
import { randomNumbers } from "../random.ts";

const rows: readonly (readonly [path: string, canonical: string])[] = [
  ["/", "/"],
  ["/a/b", "/a/b"],
  ["/a/./b", "/a/b"],
  ["/a/../b", "/b"],
  ["/a/b/..", "/a/"],
  ["/a/b/.", "/a/b/"],
  ["/..", "/"],
  ["/%2e%2E/a", "/a"],
  ["/a\\..\\b", "/b"],
  ["/a//../b", "/a/b"],
  ["//a", "//a"],
  ["/a/", "/a/"],
  ["/%63af\u00e9", "/caf%C3%A9"],
  ["/a%2fb", "/a%2Fb"],
  ["/a%5cb", "/a%5Cb"],
  ["/%24%26%2b%2c%3a%3b%3d%40", "/$&+,:;=@"],
  ['/[x]|^`{}<>"', "/%5Bx%5D%7C%5E%60%7B%7D%3C%3E%22"],
  ["/.hidden/...", "/.hidden/..."],
];
for (const [path, canonical] of rows) {
  test(`canonicalPath() of ${path} is ${canonical}`, () => assert.equal(canonicalPath(path), canonical));
}

for (const path of ["/%", "/%f", "/%zz", "/%ff", "/%C3", "/a#b", "/\ud800"]) {
  test(`canonicalPath() refuses ${JSON.stringify(path)}`, () => {
    assert.throws(
      () => canonicalPath(path),
      (error) => error instanceof HttpError && error.status === 400,
    );
  });
}

/** Pieces of paths that mean something, and some that only seem to. */
const pieces = "/ / / .. . %2e %2E %2f %5c \\ a B %41 %c3%a9 \u00e9 @ %40 ; [ %25".split(" ");
const random = randomNumbers(7);
const paths = Array.from(
  { length: 5000 },
  () => `/${Array.from({ length: random(16) }, () => pieces[random(pieces.length)]).join("")}`,
);

test("canonicalPath() of a canonical path is the path itself", () => {
  for (const path of paths) assert.equal(canonicalPath(canonicalPath(path)), canonicalPath(path), path);
});

test("canonicalPath() resolves what the URL standard resolves", () => {
  for (const path of paths) assert.equal(canonicalPath(path), canonicalPath(new URL(`http://h${path}`).pathname), path);
});

test("isCanonical() is true of canonical paths only", () => {
  for (const path of paths) if (isCanonical(path, 0, path.length)) assert.equal(canonicalPath(path), path);
});

test("decodedRest() decodes all but slashes, once", () => {
  assert.equal(decodedRest("a%20b/c%2Fd/%252F"), "a b/c%2Fd/%2F");
});
