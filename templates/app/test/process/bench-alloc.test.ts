/** The allocation bench as a process: its figures are checked for sense, not for speed. */
import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { test } from "node:test";
import { findBackends } from "../../bench/alloc/backends.ts";
import { threadCountsFor } from "../../bench/alloc/budget.ts";
import { useNames } from "../../bench/alloc/uses/use-cases.ts";
import { processTree } from "../../bench/server/cpu-time.ts";
import { readHost } from "../../src/control/host.ts";
import { capabilities, runtimeOf } from "../../src/runtime/capabilities.ts";
import { features, runtime } from "../../src/wiring.ts";
import { startBench } from "../fixture/bench-process.ts";
import { adapter } from "../fixture/capability.ts";
import { until } from "../fixture/until.ts";

const isLinux = process.platform === "linux";
const MIB = 1024 ** 2;

const start = (args: readonly string[]) => startBench("bench/alloc.ts", args);

interface Cell {
  readonly strategy: string;
  readonly bytes: number;
  readonly cpu_ns: { readonly median: number; readonly rounds: number };
}

interface Document {
  readonly schema_version: number;
  readonly server: { readonly version: string; readonly adapter: string };
  readonly backends: readonly {
    readonly name: string;
    readonly evidence: string;
    readonly speed: readonly Cell[];
    readonly scaling: readonly { readonly threads: number; readonly ratio_to_one: number }[];
    readonly memory: Readonly<Record<"released" | "collected", Readonly<Record<string, number>>>>;
  }[];
  readonly slab: { readonly held_over_asked: number; readonly rounded_over_asked: number; readonly refused: number };
  readonly missing: readonly { readonly name: string; readonly reason: string }[];
}

