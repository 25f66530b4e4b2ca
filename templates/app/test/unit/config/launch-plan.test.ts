import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { launchVariable, takeLaunch } from "../../../src/config/launch-facts.ts";
import { type LaunchRequest, launchPlan } from "../../../src/config/launch-plan.ts";
import { readHost } from "../../../src/control/host.ts";
import { configWith } from "../reference-config.ts";

const GIB = 1024 ** 3;

/** Knows every option that the tables set. */
function library(path: string) {
  const jemalloc = ["background_thread", "narenas", "dirty_decay_ms", "muzzy_decay_ms", "thp", "metadata_thp"];
  return { path, version: "5.3.0", options: [...jemalloc, "purge_delay", "TCMALLOC_RELEASE_RATE"] };
}

function request(user: string, overrides: Partial<LaunchRequest> = {}): LaunchRequest {
  return {
    config: configWith(user),
    adapter: "bun",
    host: { os: "linux", cpus: 2, memoryBytes: GIB, transparentHugePages: "madvise", nofile: 65_536 },
    environment: { HOME: "/root" },
    directory: "/project",
    main: "/project/src/main.ts",
    findLibrary: (backend) => ({ ...library(`/usr/lib/lib${backend}.so.2`), passedOver: [] }),
    examineLibrary: (_backend, path) => library(path),
    ...overrides,
  };
}

test("launchPlan() gives Bun its flags and environment", () => {
  assert.deepEqual(launchPlan(request("")), {
    args: ["--no-install", "--max-http-header-size=16384", "/project/src/main.ts"],
    environment: { HOME: "/root", BUN_JSC_forceRAMSize: "805306368" },
    notes: [],
    preload: undefined,
    restore: { BUN_JSC_forceRAMSize: null },
  });
});

test("launchPlan() gives Bun --smol and the lean profile's environment", () => {
  const plan = launchPlan(request('engine.smol = true\nallocator.profile = "lean"\n'));
  assert.deepEqual(plan.args, ["--no-install", "--max-http-header-size=16384", "--smol", "/project/src/main.ts"]);
  assert.deepEqual(plan.environment, { HOME: "/root", BUN_JSC_forceRAMSize: "805306368", MIMALLOC_PURGE_DELAY: "0" });
});

test("launchPlan() keeps what the environment already sets, and says so", () => {
  const plan = launchPlan(
    request('allocator.profile = "throughput"\n', { environment: { MIMALLOC_PURGE_DELAY: "50" } }),
  );
  assert.deepEqual(plan.environment, { MIMALLOC_PURGE_DELAY: "50", BUN_JSC_forceRAMSize: "805306368" });
  assert.deepEqual(plan.notes, ["MIMALLOC_PURGE_DELAY=50 of the environment stays; the plan has 1000."]);
  // What was there before is the environment's: children get it.
  assert.deepEqual(plan.restore, { BUN_JSC_forceRAMSize: null });
});

test("launchPlan() says that Bun cannot change its allocator", () => {
  const plan = launchPlan(request('allocator.backend = "jemalloc"\n'));
  assert.equal(plan.environment.LD_PRELOAD, undefined);
  assert.deepEqual(plan.notes, [
    'allocator.backend = "jemalloc" has no effect: Bun links its own mimalloc; a preloaded allocator is loaded but serves nothing.',
  ]);
});

test("launchPlan() never asks for more memory than this host grants, and names every shortfall", () => {
  const host = { os: "linux", cpus: 0.5, memoryBytes: GIB / 2, transparentHugePages: undefined, nofile: 1024 };
  const notes = (percent: number) => [
    `This host grants 512 MiB of memory, the plan has 1024 MiB: heaps are scaled down to ${percent} %; retune the project for this host (npx create-fastserve retune --target this).`,
    "2 workers share 0.5 CPUs; workers.count is meant to be at most that.",
    "The process may open 1024 files, limits.nofile_min is 4608: raise the limit (ulimit -n, LimitNOFILE).",
  ];
  const bun = launchPlan(request("", { host }));
  // 182 of 378 MiB: what base, zones, connections, bodies, threads and half of the headroom leave.
  assert.equal(bun.environment.BUN_JSC_forceRAMSize, "387740103");
  assert.deepEqual(bun.notes, notes(48));
  const deno = launchPlan(request('allocator.backend = "glibc"\n', { host, adapter: "deno-serve" }));
  // 104 of 376 MiB.
  assert.equal(deno.args[1], "--v8-flags=--max-old-space-size=35,--max-semi-space-size=4");
  assert.deepEqual(deno.notes, notes(28));
});

