import assert from "node:assert/strict";
import { EventEmitter } from "node:events";
import type { Server } from "node:http";
import { test } from "node:test";
import { Connections } from "../../../src/runtime/node-connections.ts";
import { counter, counterRowLength } from "../../../src/zones/counters.ts";

/** A connection as far as it is looked at here. */
class FakeSocket extends EventEmitter {
  readonly bytesRead = 3;
  readonly bytesWritten = 5;
  readonly writable: boolean;
  destroyed = false;
  written = "";

  constructor(writable = true) {
    super();
    this.writable = writable;
  }

  destroy(): void {
    this.destroyed = true;
    this.emit("close");
  }

  end(text: string): void {
    this.written = text;
  }
}

function bench(counters = new Float64Array(counterRowLength)) {
  const server = new EventEmitter();
  new Connections(server as unknown as Server, { connectionsMax: 1, requestsMax: 0, isTls: false }, counters);
  return { server, counters };
}

test("Connections gives back the place of a connection that closes", () => {
  const { server, counters } = bench();
  const [first, second, third] = [new FakeSocket(), new FakeSocket(), new FakeSocket()];
  server.emit("connection", first);
  server.emit("connection", second);
  assert.deepEqual([first.destroyed, second.destroyed], [false, true]);
  first.destroy();
  server.emit("connection", third);
  assert.equal(third.destroyed, false);
  assert.deepEqual(
    [counters[counter.connectionsOpened], counters[counter.connectionsClosed], counters[counter.connectionsRefused]],
    [2, 1, 1],
  );
});

test("Connections counts a dead worker's connections as closed", () => {
  const counters = new Float64Array(counterRowLength);
  counters[counter.connectionsOpened] = 7;
  bench(counters);
  assert.equal(counters[counter.connectionsClosed], 7);
});

for (const [code, answer, name] of [
  ["HPE_HEADER_OVERFLOW", "HTTP/1.1 431 ", "requestsMalformed"],
  ["ERR_HTTP_REQUEST_TIMEOUT", "HTTP/1.1 408 ", "requestTimeouts"],
  ["HPE_INVALID_METHOD", "HTTP/1.1 400 ", "requestsMalformed"],
  ["ECONNRESET", "", "clientsGone"],
  ["EPIPE", "", "clientsGone"],
  ["ETIMEDOUT", "", "clientsGone"],
] as const) {
  test(`Connections counts ${code} as ${name}`, () => {
    const { server, counters } = bench();
    const socket = new FakeSocket();
    server.emit("clientError", Object.assign(new Error(code), { code }), socket);
    assert.equal(socket.written.slice(0, 13), answer);
    assert.equal(socket.destroyed, answer === "");
    assert.equal(counters[counter[name]], 1);
  });
}
