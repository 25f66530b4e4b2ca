import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, describe, it } from "node:test";
import { runtimeOf } from "../../src/runtime/capabilities.ts";
import { adapter } from "../fixture/capability.ts";
import { exchange } from "../fixture/connection.ts";
import { type MemoryLimit, memoryLimit } from "../fixture/memory-limit.ts";
import { copyProject, type ProjectCopy } from "../fixture/project-copy.ts";
import { endProcesses, metric, type RunningServer, ServerProcess, startServer } from "../fixture/server-process.ts";
import type { Overrides } from "../fixture/settings.ts";
import { until } from "../fixture/until.ts";

const MIB = 1024 ** 2;
const isBun = runtimeOf(adapter) === "bun";

/** Of the 512 MiB that the fixture plans, its rows without heaps and headroom are 114. */
const DRIFT_BYTES = 256 * MIB;
const UNSAFE_BYTES = 104 * MIB;

describe("the memory budget at boot, under a real memory limit", { skip: withoutLimit() }, () => {
  let copy: ProjectCopy;
  const limits: MemoryLimit[] = [];
  before(() => {
    copy = copyProject();
  });
  after(() => {
    endProcesses();
    for (const limit of limits) limit.remove();
    copy.remove();
  });

  /** Through the launch, in a group that grants this much. */
  const launched = (bytes: number, overrides: Overrides = {}) => {
    const limit = memoryLimit(bytes);
    limits.push(limit);
    const options = {
      command: isBun ? [copy.path("src/launch.ts")] : ["run", "--allow-all", copy.path("src/launch.ts")],
      cwd: copy.directory,
      directory: copy.directory,
      through: limit.through,
      overrides,
    };
    return { limit, options };
  };
  const end = async (server: RunningServer) => {
    server.process.signal("SIGKILL");
    await server.process.exit();
  };

  it("refuses with 4 what not even the smallest heaps make fit, and says what to do", async () => {
    const { code, stdout, stderr } = await new ServerProcess(launched(UNSAFE_BYTES).options).exit();
    assert.deepEqual([code, stdout], [4, ""]);
    assert.match(
      stderr,
      /^The server is not started: memory\.limit_bytes = 536870912 plans with 512 MiB and this host grants 104 MiB: even with the smallest heaps the server needs \d+ MiB, and there is no room for .+\. Retune the project for this host \(npx create-fastserve retune --target this\) or lower .*limits\.connections_max.* in fastserve\.toml or set watchdog\.on_unsafe = "warn" there to start all the same\.\n$/,
    );
  });

  it("starts it all the same with watchdog.on_unsafe = warn, and says so", async () => {
    const server = await startServer(launched(UNSAFE_BYTES, { "watchdog.on_unsafe": "warn" }).options);
    const line = await server.process.logged("the granted memory is not what was planned");
    assert.deepEqual([line.level, line.verdict, line.granted_bytes], ["warn", "unsafe", UNSAFE_BYTES]);
    assert.match(String((await server.process.logged("started")).notes), /even with the smallest heaps/);
    assert.equal(await metric(server, "fastserve_memory_unsafe"), 1);
    await end(server);
  });

  it("answers a drift with smaller heaps, and tells it in the log, the banner's notes and the metrics", async () => {
    const server = await startServer(launched(DRIFT_BYTES).options);
    const line = await server.process.logged("the granted memory is not what was planned");
    assert.deepEqual([line.level, line.verdict, line.granted_bytes], ["warn", "drift", DRIFT_BYTES]);
    const notes = String((await server.process.logged("started")).notes);
    const percent = Number(/heaps are scaled down to (\d+) %/.exec(notes)?.[1]);
    assert.ok(percent > 30 && percent < 60, notes);
    assert.ok(
      Math.abs(heapShare(server) - percent / 100) < 0.02,
      `${heapShare(server)} of the heap, noted as ${percent} %`,
    );
    if (isBun) {
      const told = await workerLimit(server);
      assert.ok(Math.abs(told / (256 * MIB) - heapShare(server)) < 0.001, `${told} bytes`);
    }
    assert.equal(await metric(server, "fastserve_memory_drift"), 1);
    assert.equal(await metric(server, "fastserve_memory_granted_bytes"), DRIFT_BYTES);
    assert.equal(await metric(server, "fastserve_memory_unsafe"), 0);
    assert.equal((await exchange({ port: server.admin }, "GET", "/readyz")).status, 200);
    await end(server);
  });

  it("says nothing of a grant within watchdog.drift_percent", async () => {
    const server = await startServer(launched(500 * MIB).options);
    assert.equal(await metric(server, "fastserve_memory_drift"), 0);
    const { notes, message } = await server.process.logged("started");
    assert.deepEqual([notes, message], [undefined, "started"]);
    assert.equal(
      server.process.log.find((line) => line.message.startsWith("the granted memory")),
      undefined,
    );
    await end(server);
  });

  it("notices that the limit changes under it, once per change", { skip: withoutResize() }, async () => {
    const { limit, options } = launched(512 * MIB);
    const server = await startServer(options);
    assert.equal(await metric(server, "fastserve_memory_drift"), 0);
    assert.equal(limit.resize(384 * MIB), true);
    // It looks twice a minute, and when it is told to reload.
    server.process.signal("SIGHUP");
    const line = await server.process.logged("the granted memory has changed");
    assert.deepEqual(
      [line.level, line.verdict, line.granted_before_bytes, line.granted_bytes],
      ["warn", "drift", 512 * MIB, 384 * MIB],
    );
    await server.process.logged("reloaded");
    assert.equal(await metric(server, "fastserve_memory_granted_bytes"), 384 * MIB);
    server.process.signal("SIGHUP");
    await until("it has reloaded twice", () => count(server, "reloaded") === 2);
    assert.equal(count(server, "the granted memory has changed"), 1);
    await end(server);
  });
});

/** What of the planned heap the launch asked the engine for, as the process's own command line and environment say. */
function heapShare(server: RunningServer): number {
  const read = (name: string) => readFileSync(`/proc/${server.process.pid}/${name}`, "utf8");
  if (isBun) return Number(/BUN_JSC_forceRAMSize=(\d+)/.exec(read("environ"))?.[1]) / (256 * MIB);
  return Number(/--max-old-space-size=(\d+)/.exec(read("cmdline"))?.[1]) / 128;
}

/** What the metrics tell of worker 0. */
async function workerLimit(server: RunningServer): Promise<number> {
  const { text } = await exchange({ port: server.admin }, "GET", "/metrics");
  return Number(/^fastserve_heap_limit_bytes\{worker="0"\} (\d+)$/m.exec(text)?.[1]);
}

function count(server: RunningServer, message: string): number {
  return server.process.log.filter((line) => line.message === message).length;
}

function withoutLimit(): string | false {
  const limit = memoryLimit(512 * MIB);
  limit.remove();
  return limit.kind === "simulated" ? "no memory limit can be set here: neither a control group nor systemd" : false;
}

function withoutResize(): string | false {
  const limit = memoryLimit(512 * MIB);
  const canResize = limit.resize(384 * MIB);
  limit.remove();
  return canResize ? false : "a limit that was set here cannot be changed";
}