async function withFolder(work: (file: string) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "fastserve bench "));
  try {
    await work(join(folder, "figures.json"));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

test("bench:alloc --quick measures every allocator of this host, each proven to serve", { timeout: 120_000 }, () =>
  withFolder(async (file) => {
    const { code, stdout, stderr } = await start(["--quick", "--seconds", "1", "--json", file]).ended;
    assert.deepEqual([code, stderr], [0, ""]);
    assert.match(stdout, /^Ways to get memory: /);
    assert.match(stdout, /\nRatios hold on this machine/);
    const document = JSON.parse(readFileSync(file, "utf8")) as Document;
    assert.equal(document.schema_version, 1);
    assert.deepEqual([document.server.version, document.server.adapter], [runtime.version, adapter]);

    const names = document.backends.map(({ name }) => name);
    const { present, missing } = findBackends(adapter, readHost(), "balanced");
    assert.deepEqual(
      names,
      present.map(({ name }) => name),
    );
    assert.deepEqual(document.missing, missing);
    if (runtimeOf(adapter) === "bun") {
      assert.deepEqual(names, ["mimalloc-balanced", "mimalloc-throughput", "mimalloc-lean"]);
    } else {
      const all = [...names, ...missing.map(({ name }) => name)].sort();
      assert.deepEqual(all, isLinux ? ["glibc", "jemalloc", "mimalloc", "tcmalloc"] : all);
      for (const { name, evidence } of isLinux ? document.backends : []) {
        assert.match(evidence, name === "glibc" ? /^malloc is \S*libc\b/ : new RegExp(`^malloc is \\S*lib${name}`));
      }
    }
    for (const backend of document.backends) checkBackend(backend);
    const { held_over_asked: held, rounded_over_asked: rounded, refused } = document.slab;
    assert.ok(rounded > 1 && rounded < 2 && held >= rounded && held < 4, `${rounded}, ${held}`);
    assert.equal(refused, 0);
  }),
);

function checkBackend({ name, speed, scaling, memory }: Document["backends"][number]): void {
  // Seven ways at three sizes, in three rounds.
  assert.equal(speed.length, 21);
  for (const { strategy, bytes, cpu_ns } of speed) {
    assert.equal(cpu_ns.rounds, 3);
    // A fifth of a nanosecond is one step of the fastest processors; a millisecond is a page-by-page clearing of 64 KiB.
    assert.ok(cpu_ns.median > 0.2 && cpu_ns.median < 1e6, `${name}, ${strategy}, ${bytes}: ${cpu_ns.median} ns`);
  }
  for (const { threads, ratio_to_one } of scaling) {
    assert.ok(threads === 1 ? ratio_to_one === 1 : ratio_to_one > 0, `${name}, ${threads} threads: ${ratio_to_one}`);
  }
  assert.deepEqual([...new Set(scaling.map(({ threads }) => threads))], threadCountsFor(Math.floor(readHost().cpus)));
  for (const [freeing, figures] of Object.entries(memory)) {
    const { live_bytes_high: live = 0, base_bytes: base = 0, after_bytes: end = 0, idle_bytes: idle = 0 } = figures;
    assert.ok(live > MIB && base > MIB && end > MIB && idle > MIB, `${name}, ${freeing}`);
    const ratio = figures.resident_over_live ?? 0;
    assert.ok(ratio > 0.5 && ratio < 100, `${name}, ${freeing}: ${ratio}`);
  }
}

test("bench:alloc ends on Ctrl-C with what was measured, and leaves no process behind", {
  timeout: 120_000,
  skip: !isLinux,
}, async () => {
  const { child, ended } = start(["--seconds", "3600"]);
  const { present } = findBackends(adapter, readHost(), "balanced");
  const tree = await until("a process for each allocator runs", () => {
    const found = processTree(child.pid ?? 0);
    return found.length > present.length && found;
  });
  child.kill("SIGINT");
  const { code, stdout, stderr } = await ended;
  assert.deepEqual([code, stderr], [130, ""]);
  assert.match(stdout, /\nEnded early: what follows is what was measured until then\.\n/);
  for (const pid of tree) assert.throws(() => process.kill(pid, 0), { code: "ESRCH" });
});

test("bench:alloc --uses measures every use of this project on and off", { timeout: 120_000, skip: !isLinux }, () =>
  withFolder(async (file) => {
    const { code, stdout, stderr } = await start(["--uses", "--quick", "--json", file]).ended;
    assert.deepEqual([code, stderr], [0, ""]);
    assert.match(stdout, /^Uses of arenas and pools, on against off: /);
    const { schema_version, uses, missing } = JSON.parse(readFileSync(file, "utf8"));
    assert.equal(schema_version, 1);
    assert.deepEqual([...Object.keys(uses), ...Object.keys(missing)].sort(), [...useNames].sort());
    for (const [name, use] of Object.entries(uses as Readonly<Record<string, Readonly<Record<string, number>>>>)) {
      const { onUs = 0, offUs = 0, onRssBytes = 0, offRssBytes = 0, pairs } = use;
      // No request takes less than a microsecond or, on any machine that runs this, more than 100 ms of CPU time.
      assert.ok(onUs > 1 && onUs < 1e5 && offUs > 1 && offUs < 1e5, `${name}: ${onUs} and ${offUs} us`);
      assert.ok(onRssBytes > 10 * MIB && offRssBytes > 10 * MIB, name);
      assert.equal(pairs, 1);
      // One pair proves nothing, whatever it shows.
      assert.equal(use.verdict, "no difference shown");
    }
    const { has, reason } = capabilities[adapter].filePool;
    const hasFiles = features.some(({ name }) => name === "static-files");
    const without = hasFiles ? undefined : "This project does not have the feature static-files.";
    assert.equal(missing.file_pool, has ? without : reason);
  }),
);

test("bench:alloc says what is wrong with its command line, and starts nothing", { timeout: 60_000 }, async () => {
  const wrong = await start(["--uses", "--only", "log_arena,logs"]).ended;
  assert.deepEqual(
    [wrong.code, wrong.stdout, wrong.stderr],
    [2, "", `--only logs: the uses are ${useNames.join(", ")}.\n`],
  );
});
