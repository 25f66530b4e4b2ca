/** Clients that go away at every stage: nothing runs twice, nothing is left, the next client is served. */
import type { AttackCase, Step } from "../attack-case.ts";
import { chunked, get, post, posted } from "../bytes.ts";
import { either, handled, unfinished } from "../expect.ts";

const stages: readonly (readonly [id: string, title: string, bytes: string])[] = [
  ["nothing", "before the first byte", ""],
  ["method", "inside the method", "PO"],
  ["request-line", "inside the request line", "POST /a HT"],
  ["fields", "inside the fields", "POST /a HTTP/1.1\r\nHost: loc"],
  ["head-end", "before the head's last byte", "POST /a HTTP/1.1\r\nHost: localhost\r\n\r"],
  ["body-none", "before the body", post("/a", "Content-Length: 5")],
  ["body-half", "inside the body", `${post("/a", "Content-Length: 5")}he`],
  ["chunk-size", "inside a chunk's size", chunked("/a", "1")],
  ["chunk-data", "inside a chunk's data", chunked("/a", "5\r\nhe")],
  ["chunk-end", "before the last chunk", chunked("/a", "5\r\nhello\r\n")],
  ["chunk-last", "inside the last chunk", chunked("/a", "5\r\nhello\r\n0\r\n\r")],
];

const whole: readonly (readonly [id: string, title: string, bytes: string, record: string])[] = [
  ["answer", "before the answer", get("/slow"), "GET /slow"],
  ["answer-body", "before the answer to a body", posted("/a", "hello"), "POST /a hello"],
];

const ways: readonly (readonly [id: string, title: string, step: Step])[] = [
  ["end", "sends nothing more", { do: "end" }],
  ["leave", "is gone", { do: "leave" }],
];

export const earlyCloseCases: readonly AttackCase[] = [
  ...ways.flatMap(([way, how, step]) =>
    stages.map(
      ([id, title, bytes]): AttackCase => ({
        id: `early-close-${id}-${way}`,
        title: `the client ${how} ${title}`,
        source: "RFC 9112 8",
        steps: [bytes, step],
        expect: unfinished(),
      }),
    ),
  ),
  ...ways.flatMap(([way, how, step]) =>
    whole.map(
      ([id, title, bytes, record]): AttackCase => ({
        id: `early-close-${id}-${way}`,
        title: `the client ${how} ${title}`,
        source: "RFC 9112 9.5",
        steps: [bytes, step],
        expect: either(handled(record), unfinished()),
      }),
    ),
  ),
];
