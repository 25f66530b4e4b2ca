import assert from "node:assert/strict";
import { test } from "node:test";
import type { HttpOrder, RequestOrder } from "../../../bench/load/order.ts";
import { BODY_PIECE_BYTES, RequestImages, requestImage } from "../../../bench/load/request-image.ts";
import { splitOrder } from "../../../bench/load/split-order.ts";

const target = { host: "127.0.0.1", port: 8080 };
const get: RequestOrder = {
  method: "GET",
  path: "/a?b=1",
  headers: {},
  bodyBytes: 0,
  body: null,
  expected: { status: 200, bodyBytes: null },
};

const images: readonly (readonly [name: string, request: RequestOrder, text: string, restBytes: number])[] = [
  ["a GET", get, "GET /a?b=1 HTTP/1.1\r\nHost: 127.0.0.1:8080\r\n\r\n", 0],
  [
    "a POST with headers and text",
    { ...get, method: "POST", headers: { "Content-Type": "text/plain" }, body: "é" },
    "POST /a?b=1 HTTP/1.1\r\nHost: 127.0.0.1:8080\r\nContent-Type: text/plain\r\nContent-Length: 2\r\n\r\né",
    0,
  ],
  [
    "a POST of so many bytes",
    { ...get, method: "POST", bodyBytes: 3 },
    "POST /a?b=1 HTTP/1.1\r\nHost: 127.0.0.1:8080\r\nContent-Length: 3\r\n\r\nxxx",
    0,
  ],
  [
    "a POST without a body",
    { ...get, method: "POST" },
    "POST /a?b=1 HTTP/1.1\r\nHost: 127.0.0.1:8080\r\nContent-Length: 0\r\n\r\n",
    0,
  ],
  [
    "a large PUT, whose body is written in pieces",
    { ...get, method: "PUT", bodyBytes: BODY_PIECE_BYTES + 1 },
    "PUT /a?b=1 HTTP/1.1\r\nHost: 127.0.0.1:8080\r\nContent-Length: 65537\r\n\r\n",
    65_537,
  ],
];

for (const [name, request, text, restBytes] of images) {
  test(`requestImage() writes ${name}`, () => {
    const image = requestImage(request, target);
    assert.deepEqual([image.bytes.toString("utf8"), image.restBytes], [text, restBytes]);
  });
}

test("RequestImages makes a batch for each request that one can begin with", () => {
  const three = ["/1", "/2", "/3"].map((path) => requestImage({ ...get, path }, target));
  const all = new RequestImages(three, 2);
  const paths = (turn: number) =>
    all
      .batchAt(turn)
      ?.toString("latin1")
      .match(/\/\d(?= )/g);
  assert.deepEqual(
    [paths(0), paths(1), paths(2), paths(3)],
    [
      ["/1", "/2"],
      ["/2", "/3"],
      ["/3", "/1"],
      ["/1", "/2"],
    ],
  );
});

test("RequestImages makes no batch of large bodies, nor of single requests", () => {
  const large = requestImage({ ...get, method: "POST", bodyBytes: 1_000_000 }, target);
  assert.equal(new RequestImages([large], 4).batchAt(0), undefined);
  assert.equal(new RequestImages([requestImage(get, target)], 1).batchAt(0), undefined);
  assert.throws(() => new RequestImages([], 1), RangeError);
});

const http: HttpOrder = {
  kind: "http",
  target,
  requests: [get],
  connections: 10,
  model: { kind: "open", ratePerS: 900 },
  requestsPerConnection: 0,
};

test("splitOrder() shares connections as evenly as they go, and the rate alike", () => {
  const shares = splitOrder(http, 3);
  assert.deepEqual(
    shares.map((share) => share.kind === "http" && [share.connections, share.model]),
    [4, 3, 3].map((connections) => [connections, { kind: "open", ratePerS: 300 }]),
  );
});

test("splitOrder() makes no more shares than there are connections, and one for no thread", () => {
  assert.equal(splitOrder({ ...http, connections: 2 }, 8).length, 2);
  assert.deepEqual(splitOrder(http, 0), [http]);
});
