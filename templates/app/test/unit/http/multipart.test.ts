import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { HttpError } from "../../../src/http/http-error.ts";
import { HEAD_BYTES_MAX, PARTS_MAX, parseParts } from "../../../src/http/multipart.ts";
import { boundaryOf } from "../../../src/http/multipart-boundary.ts";

const encoder = new TextEncoder();
const FIELD = 'Content-Disposition: form-data; name="a"';

describe("boundaryOf", () => {
  const good: readonly [contentType: string, boundary: string][] = [
    ["multipart/form-data; boundary=abc", "abc"],
    ["Multipart/Form-Data ;charset=utf-8;BOUNDARY=abc", "abc"],
    ['multipart/form-data; boundary="a b(c)/d:e=f?g,h"', "a b(c)/d:e=f?g,h"],
    [`multipart/form-data; boundary=${"x".repeat(70)}`, "x".repeat(70)],
    ["multipart/form-data; boundary=abc;", "abc"],
  ];
  for (const [contentType, boundary] of good) {
    it(`of ${contentType}`, () => assert.equal(boundaryOf(contentType), boundary));
  }

  const bad: readonly [contentType: string | undefined, status: number][] = [
    [undefined, 415],
    ["", 415],
    ["application/json", 415],
    ["multipart/mixed; boundary=abc", 415],
    ["multipart/form-datax; boundary=abc", 415],
    ["multipart/form-data", 400],
    ["multipart/form-data; boundary=", 400],
    ['multipart/form-data; boundary=""', 400],
    ['multipart/form-data; boundary="abc', 400],
    ['multipart/form-data; boundary="abc "', 400],
    ['multipart/form-data; boundary="a\\\\b"', 400],
    [`multipart/form-data; boundary=${"x".repeat(71)}`, 400],
    ["multipart/form-data; boundary=a; boundary=b", 400],
    ["multipart/form-data; boundary=a b", 400],
  ];
  for (const [contentType, status] of bad) {
    it(`refuses ${contentType} with ${status}`, () => {
      assert.throws(() => boundaryOf(contentType), { status });
    });
  }
});

