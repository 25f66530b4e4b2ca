import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { after, before, describe, it } from "node:test";
import { freePort } from "../../bench/server/free-port.ts";
import { runtimeOf } from "../../src/runtime/capabilities.ts";
import { adapter } from "../fixture/capability.ts";
import { copyProject, type ProjectCopy } from "../fixture/project-copy.ts";
import { endProcesses, startServer } from "../fixture/server-process.ts";
import { until } from "../fixture/until.ts";

const isBun = runtimeOf(adapter) === "bun";

describe("dev", () => {
  let copy: ProjectCopy;
  before(() => {
    copy = copyProject();
  });
  after(() => {
    endProcesses();
    copy.remove();
  });

  it("serves from one thread, says that it runs plain, and takes up a changed route", async () => {
    const port = await freePort();
    const entry = copy.path("src/dev.ts");
    const server = await startServer({
      command: isBun ? ["--watch", entry] : ["run", "--allow-all", "--watch", entry],
      cwd: copy.directory,
      directory: copy.directory,
      overrides: { "server.port": port },
      environment: { FASTSERVE__LOG__FORMAT: "json" },
    });
    const started = await server.process.logged("started");
    assert.deepEqual([started.tuned, started.workers_mode], [false, "inline"]);
    assert.equal(await textAt(port), "exact");

    const routes = copy.path("test/fixture/routes.ts");
    writeFileSync(
      routes,
      readFileSync(routes, "utf8").replace('"GET /exact": () => "exact"', '"GET /exact": () => "changed"'),
    );
    await until("the changed route answers", async () => (await textAt(port)) === "changed");
  });
});

/** The text of the route; "" while the server restarts. */
async function textAt(port: number): Promise<string> {
  return fetch(`http://127.0.0.1:${port}/exact`).then(
    (response) => response.text(),
    () => "",
  );
}
