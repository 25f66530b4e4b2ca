/** The request target: its four forms, and bytes that stand in none of them (RFC 9112, section 3.2). */
import type { AttackCase } from "../attack-case.ts";
import { get, head, NEXT } from "../bytes.ts";
import { answered, declined, either, served } from "../expect.ts";

/** Targets that no form allows. A server that answers 404 has treated them as a path, which is as safe. */
const malformed: readonly (readonly [id: string, title: string, target: string])[] = [
  ["relative", "no leading slash", "a"],
  ["authority", "an authority alone, with GET", "localhost:80"],
  ["asterisk-get", "an asterisk with GET", "*"],
  ["absolute-no-host", "a URL without host", "http:///a"],
  ["absolute-userinfo", "a URL with user and password", "http://user:word@localhost/a"],
  ["absolute-port", "a URL with a port that is no number", "http://localhost:x/a"],
  ["absolute-space", "a URL with an encoded space in the host", "http://local%20host/a"],
  ["scheme-javascript", "a URL of another scheme", "javascript:alert(1)"],
  ["scheme-file", "a file URL", "file:///etc/passwd"],
  ["nul", "a NUL", "/a\0b"],
  ["control", "a control character", "/a\x01b"],
  ["delete", "a DEL", "/a\x7fb"],
  ["backslash", "a backslash in place of the slash", "\\a"],
];

/** Unusual, but a server may serve them; which path a handler sees is what the record pins. */
const unusual: readonly (readonly [id: string, title: string, target: string, records: readonly string[]])[] = [
  ["fragment", "a fragment, which is never sent", "/a#b", ["GET /a", "GET /a#b", "GET /a%23b"]],
  [
    "high-bytes",
    "bytes above 127 that are no UTF-8",
    "/\xe9\xff",
    ["GET /%E9%FF", "GET /\u00e9\u00ff", "GET /%C3%A9%C3%BF", "GET /\ufffd\ufffd"],
  ],
  [
    "utf-8",
    "UTF-8 that is not encoded",
    "/\xc3\xa9",
    ["GET /%C3%A9", "GET /\u00e9", "GET /%C3%83%C2%A9", "GET /\u00c3\u00a9"],
  ],
  ["double-slash", "two slashes in front are no authority", "//evil.example/a", ["GET //evil.example/a"]],
  ["triple-slash", "three slashes", "///a", ["GET ///a"]],
  ["dot-segments", "dot segments", "/b/../a", ["GET /a", "GET /b/../a"]],
  ["dot-segments-root", "dot segments that lead above the root", "/../../a", ["GET /a", "GET /../../a"]],
  ["dot-segments-encoded", "encoded dot segments", "/b/%2e%2e/a", ["GET /a", "GET /b/%2e%2e/a"]],
  ["encoded-slash", "an encoded slash is no slash", "/b%2fa", ["GET /b%2fa", "GET /b%2Fa"]],
  ["encoded-nul", "an encoded NUL", "/a%00b", ["GET /a%00b"]],
  ["encoded-crlf", "an encoded CRLF", "/a%0d%0aX-A:%20b", ["GET /a%0d%0aX-A:%20b"]],
  ["percent-alone", "a percent sign alone", "/a%", ["GET /a%", "GET /a%25"]],
  ["percent-malformed", "a percent sign with no digits", "/a%zz", ["GET /a%zz", "GET /a%25zz"]],
  [
    "backslash-inside",
    "a backslash inside the path",
    "/b\\..\\a",
    ["GET /a", "GET /b\\..\\a", "GET /b/../a", "GET /b%5C..%5Ca"],
  ],
  ["question-marks", "two question marks", "/a?b?c", ["GET /a?b?c"]],
  ["semicolon", "a parameter in the path", "/a;b=c", ["GET /a;b=c"]],
  ["brackets", "characters that no URL has as they are", '/a<b>"{c}|^`', []],
];

export const targetCases: readonly AttackCase[] = [
  {
    id: "target-absolute",
    title: "the absolute form",
    source: "RFC 9112 3.2.2",
    steps: [get("http://localhost/a")],
    expect: served("GET /a"),
  },
  {
    id: "target-absolute-host-wins",
    title: "the absolute form's host counts, not the field's",
    source: "RFC 9112 3.2.2",
    steps: [head("GET http://localhost/host HTTP/1.1", "Host: evil.example")],
    expect: either(declined(), served("GET /host@localhost")),
  },
  {
    id: "target-absolute-no-host-field",
    title: "the absolute form needs a Host field too",
    source: "RFC 9112 3.2",
    steps: [head("GET http://localhost/a HTTP/1.1")],
    expect: declined(),
  },
  {
    id: "target-absolute-upper",
    title: "the absolute form with scheme and host in upper case",
    source: "RFC 9110 4.2.3",
    steps: [get("HTTP://LOCALHOST/host")],
    expect: either(declined(), served("GET /host@localhost"), served("GET /host@LOCALHOST")),
  },
  {
    id: "target-asterisk-options",
    title: "an asterisk with OPTIONS",
    source: "RFC 9112 3.2.4",
    steps: [head("OPTIONS * HTTP/1.1", "Host: localhost") + NEXT],
    expect: either(
      declined(),
      answered(200, 204),
      ...["OPTIONS *", "OPTIONS /*", "OPTIONS /"].map((record) => served(record, "GET /next")),
    ),
  },
  {
    id: "target-query",
    title: "a query reaches the handler",
    source: "RFC 9112 3.2.1",
    steps: [get("/a?b=c")],
    expect: served("GET /a?b=c"),
  },
  ...malformed.map(
    ([id, title, target]): AttackCase => ({
      id: `target-${id}`,
      title,
      source: "RFC 9112 3.2, RFC 3986",
      steps: [get(target)],
      expect: declined(),
    }),
  ),
  ...unusual.map(
    ([id, title, target, records]): AttackCase => ({
      id: `target-${id}`,
      title,
      source: "RFC 3986 2.1, 3.3",
      steps: [get(target)],
      expect: either(declined(), ...records.map((record) => served(record))),
    }),
  ),
];
