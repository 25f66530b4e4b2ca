/** What is counted of servers that misbehave, each a few lines on a real socket. */
import assert from "node:assert/strict";
import { createServer, type Server, type Socket } from "node:net";
import { test } from "node:test";
import { type Counts, noCounts } from "../../../../bench/soak/counts.ts";
import { FaultLog } from "../../../../bench/soak/fault-log.ts";
import type { Deed } from "../../../../bench/soak/mixture.ts";
import { playDeed } from "../../../../bench/soak/play-deed.ts";
import { Stage } from "../../../../bench/soak/stage.ts";
import { Wire } from "../../../../bench/soak/wire.ts";

const OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
const BAD = "HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n";

/** Plays one deed against a server that does `serve` with each connection's first bytes; returns what was counted. */
async function counted(deed: Deed, serve: (socket: Socket) => void, isRolling = false): Promise<Partial<Counts>> {
  const server = createServer((socket) => {
    socket.on("error", () => undefined);
    socket.once("data", () => serve(socket));
  });
  const port = await listening(server);
  const counts = noCounts();
  try {
    await playDeed(deed, stageOn(port, counts, isRolling));
  } finally {
    server.close();
  }
  return Object.fromEntries(Object.entries(counts).filter(([, count]) => count > 0));
}

function stageOn(port: number, counts: Counts, isRolling = false): Stage {
  const parts = { target: { host: "127.0.0.1", port }, log: new FaultLog(), answerMsMax: 5000, cutsUploads: true };
  return new Stage({ ...parts, counts, isRolling: () => isRolling }, new AbortController().signal);
}

function listening(server: Server): Promise<number> {
  return new Promise((resolve) => {
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      resolve(typeof address === "object" && address ? address.port : 0);
    });
  });
}

const churn: Deed = { kind: "churn", path: "/json" };
const echo: Deed = { kind: "bodies", path: "/echo", bytes: [2], chunked: false };
const garbage: Deed = { kind: "malformed", text: "GET\r\n\r\n" };
const answer = (text: string) => (socket: Socket) => void socket.write(text);
const leave = (socket: Socket) => void socket.destroy();

const rows: readonly (readonly [what: string, deed: Deed, serve: (socket: Socket) => void, counts: Partial<Counts>])[] =
  [
    ["an answer as expected", churn, answer(OK), { requests: 1 }],
    ["an echo of the right length", echo, answer(OK), { requests: 1 }],
    ["an echo of another length", { ...echo, bytes: [3] }, answer(OK), { wrong_length: 1 }],
    ["another status", churn, answer(OK.replace("200", "404")), { wrong_status: 1 }],
    ["a server error", churn, answer(OK.replace("200", "500")), { server_errors: 1 }],
    ["a refusal by a limit", churn, answer(OK.replace("200", "503")), { shed: 1 }],
    ["a connection that ends without an answer", churn, leave, { lost: 1 }],
    ["what is not HTTP", churn, answer("hello\r\n\r\n"), { not_http: 1 }],
    ["a malformed request that is refused", garbage, answer(BAD), { malformed: 1 }],
    ["a malformed request that ends the connection", garbage, leave, { malformed: 1 }],
    ["a malformed request that is taken", garbage, answer(OK), { malformed_taken: 1 }],
    ["a malformed request that breaks the server", garbage, answer(OK.replace("200", "500")), { server_errors: 1 }],
    ["a malformed request that a limit refuses", garbage, answer(OK.replace("200", "503")), { shed: 1 }],
    ["a malformed request of another version", garbage, answer(OK.replace("200", "505")), { malformed: 1 }],
    ["a client that leaves", { kind: "abort-answer", paths: ["/a"], reads: true }, answer(OK), { left: 1 }],
  ];

for (const [what, deed, serve, counts] of rows) {
  test(`playDeed() counts ${what}`, async () => {
    assert.deepEqual(await counted(deed, serve), counts);
  });
}

test("playDeed() lays a lost connection and a broken body to a worker that is being replaced", async () => {
  assert.deepEqual(await counted(churn, leave, true), { lost_to_rolls: 1 });
  assert.deepEqual(await counted(echo, answer(BAD), true), { lost_to_rolls: 1 });
  assert.deepEqual(await counted(churn, answer(BAD), true), { wrong_status: 1 });
  assert.deepEqual(await counted(echo, answer(BAD), false), { wrong_status: 1 });
});

test("playDeed() counts a server that does not listen", async () => {
  const server = createServer();
  const port = await listening(server);
  await new Promise((resolve) => server.close(resolve));
  const counts = noCounts();
  await playDeed(churn, stageOn(port, counts));
  assert.equal(counts.refused, 1);
});

test("Wire.giveUp() says of a server that takes no connections that it was waited for in vain", async () => {
  const server = createServer();
  const wire = new Wire({ host: "127.0.0.1", port: await listening(server) });
  // Before the connection is there.
  wire.giveUp();
  await assert.rejects(wire.opened, { name: "WireEnd", kind: "timeouts" });
  await wire.closed;
  server.close();
});

test("Stage.over() ends what is open, and counts nothing for it", async () => {
  const arrived = Promise.withResolvers<void>();
  const server = createServer((socket) => {
    socket.on("error", () => undefined);
    socket.once("data", () => arrived.resolve());
  });
  const port = await listening(server);
  const counts = noCounts();
  const stage = stageOn(port, counts);
  const played = playDeed(churn, stage);
  await arrived.promise;
  stage.over();
  await played;
  server.close();
  assert.deepEqual(counts, noCounts());
});
