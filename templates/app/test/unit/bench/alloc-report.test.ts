import assert from "node:assert/strict";
import { test } from "node:test";
import { listText } from "../../../bench/alloc/closing.ts";
import { reportText } from "../../../bench/alloc/report.ts";
import {
  type AllocResult,
  type BackendFigures,
  resultJson,
  type Surroundings,
  scalingFigures,
} from "../../../bench/alloc/result.ts";
import { machineText } from "../../../bench/alloc/surroundings.ts";
import { takenIn, type UsePair } from "../../../bench/alloc/uses/measure-use.ts";
import { schedstatNs } from "../../../bench/alloc/uses/process-clock.ts";
import { type UsesResult, useFigures, usesJson, usesText } from "../../../bench/alloc/uses/uses-report.ts";
import { digits, kibText, mib, tableText } from "../../../bench/report/table.ts";

const MIB = 1024 ** 2;

const surroundings: Surroundings = {
  version: "Deno 2.9.6",
  adapter: "deno-serve",
  profile: "balanced",
  host: {
    os: "linux",
    arch: "x64",
    kernel: "6.1.0",
    libc: "glibc",
    cpus: 2,
    cpusHost: 8,
    memoryBytes: 1_073_741_824,
    memoryHostBytes: 8_589_934_592,
    transparentHugePages: "madvise",
    pageBytes: 4096,
    nofile: 1024,
    somaxconn: 4096,
    missing: "",
  },
  cpuModel: "Example CPU",
  governor: "performance",
  loadAverage: 0.9,
};

function backend(name: string, freshNs: number, idleMib: number): BackendFigures {
  const figure = (median: number) => ({ median, spread: median / 50, rounds: 7 });
  return {
    name,
    label: name,
    library: null,
    version: name === "jemalloc" ? "5.3.0" : null,
    environment: name === "jemalloc" ? { LD_PRELOAD: "/lib/j.so", MALLOC_CONF: "narenas:1" } : {},
    evidence: `malloc is ${name}'s`,
    speed: [
      { strategy: "arena_offset", bytes: 4096, cpu_ns: figure(4), wall_ns: figure(4) },
      { strategy: "fresh_released", bytes: 4096, cpu_ns: figure(freshNs), wall_ns: figure(freshNs) },
      { strategy: "fresh_collected", bytes: 4096, cpu_ns: figure(1000), wall_ns: figure(1000) },
    ],
    scaling: [
      { strategy: "arena_offset", threads: 1, per_second: figure(100), ratio_to_one: 1 },
      { strategy: "arena_offset", threads: 2, per_second: figure(190), ratio_to_one: 1.9 },
    ],
    memory: {
      released: {
        resident_over_live: 1.25,
        live_bytes_high: 20 * MIB,
        base_bytes: 50 * MIB,
        after_bytes: 70 * MIB,
        idle_bytes: (50 + idleMib) * MIB,
      },
    },
  };
}

const result: AllocResult = {
  surroundings,
  budget: { speedRounds: 7, cellMs: 30, scalingRounds: 7, scalingMs: 80, steps: 32_768, idleSeconds: 3 },
  interrupted: false,
  backends: [backend("glibc", 500, 20), backend("jemalloc", 400, 5)],
  slab: { held_over_asked: 1.4, rounded_over_asked: 1.35, refused: 0 },
  missing: [{ name: "tcmalloc", reason: "no libtcmalloc; install it with: apt-get install libtcmalloc-minimal4" }],
};