test("launchPlan() gives Deno's control plane everything when workers have their own lists", () => {
  assert.deepEqual(launchPlan(request('allocator.backend = "glibc"\n', { adapter: "deno-serve" })), {
    args: [
      "run",
      "--v8-flags=--max-old-space-size=128,--max-semi-space-size=16",
      "--unstable-net",
      "--unstable-worker-options",
      "--allow-all",
      "--unstable-no-legacy-abort",
      "/project/src/main.ts",
    ],
    environment: { HOME: "/root", DENO_USE_CGROUPS: "1", DENO_NO_UPDATE_CHECK: "1" },
    notes: [],
    preload: undefined,
    restore: { DENO_USE_CGROUPS: null, DENO_NO_UPDATE_CHECK: null },
  });
});

test("launchPlan() gives an inline Deno server a list and nothing else", () => {
  const user = `workers = { mode = "inline", count = 1 }
server.host = "::"
allocator.backend = "system"
tls = { mode = "files", cert = "tls/cert.pem", key = "/etc/key.pem" }
`;
  const { args } = launchPlan(request(user, { adapter: "deno-http" }));
  assert.deepEqual(args.slice(4), [
    "--no-prompt",
    "--allow-net=[::]:3000,127.0.0.1:9090",
    "--allow-read=/project,/project/tls/cert.pem,/etc/key.pem",
    "--allow-env=FASTSERVE_*,LD_PRELOAD,WS_NO_BUFFER_UTIL,WS_NO_UTF_8_VALIDATE,DENO_USE_CGROUPS,DENO_NO_UPDATE_CHECK",
    "/project/src/main.ts",
  ]);
});

test("launchPlan() says when a comma in a path costs the list of readable paths", () => {
  const user = 'workers = { mode = "inline", count = 1 }\nallocator.backend = "glibc"\n';
  const { args, notes } = launchPlan(request(user, { adapter: "deno-serve", directory: "/a,b" }));
  assert.equal(args[6], "--allow-read");
  assert.deepEqual(notes, ["Deno cannot list a path with a comma (/a,b): the server may read every file."]);
});

test("launchPlan() grants every port of a host whose port the kernel chooses", () => {
  const user = `workers = { mode = "inline", count = 1 }
server = { host = "::1", port = 0 }
admin.port = 0
allocator.backend = "glibc"
`;
  const { args } = launchPlan(request(user, { adapter: "deno-serve" }));
  assert.equal(args[5], "--allow-net=[::1],127.0.0.1");
});

const preloads: readonly (readonly [name: string, inherited: string | undefined, expected: string])[] = [
  ["alone", undefined, "/usr/lib/libjemalloc.so.2"],
  ["before what was there", "/x/libfaketime.so.1", "/usr/lib/libjemalloc.so.2:/x/libfaketime.so.1"],
];

for (const [name, inherited, expected] of preloads) {
  test(`launchPlan() preloads an allocator into Deno ${name}`, () => {
    const environment = inherited === undefined ? {} : { LD_PRELOAD: inherited };
    const plan = launchPlan(request('allocator.backend = "jemalloc"\n', { adapter: "deno-serve", environment }));
    assert.deepEqual(plan.environment, {
      LD_PRELOAD: expected,
      DENO_USE_CGROUPS: "1",
      DENO_NO_UPDATE_CHECK: "1",
      MALLOC_CONF: "background_thread:true,dirty_decay_ms:5000,muzzy_decay_ms:5000",
    });
    assert.deepEqual(plan.preload, { library: "/usr/lib/libjemalloc.so.2", version: "5.3.0" });
    assert.deepEqual(plan.restore, {
      LD_PRELOAD: inherited ?? null,
      DENO_USE_CGROUPS: null,
      DENO_NO_UPDATE_CHECK: null,
      MALLOC_CONF: null,
    });
    assert.deepEqual(plan.notes, []);
  });
}

test("launchPlan() lets DENO_USE_CGROUPS stay where workers' heaps are sized by it", () => {
  const { engine, ...config } = configWith('allocator.backend = "glibc"\n');
  const { heap_bytes_max: _, ...unsized } = engine;
  const plan = launchPlan(request("", { adapter: "deno-serve", config: { ...config, engine: unsized } }));
  assert.deepEqual(plan.restore, { DENO_NO_UPDATE_CHECK: null });
});

test("launchPlan() leaves a library that the environment preloads, with that library's own knobs", () => {
  const environment = { LD_PRELOAD: "/x/libfaketime.so.1 /opt/libtcmalloc.so.4" };
  const user = 'allocator = { backend = "jemalloc", profile = "lean" }\n';
  const plan = launchPlan(request(user, { adapter: "deno-serve", environment }));
  assert.deepEqual(plan.environment, {
    ...environment,
    DENO_USE_CGROUPS: "1",
    DENO_NO_UPDATE_CHECK: "1",
    TCMALLOC_RELEASE_RATE: "10",
  });
  assert.equal(plan.preload, undefined);
  assert.deepEqual(plan.notes, [
    'LD_PRELOAD=/opt/libtcmalloc.so.4 of the environment stays; the plan has allocator.backend = "jemalloc".',
  ]);
  const same = launchPlan(request('allocator.backend = "tcmalloc"\n', { adapter: "deno-serve", environment }));
  assert.deepEqual([same.preload, same.notes], [undefined, []]);
});

