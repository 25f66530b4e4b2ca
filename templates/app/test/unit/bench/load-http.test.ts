import assert from "node:assert/strict";
import type { Socket } from "node:net";
import { test } from "node:test";
import { httpDriver } from "../../../bench/load/http-driver.ts";
import { type FailureKind, noFailures, Tally } from "../../../bench/load/tally.ts";
import { get, orderFor, place, withLoad } from "../../fixture/http-load.ts";
import { OK, type Script, withScript } from "../../fixture/scripted-server.ts";
import { until } from "../../fixture/until.ts";

const failing: readonly (readonly [kind: FailureKind, name: string, script: Script])[] = [
  ["status", "another status", (socket) => socket.write("HTTP/1.1 503 Busy\r\nContent-Length: 2\r\n\r\nok")],
  ["length", "another length", (socket) => socket.write("HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\no")],
  ["malformed", "no HTTP", (socket) => socket.write("220 mail.example ESMTP\r\n\r\n")],
  ["malformed", "an answer too many", (socket) => socket.write(`${OK}${OK}`)],
  ["closed", "a connection that closes", (socket) => socket.end()],
  ["closed", "half an answer", (socket) => socket.end(OK.slice(0, -1))],
];

for (const [kind, name, script] of failing) {
  test(`httpDriver() counts ${name} as "${kind}", and goes on`, async () => {
    await withLoad(
      (socket, count, bytes) => (count === 4 ? script(socket, count, bytes) : socket.write(OK)),
      {},
      async (tally) => {
        await until("the load goes on", () => tally.done >= 6 && tally.failures[kind] > 0);
        assert.deepEqual({ ...tally.failures }, { ...noFailures(), [kind]: 1 });
      },
    );
  });
}

test('httpDriver() counts a server that is not there as "connect"', async () => {
  const target = await withScript(
    () => undefined,
    async (open) => open,
  );
  const tally = new Tally();
  const driver = httpDriver(orderFor(target, { connections: 2 }), tally, place);
  await driver.start();
  await until("both have tried again", () => tally.failures.connect >= 4);
  await driver.stop();
  assert.equal(tally.done, 0);
});

test("httpDriver() opens a new connection, without a failure, after an answer that closes", async () => {
  const close = "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok";
  await withLoad(
    (socket) => socket.write(close),
    { connections: 2 },
    async (tally) => {
      await until("ten answers are there", () => tally.done >= 10);
      assert.deepEqual({ ...tally.failures }, noFailures());
    },
  );
});

test("httpDriver() asks again, without a failure, what a connection that closes after some answers of a batch left", async () => {
  const requests = [1, 2, 3].map((length) => ({
    ...get,
    path: `/${length}`,
    expected: { status: 200, bodyBytes: length },
  }));
  const asked: string[][] = [];
  const counts = new Map<Socket, number>();
  // As a server with a limit of three requests for each connection.
  const script: Script = (socket, _count, bytes) => {
    const paths = [...new TextDecoder().decode(bytes).matchAll(/^GET \/(\d) /gm)].map(([, length]) => length ?? "");
    asked.push(paths);
    for (const length of paths) {
      const count = (counts.get(socket) ?? 0) + 1;
      counts.set(socket, count);
      const close = count === 3 ? "Connection: close\r\n" : "";
      if (count <= 3) {
        socket.write(`HTTP/1.1 200 OK\r\n${close}Content-Length: ${length}\r\n\r\n${"x".repeat(Number(length))}`);
      }
      if (count === 3) socket.end();
    }
  };
  const startMs = performance.now();
  await withLoad(script, { requests, model: { kind: "closed", pipeline: 4 } }, async (tally) => {
    await until("twelve are answered", () => tally.done >= 12);
    assert.ok(performance.now() - startMs < 5000);
    assert.deepEqual(asked.slice(0, 4), [["1", "2", "3", "1"], ["1"], ["2", "3", "1", "2"], ["1", "2"]]);
    assert.deepEqual({ ...tally.failures }, noFailures());
  });
});

test("httpDriver() counts what a connection left that closes without a word", async () => {
  const script: Script = (socket, count, bytes) => {
    const heads = new TextDecoder().decode(bytes).split("GET /x ").length - 1;
    if (count === 1) socket.end(OK.repeat(heads - 1));
    else socket.write(OK.repeat(heads));
  };
  await withLoad(script, { model: { kind: "closed", pipeline: 4 } }, async (tally) => {
    await until("it goes on", () => tally.done >= 8);
    assert.deepEqual({ ...tally.failures }, { ...noFailures(), closed: 1 });
  });
});

