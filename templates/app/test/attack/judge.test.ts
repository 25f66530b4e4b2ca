import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Expectation } from "./attack-case.ts";
import { either, refused, served, servedLast, unfinished } from "./expect.ts";
import { judge, type Observation, outcomeOf, type Severity } from "./judge.ts";
import { readResponses } from "./responses.ts";

interface Row {
  readonly criterion: string;
  readonly expect: readonly Expectation[];
  readonly received: string;
  readonly closed?: boolean;
  readonly records: readonly string[];
  readonly alive?: boolean;
  readonly severity: Severity | undefined;
}

const ok = (serial: number) => `HTTP/1.1 200 OK\r\nContent-Length: ${`#${serial}`.length}\r\n\r\n#${serial}`;
const BAD = "HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n";
const GOING_ON = "HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n";

const rows: readonly Row[] = [
  { criterion: "400 and the end", expect: refused(), received: BAD, closed: true, records: [], severity: undefined },
  { criterion: "the end alone", expect: refused(), received: "", closed: true, records: [], severity: undefined },
  { criterion: "silence", expect: refused(), received: "", records: [], severity: "other" },
  { criterion: "silence of who may wait", expect: unfinished(), received: "", records: [], severity: undefined },
  { criterion: "400 and going on", expect: refused(), received: GOING_ON, records: [], severity: "continued" },
  { criterion: "a poisoned request", expect: refused(), received: ok(1), records: ["POST /a"], severity: "accepted" },
  {
    criterion: "a smuggled request",
    expect: either(refused(), servedLast("POST /a")),
    received: ok(1) + ok(2),
    records: ["POST /a", "GET /smuggled"],
    severity: "desync",
  },
  {
    criterion: "a smuggled request behind a refusal",
    expect: refused(),
    received: GOING_ON + ok(1),
    records: ["GET /smuggled"],
    severity: "desync",
  },
  {
    criterion: "another body",
    expect: served("POST /a hello"),
    received: ok(1),
    records: ["POST /a hell"],
    severity: "desync",
  },
  {
    criterion: "answers in another order",
    expect: served("GET /a", "GET /next"),
    received: ok(2) + ok(1),
    records: ["GET /a", "GET /next"],
    severity: "desync",
  },
  {
    criterion: "bytes that are no response",
    expect: refused(),
    received: "<html>",
    closed: true,
    records: [],
    severity: "desync",
  },
  {
    criterion: "a body that broke off",
    expect: refused(),
    received: BAD,
    closed: true,
    records: ["POST /a (broken)"],
    severity: undefined,
  },
  {
    criterion: "a failure of the server's own",
    expect: refused(),
    received: "HTTP/1.1 500 X\r\nContent-Length: 0\r\n\r\n",
    closed: true,
    records: [],
    severity: "error",
  },
  {
    criterion: "a server that is gone",
    expect: refused(),
    received: BAD,
    closed: true,
    records: [],
    alive: false,
    severity: "error",
  },
  {
    criterion: "a valid request refused",
    expect: served("GET /a"),
    received: BAD,
    closed: true,
    records: [],
    severity: "refused",
  },
  {
    criterion: "a valid request served",
    expect: served("GET /a"),
    received: ok(1),
    records: ["GET /a"],
    severity: undefined,
  },
  {
    criterion: "an end that did not come",
    expect: servedLast("GET /a"),
    received: ok(1),
    records: ["GET /a"],
    severity: "other",
  },
];

function observation({ received, closed = false, records, alive = true }: Row): Observation {
  const sights = records.map((text, index) => ({ serial: index + 1, text }));
  return { played: { ...readResponses(received), closed }, records: sights, alive };
}

describe("judge()", () => {
  for (const row of rows) {
    it(`finds ${row.severity ?? "nothing"} in ${row.criterion}`, () => {
      const attack = { id: "x", title: "", source: "", steps: [], expect: row.expect };
      assert.equal(judge(attack, observation(row)), row.severity, outcomeOf(observation(row)));
    });
  }
});

describe("readResponses()", () => {
  it("reads lengths, chunks, interim answers and an unfinished rest", () => {
    const chunks = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n1\r\nc\r\n0\r\n\r\n";
    const heard = readResponses(`HTTP/1.1 100 Continue\r\n\r\n${ok(7)}${chunks}HTTP/1.1 2`);
    assert.deepEqual(heard.statuses, [200, 200]);
    assert.deepEqual(heard.bodies, ["#7", "abc"]);
    assert.deepEqual(heard.interim, [100]);
    assert.equal(heard.garbled, false);
    assert.equal(heard.open, true);
  });
});
