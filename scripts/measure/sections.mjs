/**
 * All measurements of this repository: what `npm run measure` runs, one after the other. Minutes are those of a quiet machine of
 * two cores. `smoke` are the shortest settings with which a script still does everything once.
 */

const node = [process.execPath];
const withTypes = [process.execPath, "--import", "tsx"];

export const sections = {
  allocators: {
    what: "what the malloc under a runtime is worth, on three kinds of work",
    minutes: 9,
    files: ["allocators"],
    citedBy: "src/plan/rules/allocator.ts, src/plan/allocator-case.ts (npm run docs:update carries it along)",
    needs: ["wrk", "libjemalloc2, libmimalloc2.0 and libtcmalloc-minimal4"],
    command: [...node, "scripts/measure/allocators.mjs"],
    smoke: ["--rounds", "1", "--seconds", "1", "--case", "glibc", "--case", "mimalloc", "--workload", "json"],
  },
  "memory-primitives": {
    what: "nanoseconds of buffers, arenas, pools, encoding and responses, on each runtime",
    minutes: 3,
    files: ["memory-primitives"],
    citedBy: "templates/app/src/memory/arena.ts, templates/app/src/log/logger.ts",
    needs: [],
    command: [...node, "scripts/measure/memory-primitives.mjs"],
    smoke: [],
  },
  "memory-costs": {
    what: "memory of a process, a worker, a connection and a WebSocket",
    minutes: 6,
    files: ["memory-costs"],
    citedBy: "src/plan/costs.ts, the rules that divide memory, templates/app/src/control/",
    needs: ["openssl"],
    command: [...node, "scripts/measure/memory-costs.mjs"],
    smoke: [],
  },
  "memory-uses": {
    what: "each use of arenas and pools in the emitted server, on against off",
    minutes: 9,
    files: ["memory-uses"],
    citedBy: "src/plan/rules/scratch.ts (npm run docs:update carries it along)",
    needs: [],
    command: [...node, "scripts/measure/memory-uses.mjs"],
    smoke: ["--quick", "--adapter", "bun", "--only", "log_arena"],
  },
  threads: {
    what: "how listeners share connections, what a roll resets, what shared memory costs",
    minutes: 3,
    files: ["threads"],
    citedBy: "templates/app/src/runtime/capabilities.ts, src/plan/sentences.ts",
    needs: [],
    command: [...node, "scripts/measure/threads.mjs"],
    smoke: ["--rolls", "1", "--connections", "100"],
  },
  "engine-limits": {
    what: "V8's heap limit, descriptors, the smallest heap that serves, heads that never end",
    minutes: 3,
    files: ["engine-limits"],
    citedBy: "src/plan/rules/limits.ts, src/plan/capacity.ts, templates/app/src/runtime/capabilities.ts",
    needs: ["wrk"],
    command: [...node, "scripts/measure/engine-limits.mjs"],
    smoke: ["--seconds", "1", "--head-seconds", "1"],
  },
  compression: {
    what: "time, result and memory of the content codings, by size and level",
    minutes: 2,
    files: ["compression"],
    citedBy: "src/plan/rules/compression.ts, templates/app/src/features/compression.ts",
    needs: [],
    command: [...node, "scripts/measure/compression.mjs", "write"],
    smoke: ["gzip-6"],
  },
  ceilings: {
    what: "CPU per request of the bare runtimes and frameworks, per WebSocket message, idle connections",
    minutes: 8,
    files: ["ceilings"],
    citedBy: "",
    needs: ["wrk", "nginx"],
    command: [...node, "scripts/measure/ceilings.mjs"],
    smoke: ["--rounds", "1", "--seconds", "1", "--idle", "100"],
  },
  "feature-costs": {
    what: "what each feature of the emitted server costs, beside frameworks with the same",
    minutes: 14,
    files: ["feature-costs"],
    citedBy: "templates/app/src/http/responder.ts",
    needs: ["wrk"],
    command: [...node, "scripts/measure/feature-costs.mjs"],
    smoke: ["--rounds", "1", "--seconds", "1", "--runtime", "bun"],
  },
  "slow-attacks": {
    what: "a client beside slow attacks",
    minutes: 4,
    files: ["slow-attacks"],
    citedBy: "",
    needs: ["slowhttptest"],
    command: [...withTypes, "scripts/measure/slow-attacks.ts"],
    smoke: ["--seconds", "2", "--connections", "10"],
    // It prints instead of writing when its settings are others than the documents'.
    smokeFiles: [],
  },
  cli: {
    what: "the generator's own benchmarks, as npm run bench",
    minutes: 1,
    files: ["cli"],
    citedBy: "",
    needs: [],
    command: [...withTypes, "scripts/bench/main.ts"],
    smoke: ["--rounds", "1"],
  },
};
