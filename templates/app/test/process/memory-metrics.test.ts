import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { after, before, describe, it } from "node:test";
import { adapter } from "../fixture/capability.ts";
import { exchange } from "../fixture/connection.ts";
import { endProcesses, metric, type RunningServer, startServer } from "../fixture/server-process.ts";
import { until } from "../fixture/until.ts";

describe("what the admin listener tells of memory", () => {
  let server: RunningServer;
  before(async () => {
    server = await startServer({ overrides: { "workers.count": 2, "memory.gc_metrics": true } });
  });
  after(endProcesses);

  const page = async () => (await exchange({ port: server.admin }, "GET", "/metrics")).text;
  /** Labels of a family, in their order. */
  const labels = (text: string, name: string) =>
    [...text.matchAll(new RegExp(`^${name}\\{\\w+="([^"]+)"\\} `, "gm"))].map((match) => match[1]);
  /** Makes the workers allocate, until their totals show it. */
  const allocate = async (bytes: number) => {
    const first = await metric(server, "fastserve_allocated_bytes_total");
    await until("the workers have allocated", async () => {
      for (let request = 0; request < 50; request += 1) await exchange(server, "POST", "/json", '{"a":[1,2,3]}');
      return (await metric(server, "fastserve_allocated_bytes_total")) > first + bytes;
    });
  };

  it("names every thread, and no row that has none", async () => {
    const text = await page();
    assert.deepEqual(labels(text, "fastserve_heap_used_bytes"), ["0", "1", "main"]);
    assert.deepEqual(labels(text, "fastserve_external_memory_bytes"), ["0", "1", "main"]);
    assert.deepEqual(labels(text, "fastserve_gc_pause_seconds_count"), ["0", "1"]);
    for (const name of ["fastserve_heap_used_bytes", "fastserve_memory_held_bytes", "process_resident_memory_bytes"]) {
      assert.ok((await metric(server, name)) > 1024 ** 2, name);
    }
    const [peak, resident] = [
      await metric(server, "process_resident_memory_peak_bytes"),
      await metric(server, "process_resident_memory_bytes"),
    ];
    assert.ok(peak >= resident * 0.95, `peak ${peak}, resident ${resident}`);
  });

  it("tells the plan's rows, and says nothing of growth before it can", async () => {
    const text = await page();
    assert.deepEqual(labels(text, "fastserve_memory_budget_bytes"), [
      "base",
      "zones",
      "heaps",
      "scratch",
      "connections",
      "bodies",
      "features",
    ]);
    assert.doesNotMatch(text, /fastserve_memory_growth/);
  });

  it("has totals that do not fall when workers are replaced by death", async () => {
    await allocate(1_000_000);
    await until("a collection is counted", async () => {
      await allocate(1_000_000);
      return (await metric(server, "fastserve_gc_pause_seconds_count")) > 0;
    });
    const before = await totals(server);
    await exchange(server, "POST", "/crash");
    await until("the worker is back", async () => (await metric(server, "fastserve_worker_restarts_total")) === 1);
    await until("both listen", async () => (await metric(server, "fastserve_workers_listening")) === 2);
    const afterwards = await totals(server);
    for (const [index, total] of before.entries()) assert.ok((afterwards[index] ?? 0) >= total, `${index}: ${total}`);
    assert.deepEqual(labels(await page(), "fastserve_heap_used_bytes"), ["0", "1", "main"]);
  });

  it("is a page that promtool accepts, with collections and growth in it", { skip: withoutPromtool() }, async () => {
    const { status, stdout, stderr } = spawnSync("promtool", ["check", "metrics"], {
      input: await page(),
      encoding: "utf8",
    });
    assert.deepEqual([status, stdout, stderr], [0, "", ""]);
  });

  it("is reported as JSON: what was planned beside what is there", async () => {
    const { text } = await exchange({ port: server.admin }, "GET", "/-/memory");
    const report = JSON.parse(text) as {
      readonly rssBytes: number;
      readonly heldBytes: number;
      readonly budget: { readonly rows: readonly { readonly name: string; readonly plannedBytes: number }[] };
      readonly threads: readonly { readonly name: string }[];
      readonly allocator: { readonly backend: string };
      readonly allocatedBytesPerRequest: number;
      readonly uses: Readonly<Record<string, { readonly heldBytes: number }>>;
    };
    // Two readings of the kernel's, whose counts per thread are added up now and then (proc_pid_status(5)).
    assert.ok(report.heldBytes > 0 && report.heldBytes <= report.rssBytes * 1.1, `${report.heldBytes} bytes`);
    assert.deepEqual(
      report.budget.rows.map((row) => row.name),
      ["base", "zones", "heaps", "scratch", "connections", "bodies", "features", "headroom"],
    );
    assert.equal(report.budget.rows.find((row) => row.name === "heaps")?.plannedBytes, 268_435_456);
    assert.deepEqual(
      report.threads.map((thread) => thread.name),
      ["0", "1", "main"],
    );
    assert.equal(report.allocator.backend, adapter === "bun" ? "mimalloc" : "glibc");
    assert.ok(report.allocatedBytesPerRequest > 0);
    assert.ok((report.uses.log?.heldBytes ?? 0) > 0);
  });

  it("is reported as a table for people", async () => {
    const { text } = await exchange({ port: server.admin }, "GET", "/-/memory?format=text");
    assert.match(text, /^budget\n {2}row +planned +now +what now is\n {2}base +96\.0 MiB +- +the rest/m);
    assert.match(text, /^ {2}heaps +256\.0 MiB +\d+\.\d MiB +heaps of the workers, in use$/m);
    assert.match(text, /^ {2}main +\d/m);
    assert.equal(/ \n/.test(text), false);
  });
});

async function totals(server: RunningServer): Promise<readonly number[]> {
  const names = [
    "fastserve_allocated_bytes_total",
    "fastserve_gc_pause_seconds_count",
    "fastserve_gc_pause_seconds_sum",
  ];
  return Promise.all(names.map((name) => metric(server, name)));
}

function withoutPromtool(): string | false {
  return spawnSync("promtool", ["--version"]).status === 0 ? false : "promtool is not installed";
}