test("launchPlan() preloads the plan's library before one of the environment that the loader does not accept", () => {
  const plan = launchPlan(
    request('allocator.backend = "jemalloc"\n', {
      adapter: "deno-serve",
      environment: { LD_PRELOAD: "/nowhere/libjemalloc.so.2" },
      examineLibrary: (_backend, path) => ({ unfit: "unreadable", reason: `${path} cannot be read` }),
    }),
  );
  assert.equal(plan.environment.LD_PRELOAD, "/usr/lib/libjemalloc.so.2:/nowhere/libjemalloc.so.2");
  assert.deepEqual(plan.notes, [
    "LD_PRELOAD of the environment names a library that does not serve: /nowhere/libjemalloc.so.2 cannot be read.",
  ]);
});

test("launchPlan() says which library was passed over", () => {
  const findLibrary = () => ({
    ...library("/usr/lib/libjemalloc.so.2"),
    passedOver: ["/usr/local/lib/libjemalloc.so.2 crashes"],
  });
  const plan = launchPlan(request('allocator.backend = "jemalloc"\n', { adapter: "deno-serve", findLibrary }));
  assert.deepEqual(plan.notes, [
    "/usr/lib/libjemalloc.so.2 serves instead of another: /usr/local/lib/libjemalloc.so.2 crashes.",
  ]);
});

test("launchPlan() turns huge pages off for jemalloc where the host forces them", () => {
  const host = { os: "linux", cpus: 2, memoryBytes: GIB, transparentHugePages: "always", nofile: undefined };
  const user = 'allocator = { backend = "jemalloc", profile = "lean" }\n';
  assert.equal(
    launchPlan(request(user, { adapter: "deno-serve", host })).environment.MALLOC_CONF,
    "background_thread:true,narenas:1,dirty_decay_ms:1000,muzzy_decay_ms:0,thp:never,metadata_thp:disabled",
  );
});

test("launchPlan() falls back to glibc with a note when the library is missing", () => {
  const findLibrary = () => ({ unfit: "missing" as const, reason: "no libtcmalloc_minimal.so.4 here" });
  const user = 'allocator = { backend = "tcmalloc", profile = "lean" }\n';
  const plan = launchPlan(request(user, { adapter: "deno-serve", findLibrary }));
  assert.deepEqual(plan.environment, {
    HOME: "/root",
    DENO_USE_CGROUPS: "1",
    DENO_NO_UPDATE_CHECK: "1",
    MALLOC_MMAP_THRESHOLD_: "65536",
  });
  assert.deepEqual(plan.notes, [
    'allocator.backend = "tcmalloc" is not available, the system\'s malloc serves: no libtcmalloc_minimal.so.4 here.',
  ]);
});

test("launchPlan() preloads nothing on macOS", () => {
  const host = { os: "darwin", cpus: 8, memoryBytes: 8 * GIB, transparentHugePages: undefined, nofile: undefined };
  const plan = launchPlan(request("", { adapter: "deno-serve", host }));
  assert.deepEqual(plan.environment, { HOME: "/root", DENO_USE_CGROUPS: "1", DENO_NO_UPDATE_CHECK: "1" });
  assert.deepEqual(plan.notes, [
    'allocator.backend = "mimalloc" is not available, the system\'s malloc serves: preloading needs Linux.',
  ]);
});

const variableNames = [
  "HOME",
  "LD_PRELOAD",
  "MALLOC_CONF",
  "MIMALLOC_PURGE_DELAY",
  "BUN_JSC_forceRAMSize",
  "DENO_USE_CGROUPS",
];
const requests = fc.record({
  adapter: fc.constantFrom("bun", "deno-serve", "deno-http"),
  backend: fc.constantFrom("system", "glibc", "mimalloc", "jemalloc", "tcmalloc"),
  profile: fc.constantFrom("balanced", "throughput", "lean"),
  environment: fc.dictionary(fc.constantFrom(...variableNames), fc.constantFrom("1", "x:y", "/opt/libjemalloc.so.2")),
});

test("launchPlan() and takeLaunch() leave children the environment that was there before, whatever it was", () => {
  fc.assert(
    fc.property(requests, ({ adapter, backend, profile, environment }) => {
      const user = `allocator = { backend = "${backend}", profile = "${profile}" }\n`;
      const asked = request(user, { adapter, environment });
      const { environment: started, notes, restore } = launchPlan(asked);
      const facts = launchVariable({ notes, restore, host: readHost(() => undefined) });
      const server: Record<string, string | undefined> = { ...started, FASTSERVE_LAUNCH: facts };
      takeLaunch(server);
      assert.deepEqual(server, { ...environment });
      // And what was there reaches the server itself.
      for (const [name, value] of Object.entries(environment)) {
        assert.ok(name === "LD_PRELOAD" ? started[name]?.endsWith(value) : started[name] === value, name);
      }
    }),
  );
});
