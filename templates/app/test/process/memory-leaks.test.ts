import assert from "node:assert/strict";
import { after, describe, it } from "node:test";
import { connect, exchange, requestText } from "../fixture/connection.ts";
import { endProcesses, type LogLine, startServer } from "../fixture/server-process.ts";

const LEAK = "owned memory was not given back";

describe("a worker's end", () => {
  after(endProcesses);

  /** The log of a server that had this request in flight when its drain time was over. */
  async function logOf(debug: boolean, path: string): Promise<readonly LogLine[]> {
    const server = await startServer({ overrides: { "timeouts.drain_ms": 200, "memory.debug": debug } });
    const connection = await connect(server);
    connection.send(requestText("GET", path));
    // Behind it on another connection: by its answer the worker has begun with the first one.
    assert.equal((await exchange(server, "GET", "/exact")).text, "exact");
    server.process.signal("SIGTERM");
    assert.equal((await server.process.exit()).code, 0);
    connection.destroy();
    return server.process.log;
  }

  it("says in debug mode who did not give memory back, and where it was taken", async () => {
    const [line, ...more] = (await logOf(true, "/never/with-arena")).filter(({ message }) => message === LEAK);
    assert.deepEqual([line?.level, line?.owner, line?.count, more], ["error", "request_arena", 1, []]);
    assert.match(String(line?.taken_at), /process-routes\.ts/);
  });

  it("says nothing of it where nothing was taken, or without debug mode", async () => {
    for (const log of [await logOf(true, "/never"), await logOf(false, "/never/with-arena")]) {
      assert.deepEqual(
        log.filter(({ message }) => message === LEAK),
        [],
      );
    }
  });
});
