import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { socketApp } from "../fixture/sockets.ts";
import { startFixtureThreads, type Threads } from "../fixture/threads.ts";
import { until } from "../fixture/until.ts";
import { openWebSocket } from "../fixture/websocket-client.ts";

let threads: Threads;
before(async () => {
  threads = await startFixtureThreads(1, {}, socketApp, new URL("../fixture/socket-worker.ts", import.meta.url));
});
after(() => threads.drain());

test("replacing a worker closes its WebSockets with 1001, and frees their places", async () => {
  const client = await openWebSocket(threads, "/ws/echo");
  client.sendText("hello");
  assert.equal((await client.frame()).text, "hello");
  await until("it is counted", () => threads.rows[0]?.sockets.total === 1);
  const rolled = threads.planes.roll("asked", 0);
  const closing = await client.frame();
  assert.equal(closing.code, 1001);
  client.sendClose(1001, "");
  await rolled;
  assert.equal(threads.rows[0]?.sockets.total, 0);
  const next = await openWebSocket(threads, "/ws/echo");
  next.sendText("again");
  assert.equal((await next.frame()).text, "again");
  next.connection.destroy();
});
