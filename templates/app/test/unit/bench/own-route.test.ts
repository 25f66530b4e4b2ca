/** A route that fails is a sentence in the report, whatever way it fails. */
import assert from "node:assert/strict";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { test } from "node:test";
import { type OwnRouteSession, ownCase } from "../../../bench/cases/own-route.ts";
import { BenchError } from "../../../bench/cli/bench-error.ts";
import type { ServerProcess } from "../../../bench/server/server-process.ts";
import { load } from "../reference-config.ts";

interface Parts {
  answer(response: ServerResponse): void;
  readonly interrupt?: AbortSignal;
  readonly died?: Promise<never>;
}

async function play({ answer, interrupt, died }: Parts) {
  const server = createServer((_request, response) => answer(response));
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const { port } = server.address() as AddressInfo;
  const stop = () =>
    new Promise<void>((done) => {
      server.close(() => done());
      server.closeAllConnections();
    });
  const started = { host: "127.0.0.1", port, stop, died: died ?? new Promise<never>(() => undefined) };
  const session: OwnRouteSession = {
    path: "/events",
    sizes: load("").config.bench,
    interrupt: interrupt ?? new AbortController().signal,
    progress: () => undefined,
    startServer: async () => started as ServerProcess,
  };
  return await ownCase(session);
}

test("ownCase() says why a route that answers an error is not loaded", async () => {
  const answer = (response: ServerResponse) => void response.writeHead(404).end();
  assert.deepEqual(await play({ answer }), {
    note: "http/own was not run: GET /events of this project answers 404; name another route with --path.",
  });
});

test("ownCase() makes a note of a connection that is lost, and of a server that died", async () => {
  const lost = await play({ answer: (response) => void response.destroy() });
  assert.ok("note" in lost);
  assert.match(lost.note, /^http\/own was not run: GET \/events on port \d+ (failed|was broken off).*; name another /);
  const died = Promise.reject(new BenchError("The server ended by itself (SIGKILL)."));
  died.catch(() => undefined);
  assert.deepEqual(await play({ answer: () => undefined, died }), {
    note: "http/own was not run: The server ended by itself (SIGKILL); name another route with --path.",
  });
});

test("ownCase() ends at the interrupt, while the route streams", async () => {
  const controller = new AbortController();
  const answer = (response: ServerResponse) => {
    response.write(":\n\n");
    controller.abort();
  };
  assert.deepEqual(await play({ answer, interrupt: controller.signal }), {
    note: "http/own was not run: it was interrupted.",
  });
});

test("ownCase() has a case with the length of two like answers, and with none of two unlike ones", async () => {
  let count = 8;
  const answer = (response: ServerResponse) => {
    count += 1;
    response.end(String(count));
  };
  const unlike = await play({ answer });
  const like = await play({ answer: (response) => void response.end("same") });
  const lengths = [];
  for (const found of [unlike, like]) {
    assert.ok("plan" in found);
    const order = await found.plan.order({ host: "127.0.0.1", port: 1 } as ServerProcess);
    assert.ok(order.kind === "http");
    lengths.push(order.requests[0]?.expected.bodyBytes);
  }
  assert.deepEqual(lengths, [null, 4]);
});
