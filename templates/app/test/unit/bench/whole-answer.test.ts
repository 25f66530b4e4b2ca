/** What a server may do to one who waits for its answer; none of it is anything but a BenchError. */
import assert from "node:assert/strict";
import type { AddressInfo } from "node:net";
import { createServer, type Socket } from "node:net";
import { test } from "node:test";
import { BenchError } from "../../../bench/cli/bench-error.ts";
import { askAnswer } from "../../../bench/peers/answer.ts";
import { askServer } from "../../../bench/server/ask-server.ts";
import { readMetrics } from "../../../bench/server/read-metrics.ts";
import { type Question, wholeAnswer } from "../../../bench/server/whole-answer.ts";

/** A server that does this with each connection on which something arrives. */
async function withServer(answer: (socket: Socket) => void, body: (port: number) => Promise<void>): Promise<void> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => undefined);
    socket.once("data", () => answer(socket));
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  try {
    await body((server.address() as AddressInfo).port);
  } finally {
    for (const socket of sockets) socket.destroy();
    await new Promise<void>((done) => server.close(() => done()));
  }
}

const ask = (port: number, more: Partial<Question> = {}) =>
  wholeAnswer({ target: { host: "127.0.0.1", port }, method: "GET", path: "/events", msMax: 5000, ...more });

const isBenchError = (pattern: RegExp) => (error: unknown) =>
  error instanceof BenchError && pattern.test(error.message);

/** Server-sent events that never stop: no silence ends the wait. */
function streamForEver(socket: Socket): void {
  socket.write("HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n");
  const timer = setInterval(() => socket.write("4\r\n:\n\n\n\r\n"), 20);
  socket.once("close", () => clearInterval(timer));
}

test("wholeAnswer() gives status, fields and the whole body, byte for byte", async () => {
  const send = (socket: Socket) => {
    socket.write("HTTP/1.1 201 Created\r\nX-Name: a\r\ncontent-length: 3\r\n\r\n\xff", "latin1");
    setTimeout(() => socket.write("ab"), 20);
  };
  await withServer(send, async (port) => {
    const { status, headers, body } = await ask(port);
    assert.deepEqual([status, headers["x-name"], [...body]], [201, "a", [0xff, 0x61, 0x62]]);
    const { headers: fields, body: text } = await askAnswer("127.0.0.1", port, "/");
    assert.deepEqual([fields.get("x-name"), text], ["a", "\xffab"]);
  });
});

test("wholeAnswer() waits for an answer without an end no longer than it was told", async () => {
  await withServer(streamForEver, async (port) => {
    await assert.rejects(
      ask(port, { msMax: 200 }),
      isBenchError(/^GET \/events on port \d+ was not answered to its end within 200 ms: /),
    );
  });
});

test("wholeAnswer() ends at the interrupt, before and after the answer has begun", async () => {
  await withServer(streamForEver, async (port) => {
    await assert.rejects(ask(port, { interrupt: AbortSignal.abort() }), isBenchError(/ was interrupted\.$/));
    await assert.rejects(ask(port, { interrupt: AbortSignal.timeout(100) }), isBenchError(/ was interrupted\.$/));
  });
});

test("wholeAnswer() rejects with a BenchError when the server breaks the answer off", async () => {
  const half = (socket: Socket) => {
    socket.end("HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nhalf");
  };
  await withServer(half, async (port) => {
    await assert.rejects(ask(port), isBenchError(/^GET \/events on port \d+ (failed: |was broken off)/));
  });
});

test("askServer(), readMetrics() and askAnswer() reject with a BenchError when nobody answers", async () => {
  const close = (socket: Socket) => void socket.destroy();
  await withServer(close, async (port) => {
    const target = { host: "127.0.0.1", port };
    const order = { method: "GET", path: "/own", headers: {}, bodyBytes: 0, body: null };
    await assert.rejects(askServer(target, order), isBenchError(/^GET \/own on port \d+ failed: /));
    await assert.rejects(readMetrics("127.0.0.1", port), isBenchError(/^GET \/metrics on port \d+ failed: /));
    await assert.rejects(askAnswer("127.0.0.1", port, "/json"), isBenchError(/^GET \/json on port \d+ failed: /));
  });
});
