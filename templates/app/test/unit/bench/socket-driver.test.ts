import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { test } from "node:test";
import { BroadcastRoom } from "../../../bench/load/broadcast-room.ts";
import { ConnectClient } from "../../../bench/load/connect-client.ts";
import { EchoClient } from "../../../bench/load/echo-client.ts";
import { bucketEndUs, countOf } from "../../../bench/load/latency-histogram.ts";
import type { LoadTarget } from "../../../bench/load/order.ts";
import type { SocketClient, SocketLoad } from "../../../bench/load/socket-client.ts";
import { socketLoad } from "../../../bench/load/socket-driver.ts";
import { opcode, serverFrame } from "../../../bench/load/socket-frames.ts";
import { splitOrder } from "../../../bench/load/split-order.ts";
import { type FailureKind, noFailures, Tally } from "../../../bench/load/tally.ts";
import { until } from "../../fixture/until.ts";
import { accepted, type Peer, type Script, withSocketServer } from "./scripted-socket-server.ts";
import { echo, orderFor, withDriver } from "./socket-load.ts";

function sumUs(histogram: Float64Array): number {
  return histogram.reduce((sum, count, bucket) => sum + (count > 0 ? count * bucketStartUs(bucket) : 0), 0);
}

function bucketStartUs(bucket: number): number {
  return bucket === 0 ? 0 : bucketEndUs(bucket - 1);
}

const text = (words: string): Buffer => serverFrame(opcode.text, Buffer.from(words));
test("socketDriver() of echoes keeps the window full on each client, and counts each echo once", async () => {
  const waiting = new Map<number, number>();
  let most = 0;
  let echoed = 0;
  const script: Script = {
    frame(peer, code, payload) {
      assert.equal(payload.toString(), "hello");
      const now = (waiting.get(peer.number) ?? 0) + 1;
      most = Math.max(most, now);
      waiting.set(peer.number, now);
      setTimeout(() => {
        waiting.set(peer.number, (waiting.get(peer.number) ?? 0) - 1);
        echoed += 1;
        echo(peer, code, payload);
      }, 2);
    },
  };
  await withSocketServer(script, (target) =>
    withDriver(orderFor(target, { clients: 5, window: 3 }), async (tally) => {
      await until("300 echoes have come", () => tally.done >= 300);
      assert.equal(most, 3);
      // What the server has echoed and the driver has not read yet.
      assert.ok(echoed >= tally.done && echoed - tally.done <= 15, `${echoed} of ${tally.done}`);
      assert.equal(countOf(tally.latency), tally.done);
      // The server holds each back for 2 ms; its timer may end within the last one.
      assert.ok(tally.latencyUs(0) >= 1000, `${tally.latencyUs(0)} us`);
      assert.equal(tally.bytesIn, tally.done * 5);
      assert.deepEqual(tally.failures, noFailures());
    }),
  );
});

test("socketDriver() of echoes measures each from its own moment of sending", async () => {
  const waiting: (() => void)[] = [];
  const answering = setInterval(() => waiting.shift()?.(), 1);
  const startMs = performance.now();
  try {
    await withSocketServer({ frame: (...parts) => waiting.push(() => echo(...parts)) }, (target) =>
      withDriver(orderFor(target, { window: 2 }), async (tally) => {
        await until("40 echoes have come, one at a time", () => tally.done >= 40);
        // Little's law: no more time passes in two places than twice what the clock says.
        assert.ok(sumUs(tally.latency) <= 2 * (performance.now() - startMs) * 1000);
      }),
    );
  } finally {
    clearInterval(answering);
  }
});

test("socketDriver() awaits the reply that the order names, and answers pings meanwhile", async () => {
  const pongs: string[] = [];
  const script: Script = {
    opened: ({ socket }) => socket.write(serverFrame(opcode.ping, Buffer.from("are you there"))),
    frame({ socket }, code, payload) {
      if (code === opcode.pong) pongs.push(payload.toString());
      else socket.write(text("yes"));
    },
  };
  await withSocketServer(script, (target) =>
    withDriver(orderFor(target, { reply: "yes" }), async (tally) => {
      await until("replies and a pong have come", () => tally.done >= 3 && pongs.length > 0);
      assert.deepEqual(pongs, ["are you there"]);
      assert.deepEqual(tally.failures, noFailures());
    }),
  );
});

const failing: readonly (readonly [name: string, kind: FailureKind, script: Script])[] = [
  ["a refused handshake", "status", { handshake: () => "HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n" }],
  ["a handshake without its proof", "malformed", { handshake: () => accepted("another key") }],
  ["another message", "content", { frame: ({ socket }) => socket.write(text("jello")) }],
  ["a longer message", "length", { frame: ({ socket }) => socket.write(text("hello!")) }],
  [
    "an echo too many",
    "malformed",
    { frame: ({ socket }) => socket.write(Buffer.concat([text("hello"), text("hello")])) },
  ],
  ["a closed connection", "closed", { frame: ({ socket }) => socket.end() }],
  ["a close frame", "closed", { frame: ({ socket }) => socket.write(Buffer.from([0x88, 0])) }],
];

