import assert from "node:assert/strict";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import { test } from "node:test";
import { BenchError } from "../../../bench/cli/bench-error.ts";
import { askOnce, type LoadTarget, startLoad } from "../../../bench/load/load.ts";
import { type FailureKind, noFailures, type Tally } from "../../../bench/load/tally.ts";

/** What the scripted server does with a request; `count` starts at 1 and runs over all connections. */
type Script = (socket: Socket, count: number) => void;

const OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
const expected = { status: 200, bodyBytes: 2 };

async function withServer(script: Script, use: (target: LoadTarget) => Promise<void>): Promise<void> {
  let count = 0;
  const sockets = new Set<Socket>();
  const server: Server = createServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => undefined);
    // A request of the load comes in one piece: it is short, and the next one waits for the answer.
    socket.on("data", () => {
      count += 1;
      script(socket, count);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  try {
    await use({ host: "127.0.0.1", port: (server.address() as AddressInfo).port, path: "/x" });
  } finally {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  }
}

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 5));
}

const failing: readonly (readonly [kind: FailureKind, name: string, script: Script])[] = [
  ["status", "another status", (socket) => socket.write("HTTP/1.1 503 Busy\r\nContent-Length: 2\r\n\r\nok")],
  ["length", "another length", (socket) => socket.write("HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\no")],
  ["malformed", "no HTTP", (socket) => socket.write("220 mail.example ESMTP\r\n\r\n")],
  ["malformed", "an answer too many", (socket) => socket.write(`${OK}${OK}`)],
  ["closed", "a connection that closes", (socket) => socket.end()],
  ["closed", "half an answer", (socket) => socket.end(OK.slice(0, -1))],
];

for (const [kind, name, script] of failing) {
  test(`startLoad() counts ${name} as "${kind}", and goes on`, async () => {
    await withServer(
      (socket, count) => (count === 4 ? script(socket, count) : socket.write(OK)),
      async (target) => {
        const { tally, stop } = startLoad(target, 1, expected);
        try {
          await until(() => tally.requests >= 6 && tally.failures[kind] > 0);
          assert.deepEqual({ ...tally.failures }, { ...noFailures(), [kind]: 1 });
        } finally {
          stop();
        }
      },
    );
  });
}

test('startLoad() counts a server that is not there as "connect"', async () => {
  let gone: LoadTarget | undefined;
  await withServer(
    () => undefined,
    async (target) => {
      gone = target;
    },
  );
  assert.ok(gone);
  const { tally, stop } = startLoad(gone, 2, expected);
  await until(() => tally.failures.connect >= 4);
  stop();
  assert.equal(tally.requests, 0);
});

test("startLoad() opens a new connection, without a failure, after an answer that closes", async () => {
  const close = "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok";
  await withServer(
    (socket) => socket.write(close),
    async (target) => {
      const { tally, stop } = startLoad(target, 2, expected);
      await until(() => tally.requests >= 10);
      stop();
      assert.deepEqual({ ...tally.failures }, noFailures());
    },
  );
});

test("startLoad() never has more than one request per connection under way, and counts each answer once", async () => {
  let waiting = 0;
  let waitingMost = 0;
  let answered = 0;
  await withServer(
    (socket) => {
      waiting += 1;
      waitingMost = Math.max(waitingMost, waiting);
      setTimeout(() => {
        waiting -= 1;
        answered += 1;
        socket.write(OK);
      }, 1);
    },
    async (target) => {
      const { tally, stop }: { tally: Tally; stop(): void } = startLoad(target, 40, expected);
      await until(() => tally.requests >= 400);
      stop();
      assert.equal(waitingMost, 40);
      // What the server has answered and the load has not read yet: one for each connection at most.
      assert.ok(answered >= tally.requests && answered - tally.requests <= 40, `${answered} of ${tally.requests}`);
      assert.deepEqual({ ...tally.failures }, noFailures());
      // The server holds each answer back for 1 ms.
      assert.ok(tally.latencyUs(0.5) >= 900, `${tally.latencyUs(0.5)} us`);
    },
  );
});

test("askOnce() tells what the answers are like", async () => {
  await withServer(
    (socket) => socket.write("HTTP/1.1 201 Created\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n"),
    async (target) => assert.deepEqual(await askOnce(target), { status: 201, bodyBytes: 3 }),
  );
});

const unfit: readonly (readonly [name: string, answer: string | undefined, message: string])[] = [
  ["404", "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n", "GET /x: the answer is 404; choose another --path."],
  ["a closed connection", undefined, "GET /x: the connection was closed without an answer; choose another --path."],
];

for (const [name, answer, message] of unfit) {
  test(`askOnce() refuses ${name}`, async () => {
    await withServer(
      (socket) => (answer === undefined ? socket.end() : socket.write(answer)),
      async (target) => {
        await assert.rejects(askOnce(target), (error: unknown) => {
          assert.ok(error instanceof BenchError);
          assert.equal(error.message, message);
          return true;
        });
      },
    );
  });
}
