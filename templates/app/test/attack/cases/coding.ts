/**
 * Transfer-Encoding: alone, disguised, in lists, and beside a length (RFC 9112, sections 6.1 and 6.3). Each disguise
 * comes from the literature: one party sees the coding, the other does not.
 */
import type { AttackCase } from "../attack-case.ts";
import { chunked, head, NEXT, post, SMUGGLED } from "../bytes.ts";
import { either, refused, served, servedLast } from "../expect.ts";

/** A field that no party may take for "chunked", or that makes the coding unknown. */
const disguises: readonly (readonly [id: string, title: string, field: string])[] = [
  ["space-before-colon", "a space before the colon", "Transfer-Encoding : chunked"],
  ["tab-before-colon", "a tab before the colon", "Transfer-Encoding\t: chunked"],
  ["prefix", "xchunked", "Transfer-Encoding: xchunked"],
  ["suffix", "chunkedx", "Transfer-Encoding: chunkedx"],
  ["quoted", "quotes", 'Transfer-Encoding: "chunked"'],
  ["single-quoted", "single quotes", "Transfer-Encoding: 'chunked'"],
  ["vertical-tab", "a vertical tab before the value", "Transfer-Encoding:\x0bchunked"],
  ["vertical-tab-after", "a vertical tab behind the value", "Transfer-Encoding: chunked\x0b"],
  ["form-feed", "a form feed before the value", "Transfer-Encoding:\x0cchunked"],
  ["nul", "a NUL behind the value", "Transfer-Encoding: chunked\0"],
  ["high-byte", "a byte above 127 before the value", "Transfer-Encoding: \xffchunked"],
  ["non-breaking-space", "a non-breaking space before the value", "Transfer-Encoding:\xa0chunked"],
  ["semicolon", "a parameter", "Transfer-Encoding: chunked;q=1"],
  ["identity", "identity, which no longer exists", "Transfer-Encoding: identity"],
  ["chunked-identity", "chunked is not the last coding", "Transfer-Encoding: chunked, identity"],
  ["identity-chunked", "identity before chunked", "Transfer-Encoding: identity, chunked"],
  ["gzip-chunked", "a coding that the server does not have", "Transfer-Encoding: gzip, chunked"],
  ["chunked-gzip", "chunked under another coding", "Transfer-Encoding: chunked, gzip"],
  ["chunked-chunked", "chunked twice in a list", "Transfer-Encoding: chunked, chunked"],
  ["empty", "an empty value", "Transfer-Encoding:"],
  ["comma", "nothing but a comma", "Transfer-Encoding: ,"],
  ["trailing-comma", "an empty last member", "Transfer-Encoding: chunked,"],
  ["leading-comma", "an empty first member", "Transfer-Encoding: ,chunked"],
  ["folded", "the value on a folded line", "Transfer-Encoding:\r\n chunked"],
  ["folded-tab", "the value on a line folded with a tab", "Transfer-Encoding:\r\n\tchunked"],
  ["twice", "two fields, both chunked", "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked"],
  ["twice-identity", "two fields, the last one identity", "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity"],
  ["twice-unknown", "two fields, the first one unknown", "Transfer-Encoding: x\r\nTransfer-Encoding: chunked"],
  ["underscore", "an underscore in the name", "Transfer_Encoding: chunked"],
  ["bare-lf-inside", "the field behind a bare LF", "X-A: b\nTransfer-Encoding: chunked"],
  ["bare-cr-inside", "the field behind a bare CR", "X-A: b\rTransfer-Encoding: chunked"],
  ["space-prefix", "a space before the name", " Transfer-Encoding: chunked"],
];

/** Disguises under which the body still ends with the last chunk, for whoever does not refuse them. */
const endsAsChunked: ReadonlySet<string> = new Set([
  "identity-chunked",
  "gzip-chunked",
  "twice-unknown",
  "trailing-comma",
  "leading-comma",
  "bare-lf-inside",
]);

/** Spelled otherwise, but the same by the grammar. */
const spellings: readonly (readonly [id: string, title: string, field: string])[] = [
  ["upper", "the coding in upper case", "Transfer-Encoding: CHUNKED"],
  ["mixed", "the coding in mixed case", "Transfer-Encoding: cHuNkEd"],
  ["lower-name", "the name in lower case", "transfer-encoding: chunked"],
  ["tab-value", "a tab before the value", "Transfer-Encoding:\tchunked"],
  ["no-space", "no space before the value", "Transfer-Encoding:chunked"],
  ["spaces-after", "spaces behind the value", "Transfer-Encoding: chunked   "],
];

/** Both framings say where the body ends, and they differ. */
const LENGTH_OF_ALL = 5 + SMUGGLED.length;

