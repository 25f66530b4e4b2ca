/** A whole server with each use of owned memory on and off that the control plane and the log decide. */
import assert from "node:assert/strict";
import { after, describe, it } from "node:test";
import { exchange } from "../fixture/connection.ts";
import { endProcesses, metric, startServer } from "../fixture/server-process.ts";
import { until } from "../fixture/until.ts";

describe("memory.log_arena and memory.metrics_arena", () => {
  after(endProcesses);

  for (const isOn of [true, false]) {
    it(`${isOn ? "on" : "off"}: the log has all lines of both threads, and the metrics page is whole`, async () => {
      const server = await startServer({
        overrides: { "log.requests": "all", "memory.log_arena": isOn, "memory.metrics_arena": isOn },
      });
      for (let request = 0; request < 20; request += 1) await exchange(server, "GET", "/exact");
      await until("all requests are in the log", () => requestLines().length === 20);
      assert.deepEqual([...new Set(requestLines().map((line) => line.status))], [200]);
      assert.ok(server.process.log.some((line) => line.thread === "main"));
      for (let scrape = 0; scrape < 2; scrape += 1) assert.equal(await metric(server, "fastserve_requests_total"), 20);
      assert.equal(await metric(server, "fastserve_log_lines_dropped_total"), 0);

      function requestLines() {
        return server.process.log.filter((line) => line.thread !== "main" && line.path === "/exact");
      }
    });
  }
});