for (const [name, kind, { handshake, frame }] of failing) {
  test(`socketDriver() counts ${name} as "${kind}", and goes on with a new connection`, async () => {
    const script: Script = {
      handshake: (key, peer) => (peer.number === 0 && handshake ? handshake(key, peer) : accepted(key)),
      frame: (peer, code, payload) => (peer.number === 0 && frame ? frame : echo)(peer, code, payload),
    };
    await withSocketServer(script, (target) =>
      withDriver(orderFor(target), async (tally) => {
        await until("echoes come again", () => tally.done >= 5);
        assert.deepEqual(tally.failures, { ...noFailures(), [kind]: 1 });
      }),
    );
  });
}

test('socketDriver() counts a server that is not there as "connect"', async () => {
  let gone: LoadTarget = { host: "127.0.0.1", port: 1 };
  await withSocketServer({}, async (target) => {
    gone = target;
  });
  await withDriver(orderFor(gone, { clients: 2 }), async (tally) => {
    await until("connections were refused", () => tally.failures.connect >= 4);
    assert.equal(tally.done, 0);
  });
});

test("socketDriver() of connections closes each as the protocol wants it before the next", async () => {
  let opened = 0;
  let most = 0;
  const codes = new Set<string>();
  const script: Script = {
    opened({ all }) {
      opened += 1;
      most = Math.max(most, all.size);
    },
    frame({ socket }, code, payload) {
      codes.add(`${code} ${payload.toString("hex")}`);
      socket.end(serverFrame(opcode.close, payload));
    },
  };
  await withSocketServer(script, (target) =>
    withDriver(orderFor(target, { pattern: "connect", clients: 3 }), async (tally) => {
      await until("30 connections were made", () => tally.done >= 30);
      assert.ok(opened >= tally.done && opened - tally.done <= 3, `${opened} of ${tally.done}`);
      // The client's end is told a moment before the server's.
      assert.ok(most <= 6, `${most} at once`);
      assert.deepEqual([...codes], ["8 03e8"]);
      assert.deepEqual(tally.failures, noFailures());
    }),
  );
});

const silent: readonly (readonly [name: string, make: (load: SocketLoad) => SocketClient, script: Script])[] = [
  ["EchoClient", (load) => new EchoClient(load), {}],
  ["ConnectClient", (load) => new ConnectClient(load), {}],
  [
    "BroadcastRoom",
    (load) => new BroadcastRoom(load, 2),
    { frame: (peer, code, payload) => code === opcode.ping && echo(peer, code, payload) },
  ],
];

for (const [name, make, script] of silent) {
  test(`${name}.expire() counts what has waited too long as "timeout", once, and nothing younger`, async () => {
    await withSocketServer(script, async (target) => {
      const tally = new Tally();
      const client = make(socketLoad(orderFor(target), tally));
      await client.start();
      client.expire(performance.now() - 60_000);
      assert.deepEqual(tally.failures, noFailures());
      client.expire(performance.now() + 1);
      client.expire(performance.now() + 1);
      assert.deepEqual(tally.failures, { ...noFailures(), timeout: 1 });
      await client.stop();
    });
  });
}

const unopened: readonly (readonly [name: string, make: (load: SocketLoad) => SocketClient, script: Script])[] = [
  ["EchoClient whose handshake", (load) => new EchoClient(load), { handshake: () => "" }],
  ["ConnectClient whose handshake", (load) => new ConnectClient(load), { handshake: () => "" }],
  ["BroadcastRoom whose handshakes", (load) => new BroadcastRoom(load, 2), { handshake: () => "" }],
  ["BroadcastRoom whose joining", (load) => new BroadcastRoom(load, 2), {}],
];

for (const [name, make, script] of unopened) {
  test(`${name} is not answered is given up as "timeout", and its start comes to an end`, async () => {
    let isThere = false;
    const told: Script = { ...script, opened: () => (isThere = true) };
    await withSocketServer(told, async (target) => {
      const tally = new Tally();
      const client = make(socketLoad(orderFor(target), tally));
      const started = client.start();
      await until("the server was asked", () => isThere);
      client.expire(performance.now() - 60_000);
      assert.deepEqual(tally.failures, noFailures());
      client.expire(performance.now() + 1);
      client.expire(performance.now() + 1);
      await started;
      assert.deepEqual(tally.failures, { ...noFailures(), timeout: 1 });
      await client.stop();
    });
  });
}

test("socketDriver() leaves no connection behind when it stops", async () => {
  for (const pattern of ["echo", "broadcast", "connect"] as const) {
    const peers = new Set<Peer>();
    await withSocketServer({ frame: echo, opened: (peer) => peers.add(peer) }, async (target) => {
      await withDriver(orderFor(target, { pattern, clients: 3 }), async () => {
        await until("some are open", () => peers.size >= 3);
      });
      const [peer] = peers;
      await until("all are closed", () => peer?.all.size === 0);
    });
  }
});

test("splitOrder() keeps a room in one thread, and shares out other clients", () => {
  const order = orderFor({ host: "127.0.0.1", port: 1 }, { clients: 5 });
  assert.deepEqual(splitOrder(order, 2), [
    { ...order, clients: 3 },
    { ...order, clients: 2 },
  ]);
  const room = orderFor({ host: "127.0.0.1", port: 1 }, { clients: 5, pattern: "broadcast" });
  assert.deepEqual(splitOrder(room, 2), [room]);
});
