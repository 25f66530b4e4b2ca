/** The soak as a process, against real servers: one that is sound, one whose handler leaks, and one that is left early. */
import assert from "node:assert/strict";
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { test } from "node:test";
import { cpuSecondsOf, processTree } from "../../bench/server/cpu-time.ts";
import type { SoakReport } from "../../bench/soak/soak-report.ts";
import { features, runtime } from "../../src/wiring.ts";
import { startBench } from "../fixture/bench-process.ts";
import { copyProject } from "../fixture/project-copy.ts";
import { projectDirectory } from "../fixture/server-process.ts";
import { until } from "../fixture/until.ts";

const isLinux = process.platform === "linux";
const MIB = 1024 ** 2;

/**
 * Heaps that fill for the first time look like leaks: in a run of seconds so much of their growth is let pass, as a share of
 * the level. What leaks on purpose grows by far more.
 */
const LET_PASS_PERCENT = "150";

async function withReport(work: (file: string, read: () => SoakReport) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "fastserve soak "));
  const file = join(folder, "soak.json");
  try {
    await work(file, () => JSON.parse(readFileSync(file, "utf8")) as SoakReport);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

test("soak passes a sound server under all its traffic, and writes plausible figures", { timeout: 60_000 }, () =>
  withReport(async (file, read) => {
    const pace = ["--minutes", "0.2", "--clients", "8", "--reload-seconds", "1", "--roll-seconds", "1"];
    const args = [...pace, "--let-pass", LET_PASS_PERCENT, "--seed", "7", "--json", file];
    const { code, stdout, stderr } = await startBench("bench/soak.ts", args).ended;
    assert.deepEqual([code, stderr], [0, ""], stdout);
    assert.match(stdout, /^Soak of /);
    // A heap that has not filled yet may still be settling.
    assert.match(
      stdout,
      /\nPASSED: no growth (?:beyond noise in the \d+ s that were judged of \d+ s|that goes on; \d+ figures? .*)\.\n$/,
    );

    const report = read();
    assert.deepEqual([report.kind, report.schema_version, report.verdict], ["fastserve-soak", 1, "passed"]);
    assert.deepEqual([report.findings, report.interrupted, report.seed], [[], false, 7]);
    assert.equal(report.context.runtime, runtime.version);
    const { counts } = report;
    // A sound server answers each request in its time, and each look.
    assert.deepEqual([counts.timeouts, counts.unseen], [0, 0], stdout);
    assert.ok(counts.requests >= 100 && counts.malformed > 0 && counts.left > 0 && counts.reloads >= 2, stdout);
    if (features.some(({ name }) => name === "websocket")) assert.ok(counts.sockets > 0 && counts.messages > 0, stdout);
    if (report.context.workers_mode === "threads") assert.ok(counts.rolls >= report.context.workers, stdout);
    if (isLinux) checkFigures(report);
  }),
);

function checkFigures({ growth, series, blocks }: SoakReport): void {
  const memory = growth.find(({ figure, phase, moment }) => `${figure}/${phase}/${moment}` === "memory/steady/rest");
  assert.ok(memory && memory.level > 10 * MIB && memory.level < 4096 * MIB, JSON.stringify(memory));
  // On a busy machine segments of a fraction of a second take several; fewer blocks than these are not judged.
  assert.ok(memory.blocks >= 6 && memory.seconds > 1 && memory.growth !== null, JSON.stringify(memory));
  const rests = blocks.filter(({ moment }) => moment === "rest");
  for (const { values } of rests) assert.equal(values.in_flight, 0);
  for (const figure of ["memory", "heap", "fds", "threads"]) {
    const points = series.find((each) => each.figure === figure)?.points ?? [];
    // A worker tells of its heap half a second after its start at the latest.
    const told = figure === "heap" ? points.slice(-10) : points;
    assert.ok(points.length > 20 && told.every(([, value]) => value > 0), figure);
  }
}

test(
  "soak fails a server whose handler leaks, and names memory with its slope",
  {
    timeout: 60_000,
    skip: isLinux ? false : "there is no /proc to read memory from",
  },
  () =>
    withReport(async (file, read) => {
      const copy = copyProject(["leak-routes.ts"]);
      try {
        cpSync(join(projectDirectory, "bench"), copy.path("bench"), { recursive: true });
        writeFileSync(copy.path("src/app/routes.ts"), 'export { routes } from "../../test/fixture/leak-routes.ts";\n');
        // A watchdog that replaces the worker would take the leak away with it.
        writeFileSync(copy.path("fastserve.toml"), "[watchdog]\nrss_percent_roll = 0\nheap_percent_roll = 0\n");
        const pace = ["--minutes", "0.2", "--clients", "4", "--roll-seconds", "0"];
        const args = [...pace, "--let-pass", "30", "--paths", "/page,/leak/steadily", "--json", file];
        const { code, stdout, stderr } = await startBench("bench/soak.ts", args, copy.directory).ended;
        assert.deepEqual([code, stderr], [1, ""], stdout);
        assert.match(stdout, /\n {2}memory grew at rest while the workers stayed: \+\d+ MiB\/h \(\+\d+\s+to\s+\+\d+\)/);
        assert.match(stdout, /\nFAILED\n$/);
        const { verdict, findings, growth } = read();
        assert.equal(verdict, "failed");
        assert.ok(
          findings.every((finding) => /^(?:memory|heap) grew /.test(finding)),
          findings.join("\n"),
        );
        // 64 MiB a second and worker, of which a busy machine may let through a part.
        const memory = growth.find(({ figure, moment }) => figure === "memory" && moment === "rest");
        assert.ok((memory?.low_per_hour ?? 0) > 5 * 3600 * MIB, JSON.stringify(memory));
      } finally {
        copy.remove();
      }
    }),
);

test(
  "soak ends on Ctrl-C with what can be said, and leaves no server behind",
  { timeout: 60_000, skip: !isLinux },
  () =>
    withReport(async (file, read) => {
      const { child, ended } = startBench("bench/soak.ts", ["--minutes", "600", "--json", file]);
      const pid = child.pid ?? 0;
      // Both runtimes start in less than a second of CPU time each; what goes beyond is load.
      const tree = await until("the load has begun", () => {
        const now = processTree(pid);
        return now.length >= 2 && cpuSecondsOf(now) > 2 ? now : undefined;
      });
      child.kill("SIGINT");
      const { code, stdout, stderr } = await ended;
      assert.deepEqual([code, stderr], [130, ""], stdout);
      assert.match(stdout, /^Soak of .*, ended early\n/);
      assert.match(stdout, /\nTOO SHORT TO JUDGE: /);
      const { interrupted, verdict, findings } = read();
      assert.deepEqual([interrupted, verdict, findings], [true, "too short to judge", []]);
      for (const each of tree) assert.throws(() => process.kill(each, 0), { code: "ESRCH" });
    }),
);

test("soak says what is wrong with its command line, and starts nothing", { timeout: 60_000 }, async () => {
  assert.deepEqual(await startBench("bench/soak.ts", ["--minuts", "3"]).ended, {
    code: 2,
    stdout: "",
    stderr: "--minuts is not an option; did you mean --minutes?\n",
  });
});
