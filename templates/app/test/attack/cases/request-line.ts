/** The request line: methods, versions, white space (RFC 9112, section 3). */
import type { AttackCase } from "../attack-case.ts";
import { get, head, NEXT, SMUGGLED } from "../bytes.ts";
import { answered, either, refused, served, servedLast } from "../expect.ts";

/** Lines that are none; a valid Host follows. */
const malformed: readonly (readonly [id: string, title: string, line: string])[] = [
  ["garbage", "no request line at all", "GARBAGE"],
  ["only-method", "a method alone", "GET"],
  ["no-target", "no target", "GET HTTP/1.1"],
  ["no-version", "no version", "GET /a"],
  ["no-version-space", "a space in place of the version", "GET /a "],
  ["double-space", "two spaces before the target", "GET  /a HTTP/1.1"],
  ["double-space-version", "two spaces before the version", "GET /a  HTTP/1.1"],
  ["tab", "tabs in place of spaces", "GET\t/a\tHTTP/1.1"],
  ["vertical-tab", "a vertical tab in place of a space", "GET\x0b/a HTTP/1.1"],
  ["trailing-space", "a space behind the version", "GET /a HTTP/1.1 "],
  ["trailing-word", "a fourth word", "GET /a HTTP/1.1 x"],
  ["space-in-target", "a space inside the target", "GET /a b HTTP/1.1"],
  ["method-colon", "a colon in the method", "GE:T /a HTTP/1.1"],
  ["method-bracket", "a bracket in the method", "GE[T /a HTTP/1.1"],
  ["method-nul", "a NUL in the method", "GE\0T /a HTTP/1.1"],
  ["method-high", "a byte above 127 in the method", "G\xcbT /a HTTP/1.1"],
  ["method-empty", "no method", " /a HTTP/1.1"],
  ["version-lower", "a version in lower case", "GET /a http/1.1"],
  ["version-x", "a letter behind the version", "GET /a HTTP/1.1x"],
  ["version-digits", "a version of three digits", "GET /a HTTP/1.11"],
  ["version-no-minor", "a version without minor number", "GET /a HTTP/1"],
  ["version-dot", "a version that ends with a dot", "GET /a HTTP/1."],
  ["version-zero", "a leading zero in the version", "GET /a HTTP/01.1"],
  ["version-space", "a space inside the version", "GET /a HTTP/ 1.1"],
  ["version-name", "another protocol's name", "GET /a HTTPS/1.1"],
  ["version-3-0", "HTTP/3.0", "GET /a HTTP/3.0"],
  ["version-0-9", "HTTP/0.9 spelled out", "GET /a HTTP/0.9"],
];

export const requestLineCases: readonly AttackCase[] = [
  {
    id: "request-line-0-9",
    title: "a request of HTTP/0.9: neither version nor fields",
    source: "RFC 9112 3",
    steps: ["GET /a\r\n", { do: "end" }],
    expect: refused(),
  },
  {
    id: "request-line-method-lower",
    title: "a method in lower case is another method",
    source: "RFC 9110 9.1",
    steps: [head("get /a HTTP/1.1", "Host: localhost")],
    expect: either(refused(), answered(400, 405, 501), served("get /a")),
  },
  {
    id: "request-line-method-unknown",
    title: "an unknown method",
    source: "RFC 9110 9.1",
    steps: [head("BREW /a HTTP/1.1", "Host: localhost")],
    expect: either(refused(), answered(400, 405, 501), served("BREW /a")),
  },
  {
    id: "request-line-method-long",
    title: "a method of 10,000 letters",
    source: "RFC 9112 3",
    steps: [head(`${"A".repeat(10_000)} /a HTTP/1.1`, "Host: localhost")],
    expect: either(refused(), answered(400, 405, 501)),
  },
  {
    id: "request-line-method-trace",
    title: "TRACE must not echo",
    source: "RFC 9110 9.3.8",
    steps: [head("TRACE /a HTTP/1.1", "Host: localhost", "Cookie: secret")],
    expect: either(refused(), answered(400, 405, 501), served("TRACE /a")),
  },
  {
    id: "request-line-connect",
    title: "CONNECT makes no tunnel",
    source: "RFC 9110 9.3.6",
    steps: [head("CONNECT localhost:80 HTTP/1.1", "Host: localhost:80") + NEXT],
    expect: either(refused(), answered(400, 404, 405, 501)),
  },
  {
    id: "request-line-version-1-2",
    title: "a later minor version is answered as HTTP/1.1",
    source: "RFC 9110 6.2",
    steps: [head("GET /a HTTP/1.2", "Host: localhost")],
    expect: either(refused(), served("GET /a")),
  },
  {
    id: "request-line-version-2-0",
    title: "HTTP/2.0 in a request line",
    source: "RFC 9110 15.6.6",
    steps: [head("GET /a HTTP/2.0", "Host: localhost")],
    expect: refused(),
  },
  {
    id: "request-line-version-1-0",
    title: "HTTP/1.0 without Host, and the connection ends",
    source: "RFC 9112 3.2, 9.3",
    steps: [`${head("GET /a HTTP/1.0")}${SMUGGLED}`],
    expect: either(refused(), servedLast("GET /a")),
  },
  {
    id: "request-line-get-valid",
    title: "a plain request",
    source: "RFC 9112 3",
    steps: [get("/a")],
    expect: served("GET /a"),
  },
  ...malformed.map(
    ([id, title, line]): AttackCase => ({
      id: `request-line-${id}`,
      title,
      source: "RFC 9112 3",
      steps: [head(line, "Host: localhost") + NEXT],
      expect: refused(),
    }),
  ),
];
