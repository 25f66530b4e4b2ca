import assert from "node:assert/strict";
import { type AddressInfo, createServer, type Socket } from "node:net";
import { test } from "node:test";
import { idleDriver } from "../../../bench/load/idle-driver.ts";
import type { IdleOrder, LoadTarget } from "../../../bench/load/order.ts";
import { opcode, serverFrame } from "../../../bench/load/socket-frames.ts";
import { noFailures, Tally } from "../../../bench/load/tally.ts";
import { until } from "../../fixture/until.ts";
import { withSocketServer } from "./scripted-socket-server.ts";

const PLACE = { thread: 0, threads: 1, spins: false };
const OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

function orderFor(target: LoadTarget, parts: Partial<IdleOrder> = {}): IdleOrder {
  return { kind: "idle", target, protocol: "http", path: "/x", connections: 5, openPerS: 1000, ...parts };
}

/** `answer`: to the connection's only request; connections are counted from 0. */
async function withHttpServer(
  answer: (socket: Socket, number: number) => void,
  use: (target: LoadTarget, sockets: ReadonlySet<Socket>, requests: readonly string[]) => Promise<void>,
): Promise<void> {
  const sockets = new Set<Socket>();
  const requests: string[] = [];
  let count = 0;
  const server = createServer((socket) => {
    const number = count;
    count += 1;
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
    socket.on("error", () => undefined);
    socket.on("data", (bytes) => {
      requests.push(bytes.toString("latin1"));
      answer(socket, number);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  try {
    await use({ host: "127.0.0.1", port: (server.address() as AddressInfo).port }, sockets, requests);
  } finally {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  }
}

test("idleDriver() asks once on each connection, and keeps it open until it stops", async () => {
  await withHttpServer(
    (socket) => socket.write(OK),
    async (target, sockets, requests) => {
      const tally = new Tally();
      const driver = idleDriver(orderFor(target), tally, PLACE);
      await driver.start();
      // The warm-up's end must not make open connections forgotten.
      tally.reset();
      driver.settle?.();
      assert.equal(tally.done, 5);
      assert.equal(sockets.size, 5);
      assert.deepEqual(
        requests,
        Array.from({ length: 5 }, () => `GET /x HTTP/1.1\r\nHost: 127.0.0.1:${target.port}\r\n\r\n`),
      );
      await driver.stop();
      await until("the server sees them closed", () => sockets.size === 0);
    },
  );
});

const answers: readonly ((socket: Socket) => void)[] = [
  (socket) => socket.write(OK),
  (socket) => socket.write("HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n"),
  (socket) => socket.end(),
  (socket) => socket.write("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok"),
  (socket) => socket.write("nonsense\r\n\r\n"),
];

test("idleDriver() counts those that are not open, under their reasons, also when they failed before the measured time", async () => {
  await withHttpServer(
    (socket, number) => answers[number]?.(socket),
    async (target) => {
      const tally = new Tally();
      const driver = idleDriver(orderFor(target), tally, PLACE);
      await driver.start();
      tally.reset();
      driver.settle?.();
      assert.equal(tally.done, 1);
      assert.deepEqual(tally.failures, { ...noFailures(), status: 1, closed: 2, malformed: 1 });
      await driver.stop();
    },
  );
});

test("idleDriver() no longer counts a connection that the server has closed", async () => {
  await withHttpServer(
    (socket) => socket.write(OK),
    async (target, sockets) => {
      const tally = new Tally();
      const driver = idleDriver(orderFor(target), tally, PLACE);
      await driver.start();
      const [first] = sockets;
      first?.destroy();
      await until("the driver knows", () => {
        tally.reset();
        driver.settle?.();
        return tally.done === 4;
      });
      assert.deepEqual(tally.failures, { ...noFailures(), closed: 1 });
      await driver.stop();
    },
  );
});

test("idleDriver() opens WebSockets, and answers the server's pings", async () => {
  let pongs = 0;
  await withSocketServer(
    {
      opened: ({ socket }) => socket.write(serverFrame(opcode.ping, new Uint8Array(0))),
      frame: (_, code) => {
        assert.equal(code, opcode.pong);
        pongs += 1;
      },
    },
    async (target) => {
      const tally = new Tally();
      const driver = idleDriver(orderFor(target, { protocol: "websocket" }), tally, PLACE);
      await driver.start();
      await until("all pings are answered", () => pongs === 5);
      driver.settle?.();
      assert.equal(tally.done, 5);
      assert.deepEqual(tally.failures, noFailures());
      await driver.stop();
    },
  );
});
