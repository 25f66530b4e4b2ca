/** The bench itself, as a process, against the real server; its figures are checked for sense, not for speed. */
import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { after, test } from "node:test";
import type { BenchReport, CaseDocument } from "../../bench/report/document.ts";
import { readReport } from "../../bench/report/read-report.ts";
import { cpuSecondsOf, processTree } from "../../bench/server/cpu-time.ts";
import { runtime } from "../../src/wiring.ts";
import { type BenchEnd, startBench } from "../fixture/bench-process.ts";

const MIB = 1024 ** 2;
const folder = mkdtempSync(join(tmpdir(), "fastserve bench "));
after(() => rmSync(folder, { recursive: true, force: true }));

/** As few as can be compared. */
const RUNS = 4;
/** As short as it can be: figures of so little time mean nothing, and are still figures. */
const SHORT = ["--runs", String(RUNS), "--seconds", "0.2", "--warmup-seconds", "0", "--connections", "8"];

function bench(args: readonly string[]): Promise<BenchEnd> {
  return startBench("bench/main.ts", args).ended;
}

test("bench loads the real server, writes plausible figures, and compares with them", {
  timeout: 180_000,
}, async () => {
  const [first, second] = [join(folder, "first.json"), join(folder, "second.json")];
  // The smallest of the benches with a closed loop.
  const { code, stdout } = await bench(["upload", ...SHORT, "--json", first]);
  assert.equal(code, 0, stdout);
  assert.ok(stdout.endsWith(`Written: ${first}\n`), stdout.slice(-200));
  const report = readReport(first);
  assert.equal(report.interrupted, false);
  assert.deepEqual(
    report.benches.map(({ name, refused }) => [name, refused]),
    [["upload", null]],
  );
  checkContext(report);
  const { cases = [] } = report.benches[0] ?? {};
  assert.ok(cases.length >= 2, `${cases.length} cases`);
  for (const one of cases) checkCase(one, report.context.server_cpus);

  const again = await bench(["upload", ...SHORT, "--json", second, "--against", first]);
  const counts = /\n(\d+) figures worse, \d+ better, \d+ with no difference shown/.exec(again.stdout);
  // Runs as short as these may differ by more than chance on a machine that does something else: status and text agree.
  assert.equal(again.code, Number(counts?.[1]) > 0 ? 3 : 0, again.stdout);

  const hasty = await bench([
    "upload",
    ...SHORT,
    "--runs",
    "1",
    "--json",
    join(folder, "never.json"),
    "--against",
    first,
  ]);
  assert.deepEqual([hasty.code, hasty.stdout], [2, ""]);
  assert.match(hasty.stderr, /^--against needs at least 4 runs/);

  // Other bodies are other work: nothing is left to compare, which must not look like a pass.
  const unlike = await bench([
    "upload",
    ...SHORT,
    "--upload-bytes",
    "1234",
    "--json",
    join(folder, "unlike.json"),
    "--against",
    first,
  ]);
  assert.equal(unlike.code, 1, unlike.stdout);
  assert.match(unlike.stdout, /\nNothing was compared: /);
  assert.match(
    unlike.stdout.replace(/\s+/g, " "),
    / upload\/declared: it was "a body of \d+ bytes, [^"]*" and is "a body of 1234 bytes, /,
  );

  const other = readReport(first);
  const context = { ...other.context, host: { ...other.context.host, cpu_model: "Another CPU" } };
  writeFileSync(first, JSON.stringify({ ...other, context }));
  const refused = await bench(["upload", ...SHORT, "--json", join(folder, "never.json"), "--against", first]);
  assert.deepEqual([refused.code, refused.stdout], [2, ""]);
  assert.match(refused.stderr, /^--against: .*\n {2}CPU model: Another CPU then, /);
  assert.ok(!readdirSync(folder).includes("never.json"));
});

