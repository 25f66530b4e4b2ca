import assert from "node:assert/strict";
import { test } from "node:test";
import { checkDrift, type DriftHost, driftNotes } from "../../../src/control/drift-check.ts";
import { driftMetricsText } from "../../../src/control/drift-metrics.ts";
import { load, tunedText } from "../reference-config.ts";

const GIB = 1024 ** 3;

/** The reference configuration: workers.count 2, limits.nofile_min 4608, server.backlog_max 1024. */
const tuned = `${tunedText}
[target]
os = "linux"
cpu_millis = 2500
cpu_millis_low = 2000
cpu_millis_high = 2999
memory_bytes = ${GIB}
nofile = 8192
somaxconn = 4096
`;
const host: DriftHost = { os: "linux", cpus: 2.5, memoryBytes: GIB, nofile: 8192, somaxconn: 4096, missing: "" };

const notes = (changes: Partial<DriftHost>, user = "", added = "") =>
  driftNotes(checkDrift(load(user, {}, `${tuned}${added}`), { ...host, ...changes }));

const cases: readonly (readonly [string, Partial<DriftHost>, string | undefined])[] = [
  ["the recorded facts", {}, undefined],
  ["fewer CPUs that feed as many threads", { cpus: 2 }, undefined],
  ["fewer that do not", { cpus: 1.99 }, "workers.count: planned for 2.5 CPUs, this host grants 1.99"],
  ["more CPUs that feed as many threads", { cpus: 2.999 }, undefined],
  ["more that feed another", { cpus: 3 }, "workers.count: planned for 2.5 CPUs, this host grants 3"],
  ["a twentieth less memory", { memoryBytes: 0.95 * GIB }, undefined],
  [
    "less than that",
    { memoryBytes: 0.94 * GIB },
    "memory.limit_bytes: planned for 1024 MiB of memory, this host grants 962",
  ],
  [
    "more than a twentieth more memory",
    { memoryBytes: 2 * GIB },
    "memory.limit_bytes: planned for 1024 MiB of memory, this host grants 2048",
  ],
  ["the memory that the project's own unit marks as high", { memoryBytes: 858_992_640 }, undefined],
  ["fewer descriptors that still suffice", { nofile: 4608 }, undefined],
  [
    "descriptors that do not",
    { nofile: 4607 },
    "limits.connections_max: planned for 8192 file descriptors, this process has 4607",
  ],
  ["more descriptors where they bound nothing", { nofile: 1_048_576 }, undefined],
  ["a smaller backlog that suffices", { somaxconn: 1024 }, undefined],
  [
    "a backlog that does not",
    { somaxconn: 128 },
    "server.backlog_max: planned for 4096 waiting connections at most, net.core.somaxconn is 128",
  ],
  ["another system", { os: "darwin" }, "allocator.backend: planned for linux, this is darwin"],
];

for (const [name, changes, expected] of cases) {
  test(`checkDrift() finds of ${name}: ${expected ?? "no drift"}`, () => {
    assert.deepEqual(notes(changes), expected === undefined ? [] : [expected]);
  });
}

test("checkDrift() takes more of what bounded the plan for a drift", () => {
  const bound = "nofile_high = 8601\nsomaxconn_high = 4300\n";
  assert.deepEqual(notes({ nofile: 8601, somaxconn: 4300 }, "", bound), []);
  assert.deepEqual(notes({ nofile: 8602, somaxconn: 4301 }, "", bound), [
    "limits.connections_max: planned for 8192 file descriptors, this process has 8602",
    "server.backlog_max: planned for 4096 waiting connections at most, net.core.somaxconn is 4301",
  ]);
});

test("checkDrift() tolerates what watchdog.drift_percent says", () => {
  assert.deepEqual(notes({ memoryBytes: 0.75 * GIB }, "watchdog.drift_percent = 25\n"), []);
});

test("checkDrift() takes no fact that cannot be read for a drift", () => {
  const blind = { ...host, cpus: 1, memoryBytes: 64 * GIB, nofile: undefined, somaxconn: undefined };
  const rows = checkDrift(load("", {}, tuned), { ...blind, missing: "/proc is not readable" });
  assert.deepEqual(
    rows.map(({ setting, verdict }) => [setting, verdict]),
    [
      ["workers.count", "unknown"],
      ["memory.limit_bytes", "unknown"],
      ["limits.connections_max", "unknown"],
      ["server.backlog_max", "unknown"],
      ["allocator.backend", "fits"],
    ],
  );
});

test("checkDrift() knows nothing where no fact is recorded", () => {
  const rows = checkDrift(load(""), { ...host, cpus: 64, memoryBytes: 64 * GIB });
  assert.deepEqual([...new Set(rows.map(({ verdict }) => verdict))], ["unknown"]);
});

const owners: readonly (readonly [string, string, Readonly<Record<string, string>>])[] = [
  ["fastserve.toml overrides", "workers.count = 2\n", {}],
  ["the environment overrides", "", { FASTSERVE__WORKERS__COUNT: "2" }],
  ["is pinned", 'pin = ["workers.count"]\n', {}],
];

for (const [name, user, environment] of owners) {
  test(`checkDrift() leaves a setting that ${name} to the user`, () => {
    const rows = checkDrift(load(user, environment, tuned), { ...host, cpus: 8, memoryBytes: 8 * GIB });
    assert.equal(rows.find(({ setting }) => setting === "workers.count")?.verdict, "own");
    assert.deepEqual(driftNotes(rows), ["memory.limit_bytes: planned for 1024 MiB of memory, this host grants 8192"]);
  });
}

test("driftMetricsText() has a sample per setting that is known, 1 for a drift", () => {
  const rows = checkDrift(load("", {}, tuned), { ...host, cpus: 8, somaxconn: undefined });
  assert.equal(
    driftMetricsText(rows),
    `# HELP fastserve_drift 1 when the plan for this host would have another value; retune makes it.
# TYPE fastserve_drift gauge
fastserve_drift{setting="workers.count"} 1
fastserve_drift{setting="memory.limit_bytes"} 0
fastserve_drift{setting="limits.connections_max"} 0
fastserve_drift{setting="allocator.backend"} 0
`,
  );
});
