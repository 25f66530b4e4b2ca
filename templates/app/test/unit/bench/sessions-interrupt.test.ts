/** A fixed amount of work takes as long as it takes; Ctrl-C does not wait for it. */
import assert from "node:assert/strict";
import { type AddressInfo, createServer, type Socket } from "node:net";
import process from "node:process";
import { test } from "node:test";
import type { Session } from "../../../bench/cases/bench.ts";
import { sessionsBench } from "../../../bench/cases/sessions.ts";
import type { ServerProcess } from "../../../bench/server/server-process.ts";
import { load } from "../reference-config.ts";

test("sessionsBench ends a phase at the interrupt, and its server", { timeout: 20_000 }, async () => {
  const interrupt = new AbortController();
  const sockets = new Set<Socket>();
  // It takes requests and answers none.
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => undefined);
    socket.once("data", () => interrupt.abort());
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const { port } = server.address() as AddressInfo;
  let stopped = 0;
  const stop = async () => {
    stopped += 1;
    for (const socket of sockets) socket.destroy();
    await new Promise<void>((done) => server.close(() => done()));
  };
  const died = new Promise<never>(() => undefined);
  const { config } = load("");
  const session = {
    config,
    features: [],
    sizes: { ...config.bench, runs: 3, connections: 2, sessions: 10, cached_requests: 10 },
    interrupt: interrupt.signal,
    progress: () => undefined,
    startServer: async () => ({ pid: process.pid, host: "127.0.0.1", port, died, stop }) as unknown as ServerProcess,
  } as unknown as Session;
  const { cases } = await sessionsBench.run(session);
  assert.equal(stopped, 1);
  assert.deepEqual(
    cases.map(({ id, figures }) => [id, Object.keys(figures).length]),
    [
      ["sessions/create", 0],
      ["sessions/use", 0],
      ["sessions/fill", 0],
      ["sessions/read", 0],
    ],
  );
});