function checkContext({ context }: BenchReport): void {
  assert.deepEqual([context.runtime, context.adapter], [runtime.version, runtime.adapter]);
  assert.match(context.settings_digest, /^[0-9a-f]{64}$/);
  assert.ok(context.noise !== null && context.noise.median_ratio >= 1);
  assert.ok(context.server_cpus > 0 && context.host.cpus >= context.server_cpus);
  if (process.platform === "linux") assert.match(context.allocator, /^[a-z]+/);
}

function checkCase({ id, figures, errors, latency, limited_by, load }: CaseDocument, serverCpus: number): void {
  const value = (name: keyof typeof figures) => figures[name]?.median ?? Number.NaN;
  assert.deepEqual(errors, {}, id);
  assert.equal(load?.seconds, 0.2);
  assert.ok(value("requests_count") >= 1 && value("requests_per_second") >= 1, `${id}: ${value("requests_count")}`);
  assert.equal(figures.requests_per_second?.runs.length, RUNS);
  const points = [value("latency_p50_us"), value("latency_p99_us"), value("latency_max_us")];
  assert.deepEqual(
    points,
    [...points].sort((a, b) => a - b),
  );
  assert.ok((points[0] ?? 0) > 1 && latency.length >= 2, id);
  assert.notEqual(limited_by, null);
  if (process.platform !== "linux") return;
  // No request takes less than 0.1 us or, on any machine that runs this, more than 20 ms of CPU time.
  const cpuUs = value("server_cpu_us_per_request");
  assert.ok(cpuUs >= 0 && cpuUs < 20_000, `${id}: ${cpuUs} us per request`);
  // Unpinned, the control plane and the runtime's own threads may use more than the workers' CPUs.
  assert.ok(value("server_cpus_busy") <= serverCpus + 2, `${id}: ${value("server_cpus_busy")} CPUs`);
  const [now, peak] = [value("server_rss_bytes"), value("server_rss_peak_bytes")];
  assert.ok(now > 10 * MIB && now <= peak && peak < 8192 * MIB, `${id}: ${now} of ${peak} bytes`);
}

test("bench ends on Ctrl-C with what was measured, and leaves no server behind", {
  timeout: 60_000,
  skip: process.platform !== "linux",
}, async () => {
  const file = join(folder, "interrupted.json");
  const args = ["http", "--seconds", "3600", "--warmup-seconds", "0", "--connections", "8", "--json", file];
  const { child, ended } = startBench("bench/main.ts", args);
  const pid = child.pid ?? 0;
  await new Promise<void>((begun) => {
    child.stderr?.on("data", (text: string) => {
      if (text.includes("round 1 of")) begun();
    });
  });
  // From here on what takes CPU time is one request, and then load.
  let tree = processTree(pid);
  const busySeconds = cpuSecondsOf(tree) + 1.5;
  while (tree.length < 2 || cpuSecondsOf(tree) < busySeconds) {
    assert.equal(child.exitCode, null, "the bench goes on until it is told to end");
    await new Promise((resolve) => setTimeout(resolve, 50));
    tree = processTree(pid);
  }
  child.kill("SIGINT");
  const { code, stdout } = await ended;
  assert.equal(code, 130);
  assert.match(stdout, /\nEnded early: what follows is what was measured until then\.\n/);
  const { interrupted, benches } = readReport(file);
  assert.equal(interrupted, true);
  const measured = benches[0]?.cases.filter(({ figures }) => (figures.requests_count?.median ?? 0) > 0);
  assert.equal(measured?.length, 1, "the case that ran");
  for (const one of tree) assert.throws(() => process.kill(one, 0), { code: "ESRCH" });
});

test("bench says what is wrong with its command line, and starts nothing", { timeout: 60_000 }, async () => {
  assert.deepEqual(await bench(["htpp", "--secnds", "3"]), {
    code: 2,
    stdout: "",
    stderr: "--secnds is not an option; did you mean --seconds?\nhtpp is not a bench; did you mean http?\n",
  });
});

test("bench --list names every bench, and measures nothing", { timeout: 60_000 }, async () => {
  const { code, stdout, stderr } = await bench(["--list"]);
  assert.deepEqual([code, stderr], [0, ""]);
  assert.match(stdout, /\n {2}http .*\n.*runs by itself/);
});
