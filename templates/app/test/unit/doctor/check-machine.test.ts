import assert from "node:assert/strict";
import { test } from "node:test";
import type { HostReading } from "../../../src/control/host.ts";
import { checkMachine, type MachineReading } from "../../../src/doctor/check-machine.ts";
import { configWith } from "../reference-config.ts";

const GIB = 1024 ** 3;

const host: HostReading = {
  os: "linux",
  arch: "x64",
  kernel: "6.1.0",
  libc: "glibc",
  cpus: 2,
  cpusHost: 8,
  memoryBytes: GIB,
  memoryHostBytes: 16 * GIB,
  transparentHugePages: "madvise",
  pageBytes: 4096,
  nofile: 65_536,
  somaxconn: 4096,
  missing: "",
};

const fit: MachineReading = {
  config: configWith('allocator.backend = "glibc"\n'),
  adapter: "deno-serve",
  version: "Deno 2.9.6",
  pinned: "2.9.6",
  host,
  profile: undefined,
};

test("checkMachine() finds nothing wrong with a host that is as planned", () => {
  assert.deepEqual(
    checkMachine(fit).map((finding) => [finding.status, finding.subject, finding.value]),
    [
      ["ok", "runtime", "Deno 2.9.6"],
      ["ok", "memory", "1024 MiB granted, 1024 MiB planned"],
      ["ok", "CPUs", "2 for 2 workers"],
      ["ok", "open files", "65536, limits.nofile_min is 4608"],
      ["ok", "backlog", "net.core.somaxconn is 4096, server.backlog_max is 1024"],
      ["ok", "huge pages", "madvise"],
      ["ok", "page size", "4 KiB"],
    ],
  );
});

type Row = readonly [
  name: string,
  change: Partial<MachineReading>,
  subject: string,
  status: string,
  reason: RegExp,
  next: RegExp,
];

const lean = configWith('allocator.backend = "glibc"\nwatchdog.on_unsafe = "warn"\n');

const rows: readonly Row[] = [
  [
    "another version",
    { version: "Deno 2.10.0" },
    "runtime",
    "warning",
    /measured with version 2\.9\.6/,
    /^install version 2\.9\.6$/,
  ],
  [
    "less memory",
    { host: { ...host, memoryBytes: 0.9 * GIB } },
    "memory",
    "warning",
    /heaps are scaled down/,
    /^grant 1024 MiB, or retune the project for this host: npx create-fastserve retune --target this$/,
  ],
  [
    "too little memory",
    { host: { ...host, memoryBytes: GIB / 16 } },
    "memory",
    "problem",
    /there is no room for/,
    /^grant 1024 MiB/,
  ],
  [
    "too little memory, which the user accepts",
    { host: { ...host, memoryBytes: GIB / 16 }, config: lean },
    "memory",
    "warning",
    /there is no room for/,
    /^grant 1024 MiB/,
  ],
  ["unknown memory", { host: { ...host, memoryBytes: undefined } }, "memory", "warning", /not checked/, /compare/],
  ["more memory", { host: { ...host, memoryBytes: 2 * GIB } }, "memory", "ok", /the rest is not used/, /^$/],
  [
    "too few CPUs",
    { host: { ...host, cpus: 0.5 } },
    "CPUs",
    "warning",
    /take turns/,
    /^set workers\.count = 1, or retune/,
  ],
  [
    "too few files",
    { host: { ...host, nofile: 1024 } },
    "open files",
    "problem",
    /limits\.connections_max = 4096/,
    /ulimit -n 4608, LimitNOFILE=4608/,
  ],
  [
    "an unknown limit of files",
    { host: { ...host, nofile: undefined } },
    "open files",
    "warning",
    /cannot be read/,
    /ulimit -n; the plan needs 4608/,
  ],
  [
    "a short backlog",
    { host: { ...host, somaxconn: 128 } },
    "backlog",
    "warning",
    /lets 128 connections wait/,
    /sysctl -w net\.core\.somaxconn=1024$/,
  ],
  ["an unknown backlog", { host: { ...host, somaxconn: undefined } }, "backlog", "ok", /does not tell/, /^$/],
  [
    "huge pages for everybody",
    { host: { ...host, transparentHugePages: "always" } },
    "huge pages",
    "warning",
    /may swell/,
    /echo madvise/,
  ],
  [
    "huge pages that jemalloc declines",
    { host: { ...host, transparentHugePages: "always" }, config: configWith('allocator.backend = "jemalloc"\n') },
    "huge pages",
    "ok",
    /tells jemalloc/,
    /^$/,
  ],
  [
    "huge pages that Bun declines",
    { host: { ...host, transparentHugePages: "always" }, adapter: "bun" },
    "huge pages",
    "ok",
    /Bun's own/,
    /^$/,
  ],
  ["large pages under Deno", { host: { ...host, pageBytes: 65_536 } }, "page size", "ok", /must be built for it/, /^$/],
  [
    "large pages under Bun",
    { host: { ...host, pageBytes: 65_536 }, adapter: "bun" },
    "page size",
    "problem",
    /Bun aborts/,
    /kernel/,
  ],
];

for (const [name, change, subject, status, reason, next] of rows) {
  test(`checkMachine() tells ${name}`, () => {
    const finding = checkMachine({ ...fit, ...change }).find((candidate) => candidate.subject === subject);
    assert.equal(finding?.status, status);
    assert.match(finding?.reason ?? "", reason);
    assert.match(finding?.next ?? "", next);
  });
}

test("checkMachine() has no row about CPUs per worker inline, nor about a backlog that cannot be set", () => {
  const config = configWith('workers = { mode = "inline", count = 1 }\nallocator.backend = "glibc"\n');
  const { backlog_max: _, ...server } = config.server;
  const findings = checkMachine({ ...fit, config: { ...config, server } });
  assert.equal(findings.find((finding) => finding.subject === "CPUs")?.value, "2");
  assert.equal(
    findings.find((finding) => finding.subject === "backlog"),
    undefined,
  );
});
