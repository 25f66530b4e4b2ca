import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { test } from "node:test";
import { HeadScan, ResponseError, readHead } from "../../../bench/load/response-head.ts";
import { ResponseParser } from "../../../bench/load/response-parser.ts";

type Answer = readonly [status: number, bodyBytes: number];

const LENGTH = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello";
const CHUNKED = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n4\r\nwiki\r\nA;x=y\r\n0123456789\r\n0\r\n\r\n";
const TRAILER = "HTTP/1.1 200 OK\r\nTransfer-Encoding: Chunked\r\n\r\n1\r\na\r\n0\r\nETag: x\r\nB: y\r\n\r\n";

const rows: readonly (readonly [name: string, stream: string, answers: readonly Answer[]])[] = [
  ["a body with a length", LENGTH, [[200, 5]]],
  ["an empty body", "HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n", [[200, 0]]],
  ["a body that looks like a head", "HTTP/1.1 200 OK\r\ncontent-length: 8\r\n\r\n\r\n\r\n\r\n\r\n", [[200, 8]]],
  ["a chunked body with an extension", CHUNKED, [[200, 14]]],
  ["a chunked body with trailers", TRAILER, [[200, 1]]],
  [
    "pipelined answers of all kinds",
    `${LENGTH}${CHUNKED}${LENGTH}${TRAILER}`,
    [
      [200, 5],
      [200, 14],
      [200, 5],
      [200, 1],
    ],
  ],
  [
    "204, which has no body",
    `HTTP/1.1 204 No Content\r\n\r\n${LENGTH}`,
    [
      [204, 0],
      [200, 5],
    ],
  ],
  ["304 with the length of what it spares", "HTTP/1.1 304 Not Modified\r\ncontent-length: 99\r\n\r\n", [[304, 0]]],
  ["an interim answer before the final one", `HTTP/1.1 103 Early Hints\r\nlink: x\r\n\r\n${LENGTH}`, [[200, 5]]],
  ["an error status without a phrase", "HTTP/1.1 503\r\nContent-Length: 2\r\n\r\nno", [[503, 2]]],
  ["two equal lengths", "HTTP/1.1 200 OK\r\ncontent-length: 1\r\ncontent-length: 1\r\n\r\nx", [[200, 1]]],
];

for (const [name, stream, answers] of rows) {
  test(`ResponseParser reads ${name}, however the stream is cut`, () => {
    const bytes = Buffer.from(stream, "latin1");
    for (const pieceBytes of [bytes.length, 1, 2, 3, 7]) {
      const seen: Answer[] = [];
      const parser = new ResponseParser((status, bodyBytes) => seen.push([status, bodyBytes]));
      for (let at = 0; at < bytes.length; at += pieceBytes) parser.push(bytes.subarray(at, at + pieceBytes));
      assert.deepEqual(seen, answers, `in pieces of ${pieceBytes} bytes`);
      assert.equal(parser.end(), true);
    }
  });
}

test("ResponseParser tells an answer as soon as its last byte is there, and not before", () => {
  const seen: Answer[] = [];
  const parser = new ResponseParser((status, bodyBytes) => seen.push([status, bodyBytes]));
  parser.push(Buffer.from("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\na"));
  assert.deepEqual(seen, []);
  parser.push(Buffer.from("b"));
  assert.deepEqual(seen, [[200, 2]]);
});

test("ResponseParser ends a body without a length where the stream ends", () => {
  const seen: Answer[] = [];
  const parser = new ResponseParser((status, bodyBytes) => seen.push([status, bodyBytes]));
  parser.push(Buffer.from("HTTP/1.0 200 OK\r\n\r\nabc"));
  parser.push(Buffer.from("def"));
  assert.deepEqual(seen, []);
  assert.equal(parser.end(), true);
  assert.deepEqual(seen, [[200, 6]]);
});

const connectionUse: readonly (readonly [head: string, keepAlive: boolean])[] = [
  ["HTTP/1.1 200 OK", true],
  ["HTTP/1.1 200 OK\r\nconnection: Keep-Alive", true],
  ["HTTP/1.1 200 OK\r\nConnection: foo, Close", false],
  ["HTTP/1.0 200 OK", false],
  ["HTTP/1.0 200 OK\r\nConnection: keep-alive", true],
];

for (const [head, keepAlive] of connectionUse) {
  test(`ResponseParser.keepAlive is ${keepAlive} after ${JSON.stringify(head)}`, () => {
    const parser = new ResponseParser(() => undefined);
    parser.push(Buffer.from(`${head}\r\nContent-Length: 0\r\n\r\n`));
    assert.equal(parser.keepAlive, keepAlive);
  });
}