describe("parseParts()", () => {
  const good: readonly [name: string, body: string, parts: readonly Row[]][] = [
    ["a form without fields", "--b--", []],
    ["a form without fields, with an end of line", "--b--\r\n", []],
    ["a field", `--b\r\n${FIELD}\r\n\r\nv\r\n--b--`, [["a", undefined, undefined, "v"]]],
    ["a field without content", `--b\r\n${FIELD}\r\n\r\n\r\n--b--`, [["a", undefined, undefined, ""]]],
    ["a field whose head ends with the delimiter", `--b\r\n${FIELD}\r\n\r\n--b--`, [["a", undefined, undefined, ""]]],
    [
      "a file",
      '--b\r\ncontent-disposition: form-data; name="f"; filename="x.txt"\r\nContent-Type: text/plain\r\n\r\nv\r\n--b--\r\n',
      [["f", "x.txt", "text/plain", "v"]],
    ],
    [
      "a preamble and an epilogue",
      `pre\r\n--b\r\n${FIELD}\r\n\r\nv\r\n--b--\r\nepi`,
      [["a", undefined, undefined, "v"]],
    ],
    ["a boundary in the middle of a line as a preamble", `x--b\r\n${FIELD}\r\n\r\nv\r\n--b--`, []],
    ["padding behind delimiters", `--b \t\r\n${FIELD}\r\n\r\nv\r\n--b-- \r\n`, [["a", undefined, undefined, "v"]]],
    [
      "content that is almost a delimiter",
      `--b\r\n${FIELD}\r\n\r\n-b\r\r\n-\r\n--\r\n--c\n--b\r\n--b--`,
      [["a", undefined, undefined, "-b\r\r\n-\r\n--\r\n--c\n--b"]],
    ],
    [
      "a name that is a token",
      "--b\r\nContent-Disposition: form-data;name=a\r\n\r\n\r\n--b--",
      [["a", undefined, undefined, ""]],
    ],
    [
      "escaped quotes",
      '--b\r\nContent-Disposition: form-data; name="a\\"b\\\\"\r\n\r\n\r\n--b--',
      [['a"b\\', undefined, undefined, ""]],
    ],
    [
      "a browser's quote",
      '--b\r\nContent-Disposition: form-data; name="a%22b%41"\r\n\r\n\r\n--b--',
      [['a"b%41', undefined, undefined, ""]],
    ],
    [
      "a name beyond ASCII",
      '--b\r\nContent-Disposition: form-data; name="\u00fc\u4e16"\r\n\r\n\r\n--b--',
      [["\u00fc\u4e16", undefined, undefined, ""]],
    ],
    [
      "a harmless transfer encoding",
      `--b\r\n${FIELD}\r\nContent-Transfer-Encoding: Binary\r\n\r\nv\r\n--b--`,
      [["a", undefined, undefined, "v"]],
    ],
    [
      "other fields in the head",
      `--b\r\nX-Other: 1\r\n${FIELD}\r\nX-Other: 2\r\n\r\nv\r\n--b--`,
      [["a", undefined, undefined, "v"]],
    ],
  ];
  for (const [name, body, parts] of good) {
    it(`reads ${name}`, () => assert.deepEqual(rows(body), parts));
  }

  const filenames: readonly [said: string, filename: string][] = [
    ["x.txt", "x.txt"],
    ["", ""],
    ["../../etc/passwd", "passwd"],
    ["C:\\dir\\x.txt", "x.txt"],
    ["a/b\\c", "c"],
    ["..", ""],
    ["a/.", ""],
    ["a/", ""],
  ];
  for (const [said, filename] of filenames) {
    it(`takes the file name ${JSON.stringify(said)} for ${JSON.stringify(filename)}`, () => {
      const body = `--b\r\nContent-Disposition: form-data; name="f"; filename="${said}"\r\n\r\n\r\n--b--`;
      assert.deepEqual(rows(body), [["f", filename, undefined, ""]]);
    });
  }

  const part = (head: string) => `--b\r\n${head}\r\n\r\nv\r\n--b--`;
  const bad: readonly [name: string, body: string, code?: string][] = [
    ["nothing", ""],
    ["no boundary", "abc"],
    ["another boundary", `--c\r\n${FIELD}\r\n\r\nv\r\n--c--`],
    ["a delimiter at once behind another", `--b\r\n--b\r\n${FIELD}\r\n\r\nv\r\n--b--`],
    ["a delimiter in a head", `--b\r\n--bX: 1\r\n${FIELD}\r\n\r\nv\r\n--b--`],
    ["no last delimiter", `--b\r\n${FIELD}\r\n\r\nv\r\n--b\r\n`],
    ["a delimiter that is cut", `--b\r\n${FIELD}\r\n\r\nv\r\n--`],
    ["a last delimiter that goes on", `--b\r\n${FIELD}\r\n\r\nv\r\n--b--x`],
    ["a last delimiter of one dash", `--b\r\n${FIELD}\r\n\r\nv\r\n--b-`],
    ["a delimiter that begins a longer line", `--b\r\n${FIELD}\r\n\r\nv\r\n--bc\r\n--b--`],
    ["ends of line without CR", `--b\n${FIELD}\n\nv\n--b--`],
    ["a head that does not end", `--b\r\n${FIELD}\r\n`],
    ["a head without fields", "--b\r\n\r\nv\r\n--b--"],
    ["no disposition", part("Content-Type: text/plain")],
    ["another disposition", part('Content-Disposition: attachment; name="a"')],
    ["no name", part("Content-Disposition: form-data")],
    ["two dispositions", part(`${FIELD}\r\n${FIELD}`)],
    ["two types", part(`${FIELD}\r\nContent-Type: a/b\r\nContent-Type: a/c`)],
    ["two names", part('Content-Disposition: form-data; name="a"; name="b"')],
    ["a name that does not end", part('Content-Disposition: form-data; name="a')],
    ["a name without a value", part("Content-Disposition: form-data; name=")],
    ["parameters that are not separated", part('Content-Disposition: form-data; name="a" filename="b"')],
    ["a file name in a second encoding", part(`${FIELD}; filename*=UTF-8''x`)],
    ["a folded line", part('Content-Disposition: form-data;\r\n name="a"')],
    ["a line without a colon", part(`${FIELD}\r\nabc`)],
    ["a space before the colon", part('Content-Disposition : form-data; name="a"')],
    ["a bare CR in the head", part('Content-Disposition: form-data; name="a\rb"')],
    ["a bare LF in the head", part('Content-Disposition: form-data; name="a\nb"')],
    ["a NUL in the head", part('Content-Disposition: form-data; name="a\u0000b"')],
    ["a head that is not UTF-8", part('Content-Disposition: form-data; name="\u00ff"')],
    ["coded content", part(`${FIELD}\r\nContent-Transfer-Encoding: base64`)],
    ["a name that is too long", part(`Content-Disposition: form-data; name="${"n".repeat(257)}"`)],
    ["a head that is too long", part(`${FIELD}\r\nX: ${"x".repeat(HEAD_BYTES_MAX)}`), "MULTIPART_HEAD_TOO_LONG"],
  ];
  for (const [name, body, code = "MULTIPART_MALFORMED"] of bad) {
    it(`refuses ${name}`, () => {
      const bytes = name.includes("UTF-8") ? Uint8Array.from(body, (char) => char.charCodeAt(0)) : encoder.encode(body);
      assert.throws(() => parseParts(bytes, "b"), { status: 400, code });
    });
  }

  it(`takes ${PARTS_MAX} parts and no more`, () => {
    const one = `--b\r\n${FIELD}\r\n\r\nv\r\n`;
    assert.equal(parseParts(encoder.encode(`${one.repeat(PARTS_MAX)}--b--`), "b").length, 1000);
    const more = encoder.encode(`${one.repeat(PARTS_MAX + 1)}--b--`);
    assert.throws(() => parseParts(more, "b"), { status: 413, code: "MULTIPART_TOO_MANY_PARTS" });
  });

  it("finds the delimiter behind any number of bytes, with and without a CR among them", () => {
    for (let count = 0; count < 150; count += 1) {
      for (const content of [
        "x".repeat(count),
        `${"x".repeat(count)}\r`,
        `${"x".repeat(count)}\r\n--`,
        `\r${"x".repeat(count)}`,
      ]) {
        assert.deepEqual(rows(`--b\r\n${FIELD}\r\n\r\n${content}\r\n--b--`), [["a", undefined, undefined, content]]);
      }
    }
  });

  it("gives views into the body", () => {
    const body = encoder.encode(`--b\r\n${FIELD}\r\n\r\nvalue\r\n--b--`);
    const [first] = parseParts(body, "b");
    assert.equal(first?.bytes.buffer, body.buffer);
    assert.equal(first.bytes.byteLength, 5);
  });

  it("says nothing of a client's words in its errors", () => {
    const secret = "hunter2";
    for (const body of [part(`X ${secret}: 1`), part(`Content-Disposition: ${secret}; name="${secret}"`), secret]) {
      assert.throws(
        () => parseParts(encoder.encode(body), "b"),
        (error: unknown) => error instanceof HttpError && !error.message.includes(secret),
      );
    }
  });
});

type Row = readonly [name: string, filename: string | undefined, type: string | undefined, content: string];

function rows(body: string): readonly Row[] {
  return parseParts(encoder.encode(body), "b").map((part) => [part.name, part.filename, part.contentType, part.text()]);
}
