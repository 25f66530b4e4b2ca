import assert from "node:assert/strict";
import { test } from "node:test";
import { type ContextSources, reportContext } from "../../../bench/method/context.ts";
import { generatorCpusOf, generatorThreadsOf, isQuotaShared, serverCpusOf } from "../../../bench/method/server-cpus.ts";
import type { Pinning } from "../../../bench/server/pinning.ts";
import { load } from "../reference-config.ts";

const { config } = load("[workers]\ncount = 4\n");
const pinned: Pinning = { pinned: true, serverCpus: [0, 1, 2, 3], serverCores: 2, generatorCpus: [4, 5] };
const loose: Pinning = { pinned: false, reason: "there is only one CPU" };

const sources: ContextSources = {
  config,
  features: ["websocket"],
  runtime: { version: "Bun 1.4.5", adapter: "bun" },
  generator: "built-in",
  pinning: pinned,
  host: {
    os: "linux",
    arch: "x64",
    kernel: undefined,
    libc: "glibc",
    cpus: 6,
    cpusHost: 8,
    memoryBytes: 1_073_741_824,
    memoryHostBytes: 8_589_934_592,
    transparentHugePages: undefined,
    pageBytes: 4096,
    nofile: 1024,
    somaxconn: 4096,
    missing: "",
  },
  cpuModel: "Example CPU",
  governor: null,
  loadAverage: 0.25,
  noise: { noise: { median_ratio: 1, p99_ratio: 1.2, quiet: true }, reasons: [] },
  startedAt: new Date("2026-01-02T03:04:05.678Z"),
  quick: false,
  server: { allocator: "mimalloc 3.5.3", notes: "" },
};

test("reportContext() tells what ran where, and null for what is not known", () => {
  const { settings_digest, notes, ...context } = reportContext(sources);
  assert.match(settings_digest, /^[0-9a-f]{64}$/);
  assert.equal(reportContext({ ...sources, quick: true }).quick, true);
  assert.ok(Array.isArray(notes));
  assert.deepEqual(context, {
    runtime: "Bun 1.4.5",
    adapter: "bun",
    allocator: "mimalloc 3.5.3",
    workers_mode: "threads",
    workers: 4,
    server_cpus: 4,
    features: ["websocket"],
    started_at: "2026-01-02T03:04:05.678Z",
    quick: false,
    pinning: { server_cpus: [0, 1, 2, 3], server_cores: 2, generator_cpus: [4, 5], reason: null },
    host: {
      os: "linux",
      arch: "x64",
      kernel: null,
      libc: "glibc",
      cpu_model: "Example CPU",
      cpus: 6,
      cpus_host: 8,
      memory_bytes: 1_073_741_824,
      governor: null,
      transparent_huge_pages: null,
      load_average: 0.25,
    },
    noise: { median_ratio: 1, p99_ratio: 1.2, quiet: true },
  });
});

const notes: readonly (readonly [changes: Partial<ContextSources>, note: RegExp])[] = [
  [{ quick: true }, /^--quick: .* proves nothing\.$/],
  [{ pinning: loose }, /^Server and generator are NOT pinned: there is only one CPU\./],
  [
    { host: { ...sources.host, cpus: 4.5 } },
    /^Pinning does not separate server and generator: .* can fill 4 and the generator 1 .* a quota gives 4\.5 to both/,
  ],
  [{ governor: "powersave" }, /^CPU governor powersave: /],
  [{ noise: { ...sources.noise, reasons: ["the host took 5 % of the CPU time"] } }, /^NOT quiet: the host took 5 %/],
  [{ pinning: { ...pinned, serverCpus: [0] } }, /^4 workers share 1 CPU\.$/],
  [{ server: { allocator: "glibc", notes: "Few files." } }, /^The server says: Few files\.$/],
  [{ config: load('[tls]\nmode = "files"\ncert = "a.pem"\nkey = "b.pem"\n').config }, /^TLS is off for the bench; /],
  [{ config: load("[rate_limit]\nrequests_per_s = 100\n").config }, /^rate_limit\.requests_per_s.*: 0 for the bench, /],
];

for (const [changes, note] of notes) {
  test(`reportContext() notes ${note.source}`, () => {
    const before = reportContext(sources).notes;
    assert.ok(!before.some((text) => note.test(text)), before.join("\n"));
    const { notes } = reportContext({ ...sources, ...changes });
    assert.ok(
      notes.some((text) => note.test(text)),
      notes.join("\n"),
    );
  });
}

test("reportContext() says when no server of this project was asked", () => {
  assert.match(reportContext({ ...sources, server: undefined }).allocator, /^not asked/);
});

const filled: readonly (readonly [name: string, cpus: number, args: Parameters<typeof serverCpusOf>])[] = [
  ["as many as workers", 4, [config, {}, pinned, { cpus: 6 }]],
  ["no more than are pinned", 2, [config, {}, { ...pinned, serverCpus: [0, 1] }, { cpus: 6 }]],
  ["no more than the quota", 0.5, [config, {}, loose, { cpus: 0.5 }]],
  ["the case's own workers", 1, [config, { "workers.count": "1" }, pinned, { cpus: 6 }]],
  ["one without worker threads", 1, [config, { "workers.mode": "inline" }, pinned, { cpus: 6 }]],
];

for (const [name, cpus, args] of filled) {
  test(`serverCpusOf() is ${name}`, () => {
    assert.equal(serverCpusOf(...args), cpus);
  });
}

test("reportContext() knows no cores where nothing is pinned", () => {
  assert.deepEqual(reportContext({ ...sources, pinning: loose }).pinning, {
    server_cpus: [],
    server_cores: null,
    generator_cpus: [],
    reason: "there is only one CPU",
  });
});

const generators: readonly (readonly [
  name: string,
  pinning: Pinning,
  cpus: number,
  serverCpus: number,
  generatorCpus: number,
  threads: number,
  shared: boolean,
])[] = [
  ["what it is pinned to, without a quota", pinned, 6, 4, 2, 2, false],
  ["what it is pinned to, where the quota has room for both", pinned, 7.5, 4, 2, 2, false],
  ["what the server leaves of a quota", pinned, 5.5, 4, 1.5, 1, false],
  ["a part of a CPU, which is less than its one thread", pinned, 4.75, 4, 0.75, 1, true],
  ["half of a CPU where the server leaves less", pinned, 4, 4, 0.5, 1, true],
  ["half of a quota below one CPU", pinned, 0.5, 0.5, 0.25, 1, true],
  ["half of the CPUs where nothing is pinned", loose, 5, 4, 2, 2, false],
];

for (const [name, pinning, cpus, serverCpus, generatorCpus, threads, shared] of generators) {
  test(`generatorCpusOf() is ${name}, and its threads follow`, () => {
    assert.equal(generatorCpusOf(pinning, { cpus }, serverCpus), generatorCpus);
    assert.equal(generatorThreadsOf(pinning, { cpus }, serverCpus), threads);
    assert.equal(isQuotaShared(pinning, { cpus }, serverCpus, threads), shared);
  });
}