const cutShort: readonly (readonly [name: string, stream: string])[] = [
  ["head", "HTTP/1.1 200 OK\r\nContent-Le"],
  ["body", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhell"],
  ["chunk", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhell"],
  ["last chunk", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n"],
];

for (const [name, stream] of cutShort) {
  test(`ResponseParser.end() says that a stream ended within a ${name}`, () => {
    const parser = new ResponseParser(() => assert.fail("no answer was complete"));
    parser.push(Buffer.from(stream));
    assert.equal(parser.end(), false);
  });
}

const refused: readonly (readonly [name: string, stream: string, reason: RegExp])[] = [
  ["something else than HTTP", "SSH-2.0-OpenSSH_9.2\r\n\r\n", /not a status line: "SSH-2\.0-OpenSSH_9\.2"/],
  ["HTTP/2", "HTTP/2 200\r\n\r\n", /not a status line/],
  ["two lengths that differ", "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n", /is 1 and 2/],
  ["a negative length", "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n", /Content-Length is -1/],
  ["another coding", "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n", /gzip, chunked is not read/],
  ["a chunk without a size", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n", /no size/],
  ["a chunk above its size", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nabc", /longer than its size/],
  ["a head without an end", `HTTP/1.1 200 OK\r\nx: ${"y".repeat(70_000)}`, /longer than 65536 bytes/],
];

for (const [name, stream, reason] of refused) {
  test(`ResponseParser refuses ${name}`, () => {
    const parser = new ResponseParser(() => undefined);
    assert.throws(
      () => parser.push(Buffer.from(stream, "latin1")),
      (error: unknown) => error instanceof ResponseError && reason.test(error.message),
    );
  });
}

const heads: readonly string[] = [
  "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nDate: Sat, 21 Nov 2026 12:00:00 GMT",
  "HTTP/1.1 404 Not Found\r\nx: content-length: 9\r\ncontent-length:12",
  "HTTP/1.1 200 OK\r\ncache-control: no-cache\r\nTRANSFER-ENCODING: chunked",
  "HTTP/1.1 200 OK\r\nContent-Length: 7 \r\nConnection: close",
  "HTTP/1.1 200\r\nContent-Length: 999999999999999",
  "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Length: 3",
  "HTTP/1.1 200 OK\r\nContent-Length: 4\r\nContent-Length: 4",
  "HTTP/1.1 200 OK\r\nContent-Lengths: 4",
  "HTTP/1.1 204 No Content\r\nContent-Length: 4",
];

for (const head of heads) {
  test(`HeadScan says of ${JSON.stringify(head)} what readHead() says, or nothing`, () => {
    const bytes = Buffer.from(`padding${head}\r\n\r\nbody`, "latin1");
    const scan = new HeadScan();
    const found = scan.read(bytes, "padding".length, bytes.length);
    const { status, keepAlive, framing } = readHead(head);
    if (found === "unusual") return;
    assert.equal(found, "plain");
    assert.deepEqual([scan.status, true], [status, keepAlive]);
    assert.equal(scan.lengthBytes === -1 ? "chunked" : scan.lengthBytes, framing);
    assert.equal(bytes.toString("latin1", scan.end), "body");
  });
}

test("HeadScan reads the heads that servers send by itself, and says where one is cut", () => {
  const head = Buffer.from("HTTP/1.1 200 OK\r\nContent-Length: 5\r\nDate: now\r\n\r\n");
  const scan = new HeadScan();
  assert.equal(scan.read(head, 0, head.length), "plain");
  for (let length = 0; length < head.length; length += 1) {
    assert.notEqual(scan.read(head, 0, length), "plain", `${length} bytes`);
  }
});

test("ResponseParser does not look at what an earlier answer left in the same memory", () => {
  for (const stream of [LENGTH, CHUNKED, TRAILER]) {
    const bytes = Buffer.from(stream, "latin1");
    for (let cut = 1; cut < bytes.length; cut += 1) {
      const seen: Answer[] = [];
      const parser = new ResponseParser((status, bodyBytes) => seen.push([status, bodyBytes]));
      // The memory holds a whole answer, of which only the first part is new.
      parser.push(Buffer.from(bytes), cut);
      assert.deepEqual(seen, [], `${cut} bytes`);
      parser.push(bytes.subarray(cut));
      assert.equal(seen.length, 1);
      assert.equal(parser.end(), true);
    }
  }
});
