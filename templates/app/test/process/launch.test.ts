import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import process from "node:process";
import { after, before, describe, it } from "node:test";
import { freePort } from "../../bench/server/free-port.ts";
import { runtimeOf } from "../../src/runtime/capabilities.ts";
import { adapter, has, without } from "../fixture/capability.ts";
import { exchange } from "../fixture/connection.ts";
import { copyProject, type ProjectCopy } from "../fixture/project-copy.ts";
import { endProcesses, type RunningServer, startServer } from "../fixture/server-process.ts";
import type { Overrides } from "../fixture/settings.ts";

const MIB = 1024 ** 2;
const isBun = runtimeOf(adapter) === "bun";
const onDeno = isBun ? false : "this is about Bun";
const onLinux = process.platform === "linux" ? false : "other systems do not show a process's environment";

describe("the launch", () => {
  let copy: ProjectCopy;
  before(() => {
    copy = copyProject();
  });
  after(() => {
    endProcesses();
    copy.remove();
  });

  const launch = (overrides: Overrides, environment: Readonly<Record<string, string>> = {}): Promise<RunningServer> =>
    startServer({
      command: isBun ? [copy.path("src/launch.ts")] : ["run", "--allow-all", copy.path("src/launch.ts")],
      cwd: copy.directory,
      directory: copy.directory,
      overrides,
      environment,
    });
  const variableIn = async (server: RunningServer, name: string) => {
    const { text } = await exchange(server, "GET", `/environment/${name}`);
    return (JSON.parse(text) as { value: string | null }).value;
  };

  describe("with worker threads", () => {
    let server: RunningServer;
    before(async () => {
      server = await launch({ "workers.count": 2 });
    });

    it("becomes the server: the same process, and says that it is tuned", async () => {
      assert.equal((await exchange(server, "GET", "/exact")).text, "exact");
      assert.equal((await server.process.logged("started")).tuned, true);
      assert.equal((await exchange(server, "GET", "/pid")).text, String(server.process.pid));
    });

    it("makes the heap limit real in every worker", { skip: without("heapLimit") }, async () => {
      const { limit } = JSON.parse((await exchange(server, "GET", "/heap")).text) as { limit: number };
      // The configuration asks for 128 MiB of old space; V8 adds the young generation, three semi-spaces of 8 MiB.
      assert.ok(limit >= 128 * MIB && limit <= 160 * MIB, `${limit / MIB} MiB`);
    });

    it("tells JavaScriptCore how much memory it may plan with", { skip: onDeno || onLinux }, () => {
      // What it was started with; the server then takes it away from its children.
      const started = readFileSync(`/proc/${server.process.pid}/environ`, "utf8").split("\0");
      assert.equal(started.includes("BUN_JSC_forceRAMSize=268435456"), true);
    });

    it("takes its own variables away from the server", { skip: onDeno }, async () => {
      assert.equal(await variableIn(server, "FASTSERVE_LAUNCH"), null);
      assert.equal(await variableIn(server, "BUN_JSC_forceRAMSize"), null);
    });

    it("restricts workers under a privileged main thread", { skip: without("workerPermissions") }, async () => {
      const outcomes = JSON.parse((await exchange(server, "GET", "/attempts")).text) as Record<string, string>;
      assert.deepEqual([...new Set(Object.values(outcomes))], ["denied"]);
    });

    it("hands signals to the server itself", async () => {
      server.process.signal("SIGTERM");
      assert.deepEqual([(await server.process.exit()).code, server.process.log.at(-1)?.message], [0, "stopped"]);
    });
  });

  describe("inline", () => {
    it("serves from the main thread, with the permissions spelled out", async () => {
      const [port, admin] = [await freePort(), await freePort()];
      const server = await launch({
        "workers.mode": "inline",
        "workers.count": 1,
        "server.port": port,
        "admin.port": admin,
      });
      assert.deepEqual([server.port, server.admin], [port, admin]);
      assert.equal((await server.process.logged("started")).workers_mode, "inline");
      assert.equal((await exchange(server, "GET", "/users/42")).text, '{"id":"42"}');
      assert.equal((await exchange(server, "POST", "/echo", "back")).text, "back");
      assert.equal((await exchange({ port: admin }, "GET", "/readyz")).text, "ready\n");
      assert.match((await exchange({ port: admin }, "GET", "/metrics")).text, /^fastserve_requests_total 2$/m);
      if (has("workerPermissions")) await assertRestricted(server);
      server.process.signal("SIGTERM");
      const { code, stderr } = await server.process.exit();
      assert.deepEqual([code, stderr], [0, ""]);
    });
  });

  it("leaves alone what the environment sets, and says so", { skip: onDeno }, async () => {
    const server = await launch({}, { BUN_JSC_forceRAMSize: "123456789" });
    assert.equal(await variableIn(server, "BUN_JSC_forceRAMSize"), "123456789");
    const { notes } = await server.process.logged("started");
    assert.match(String(notes), /BUN_JSC_forceRAMSize=123456789 of the environment stays; the plan has 268435456\./);
    server.process.signal("SIGTERM");
    await server.process.exit();
  });
});

/** The one thread reads its project and its own settings, and can do nothing else with the machine. */
async function assertRestricted(server: RunningServer): Promise<void> {
  const outcomes = JSON.parse((await exchange(server, "GET", "/attempts")).text) as Record<string, string>;
  const { "read its own source": source, ...others } = outcomes;
  assert.equal(source, "done");
  assert.deepEqual([...new Set(Object.values(others))], ["denied"]);
}