test("httpDriver() in a closed loop has one request per connection under way, and counts each answer once", async () => {
  let waiting = 0;
  let waitingMost = 0;
  let answered = 0;
  const script: Script = (socket) => {
    waiting += 1;
    waitingMost = Math.max(waitingMost, waiting);
    setTimeout(() => {
      waiting -= 1;
      answered += 1;
      socket.write(OK);
    }, 1);
  };
  await withLoad(script, { connections: 40 }, async (tally) => {
    await until("400 answers are there", () => tally.done >= 400);
    assert.equal(waitingMost, 40);
    // What the server has answered and the load has not read yet: one for each connection at most.
    assert.ok(answered >= tally.done && answered - tally.done <= 40, `${answered} of ${tally.done}`);
    assert.deepEqual({ ...tally.failures }, noFailures());
    // The server holds each answer back for 1 ms.
    assert.ok(tally.latencyUs(0.5) >= 900, `${tally.latencyUs(0.5)} us`);
  });
});

test("httpDriver() sends pipelined requests in turn, in one go, and matches the answers in their order", async () => {
  const requests = [1, 2, 3].map((length) => ({
    ...get,
    path: `/${length}`,
    expected: { status: 200, bodyBytes: length },
  }));
  const batches: string[][] = [];
  const script: Script = (socket, _count, bytes) => {
    const lengths = [...new TextDecoder().decode(bytes).matchAll(/^GET \/(\d) /gm)].map(([, length]) => length ?? "");
    batches.push(lengths);
    for (const length of lengths) {
      socket.write(`HTTP/1.1 200 OK\r\nContent-Length: ${length}\r\n\r\n${"x".repeat(Number(length))}`);
    }
  };
  await withLoad(script, { requests, model: { kind: "closed", pipeline: 4 } }, async (tally) => {
    await until("three batches are answered", () => tally.done >= 12);
    assert.deepEqual(batches.slice(0, 3), [
      ["1", "2", "3", "1"],
      ["2", "3", "1", "2"],
      ["3", "1", "2", "3"],
    ]);
    assert.deepEqual({ ...tally.failures }, noFailures());
  });
});

test("httpDriver() reads answers that are larger than what it reads at once", async () => {
  const body = "x".repeat(1_000_000);
  const requests = [{ ...get, expected: { status: 200, bodyBytes: body.length } }];
  await withLoad(
    (socket) => socket.write(`HTTP/1.1 200 OK\r\nContent-Length: ${body.length}\r\n\r\n${body}`),
    { requests, connections: 3 },
    async (tally) => {
      await until("twenty are read", () => tally.done >= 20);
      assert.equal(tally.bytesIn, tally.done * body.length);
      assert.deepEqual({ ...tally.failures }, noFailures());
    },
  );
});

test("httpDriver() writes a large body to its last byte, and counts what it sent", async () => {
  const bodyBytes = 1_000_000;
  const heads: string[] = [];
  const left = new WeakMap<Socket, number>();
  const script: Script = (socket, _count, bytes) => {
    let bodyHere = bytes.length;
    if (!left.has(socket)) {
      const head = new TextDecoder().decode(bytes).split("\r\n\r\n")[0] ?? "";
      heads.push(head);
      left.set(socket, bodyBytes);
      bodyHere -= head.length + 4;
    }
    const rest = (left.get(socket) ?? 0) - bodyHere;
    left.set(socket, rest);
    if (rest > 0) return;
    assert.equal(rest, 0);
    left.delete(socket);
    socket.write(OK);
  };
  await withLoad(script, { requests: [{ ...get, method: "POST", bodyBytes }] }, async (tally) => {
    await until("three are answered", () => tally.done >= 3);
    assert.ok(heads[0]?.endsWith("Content-Length: 1000000"));
    assert.equal(tally.bytesOut, tally.done * bodyBytes);
    assert.deepEqual({ ...tally.failures }, noFailures());
  });
});

test("httpDriver() gives up a body that was answered before its end, and opens anew", async () => {
  const answered = new WeakSet<Socket>();
  const script: Script = (socket) => {
    if (answered.has(socket)) return;
    answered.add(socket);
    socket.write("HTTP/1.1 413 Content Too Large\r\nContent-Length: 0\r\n\r\n");
    socket.pause();
  };
  const requests = [{ ...get, method: "POST", bodyBytes: 50_000_000 }];
  await withLoad(script, { requests }, async (tally) => {
    await until("three were refused", () => tally.failures.status >= 3);
    assert.deepEqual({ ...tally.failures, status: 0 }, noFailures());
  });
});

test("httpDriver() closes each connection after so many answers", async () => {
  const counts = new Map<Socket, number>();
  const script: Script = (socket) => {
    counts.set(socket, (counts.get(socket) ?? 0) + 1);
    socket.write(OK);
  };
  await withLoad(script, { requestsPerConnection: 3 }, async (tally) => {
    await until("four connections were used", () => counts.size >= 4);
    assert.deepEqual([...counts.values()].slice(0, 3), [3, 3, 3]);
    assert.deepEqual({ ...tally.failures }, noFailures());
  });
});