test("reportText() shows machine, proofs, what is missing, tables, and what they mean in ratios", () => {
  const text = reportText(result);
  assert.equal(
    text.slice(0, text.indexOf("256 B: ")),
    `Ways to get memory: Deno 2.9.6, adapter deno-serve; 2 of 8 CPUs (Example CPU), frequency governor performance; linux 6.1.0 x64, glibc
  glibc: malloc is glibc's
  jemalloc 5.3.0: malloc is jemalloc's; MALLOC_CONF=narenas:1
Not measured: tcmalloc: no libtcmalloc; install it with: apt-get install libtcmalloc-minimal4.

`,
  );
  assert.ok(
    text.includes(`4 KiB: CPU time per buffer in ns, median of 7 rounds ± half of what the middle half spans
                                    glibc   jemalloc
  arena, offset                  4.00 ±2%   4.00 ±2%
  arena, view                           -          -
  pool                                  -          -
  slab                                  -          -
  fresh, freed at once            500 ±2%    400 ±2%
  fresh, left to the collector   1000 ±2%   1000 ±2%
  the same, not zeroed                  -          -
`),
    text,
  );
  assert.equal(
    text.slice(text.indexOf("Memory under")),
    `Memory under a mixed-lifetime trace: 32768 buffers of 64 B to 256 KiB, 80 % short-lived, 5 % long-lived, 20.0 MiB alive at most
                                                 glibc   jemalloc
  freed at once: resident over live               1.25       1.25
    kept when all is freed                    20.0 MiB   20.0 MiB
    3 s later                                 20.0 MiB    5.0 MiB
  left to the collector: resident over live          -          -
    kept when all is dropped                         -          -
    3 s later                                        -          -
  slab, by its own books: 1.40 of what was asked for, of it 1.35 by rounding up to a chunk

Threads doing the same work with 4 KiB buffers: throughput beside one thread, median of 7 rounds
                             glibc   jemalloc
  arena, offset, 2 threads   1.90x      1.90x

On Deno 2.9.6 a fresh buffer of 4 KiB costs 250 times an arena's offset.
Allocating and freeing takes 0.80 with jemalloc, beside 1 with glibc.
Idle after the churn, resident memory above the start is 0.25 with jemalloc, beside 1 with glibc.
The columns are what allocator.backend chooses among; objects of JavaScript are V8's own and no malloc's.
Ratios hold on this machine, the figures for this moment; fresh buffers are zeroed, the others are not.
`,
  );
});

test("reportText() of a bench that was ended at once shows no empty tables", () => {
  const nothing = { ...backend("glibc", 0, 0), speed: [], scaling: [], memory: {} };
  const text = reportText({ ...result, interrupted: true, backends: [nothing], slab: undefined, missing: [] });
  assert.equal(
    text.slice(text.indexOf("\n") + 1),
    `Ended early: what follows is what was measured until then.
  glibc: malloc is glibc's

The columns are what allocator.backend chooses among; objects of JavaScript are V8's own and no malloc's.
Ratios hold on this machine, the figures for this moment; fresh buffers are zeroed, the others are not.
`,
  );
});

test("resultJson() has a version of its own, units in its names, and what is missing", () => {
  const document = JSON.parse(resultJson(result));
  assert.deepEqual(Object.keys(document), [
    "schema_version",
    "kind",
    "server",
    "interrupted",
    "rounds",
    "durations",
    "trace_steps",
    "backends",
    "slab",
    "missing",
    "host",
  ]);
  assert.equal(document.schema_version, 1);
  assert.equal(document.kind, "fastserve-bench-alloc");
  assert.deepEqual(document.server, { version: "Deno 2.9.6", adapter: "deno-serve", profile: "balanced" });
  assert.deepEqual(document.missing, result.missing);
  assert.equal(document.backends[1].speed[1].cpu_ns.median, 400);
  assert.equal(document.host.governor, "performance");
});

test("machineText() says when others use more than half of the CPUs", () => {
  assert.equal(machineText(surroundings), "2 of 8 CPUs (Example CPU)");
  const busy = { ...surroundings, cpuModel: undefined, loadAverage: 3.14 };
  assert.equal(machineText(busy), "2 of 8 CPUs, load average 3.1: NOT quiet");
});

test("scalingFigures() divides the median of each number of threads by the median of one", () => {
  const sample = (threads: number, perSecond: number) => ({ strategy: "slab", threads, perSecond }) as const;
  const figures = scalingFigures([sample(1, 100), sample(2, 180), sample(1, 110), sample(2, 190), sample(1, 90)]);
  assert.deepEqual(
    figures.map(({ threads, ratio_to_one }) => [threads, ratio_to_one]),
    [
      [1, 1],
      [2, 1.85],
    ],
  );
});

test("tableText() begins the first column left and ends the others right, counting characters", () => {
  assert.equal(
    tableText([
      ["", "a", "long head"],
      ["row", "1.0 ±2%", "µ"],
      ["longer row", "7"],
    ]),
    `                     a   long head
  row          1.0 ±2%           µ
  longer row         7`,
  );
});

