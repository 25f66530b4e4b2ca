import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { chooseRanges, RANGES_MAX } from "../../src/features/static-files/byte-ranges.ts";
import { cacheControl, type Fingerprints, isFingerprinted } from "../../src/features/static-files/cache-control.ts";
import { contentType } from "../../src/features/static-files/content-type.ts";
import { httpDate, parseHttpDate } from "../../src/features/static-files/http-date.ts";
import { isHidden, requestKey } from "../../src/features/static-files/request-key.ts";

describe("requestKey()", () => {
  const rows = [
    { path: "/", prefix: "/", key: "" },
    { path: "/a/b.txt", prefix: "/", key: "a/b.txt" },
    { path: "/a/", prefix: "/", key: "a/" },
    { path: "/%61%20b", prefix: "/", key: "a b" },
    { path: "/assets/a", prefix: "/assets/", key: "a" },
    { path: "/assets", prefix: "/assets/", key: undefined },
    { path: "/other/a", prefix: "/assets/", key: undefined },
    { path: "/...", prefix: "/", key: "..." },
    { path: "/..", prefix: "/", key: undefined },
    { path: "/../a", prefix: "/", key: undefined },
    { path: "/a/..", prefix: "/", key: undefined },
    { path: "/a/./b", prefix: "/", key: undefined },
    { path: "/%2e%2e/a", prefix: "/", key: undefined },
    { path: "/a%2fb", prefix: "/", key: undefined },
    { path: "/a%5Cb", prefix: "/", key: undefined },
    { path: "/a\\b", prefix: "/", key: undefined },
    { path: "//a", prefix: "/", key: undefined },
    { path: "/a//b", prefix: "/", key: undefined },
    { path: "/a%00", prefix: "/", key: undefined },
    { path: "/%ff", prefix: "/", key: undefined },
    { path: "/%c0%ae%c0%ae/a", prefix: "/", key: undefined },
    { path: "/%252e%252e/a", prefix: "/", key: "%2e%2e/a" },
  ];
  for (const { path, prefix, key } of rows) {
    it(`reads ${path} below ${prefix} as ${key}`, () => assert.equal(requestKey(path, prefix), key));
  }

  it("gives nothing that leaves its folder, whatever the path", () => {
    const piece = fc.constantFrom(
      "a",
      "..",
      ".",
      "/",
      "\\",
      "%2e",
      "%2f",
      "%5c",
      "%00",
      "%",
      "%c3%a4",
      "%25",
      "~",
      "//",
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
        const key = requestKey(`/${pieces.join("")}`, "/");
        if (key === undefined) return;
        const segments = key.split("/");
        assert.ok(!segments.includes("..") && !segments.includes("."));
        assert.ok(!segments.slice(0, -1).includes(""));
        assert.ok(!key.includes("\\") && !key.includes("\0"));
      }),
      { numRuns: 2000 },
    );
  });
});

describe("isHidden()", () => {
  for (const [key, hidden] of [
    ["a/b.txt", false],
    [".env", true],
    ["a/.git/config", true],
    [".well-known/x", false],
    [".well-known/.x", true],
    ["a..b", false],
  ] as const) {
    it(`is ${hidden} for ${key}`, () => assert.equal(isHidden(key), hidden));
  }
});

