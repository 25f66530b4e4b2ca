/** Two steps: a valid request first, then a poisoned one on the same connection, when the parser has a history. */
import type { AttackCase, Step } from "../attack-case.ts";
import { get, head, NEXT, post, posted, SMUGGLED } from "../bytes.ts";
import { either, refused, served, servedLast } from "../expect.ts";

const answer = (responses: number): Step => ({ do: "await", responses });

/** What must be refused as a first request must be refused as a second one. */
const poison: readonly (readonly [id: string, title: string, bytes: string])[] = [
  [
    "both-framings",
    "both framings",
    `${post("/a", "Content-Length: 5", "Transfer-Encoding: xchunked")}0\r\n\r\n${SMUGGLED}`,
  ],
  ["two-lengths", "two lengths", post("/a", "Content-Length: 0", `Content-Length: ${SMUGGLED.length}`) + SMUGGLED],
  ["bad-length", "a malformed length", post("/a", "Content-Length: 0x5") + SMUGGLED],
  ["bad-chunk", "a malformed chunk", `${post("/a", "Transfer-Encoding: chunked")}zz\r\n\r\n${SMUGGLED}`],
  ["space-colon", "a space before a colon", `${post("/a", "Transfer-Encoding : chunked")}0\r\n\r\n${SMUGGLED}`],
  ["garbage", "garbage", `\x16\x03\x01 garbage\r\n\r\n${SMUGGLED}`],
];

export const sequenceCases: readonly AttackCase[] = [
  {
    id: "sequence-three",
    title: "three requests, each after the other's answer",
    source: "RFC 9112 9.3",
    steps: [get("/a"), answer(1), posted("/b", "hello"), answer(2), NEXT],
    expect: served("GET /a", "POST /b hello", "GET /next"),
  },
  {
    id: "sequence-body-then-get",
    title: "a chunked body, then a GET after its answer",
    source: "RFC 9112 7.1",
    steps: [`${post("/a", "Transfer-Encoding: chunked")}5\r\nhello\r\n0\r\n\r\n`, answer(1), NEXT],
    expect: served("POST /a hello", "GET /next"),
  },
  {
    id: "sequence-extra-crlf",
    title: "a body with two bytes more than its length, as old clients send",
    source: "RFC 9112 2.2",
    steps: [`${posted("/a", "hello")}\r\n`, answer(1), NEXT],
    expect: either(refused(undefined, "POST /a hello"), served("POST /a hello", "GET /next")),
  },
  {
    id: "sequence-extra-bytes",
    title: "more bytes than the length are a request of their own, as every hop must see them",
    source: "RFC 9112 6.2; PortSwigger: CL.0",
    steps: [`${posted("/a", "hello")}GET /own HTTP/1.1\r\nX-A: `, answer(1), NEXT],
    expect: either(refused(undefined, "POST /a hello"), served("POST /a hello", "GET /own")),
  },
  {
    id: "sequence-other-host",
    title: "another Host on the same connection is what the second handler sees",
    source: "PortSwigger: connection state attacks",
    steps: [get("/host"), answer(1), head("GET /host HTTP/1.1", "Host: other.example")],
    expect: served("GET /host@localhost", "GET /host@other.example"),
  },
  {
    id: "sequence-bad-host",
    title: "a malformed Host after a valid one",
    source: "PortSwigger: connection state attacks",
    steps: [get("/host"), answer(1), head("GET /a HTTP/1.1", "Host: localhost/admin")],
    expect: either(refused(undefined, "GET /host@localhost"), [
      { outcome: "refused", records: ["GET /host@localhost"], closes: false, statuses: [400, 421], silent: true },
    ]),
  },
  {
    id: "sequence-unread-then-get",
    title: "half of a body that nobody reads, the answer, then a request",
    source: "PortSwigger: CL.0",
    steps: [`${post("/unread", `Content-Length: ${SMUGGLED.length}`)}`, answer(1), SMUGGLED],
    expect: either(servedLast("POST /unread"), served("POST /unread")),
  },
  ...poison.map(
    ([id, title, bytes]): AttackCase => ({
      id: `sequence-${id}`,
      title: `a valid request, then ${title}`,
      source: "RFC 9112 6.3; Http11Probe: sequences",
      steps: [get("/first"), answer(1), bytes],
      expect: refused(undefined, "GET /first"),
    }),
  ),
  ...poison.map(
    ([id, title, bytes]): AttackCase => ({
      id: `sequence-post-${id}`,
      title: `a POST with a body, then ${title}, at once`,
      source: "RFC 9112 6.3; Http11Probe: sequences",
      steps: [posted("/first", "hello") + bytes],
      expect: either(refused(undefined, "POST /first hello"), servedLast("POST /first hello")),
    }),
  ),
];