test("digits(), mib(), kibText() and listText() print as much as is known", () => {
  assert.deepEqual([1234.5, 100, 99.94, 9.996, 0.123].map(digits), ["1235", "100", "99.9", "10.00", "0.12"]);
  assert.deepEqual([mib(1_572_864), kibText(256), kibText(65_536)], ["1.5 MiB", "256 B", "64 KiB"]);
  assert.deepEqual([listText([]), listText(["a"]), listText(["a", "b", "c"])], ["", "a", "a, b and c"]);
});

test("schedstatNs() reads the time on a CPU, and nothing else", () => {
  assert.equal(schedstatNs("7184250 1200 31\n"), 7_184_250);
  for (const text of ["", "0\n", "a b c"]) assert.equal(schedstatNs(text), undefined);
});

test("takenIn() reads one use's count from the metrics page; 0 where it is not", () => {
  const page = `# TYPE fastserve_memory_use_taken_total counter
fastserve_memory_use_taken_total{use="log"} 12
fastserve_memory_use_taken_total{use="body"} 0
fastserve_memory_use_missed_total{use="file"} 3
`;
  assert.deepEqual(
    (["log", "body", "file"] as const).map((use) => takenIn(page, use)),
    [12, 0, 0],
  );
});

/** Six pairs: on costs 0.7 to 0.8 of off. */
const winning: readonly UsePair[] = [7, 7.2, 7.4, 7.6, 7.8, 8].map((us) => ({
  on: { us, residentBytes: 60 * MIB },
  off: { us: 10, residentBytes: 64 * MIB },
}));

test("useFigures() gives medians of both sides, the ratio of the pairs and its interval", () => {
  assert.deepEqual(useFigures(winning), {
    onUs: 7.5,
    offUs: 10,
    ratio: 0.75,
    low: 0.7,
    high: 0.8,
    confidence: 0.96875,
    onRssBytes: 62_914_560,
    offRssBytes: 67_108_864,
    pairs: 6,
    verdict: "wins",
  });
});

const uses: UsesResult = {
  surroundings,
  pinning: { pinned: true, serverCpus: [0], serverCores: 1, generatorCpus: [1] },
  times: { warmupSeconds: 0.7, sliceSeconds: 0.3 },
  uses: new Map([
    ["log_arena", winning],
    ["body_assembly", winning.map(({ on, off }) => ({ on: off, off: on }))],
  ]),
  missing: [{ name: "file_pool", reason: "This project does not have the feature static-files." }],
  interrupted: false,
};

test("usesText() shows each use with its interval and verdict, and why one is not there", () => {
  assert.equal(
    usesText(uses),
    `Uses of arenas and pools, on against off: Deno 2.9.6, adapter deno-serve; 2 of 8 CPUs (Example CPU); server and load on CPUs of their own

                  on, us   off, us   ratio         interval    on, RSS   off, RSS   verdict
  log_arena         7.50      10.0   0.750   0.700 to 0.800   60.0 MiB   64.0 MiB      wins
  body_assembly     10.0      7.50   1.334   1.250 to 1.429   64.0 MiB   60.0 MiB     loses

  log_arena: every request logged to a file
  body_assembly: POST of 64 KiB, three in small chunks, one with its length; every fifth of 256 KiB in large chunks
  Not measured: file_pool: This project does not have the feature static-files.

Server CPU per request, medians of 6 pairs. A use wins when the whole interval of the ratio, 97 % sure, is below 1.
On Deno 2.9.6 log_arena wins.
body_assembly: off is cheaper.
`,
  );
});

test("usesJson() is { uses: { [use]: figures } }, with the reasons for those that are not there", () => {
  const document = JSON.parse(usesJson(uses));
  assert.equal(document.schema_version, 1);
  assert.deepEqual(document.server, { version: "Deno 2.9.6", adapter: "deno-serve" });
  assert.deepEqual(Object.keys(document.uses), ["log_arena", "body_assembly"]);
  assert.equal(document.uses.log_arena.verdict, "wins");
  assert.deepEqual(document.missing, { file_pool: "This project does not have the feature static-files." });
});
