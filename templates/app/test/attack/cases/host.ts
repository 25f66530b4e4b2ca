/** Host: missing, twice, or with anything that would move the path or the authority (RFC 9112, section 3.2). */
import type { AttackCase } from "../attack-case.ts";
import { head, SMUGGLED } from "../bytes.ts";
import { declined, either, served } from "../expect.ts";

const malformed: readonly (readonly [id: string, title: string, value: string])[] = [
  ["slash", "a slash", "localhost/admin"],
  ["slash-first", "a slash first", "/localhost"],
  ["question", "a question mark", "localhost?a"],
  ["hash", "a number sign", "localhost#a"],
  ["at", "user information", "user@localhost"],
  ["at-password", "user and password", "user:word@localhost"],
  ["comma", "a list", "localhost, evil.example"],
  ["comma-no-space", "a list without space", "localhost,evil.example"],
  ["space", "a space", "local host"],
  ["tab", "a tab", "local\thost"],
  ["backslash", "a backslash", "localhost\\evil.example"],
  ["port-letters", "a port that is no number", "localhost:x"],
  ["port-letters-after", "letters behind the port", "localhost:80x"],
  ["port-slash", "a path behind the port", "localhost:80/a"],
  ["port-negative", "a negative port", "localhost:-1"],
  ["port-twice", "two ports", "localhost:80:80"],
  ["port-large", "a port above 65535", "localhost:65536"],
  ["scheme", "a URL", "http://localhost"],
  ["nul", "a NUL", "localhost\0"],
  ["control", "a control character", "local\x01host"],
  ["high", "a byte above 127", "local\xffhost"],
  ["bracket", "a bracket that is not closed", "[::1"],
  ["bracket-text", "brackets around no address", "[local]"],
  ["angle", "an angle bracket", "<localhost>"],
  ["quote", "a quotation mark", '"localhost"'],
  ["percent", "a malformed percent-encoding", "local%zzhost"],
];

const valid: readonly (readonly [id: string, title: string, value: string, seen: string])[] = [
  ["plain", "a name", "localhost", "localhost"],
  ["port", "a name and a port", "localhost:8080", "localhost"],
  ["address", "an IPv4 address", "127.0.0.1", "127.0.0.1"],
  ["address-6", "an IPv6 address", "[::1]:8080", "[::1]"],
  ["no-space", "no space before the value", "localhost", "localhost"],
];

export const hostCases: readonly AttackCase[] = [
  {
    id: "host-missing",
    title: "no Host",
    source: "RFC 9112 3.2",
    steps: [head("GET /a HTTP/1.1")],
    expect: declined(),
  },
  {
    id: "host-missing-post",
    title: "no Host, and a body that looks like a request",
    source: "RFC 9112 3.2",
    steps: [`${head("POST /a HTTP/1.1", `Content-Length: ${SMUGGLED.length}`)}${SMUGGLED}`],
    expect: declined(),
  },
  {
    id: "host-empty",
    title: "an empty Host with a path",
    source: "RFC 9110 7.2",
    steps: [head("GET /a HTTP/1.1", "Host:")],
    expect: either(declined(), served("GET /a")),
  },
  {
    id: "host-twice",
    title: "two Hosts",
    source: "RFC 9112 3.2",
    steps: [head("GET /a HTTP/1.1", "Host: localhost", "Host: evil.example")],
    expect: declined(),
  },
  {
    id: "host-twice-same",
    title: "twice the same Host",
    source: "RFC 9112 3.2",
    steps: [head("GET /a HTTP/1.1", "Host: localhost", "Host: localhost")],
    expect: declined(),
  },
  {
    id: "host-twice-case",
    title: "two Hosts with different spelling of the name",
    source: "RFC 9112 3.2",
    steps: [head("GET /a HTTP/1.1", "Host: localhost", "hOsT: evil.example")],
    expect: declined(),
  },
  {
    id: "host-twice-apart",
    title: "two Hosts with other fields between them",
    source: "RFC 9112 3.2",
    steps: [head("GET /a HTTP/1.1", "Host: localhost", "X-A: b", "X-B: c", "Host: evil.example")],
    expect: declined(),
  },
  {
    id: "host-space-before-colon",
    title: "a space before the colon",
    source: "RFC 9112 5.1",
    steps: [head("GET /a HTTP/1.1", "Host : localhost")],
    expect: declined(),
  },
  {
    id: "host-second-space-before-colon",
    title: "a second Host with a space before the colon",
    source: "RFC 9112 5.1",
    steps: [head("GET /a HTTP/1.1", "Host: localhost", "Host : evil.example")],
    expect: declined(),
  },
  {
    id: "host-long",
    title: "a Host of 5,000 letters",
    source: "RFC 9110 7.2",
    steps: [head("GET /a HTTP/1.1", `Host: ${"a".repeat(5000)}`)],
    expect: either(declined(), served("GET /a")),
  },
  ...valid.map(
    ([id, title, value, seen]): AttackCase => ({
      id: `host-${id}`,
      title,
      source: "RFC 9110 7.2",
      steps: [head("GET /host HTTP/1.1", `Host:${id === "no-space" ? "" : " "}${value}`)],
      expect: served(`GET /host@${seen}`),
    }),
  ),
  ...malformed.map(
    ([id, title, value]): AttackCase => ({
      id: `host-${id}`,
      title,
      source: "RFC 9112 3.2, RFC 3986 3.2",
      steps: [head("GET /a HTTP/1.1", `Host: ${value}`)],
      expect: declined(),
    }),
  ),
];
