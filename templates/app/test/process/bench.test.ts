/** The bench itself, as a process, against the real server; its figures are checked for sense, not for speed. */
import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { test } from "node:test";
import { cpuSecondsOf, processTree } from "../../bench/server/cpu-time.ts";
import { runtime } from "../../src/wiring.ts";
import { startBench } from "../fixture/bench-process.ts";

const MIB = 1024 ** 2;

test("bench loads the real server for one second and writes plausible figures", { timeout: 60_000 }, async () => {
  const folder = mkdtempSync(join(tmpdir(), "fastserve bench "));
  try {
    const file = join(folder, "figures.json");
    const load = ["--seconds", "1", "--warmup-seconds", "0", "--connections", "8", "--path", "/json"];
    const { code, stdout, stderr } = await startBench("bench/main.ts", [...load, "--json", file]).ended;
    assert.deepEqual([code, stderr], [0, ""]);
    assert.match(stdout, /^GET \/json, 8 connections, \d\.\d s after 0 s of warm-up, 1 run\n/);
    assert.match(stdout, /Closed loop: /);

    const { schema_version, figures, runs, server } = JSON.parse(readFileSync(file, "utf8"));
    assert.equal(schema_version, 1);
    assert.deepEqual(runs, [figures]);
    assert.equal(server.version, runtime.version);
    assert.notEqual(server.allocator, "unknown");
    assert.ok(figures.measured_seconds >= 0.99, `${figures.measured_seconds} s`);
    assert.equal(figures.errors_count, 0);
    assert.ok(figures.requests_count >= 100, `${figures.requests_count} requests`);
    const perSecond = figures.requests_count / figures.measured_seconds;
    assert.ok(Math.abs(figures.requests_per_second - perSecond) < 1e-6);
    assert.ok(figures.latency_p50_us > 0);
    assert.ok(figures.latency_p50_us <= figures.latency_p99_us && figures.latency_p99_us <= figures.latency_p999_us);
    if (process.platform === "linux") checkProcFigures(figures, server.server_cpus);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

function checkProcFigures(figures: Readonly<Record<string, number>>, serverCpus: number): void {
  const { server_cpu_us_per_request: cpuUs = 0, server_cpus_busy: busy = 0, generator_cpus_busy: load = 0 } = figures;
  // No HTTP request takes less than 1 us or, on any machine that runs this, more than 10 ms of CPU time.
  assert.ok(cpuUs > 1 && cpuUs < 10_000, `${cpuUs} us per request`);
  // Unpinned, the control plane and the runtime's own threads may use more than the workers' CPUs.
  assert.ok(busy > 0 && busy <= serverCpus + 1, `${busy} of ${serverCpus} CPUs`);
  assert.ok(load > 0 && load <= 2, `${load} CPUs`);
  const { server_rss_bytes: now = 0, server_rss_peak_bytes: peak = 0 } = figures;
  assert.ok(now > 10 * MIB && now <= peak && peak < 4096 * MIB, `${now} of ${peak} bytes`);
}

test("bench ends on Ctrl-C with what was measured, and leaves no server behind", {
  timeout: 60_000,
  skip: process.platform !== "linux",
}, async () => {
  const { child, ended } = startBench("bench/main.ts", ["--seconds", "3600", "--warmup-seconds", "0"]);
  const pid = child.pid ?? 0;
  let tree = processTree(pid);
  // Starting takes both runtimes less than a second of CPU time each; what goes beyond is load.
  while (tree.length < 2 || cpuSecondsOf(tree) < 3) {
    assert.equal(child.exitCode, null, "the bench goes on until it is told to end");
    await new Promise((resolve) => setTimeout(resolve, 50));
    tree = processTree(pid);
  }
  child.kill("SIGINT");
  const { code, stdout, stderr } = await ended;
  assert.deepEqual([code, stderr], [130, ""]);
  assert.match(stdout, /^GET \/, \d+ connections, .*, 1 run, ended early\n/);
  assert.match(stdout, /\n {2}errors +0\n/);
  for (const ended of tree) assert.throws(() => process.kill(ended, 0), { code: "ESRCH" });
});

test("bench says what is wrong with its command line, and starts nothing", { timeout: 60_000 }, async () => {
  assert.deepEqual(await startBench("bench/main.ts", ["--secnds", "3"]).ended, {
    code: 2,
    stdout: "",
    stderr: "--secnds is not an option; did you mean --seconds?\n",
  });
});
