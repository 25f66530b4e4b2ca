import assert from "node:assert/strict";
import { appendFileSync } from "node:fs";
import process from "node:process";
import { after, before, describe, it } from "node:test";
import { readHost } from "../../src/control/host.ts";
import { runtimeOf } from "../../src/runtime/capabilities.ts";
import { adapter } from "../fixture/capability.ts";
import { exchange } from "../fixture/connection.ts";
import { copyProject, type ProjectCopy } from "../fixture/project-copy.ts";
import { endProcesses, type RunningServer, ServerProcess, startServer } from "../fixture/server-process.ts";
import type { Overrides } from "../fixture/settings.ts";

const isBun = runtimeOf(adapter) === "bun";
const NEXT = "npx create-fastserve retune --target this";
const note = "workers.count: planned for 1000 CPUs, this host grants ";

/** The fixture's plan, made for a machine that nobody has. */
const target = `
[target]
os = ${JSON.stringify(process.platform)}
cpu_millis = 1000000
cpu_millis_low = 999000
memory_bytes = ${readHost().memoryBytes}
`;

describe("a host that is not what the plan was made for", { skip: process.platform !== "linux" }, () => {
  let copy: ProjectCopy;
  before(() => {
    copy = copyProject();
    appendFileSync(copy.path("fastserve.tuned.toml"), target);
  });
  after(() => {
    endProcesses();
    copy.remove();
  });

  const start = (module: string, overrides: Overrides = {}): Promise<RunningServer> =>
    startServer({
      command: isBun ? [copy.path(module)] : ["run", "--allow-all", copy.path(module)],
      cwd: copy.directory,
      directory: copy.directory,
      overrides,
    });
  const get = (server: RunningServer, path: string) => exchange({ port: server.admin }, "GET", path);
  const samples = async (server: RunningServer) =>
    (await get(server, "/metrics")).text.match(/^fastserve_drift\{.*$/gm);

  for (const mode of ["threads", "inline"] as const) {
    it(`is told by log, banner, metric and readiness of a launched server with ${mode}, which serves`, async () => {
      const server = await start("src/launch.ts", { "workers.mode": mode, "memory.limit_bytes": 536_870_912 });
      const warned = await server.process.logged("this host is not what the plan was made for");
      assert.equal(warned.level, "warn");
      assert.ok(String(warned.drift).startsWith(note), String(warned.drift));
      assert.equal(warned.next, NEXT);
      assert.equal((await server.process.logged("started")).drift, warned.drift);
      const ready = await get(server, "/readyz");
      assert.deepEqual([ready.status, ready.text], [200, `ready\ndrift: ${warned.drift}; ${NEXT}\n`]);
      const drift = await samples(server);
      assert.ok(drift?.includes('fastserve_drift{setting="workers.count"} 1'), String(drift));
      assert.ok(drift?.includes('fastserve_drift{setting="memory.limit_bytes"} 0'), String(drift));
      // The fixture's tuned file records neither of them.
      assert.equal(
        drift?.some((line) => /nofile|connections_max/.test(line)),
        false,
      );
      server.process.signal("SIGKILL");
      await server.process.exit();
    });
  }

  it("is the user's matter where the user set the setting", async () => {
    const server = await start("src/launch.ts", { "workers.count": 2 });
    assert.equal((await get(server, "/readyz")).text, "ready\n");
    assert.ok((await samples(server))?.includes('fastserve_drift{setting="workers.count"} 0'));
    server.process.signal("SIGKILL");
    await server.process.exit();
  });

  it("is told by the metric alone of a plain start", async () => {
    const server = await start("src/main.ts");
    assert.equal((await get(server, "/readyz")).text, "ready\n");
    assert.ok((await samples(server))?.includes('fastserve_drift{setting="workers.count"} 1'));
    assert.equal(server.process.output.includes("what the plan was made for"), false);
    server.process.signal("SIGKILL");
    await server.process.exit();
  });

  it("is a row of the doctor's, with the command that plans for it", async () => {
    const script = [copy.path("src/doctor.ts"), "--json"];
    const { stdout } = await new ServerProcess({
      command: isBun ? script : ["run", "--allow-all", ...script],
      cwd: copy.directory,
      directory: copy.directory,
    }).exit();
    const { findings } = JSON.parse(stdout) as { findings: readonly Record<string, string>[] };
    const row = findings.find(({ subject }) => subject === "target");
    assert.deepEqual([row?.status, row?.value], ["warning", "workers.count"]);
    assert.equal(row?.next, `retune the project for this host: ${NEXT}`);
  });
});
