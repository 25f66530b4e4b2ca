/** What the clients do, as data: repeatable, in the table's proportions, within their bounds. */
import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { test } from "node:test";
import fc from "fast-check";
import { clientFrame, closePayload, opcode, serverFrame } from "../../../../bench/load/socket-frames.ts";
import { FrameCounter } from "../../../../bench/soak/frame-counter.ts";
import { type Deed, drawDeed, type Ground, mixture, weightsOn } from "../../../../bench/soak/mixture.ts";
import { getText, postBytes } from "../../../../bench/soak/request-text.ts";
import { SeededRandom } from "../../../../bench/soak/seeded-random.ts";
import { Thinned } from "../../../../bench/soak/thinned.ts";

const ground: Ground = {
  paths: ["/json", "/users/*"],
  pipelinePaths: ["/json"],
  bodyPaths: ["/echo"],
  socketPaths: ["/ws/echo"],
  bodyBytesMax: 10_000,
};

function deeds(seed: number, stream: number, count: number, on: Ground = ground): readonly Deed[] {
  const random = new SeededRandom(seed, stream);
  return Array.from({ length: count }, () => drawDeed(random, on));
}

test("drawDeed() repeats a client's deeds for the same seed, and no other client's or seed's", () => {
  const first = deeds(42, 3, 200);
  assert.deepEqual(deeds(42, 3, 200), first);
  assert.notDeepEqual(deeds(42, 4, 200), first);
  assert.notDeepEqual(deeds(43, 3, 200), first);
});

test("drawDeed() draws each kind as often as its weight says", () => {
  const count = 20_000;
  const seen = new Map<string, number>();
  for (const { kind } of deeds(1, 0, count)) seen.set(kind, (seen.get(kind) ?? 0) + 1);
  const total = Object.values(mixture).reduce((sum, { weight }) => sum + weight, 0);
  for (const [kind, { weight }] of Object.entries(mixture)) {
    const share = weight / total;
    // Five standard errors of a share.
    const margin = 5 * Math.sqrt((share * (1 - share)) / count);
    assert.ok(Math.abs((seen.get(kind) ?? 0) / count - share) < margin, `${kind}: ${seen.get(kind)}`);
  }
});

test("drawDeed() stays within the ground's and its own bounds", () => {
  for (const deed of deeds(5, 0, 5000)) {
    if (deed.kind === "requests") assert.ok(deed.paths.length >= 1 && deed.paths.length <= 40);
    if (deed.kind === "bodies") assert.ok(deed.bytes.every((bytes) => bytes >= 1 && bytes <= 10_000));
    if (deed.kind === "abort-upload") assert.ok(deed.sentBytes < deed.bytes && deed.bytes <= 10_000);
    if (deed.kind === "pipeline") assert.ok(deed.paths.every((path) => path === "/json"));
    if (deed.kind === "churn") assert.match(deed.path, /^\/(?:json|users\/[1-9]\d{0,2})$/);
  }
});

test("weightsOn() leaves out what the server has nothing for", () => {
  const bare = { paths: ["/"], pipelinePaths: [], bodyPaths: [], socketPaths: [], bodyBytesMax: 10 };
  const kinds = weightsOn(bare).map(([kind]) => kind);
  assert.deepEqual(kinds, ["requests", "churn", "abort-answer", "slow-head", "slow-reader", "malformed", "idle"]);
  for (const deed of deeds(9, 0, 500, bare)) {
    if (deed.kind === "abort-answer" || deed.kind === "slow-reader") assert.deepEqual(deed.paths, ["/"]);
  }
});

test("SeededRandom stays within the asked bounds, both ends included", () => {
  fc.assert(
    fc.property(fc.integer(), fc.nat(1000), (seed, stream) => {
      const random = new SeededRandom(seed, stream);
      const whole = Array.from({ length: 200 }, () => random.whole(2, 4));
      assert.deepEqual([...new Set(whole)].sort(), [2, 3, 4]);
      const size = random.size(1, 1000);
      assert.ok(Number.isInteger(size) && size >= 1 && size <= 1000);
    }),
    { seed: 1 },
  );
});

test("getText() and postBytes() write whole requests", () => {
  assert.equal(getText("/a", "close"), "GET /a HTTP/1.1\r\nHost: soak.localhost\r\nConnection: close\r\n\r\n");
  const head = "POST /e HTTP/1.1\r\nHost: soak.localhost\r\nContent-Type: application/octet-stream\r\n";
  assert.equal(postBytes("/e", 3).toString(), `${head}Content-Length: 3\r\n\r\nxxx`);
  assert.equal(
    postBytes("/e", 18, 16).toString(),
    `${head}Transfer-Encoding: chunked\r\n\r\n10\r\n${"x".repeat(16)}\r\n2\r\nxx\r\n0\r\n\r\n`,
  );
});

function countedFrames(stream: Buffer, pieceBytes: number): readonly (number | "closed")[] {
  const seen: (number | "closed")[] = [];
  const counter = new FrameCounter({ message: (bytes) => seen.push(bytes), closed: () => seen.push("closed") });
  for (let at = 0; at < stream.length; at += pieceBytes) counter.push(stream.subarray(at, at + pieceBytes));
  return seen;
}

test("FrameCounter counts messages of all lengths, wherever the stream is cut", () => {
  const first = serverFrame(opcode.text, Buffer.alloc(3));
  // Without its FIN bit, the start of a message in two frames.
  first[0] = opcode.text;
  const stream = Buffer.concat([
    serverFrame(opcode.text, Buffer.alloc(0)),
    serverFrame(opcode.binary, Buffer.alloc(125)),
    serverFrame(opcode.ping, Buffer.alloc(5)),
    serverFrame(opcode.text, Buffer.alloc(126)),
    serverFrame(opcode.text, Buffer.alloc(70_000)),
    first,
    serverFrame(opcode.continuation, Buffer.alloc(4)),
    serverFrame(opcode.close, closePayload(1000)),
  ]);
  for (const pieceBytes of [1, 2, 3, 7, 1000, stream.length]) {
    assert.deepEqual(countedFrames(stream, pieceBytes), [0, 125, 126, 70_000, 7, "closed"]);
  }
});

test("FrameCounter refuses a masked frame and one that is far too long", () => {
  assert.throws(() => countedFrames(clientFrame(opcode.text, Buffer.alloc(1)), 100), RangeError);
  assert.throws(
    () => countedFrames(serverFrame(opcode.text, Buffer.alloc(2_000_000)).subarray(0, 20), 100),
    RangeError,
  );
});

test("Thinned keeps a bounded number of rows, evenly over all of them, with the first", () => {
  fc.assert(
    fc.property(fc.integer({ min: 2, max: 40 }), fc.nat(2000), (rowsMax, count) => {
      const series = new Thinned<number>(rowsMax);
      for (let row = 0; row < count; row += 1) series.add(row);
      const { rows } = series;
      assert.ok(rows.length <= rowsMax && (count === 0 || rows[0] === 0));
      const steps = new Set(rows.slice(1).map((row, index) => row - (rows[index] ?? 0)));
      assert.ok(steps.size <= 1, [...rows].join());
      assert.ok(count <= rowsMax ? rows.length === count : rows.length > rowsMax / 2 - 1);
    }),
    { seed: 1 },
  );
  assert.throws(() => new Thinned(1), RangeError);
});