describe("chooseRanges()", () => {
  /** Which bytes the field asks for, bit by bit; undefined: the field is to be ignored. */
  function oracle(field: string, size: number): Set<number> | undefined {
    const bytes = new Set<number>();
    for (const text of field.slice("bytes=".length).split(",")) {
      const [first = "", last = ""] = text.trim().split("-");
      if (first !== "" && last !== "" && Number(last) < Number(first)) return undefined;
      for (let at = 0; at < size; at += 1) {
        if (first === "" ? at >= size - Number(last) : at >= Number(first) && (last === "" || at <= Number(last)))
          bytes.add(at);
      }
    }
    return bytes;
  }

  const number = fc.nat({ max: 700 });
  const range = fc.oneof(
    fc.tuple(number, number).map(([one, other]) => `${Math.min(one, other)}-${Math.max(one, other)}`),
    fc.tuple(number, number).map(([one, other]) => `${one}-${other}`),
    number.map((one) => `${one}-`),
    number.map((one) => `-${one}`),
  );

  it("covers what was asked for, and nothing twice, in few parts", () => {
    fc.assert(
      fc.property(fc.array(range, { minLength: 1, maxLength: 20 }), fc.nat({ max: 600 }), (ranges, size) => {
        const field = `bytes=${ranges.join(", ")}`;
        const expected = oracle(field, size);
        const chosen = chooseRanges(field, size);
        if (expected === undefined) assert.equal(chosen, "all");
        else if (expected.size === 0) assert.equal(chosen, "none");
        else {
          assert.ok(Array.isArray(chosen));
          let end = -1;
          for (const part of chosen) {
            assert.ok(part.start > end && part.start < part.end && part.end <= size);
            end = part.end;
          }
          for (const at of expected) assert.ok(chosen.some((part) => at >= part.start && at < part.end));
          // What lies between two ranges is sent along only where a part's head would be longer.
          const sent = chosen.reduce((sum, part) => sum + part.end - part.start, 0);
          assert.ok(sent <= size && sent - expected.size <= 128 * ranges.length);
        }
      }),
      { numRuns: 1000 },
    );
  });

  it("never throws, whatever the field", () => {
    const character = fc.constantFrom("bytes=", "-", ",", "0", "9", " ", "\t", "=", "x", "99999999999999999999");
    fc.assert(
      fc.property(fc.array(character, { maxLength: 30 }), (characters) => {
        const chosen = chooseRanges(characters.join(""), 100);
        if (typeof chosen === "string") return;
        for (const { start, end } of chosen) assert.ok(start >= 0 && start < end && end <= 100);
      }),
      { numRuns: 2000 },
    );
  });

  const many = (count: number) =>
    `bytes=${Array.from({ length: count }, (_, index) => `${index * 1000}-${index * 1000}`)}`;
  const rows: readonly { field: string | null; parts: unknown }[] = [
    { field: null, parts: "all" },
    { field: "bytes=", parts: "all" },
    { field: "bytes=,", parts: "all" },
    { field: "bytes 0-1", parts: "all" },
    { field: "bytes=0-1,x", parts: "all" },
    { field: "bytes=--1", parts: "all" },
    { field: "bytes=1-0", parts: "all" },
    { field: "bytes=0-1;q=1", parts: "all" },
    { field: "Bytes=0-1", parts: [{ start: 0, end: 2 }] },
    {
      field: "bytes= 0-1 ,, 500-",
      parts: [
        { start: 0, end: 2 },
        { start: 500, end: 1_000_000 },
      ],
    },
    {
      field: "bytes=900-999,0-99",
      parts: [
        { start: 0, end: 100 },
        { start: 900, end: 1000 },
      ],
    },
    { field: "bytes=0-99999999999999999999999", parts: [{ start: 0, end: 1_000_000 }] },
    { field: "bytes=99999999999999999999999-", parts: "none" },
    { field: `bytes=${"0-,".repeat(199)}0-`, parts: [{ start: 0, end: 1_000_000 }] },
    { field: many(RANGES_MAX + 1), parts: "all" },
  ];
  for (const { field, parts } of rows) {
    it(`makes of ${String(field).slice(0, 40)} what RFC 9110 says`, () => {
      assert.deepEqual(chooseRanges(field, 1_000_000), parts);
    });
  }

  it("keeps 200 ranges that lie apart", () => assert.equal(chooseRanges(many(RANGES_MAX), 1_000_000).length, 200));
});

describe("isFingerprinted()", () => {
  const rows: readonly { name: string; fingerprints: Fingerprints; is: boolean }[] = [
    { name: "main.0123abcd.js", fingerprints: "hex", is: true },
    { name: "main-0123456789abcdef0123.css", fingerprints: "hex", is: true },
    { name: "main.0123abcd.js.map", fingerprints: "hex", is: true },
    { name: "main.0123abcd.js", fingerprints: "none", is: false },
    { name: "photo.20240101.jpg", fingerprints: "base64", is: false },
    { name: "page.0123abcd.html", fingerprints: "base64", is: false },
    { name: "jquery-ui-autocomplete.js", fingerprints: "base64", is: false },
    { name: "facade.decade.js", fingerprints: "base64", is: false },
    { name: "logo-Version2.png", fingerprints: "base64", is: false },
    { name: "photo-iPhone8Pro.jpg", fingerprints: "base64", is: false },
    { name: "index-BkX3a9_1.js", fingerprints: "base64", is: true },
    { name: "index-BkX3a9_1.js", fingerprints: "hex", is: false },
    { name: "chunk-7KQ2XM4B.js", fingerprints: "base64", is: true },
    { name: "0123abcd.js", fingerprints: "hex", is: false },
  ];
  for (const { name, fingerprints, is } of rows) {
    it(`is ${is} for ${name} (${fingerprints})`, () => assert.equal(isFingerprinted(name, fingerprints), is));
  }

  it("decides how long a file is kept", () => {
    assert.equal(cacheControl("assets/main.0123abcd.js", 60, "hex"), "max-age=31536000, immutable");
    assert.equal(cacheControl("index.html", 60, "hex"), "max-age=60");
    assert.equal(cacheControl("index.html", 0, "hex"), "no-cache");
  });
});

describe("contentType()", () => {
  for (const [path, type] of [
    ["a.HTML", "text/html; charset=utf-8"],
    ["a.mjs", "text/javascript; charset=utf-8"],
    ["a.svg", "image/svg+xml"],
    ["a.json", "application/json"],
    ["a.woff2", "font/woff2"],
    ["a.d/file", "application/octet-stream"],
    ["constructor", "application/octet-stream"],
    ["a.constructor", "application/octet-stream"],
  ] as const) {
    it(`is ${type} for ${path}`, () => assert.equal(contentType(path), type));
  }
});

describe("parseHttpDate()", () => {
  for (const text of ["Sun, 06 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994"]) {
    it(`reads ${text}`, () => assert.equal(parseHttpDate(text), 784_111_777_000));
  }
  for (const text of ["", "0", "1994-11-06T08:49:37Z", "Sun, 06 Nov 1994 08:49:37", "Sun, 99 Foo 1994 08:49:37 GMT"]) {
    it(`refuses "${text}"`, () => assert.equal(parseHttpDate(text), undefined));
  }
  it("reads what httpDate() writes", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 4_102_444_800 }), (s) => parseHttpDate(httpDate(s * 1000)) === s * 1000),
    );
  });
});
