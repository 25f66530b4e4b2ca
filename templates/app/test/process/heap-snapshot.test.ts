import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createConnection } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { exchange, requestText } from "../fixture/connection.ts";
import { endProcesses, metric, type RunningServer, ServerProcess, startServer } from "../fixture/server-process.ts";
import { until } from "../fixture/until.ts";

const TOKEN = "a-token-of-the-tests";
const MIB = 1024 ** 2;

interface Snapshot {
  readonly snapshot: {
    readonly meta: { readonly node_fields: readonly string[]; readonly edge_fields: readonly string[] };
    readonly node_count: number;
    readonly edge_count: number;
  };
  readonly nodes: readonly number[];
  readonly edges: readonly number[];
  readonly strings: readonly string[];
}

describe("POST /-/heap-snapshot", () => {
  const folder = mkdtempSync(join(tmpdir(), "fastserve-snapshot-"));
  const tokenFile = join(folder, "token");
  let server: RunningServer;
  before(async () => {
    writeFileSync(tokenFile, `${TOKEN}\n`, { mode: 0o600 });
    server = await startServer({
      // Room for several snapshots, whose memory allocators may keep.
      overrides: { "workers.count": 2, "admin.token_file": tokenFile, "memory.limit_bytes": 4096 * MIB },
    });
  });
  after(() => {
    endProcesses();
    rmSync(folder, { recursive: true, force: true });
  });

  const ask = (worker: string, { token = TOKEN, to = server } = {}) =>
    fetch(`http://127.0.0.1:${to.admin}/-/heap-snapshot?worker=${worker}`, {
      method: "POST",
      headers: token === "" ? {} : { authorization: `Bearer ${token}` },
    });
  const code = async (response: Response) => [response.status, ((await response.json()) as { code: string }).code];
  const begun = (message: string) => server.process.log.filter((line) => line.message === message).length;

  for (const [worker, name] of [
    ["0", "worker-0"],
    ["1", "worker-1"],
    ["main", "main"],
  ] as const) {
    it(`is a whole snapshot of ${name}'s heap, while the others serve`, async () => {
      const response = await ask(worker);
      assert.deepEqual(
        ["content-type", "content-disposition", "cache-control"].map((field) => response.headers.get(field)),
        ["application/json", `attachment; filename="${name}.heapsnapshot"`, "no-store"],
      );
      const { snapshot, nodes, edges, strings } = (await response.json()) as Snapshot;
      assert.deepEqual(snapshot.meta.node_fields.slice(0, 5), ["type", "name", "id", "self_size", "edge_count"]);
      assert.equal(nodes.length, snapshot.node_count * snapshot.meta.node_fields.length);
      assert.equal(edges.length, snapshot.edge_count * snapshot.meta.edge_fields.length);
      assert.ok(strings.length > 1000);
      assert.equal((await exchange(server, "GET", "/exact")).text, "exact");
    });
  }

  it("tells nobody anything without the token", async () => {
    for (const token of ["", "a-token-of-the-test", `${TOKEN}s`]) {
      const response = await ask("0", { token });
      assert.equal(response.headers.get("www-authenticate"), "Bearer");
      assert.deepEqual(await code(response), [401, "WRONG_TOKEN"]);
    }
  });

  it("is refused to a page of another site, whatever it knows", async () => {
    const foreign = await fetch(`http://127.0.0.1:${server.admin}/-/heap-snapshot?worker=0`, {
      method: "POST",
      headers: { authorization: `Bearer ${TOKEN}`, origin: "https://example.org" },
    });
    assert.deepEqual(await code(foreign), [403, "FOREIGN_REQUEST"]);
  });

  it("names what is wrong with the worker", async () => {
    assert.deepEqual(await code(await ask("7")), [404, "NO_SUCH_WORKER"]);
    // The spare row, which no worker has.
    assert.deepEqual(await code(await ask("2")), [404, "NO_SUCH_WORKER"]);
    assert.deepEqual(await code(await ask("first")), [400, "BAD_WORKER"]);
  });

  it("is one at a time", async () => {
    const answers = await Promise.all([ask("0"), ask("1")]);
    const [taken, refused] = answers[0].status === 200 ? answers : [answers[1], answers[0]];
    assert.deepEqual(await code(refused), [409, "SNAPSHOT_RUNS"]);
    assert.ok(((await taken.json()) as Snapshot).strings.length > 1000);
  });

  it("is over when the client leaves", async () => {
    const ended = begun("the heap snapshot has ended");
    // It takes no byte of the answer: what does not fit into the kernel's buffers waits at the server.
    const client = createConnection({ host: "127.0.0.1", port: server.admin });
    client.on("error", () => undefined);
    client.pause();
    const fields = { authorization: `Bearer ${TOKEN}`, "content-length": "0" };
    client.write(requestText("POST", "/-/heap-snapshot?worker=main", fields));
    await until(
      "it is being taken",
      () => begun("a heap snapshot is taken; the thread serves nothing meanwhile") > ended,
    );
    client.destroy();
    await until("it has ended", () => begun("the heap snapshot has ended") > ended);
    assert.ok(((await (await ask("1")).json()) as Snapshot).strings.length > 1000);
  });

  it("breaks off when the worker dies, and the next one is whole", async () => {
    const ended = begun("the heap snapshot has ended");
    const response = await ask("0");
    const reader = response.body?.getReader();
    await reader?.read();
    // Both workers: one of them is the one that is asked.
    await until("worker 0 has died", async () => {
      await exchange(server, "POST", "/crash").catch(() => undefined);
      return server.process.log.some((line) => line.message === "a worker died" && line.worker === 0);
    });
    await until("it has ended", () => begun("the heap snapshot has ended") > ended);
    await reader?.cancel().catch(() => undefined);
    await until("both are back", async () => (await metric(server, "fastserve_workers_listening")) === 2);
    assert.ok(((await (await ask("0")).json()) as Snapshot).strings.length > 1000);
  });

  it("is refused with the sizes where there is no room for it", async () => {
    const small = await startServer({
      overrides: { "admin.token_file": tokenFile, "overload.memory_percent_high": 0, ...tightBudget },
    });
    const response = await ask("main", { to: small });
    assert.equal(response.status, 503);
    assert.match(
      await response.text(),
      /"NO_ROOM_FOR_SNAPSHOT","detail":"A snapshot of this heap may take \d+ MiB and \d+ MiB are left/,
    );
  });

  it("needs admin.token_file", async () => {
    const open = await startServer();
    assert.deepEqual(await code(await ask("0", { to: open })), [403, "NO_ADMIN_TOKEN"]);
  });

  it("is not served at all by a server whose token others can read", async () => {
    const path = join(folder, "open");
    writeFileSync(path, TOKEN, { mode: 0o644 });
    const { code: status, stderr } = await new ServerProcess({ overrides: { "admin.token_file": path } }).exit();
    assert.equal(status, 1);
    assert.match(
      stderr,
      /^fastserve: admin\.token_file = ".+open" can be read or written by others \(mode 0644\); chmod 600 it/m,
    );
  });
});

/** A limit below which not even the runtime's own share of a snapshot has room (16 MiB on Bun): the process holds 20 MiB and more. */
const tightBudget = {
  "memory.limit_bytes": 32 * MIB,
  "memory.base_bytes": 16 * MIB,
  "memory.heaps_bytes": 8 * MIB,
  "memory.connections_bytes": 2 * MIB,
  "memory.headroom_bytes": 4 * MIB,
  "memory.rss_high_bytes": 30 * MIB,
} as const;
