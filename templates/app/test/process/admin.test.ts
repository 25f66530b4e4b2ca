import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { after, before, describe, it } from "node:test";
import { exchange } from "../fixture/connection.ts";
import { endProcesses, metric, type RunningServer, startServer } from "../fixture/server-process.ts";

describe("the admin listener", () => {
  let server: RunningServer;
  before(async () => {
    server = await startServer({ overrides: { "workers.count": 2 } });
  });
  after(endProcesses);

  const get = (path: string, method = "GET") => exchange({ port: server.admin }, method, path);

  it("says that the process lives and is ready", async () => {
    const [live, ready] = [await get("/livez"), await get("/readyz")];
    assert.deepEqual([live.status, live.text, ready.status, ready.text], [200, "ok\n", 200, "ready\n"]);
    assert.equal((await get("/readyz", "HEAD")).status, 200);
  });

  it("answers 404 elsewhere, and the data plane has none of its paths", async () => {
    assert.equal((await get("/exact")).status, 404);
    for (const path of ["/livez", "/readyz", "/metrics", "/-/config"]) {
      assert.equal((await exchange(server, "GET", path)).status, 404, path);
    }
  });

  it("sums the workers' counters", async () => {
    const before = await metric(server, "fastserve_requests_total");
    for (let request = 0; request < 30; request += 1) await exchange(server, "GET", "/exact");
    await exchange(server, "POST", "/echo", "x".repeat(100));
    assert.equal((await metric(server, "fastserve_requests_total")) - before, 31);
    assert.equal(await metric(server, "fastserve_request_body_bytes_total"), 100);
    assert.equal(await metric(server, "fastserve_request_duration_seconds_count"), before + 31);
    assert.equal(await metric(server, "fastserve_workers_listening"), 2);
    assert.equal(await metric(server, "fastserve_ready"), 1);
  });

  it("tells metrics that promtool accepts", { skip: withoutPromtool() }, async () => {
    const page = await get("/metrics");
    assert.match(page.headers.get("content-type") ?? "", /^text\/plain; version=0\.0\.4/);
    const { status, stdout, stderr } = spawnSync("promtool", ["check", "metrics"], {
      input: page.text,
      encoding: "utf8",
    });
    assert.deepEqual([status, stdout, stderr], [0, "", ""]);
  });

  it("tells cumulative buckets that end with the count", async () => {
    const { text } = await get("/metrics");
    const counts = [...text.matchAll(/^fastserve_request_duration_seconds_bucket\{le="[^"]+"\} (\d+)$/gm)].map(
      (match) => Number(match[1]),
    );
    assert.equal(counts.length, 29);
    assert.deepEqual(
      counts,
      [...counts].sort((a, b) => a - b),
    );
    assert.match(text, new RegExp(`^fastserve_request_duration_seconds_count ${counts.at(-1)}$`, "m"));
  });

  it("tells the configuration with each value's origin", async () => {
    const view = JSON.parse((await get("/-/config")).text) as { files: string[]; settings: Record<string, unknown> };
    assert.deepEqual(view.files, ["fastserve.tuned.toml"]);
    assert.deepEqual(view.settings["workers.count"], { value: 2, origin: "environment" });
    assert.deepEqual(view.settings["zones.latency_steps"], { value: 8, origin: "tuned" });
  });

  it("goes on answering while every worker is busy", async () => {
    const busy = await startServer({ overrides: { "workers.stall_ms_max": 60_000 } });
    await exchange(busy, "POST", "/stall");
    assert.equal((await exchange({ port: busy.admin }, "GET", "/livez")).status, 200);
    assert.equal((await exchange({ port: busy.admin }, "GET", "/metrics")).status, 200);
    busy.process.signal("SIGKILL");
    await busy.process.exit();
  });
});

function withoutPromtool(): string | false {
  return spawnSync("promtool", ["--version"]).status === 0 ? false : "promtool is not installed";
}
