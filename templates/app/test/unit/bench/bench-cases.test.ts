import assert from "node:assert/strict";
import type { AddressInfo } from "node:net";
import { createServer } from "node:net";
import { test } from "node:test";
import fc from "fast-check";
import { backendCase } from "../../../bench/cases/alloc.ts";
import { knownRequest, loadOf } from "../../../bench/cases/bench-requests.ts";
import { workerCounts } from "../../../bench/cases/scale.ts";
import { shareOf } from "../../../bench/cases/sessions.ts";
import { chunkedText, connectionsOf } from "../../../bench/cases/upload.ts";
import { BenchError } from "../../../bench/cli/bench-error.ts";
import { WorkConnection, workTally } from "../../../bench/load/work-connection.ts";
import { load } from "../reference-config.ts";

test("chunkedText() is the body in chunks of 64 KiB, with the chunk that ends it", () => {
  assert.equal(chunkedText(3), "3\r\nxxx\r\n0\r\n\r\n");
  const two = chunkedText(65_537);
  assert.equal(two.slice(0, 8), "10000\r\nx");
  assert.equal(two.slice(-13), "\r\n1\r\nx\r\n0\r\n\r\n");
  assert.equal(two.length, 65_537 + "10000\r\n\r\n".length + "1\r\n\r\n".length + "0\r\n\r\n".length);
});

test("connectionsOf() takes as many connections as may upload at once", () => {
  const { config } = load("");
  const limits = { ...config.limits, body_bytes_max: 1_048_576, bodies_bytes_max: 10_240 };
  const connections = (upload_bytes: number) =>
    connectionsOf({ sizes: { ...config.bench, connections: 64, upload_bytes }, config: { ...config, limits } });
  // Each counts for whole KiB.
  assert.equal(connections(1), 10);
  assert.equal(connections(1025), 5);
  assert.equal(connections(100), 10);
  // One at least: a body that is too large for the limit is refused by the schema.
  assert.equal(connections(20_000), 1);
});

test("shareOf() gives every request to one connection, and always to the same one", () => {
  const share = shareOf({ count: 5, request: (index) => knownRequest("GET", `/${index}`, "") }, 1, 3);
  assert.equal(share.count, 2);
  assert.deepEqual(
    [0, 1].map((index) => share.request(index).path),
    ["/1", "/4"],
  );
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 200 }), fc.integer({ min: 1, max: 70 }), (count, connections) => {
      const seen = Array.from({ length: connections }, (_, first) => {
        const { count: own, request } = shareOf(
          { count, request: (index) => knownRequest("GET", `/${index}`, "") },
          first,
          connections,
        );
        return Array.from({ length: own }, (_, index) => Number(request(index).path.slice(1)));
      }).flat();
      assert.deepEqual(
        seen.sort((a, b) => a - b),
        Array.from({ length: count }, (_, index) => index),
      );
    }),
  );
});

test("workerCounts() doubles up to the CPUs, and shows two workers even on one CPU", () => {
  assert.deepEqual(workerCounts(1, 1), [1, 2]);
  assert.deepEqual(workerCounts(0.5, 8), [1, 2]);
  assert.deepEqual(workerCounts(8, 4), [1, 2, 4]);
  assert.deepEqual(workerCounts(6, 16), [1, 2, 4, 6]);
  assert.deepEqual(workerCounts(16, 3), [1, 2, 3]);
});

test("knownRequest() counts bytes, and loadOf() sends nothing of what is only for the check", () => {
  const request = knownRequest("POST", "/json", "\u00e4", { body: "[]", headers: { "X-A": "1" } });
  assert.deepEqual(request.expected, { status: 200, bodyBytes: 2 });
  assert.equal(request.bodyBytes, 2);
  const server = { host: "127.0.0.1", port: 1 };
  const { answer: _, ...sent } = request;
  assert.deepEqual(loadOf(server, [request], { connections: 3, ratePerS: 7 }), {
    kind: "http",
    target: server,
    requests: [sent],
    connections: 3,
    model: { kind: "open", ratePerS: 7 },
    requestsPerConnection: 0,
  });
});

