import assert from "node:assert/strict";
import { after, describe, it } from "node:test";
import { without } from "../fixture/capability.ts";
import { exchange } from "../fixture/connection.ts";
import { endProcesses, startServer } from "../fixture/server-process.ts";

describe("a worker's permissions", { skip: without("workerPermissions") }, () => {
  after(endProcesses);

  it("let it listen on its address and log, and nothing else", async () => {
    const server = await startServer();
    const response = await exchange(server, "GET", "/attempts");
    const outcomes = JSON.parse(response.text) as Record<string, string>;
    assert.deepEqual(outcomes, Object.fromEntries(Object.keys(outcomes).map((attempt) => [attempt, "denied"])));
    assert.equal(Object.keys(outcomes).length, 12);
    assert.equal((await exchange(server, "GET", "/throw")).status, 500);
    const line = await server.process.logged("a handler failed");
    assert.equal(line.thread, "worker-0");
    server.process.signal("SIGTERM");
    await server.process.exit();
  });
});
