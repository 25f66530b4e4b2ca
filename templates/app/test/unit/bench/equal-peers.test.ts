/** A peer that answers something else, or does not run, is not measured; here the peers are servers of this process. */
import assert from "node:assert/strict";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { test } from "node:test";
import { BenchError } from "../../../bench/cli/bench-error.ts";
import type { Answer } from "../../../bench/peers/answer.ts";
import { peerTable } from "../../../bench/peers/peer-table.ts";
import type { ReadyPeer } from "../../../bench/peers/ready-peers.ts";
import { equalPeers, type Standard, standardOf } from "../../../bench/peers/standard.ts";
import type { ServerProcess } from "../../../bench/server/server-process.ts";

const bodies: Readonly<Record<string, string>> = {
  "/constant": "Hello",
  "/json": '{"message":"Hello"}',
  "/users/42": '{"id":"42"}',
};

let stopped = 0;

/** A server in this process, seen as the bench sees one in a process of its own. */
async function serve(
  headersOf: (path: string, count: number) => Readonly<Record<string, string>>,
): Promise<ServerProcess> {
  let count = 0;
  const server = createServer((request, response) => {
    const path = request.url ?? "";
    count += 1;
    response.writeHead(200, { "content-type": "text/plain", ...headersOf(path, count) });
    response.end(bodies[path]);
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const { port } = server.address() as AddressInfo;
  const stop = () => {
    stopped += 1;
    return new Promise<void>((done) => server.close(() => done()));
  };
  const died = new Promise<never>(() => undefined);
  const common = { pid: 0, adminPort: 0, allocator: "", notes: "", spawnedMs: 0, died };
  return { ...common, host: "127.0.0.1", port, stop, metrics: () => Promise.resolve(new Map()) };
}

const session = {
  interrupt: new AbortController().signal,
  progress: () => undefined,
  startServer: () =>
    serve((path, count) => ({
      "x-frame-options": "DENY",
      ...(path === "/constant" ? {} : { "x-request-id": String(count) }),
    })),
};

function peer(title: string, start: ReadyPeer["start"]): ReadyPeer {
  const [row] = peerTable;
  assert.ok(row);
  return { row, title, start };
}

test("standardOf() learns from this server what its peers have to send", async () => {
  const { order, answers } = await standardOf("equal", { program: "bench", settings: {} }, session);
  assert.deepEqual(order, {
    equal: true,
    headers: [["x-frame-options", "DENY"]],
    requestIdHeader: "x-request-id",
    constantHasId: false,
  });
  assert.equal(answers.json.body, '{"message":"Hello"}');
  assert.equal((await standardOf("bare", { program: "bench", settings: {} }, session)).order.equal, false);
});

test("equalPeers() takes the equal ones, says of each other one in what it differs, and stops all", async () => {
  const standard = await standardOf("equal", { program: "bench", settings: {} }, session);
  const equal = peer("equal", session.startServer);
  const naked = peer("naked", () => serve(() => ({ "x-powered-by": "peer" })));
  const broken = peer("broken", () => Promise.reject(new BenchError("broken ended by itself (exit 1).")));
  stopped = 0;
  const { peers, notes } = await equalPeers(standard, [equal, naked, broken], session);
  assert.deepEqual(
    peers.map(({ title }) => title),
    ["equal"],
  );
  const extra = "x-powered-by, which this server does not send";
  assert.deepEqual(notes, [
    'bare is not measured at the level "equal": ' +
      `/constant: no x-frame-options; /constant: ${extra}; ` +
      `/json: no x-frame-options; /json: no x-request-id; /json: ${extra}; ` +
      `/users/42: no x-frame-options; /users/42: no x-request-id; /users/42: ${extra}.`,
    'bare is not measured at the level "equal": broken ended by itself (exit 1).',
  ]);
  assert.equal(stopped, 2);
});

test("equalPeers() hands the peer its order and the bodies of this server", async () => {
  const answer = (body: string): Answer => ({ status: 200, headers: new Map([["content-type", "text/plain"]]), body });
  const answers = {
    constant: answer("Hello"),
    json: answer('{"message":"Hello"}'),
    users: answer('{"id":"42"}'),
  };
  const order = { equal: false, headers: [], requestIdHeader: "", constantHasId: false };
  const standard: Standard = { level: "bare", order, answers };
  let work: Parameters<ReadyPeer["start"]>[0] | undefined;
  const asked = peer("asked", (given) => {
    work = given;
    return serve(() => ({}));
  });
  assert.equal((await equalPeers(standard, [asked], session)).peers.length, 1);
  assert.deepEqual(work, { order, bodies: { constant: "Hello", json: '{"message":"Hello"}' } });
});