test("backendCase() takes buffers of 64 KiB that are freed at once, and the memory of the same way", () => {
  const cell = (strategy: "fresh_released" | "pool", bytes: number, cpuNs: number) => ({
    strategy,
    bytes,
    cpuNs,
    wallNs: 1,
  });
  const { id, title, figures } = backendCase({
    backend: { name: "jemalloc", label: "jemalloc", requested: "jemalloc", environment: {}, library: "/lib/j.so" },
    hello: { backend: "jemalloc", version: "5.3.0", proven: true, evidence: "" },
    speed: [
      cell("fresh_released", 65_536, 30),
      cell("fresh_released", 65_536, 10),
      cell("fresh_released", 65_536, 20),
      cell("fresh_released", 4096, 1),
      cell("pool", 65_536, 2),
    ],
    scaling: [],
    churn: { released: { ratios: [1.5, 3, 2], liveBytesHigh: 1, baseBytes: 1, afterBytes: 1, idleBytes: 1 } },
  });
  assert.deepEqual([id, title], ["alloc/jemalloc", "jemalloc 5.3.0"]);
  assert.deepEqual(figures.cpu_ns_per_buffer?.runs, [30, 10, 20]);
  assert.equal(figures.cpu_ns_per_buffer?.median, 20);
  assert.deepEqual(figures.rss_over_live_ratio, { median: 2, low: 2, high: 2, runs: [2] });
});

/** Answers the first so many requests of each connection, and then does what `after` says. */
async function withPeer(answers: readonly string[], work: (port: number) => Promise<void>): Promise<void> {
  const server = createServer((socket) => {
    const left = [...answers];
    socket.on("error", () => undefined);
    socket.on("data", () => {
      const answer = left.shift();
      if (answer === undefined) socket.destroy();
      else socket.write(answer);
    });
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  try {
    await work((server.address() as AddressInfo).port);
  } finally {
    await new Promise((closed) => server.close(closed));
  }
}

const OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
const requests = (count: number) => ({ count, request: () => knownRequest("GET", "/", "ok") });

test("WorkConnection.run() does its work once, and counts every answer that is another one", async () => {
  const other = "HTTP/1.1 404 Not Found\r\nContent-Length: 2\r\n\r\nno";
  const longer = "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nyes";
  await withPeer([OK, other, longer, OK, OK], async (port) => {
    const connection = new WorkConnection({ host: "127.0.0.1", port });
    const tally = workTally();
    await connection.run(requests(4), tally);
    assert.deepEqual([tally.done, tally.failures], [2, { status: 1, length: 1 }]);
    await connection.run(requests(1), tally);
    await connection.run(requests(0), tally);
    assert.equal(tally.done, 3);
    assert.equal(
      tally.latency.reduce((sum, count) => sum + count, 0),
      5,
    );
    connection.close();
  });
});

test("WorkConnection.run() gives up an answer that does not come, and counts it", async () => {
  await withPeer([OK, ""], async (port) => {
    const connection = new WorkConnection({ host: "127.0.0.1", port }, 50);
    const tally = workTally();
    await assert.rejects(connection.run(requests(3), tally), /A connection was lost: no answer within 50 ms\./);
    assert.deepEqual([tally.done, tally.failures], [1, { timeout: 1 }]);
  });
});

test("WorkConnection.run() rejects when the server closes the connection before the work is done", async () => {
  await withPeer([OK], async (port) => {
    const connection = new WorkConnection({ host: "127.0.0.1", port });
    await assert.rejects(connection.run(requests(2), workTally()), BenchError);
    await assert.rejects(connection.run(requests(1), workTally()), /connection that had work left/);
  });
});
