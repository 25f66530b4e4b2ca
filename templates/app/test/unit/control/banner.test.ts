import assert from "node:assert/strict";
import { test } from "node:test";
import { type BannerValues, bannerFields, bannerText } from "../../../src/control/banner.ts";
import { configWith } from "../reference-config.ts";

const GIB = 1024 ** 3;

const values: BannerValues = {
  version: "Deno 2.9.6",
  adapter: "deno-serve",
  tuned: true,
  allocator: {
    requested: "jemalloc",
    backend: "jemalloc",
    version: "5.3.0",
    mapped: true,
    serving: true,
    evidence: "malloc is /usr/lib/libjemalloc.so.2's",
    reason: "Deno imports malloc from outside, so a preloaded library takes it over.",
  },
  host: {
    os: "linux",
    arch: "arm64",
    kernel: "6.1.0",
    libc: "glibc",
    cpus: 1.5,
    cpusHost: 8,
    memoryBytes: GIB,
    memoryHostBytes: 15.6 * GIB,
    transparentHugePages: "madvise",
    pageBytes: 4096,
    nofile: 1024,
    somaxconn: 4096,
    missing: "",
  },
  config: configWith('allocator.backend = "jemalloc"\n'),
  url: "http://127.0.0.1:3000",
  adminUrl: "http://127.0.0.1:9090",
  files: ["fastserve.tuned.toml", "fastserve.toml"],
  overrides: 1,
  notes: ["The process may open 1024 files."],
  drift: [],
  driftNext: "npx create-fastserve retune --target this",
};

test("bannerText() names runtime, allocator with reason, machine as limited, workers, memory, settings and addresses", () => {
  assert.equal(
    bannerText(values),
    `  runtime    Deno 2.9.6, adapter deno-serve, tuned
  allocator  jemalloc 5.3.0 (malloc is /usr/lib/libjemalloc.so.2's)
             Deno imports malloc from outside, so a preloaded library takes it over.
  machine    1.5 of 8 CPUs, 1 GiB of 15.6 GiB, arm64, linux 6.1.0, glibc
  workers    2 threads on one port
  memory     base 96 MiB + heaps 384 MiB + zones 4 MiB + connections 128 MiB + bodies 64 MiB + headroom 256 MiB <= 1 GiB
  settings   fastserve.tuned.toml, fastserve.toml; 1 overridden
  note       The process may open 1024 files.
  listening  http://127.0.0.1:3000
  admin      http://127.0.0.1:9090
`,
  );
});

test("bannerText() names what the features hold, where they hold something", () => {
  const { memory, ...config } = values.config;
  const text = bannerText({ ...values, config: { ...config, memory: { ...memory, features_bytes: 32 * 1024 ** 2 } } });
  assert.match(text, / \+ bodies 64 MiB \+ features 32 MiB \+ headroom 256 MiB <= 1 GiB$/m);
});

const glibc = {
  requested: "jemalloc",
  backend: "glibc",
  version: undefined,
  mapped: false,
  serving: false,
  evidence: "nothing is preloaded",
  reason: "So it is.",
} as const;

test("bannerText() says that a plain start applies nothing, and takes no other allocator for a fault", () => {
  const text = bannerText({ ...values, tuned: false, allocator: glibc, notes: [] });
  assert.match(
    text,
    /^ {2}runtime .* adapter deno-serve, plain: the plan's flags, heap and allocator settings are not applied$/m,
  );
  assert.doesNotMatch(text, /^ {2}note/m);
});

test("bannerText() notes once that the configured allocator does not serve a tuned start", () => {
  const note = '  note       allocator.backend = "jemalloc" does not serve; glibc does.\n';
  assert.ok(bannerText({ ...values, allocator: glibc, notes: [] }).includes(note));
  const notes = ['allocator.backend = "jemalloc" is not available, the system\'s malloc serves: no library.'];
  assert.equal(bannerText({ ...values, allocator: glibc, notes }).match(/^ {2}note/gm)?.length, 1);
  const unseen = { ...glibc, mapped: undefined, serving: undefined };
  assert.doesNotMatch(bannerText({ ...values, allocator: unseen, notes: [] }), /^ {2}note/m);
});

const machines: readonly (readonly [name: string, host: Partial<BannerValues["host"]>, expected: string])[] = [
  [
    "unknown memory",
    { memoryBytes: undefined, memoryHostBytes: undefined },
    "1.5 of 8 CPUs, memory unknown, arm64, linux 6.1.0, glibc",
  ],
  ["no kernel version", { kernel: undefined }, "1.5 of 8 CPUs, 1 GiB of 15.6 GiB, arm64, linux, glibc"],
  ["macOS", { os: "darwin", libc: "none" }, "1.5 of 8 CPUs, 1 GiB of 15.6 GiB, arm64, darwin 6.1.0"],
  [
    "a restricted process",
    { missing: "guessed" },
    "1.5 of 8 CPUs, 1 GiB of 15.6 GiB, arm64, linux 6.1.0, glibc (guessed)",
  ],
];

for (const [name, host, expected] of machines) {
  test(`bannerText() describes a machine with ${name}`, () => {
    const text = bannerText({ ...values, host: { ...values.host, ...host } });
    assert.equal(/^ {2}machine {4}(.*)$/m.exec(text)?.[1], expected);
  });
}

test("bannerText() tells where the host is not what was planned for, and the next step; bannerFields() too", () => {
  const drift = ["workers.count: planned for 4 CPUs, this host grants 1.5", "allocator.backend: planned for linux"];
  const text = bannerText({ ...values, drift });
  assert.ok(
    text.includes(
      `  drift      workers.count: planned for 4 CPUs, this host grants 1.5
  drift      allocator.backend: planned for linux
             retune the project for this host: npx create-fastserve retune --target this
`,
    ),
    text,
  );
  assert.equal(
    bannerFields({ ...values, drift }).drift,
    "workers.count: planned for 4 CPUs, this host grants 1.5; allocator.backend: planned for linux",
  );
});

test("bannerText() speaks of one thread and of inline", () => {
  assert.match(bannerText({ ...values, config: configWith("workers.count = 1\n") }), /workers {4}1 thread\n/);
  const inline = configWith('workers = { mode = "inline", count = 1 }\n');
  assert.match(bannerText({ ...values, config: inline }), /workers {4}inline, in the main thread\n/);
});

test("bannerFields() gives the same facts for one log line", () => {
  assert.deepEqual(bannerFields(values), {
    version: "Deno 2.9.6",
    adapter: "deno-serve",
    tuned: true,
    allocator: "jemalloc",
    allocator_version: "5.3.0",
    allocator_requested: "jemalloc",
    allocator_mapped: true,
    allocator_serving: true,
    allocator_evidence: "malloc is /usr/lib/libjemalloc.so.2's",
    cpus: 1.5,
    cpus_host: 8,
    memory_bytes: 1_073_741_824,
    memory_host_bytes: 15.6 * GIB,
    workers_mode: "threads",
    workers: 2,
    memory_limit_bytes: 1_073_741_824,
    profile: undefined,
    overrides: 1,
    url: "http://127.0.0.1:3000",
    admin_url: "http://127.0.0.1:9090",
    notes: "The process may open 1024 files.",
    drift: undefined,
  });
});