export const codingCases: readonly AttackCase[] = [
  {
    id: "coding-plain",
    title: "a chunked body, then the next request",
    source: "RFC 9112 7.1",
    steps: [chunked("/a", "5\r\nhello\r\n0\r\n\r\n") + NEXT],
    expect: served("POST /a hello", "GET /next"),
  },
  {
    id: "coding-get",
    title: "a GET with a chunked body, then the next request",
    source: "RFC 9110 9.3.1",
    steps: [
      `${head("GET /a HTTP/1.1", "Host: localhost", "Transfer-Encoding: chunked")}5\r\nhello\r\n0\r\n\r\n${NEXT}`,
    ],
    expect: either(refused(), served("GET /a", "GET /next")),
  },
  {
    id: "coding-length-chunked-first",
    title: "chunked, then a length that reaches over the next request",
    source: "RFC 9112 6.3 item 3; PortSwigger: CL.TE",
    steps: [`${post("/a", "Transfer-Encoding: chunked", `Content-Length: ${LENGTH_OF_ALL}`)}0\r\n\r\n${SMUGGLED}`],
    expect: either(refused(), servedLast("POST /a")),
  },
  {
    id: "coding-length-last",
    title: "a length that reaches over the next request, then chunked",
    source: "RFC 9112 6.3 item 3; PortSwigger: CL.TE",
    steps: [`${post("/a", `Content-Length: ${LENGTH_OF_ALL}`, "Transfer-Encoding: chunked")}0\r\n\r\n${SMUGGLED}`],
    expect: either(refused(), servedLast("POST /a")),
  },
  {
    id: "coding-length-short",
    title: "a length that ends inside the first chunk",
    source: "RFC 9112 6.3 item 3; PortSwigger: TE.CL",
    steps: [
      `${post("/a", "Content-Length: 4", "Transfer-Encoding: chunked")}${SMUGGLED.length.toString(16)}\r\n${SMUGGLED}\r\n0\r\n\r\n`,
    ],
    expect: either(refused(), servedLast(`POST /a ${SMUGGLED.trim()}`)),
  },
  {
    id: "coding-length-zero",
    title: "chunked and a length of zero",
    source: "RFC 9112 6.3 item 3; PortSwigger: TE.0",
    steps: [`${post("/a", "Transfer-Encoding: chunked", "Content-Length: 0")}5\r\nhello\r\n0\r\n\r\n${SMUGGLED}`],
    expect: either(refused(), servedLast("POST /a hello")),
  },
  {
    id: "coding-length-same",
    title: "chunked and a length that fits",
    source: "RFC 9112 6.3 item 3",
    steps: [`${post("/a", "Content-Length: 5", "Transfer-Encoding: chunked")}0\r\n\r\n${SMUGGLED}`],
    expect: either(refused(), servedLast("POST /a")),
  },
  {
    id: "coding-http-1-0",
    title: "chunked in HTTP/1.0, which does not have it",
    source: "RFC 9112 6.1",
    steps: [
      `${head("POST /a HTTP/1.0", "Host: localhost", "Connection: keep-alive", "Transfer-Encoding: chunked")}0\r\n\r\n${SMUGGLED}`,
    ],
    expect: either(refused(), servedLast("POST /a")),
  },
  {
    id: "coding-http-1-0-length",
    title: "chunked and a length in HTTP/1.0",
    source: "RFC 9112 6.1",
    steps: [
      `${head("POST /a HTTP/1.0", "Host: localhost", "Connection: keep-alive", "Content-Length: 5", "Transfer-Encoding: chunked")}0\r\n\r\n${SMUGGLED}`,
    ],
    expect: either(refused(), servedLast("POST /a")),
  },
  ...spellings.map(
    ([id, title, field]): AttackCase => ({
      id: `coding-${id}`,
      title,
      source: "RFC 9112 7, RFC 9110 5.1",
      steps: [`${post("/a", field)}5\r\nhello\r\n0\r\n\r\n${NEXT}`],
      expect: served("POST /a hello", "GET /next"),
    }),
  ),
  ...disguises.map(
    ([id, title, field]): AttackCase => ({
      id: `coding-${id}`,
      title,
      source: "RFC 9112 6.1, 6.3 item 4; PortSwigger: TE.TE",
      // Where chunked is the last coding, there is but one place where the body can end.
      steps: [`${post("/a", field)}0\r\n\r\n${endsAsChunked.has(id) ? NEXT : SMUGGLED}`],
      expect: disguiseAlone(id),
    }),
  ),
  ...disguises.map(
    ([id, title, field]): AttackCase => ({
      id: `coding-${id}-length`,
      title: `${title}, beside a length`,
      source: "RFC 9112 6.3; PortSwigger: TE.TE",
      steps: [`${post("/a", "Content-Length: 5", field)}0\r\n\r\n${NEXT}`],
      expect: disguiseBesideLength(id),
    }),
  ),
];

/** An underscore makes another field; empty members of a list do not count; a bare LF may end a line (RFC 9112, 2.2). */
function disguiseAlone(id: string) {
  if (id === "underscore") return refused(undefined, "POST /a");
  return ["trailing-comma", "leading-comma", "bare-lf-inside"].includes(id)
    ? either(refused(), served("POST /a", "GET /next"))
    : refused();
}

function disguiseBesideLength(id: string) {
  return id === "underscore" ? served("POST /a 0", "GET /next") : refused();
}
