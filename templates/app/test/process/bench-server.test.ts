/** The servers that benches load, as processes: the right ones, found without a race, and gone at the end. */
import assert from "node:assert/strict";
import process from "node:process";
import { test } from "node:test";
import { BenchError } from "../../bench/cli/bench-error.ts";
import { askServer } from "../../bench/server/ask-server.ts";
import { type ServerOptions, startServer } from "../../bench/server/server-process.ts";
import { loadConfig } from "../../src/config/load.ts";
import { runtime } from "../../src/wiring.ts";
import { projectDirectory } from "../fixture/server-process.ts";

const { config } = loadConfig({ directory: projectDirectory, environment: process.env });
const base: Omit<ServerOptions, "program"> = {
  directory: projectDirectory,
  adapter: runtime.adapter,
  config,
  pinning: { pinned: false, reason: "a test" },
  settings: {},
};
const get = (path: string) => ({ method: "GET", path, headers: {}, bodyBytes: 0, body: null });

test("startServer() starts the project's server and the bench's own at once, each on this adapter", {
  timeout: 60_000,
}, async () => {
  const [project, bench] = await Promise.all([
    startServer({ ...base, program: "project" }),
    startServer({
      ...base,
      program: "bench",
      features: [],
      settings: { "workers.mode": "threads", "workers.count": "2" },
    }),
  ]);
  try {
    for (const server of [project, bench]) {
      const metrics = await server.metrics();
      const build = [...metrics.keys()].find((name) => name.startsWith("fastserve_build_info"));
      assert.ok(build?.includes(`adapter="${runtime.adapter}"`), build);
      assert.notEqual(server.allocator, "unknown");
    }
    assert.equal((await bench.metrics()).get("fastserve_workers_listening"), 2);
    // The bench's route, and a feature's header that a server without features does not send.
    const { status, headers, body } = await askServer(bench, get("/users/7"));
    assert.deepEqual([status, body.toString(), headers["x-request-id"]], [200, '{"id":"7"}', undefined]);
    assert.equal((await askServer(project, get("/uncached/7"))).status, 404);
  } finally {
    await Promise.all([project.stop(), bench.stop()]);
  }
  for (const { pid } of [project, bench]) assert.throws(() => process.kill(pid, 0), { code: "ESRCH" });
});

test("startServer() tells why a server did not start", { timeout: 60_000 }, async () => {
  const settings = { "static.prefix": "nowhere" } as const;
  await assert.rejects(startServer({ ...base, program: "bench", settings }), /static\.prefix/);
});

test("ServerProcess.died rejects when the server ends by itself, and stop() is no end by itself", {
  timeout: 60_000,
}, async () => {
  const server = await startServer({ ...base, program: "bench" });
  process.kill(server.pid, "SIGKILL");
  await assert.rejects(server.died, (error) => error instanceof BenchError && /SIGKILL/.test(error.message));
  await server.stop();
});
