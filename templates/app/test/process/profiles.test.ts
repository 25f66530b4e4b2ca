/** A profile's values in real servers: started by the launch, inline, and refused by name. */
import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { after, before, describe, it } from "node:test";
import { freePort } from "../../bench/server/free-port.ts";
import { exchange } from "../fixture/connection.ts";
import { launchOptions } from "../fixture/launched.ts";
import { copyProject, type ProjectCopy } from "../fixture/project-copy.ts";
import { endProcesses, type RunningServer, ServerProcess, startServer } from "../fixture/server-process.ts";

interface View {
  readonly profile?: string;
  readonly files: readonly string[];
  readonly pins: readonly string[];
  readonly settings: Readonly<Record<string, { readonly value: unknown; readonly origin: string }>>;
}

async function viewOf({ admin }: RunningServer): Promise<View> {
  return JSON.parse((await exchange({ port: admin }, "GET", "/-/config")).text) as View;
}

async function stop({ process }: RunningServer): Promise<void> {
  process.signal("SIGTERM");
  assert.equal((await process.exit()).code, 0);
}

describe("a server with FASTSERVE_PROFILE", () => {
  let copy: ProjectCopy;
  before(() => {
    copy = copyProject();
    const tuned = readFileSync(copy.path("fastserve.tuned.toml"), "utf8");
    const small = tuned.replace(/^in_flight_max = \d+/m, "in_flight_max = 11");
    assert.notEqual(small, tuned);
    writeFileSync(copy.path("fastserve.tuned.small.toml"), small);
    writeFileSync(copy.path("fastserve.toml"), "[log]\nbatch_bytes = 4096\n[limits]\nbody_bytes_max = 5\n");
    writeFileSync(copy.path("fastserve.small.toml"), 'pin = ["workers.count"]\n[limits]\nbody_bytes_max = 6\n');
  });
  after(() => {
    endProcesses();
    copy.remove();
  });

  it("serves with the profile's tuned file, and its own settings over the user's", async () => {
    const server = await startServer(launchOptions(copy, { "workers.count": 2 }, { FASTSERVE_PROFILE: "small" }));
    assert.equal((await server.process.logged("started")).profile, "small");
    const { profile, files, pins, settings } = await viewOf(server);
    assert.equal(profile, "small");
    assert.deepEqual(files, ["fastserve.tuned.small.toml", "fastserve.toml", "fastserve.small.toml"]);
    assert.deepEqual(pins, ["workers.count"]);
    assert.deepEqual(settings["limits.in_flight_max"], { value: 11, origin: "tuned" });
    assert.deepEqual(settings["log.batch_bytes"], { value: 4096, origin: "user" });
    assert.deepEqual(settings["limits.body_bytes_max"], { value: 6, origin: "profile" });
    // The workers got them as well.
    assert.equal((await exchange(server, "POST", "/echo", "123456")).status, 200);
    assert.equal((await exchange(server, "POST", "/echo", "1234567")).status, 413);
    await stop(server);
  });

  it("finds the profile inline too, where the process has few permissions", async () => {
    const overrides = { "workers.mode": "inline", "workers.count": 1 } as const;
    const ports = { "server.port": await freePort(), "admin.port": await freePort() };
    const server = await startServer(launchOptions(copy, { ...overrides, ...ports }, { FASTSERVE_PROFILE: "small" }));
    assert.deepEqual((await viewOf(server)).settings["limits.in_flight_max"], { value: 11, origin: "tuned" });
    await stop(server);
  });

  it("serves with the project's own values where the variable is empty", async () => {
    const server = await startServer(launchOptions(copy, { "workers.count": 1 }, { FASTSERVE_PROFILE: "" }));
    const view = await viewOf(server);
    assert.deepEqual(view.files, ["fastserve.tuned.toml", "fastserve.toml"]);
    assert.equal("profile" in view, false);
    assert.equal((await exchange(server, "POST", "/echo", "123456")).status, 413);
    await stop(server);
  });

  for (const entry of ["src/launch.ts", "src/main.ts", "src/doctor.ts"]) {
    it(`is refused by ${entry} with 2 when there is no such profile, and the others are named`, async () => {
      const process = new ServerProcess(launchOptions(copy, {}, { FASTSERVE_PROFILE: "smal" }, entry));
      const { code, stdout, stderr } = await process.exit();
      assert.equal(code, 2);
      assert.match(
        stdout + stderr,
        /FASTSERVE_PROFILE: "smal" is no profile of this project; did you mean small\? It has small\./,
      );
    });
  }
});
