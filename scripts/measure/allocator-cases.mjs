/** What scripts/measure/allocators.mjs compares: every choice that takes effect, beside its runtime's default. */

const jemalloc = "libjemalloc.so.2";
const mimalloc = "libmimalloc.so.2";
const tcmalloc = "libtcmalloc_minimal.so.4";

/** The first case of a runtime is its default, which the others' ratios are of. `serving`: what must be found in truth. */
export const cases = [
  { runtime: "deno", name: "glibc", serving: /libc\.so\.6$/ },
  {
    runtime: "deno",
    name: "glibc, lean",
    variables: { MALLOC_MMAP_THRESHOLD_: "65536" },
    serving: /libc\.so\.6$/,
  },
  {
    runtime: "deno",
    name: "glibc, semi-spaces of 64 MiB",
    flags: ["--v8-flags=--max-semi-space-size=64"],
    serving: /libc\.so\.6$/,
  },
  { runtime: "deno", name: "mimalloc", preload: mimalloc, serving: /libmimalloc/ },
  { runtime: "deno", name: "jemalloc", preload: jemalloc, serving: /libjemalloc/ },
  {
    runtime: "deno",
    name: "jemalloc, balanced",
    preload: jemalloc,
    variables: { MALLOC_CONF: "background_thread:true,dirty_decay_ms:5000,muzzy_decay_ms:5000" },
    serving: /libjemalloc/,
  },
  {
    runtime: "deno",
    name: "jemalloc, lg_tcache_max 20",
    preload: jemalloc,
    variables: { MALLOC_CONF: "background_thread:true,lg_tcache_max:20" },
    serving: /libjemalloc/,
  },
  {
    runtime: "deno",
    name: "jemalloc, lean",
    preload: jemalloc,
    variables: { MALLOC_CONF: "background_thread:true,narenas:1,dirty_decay_ms:1000,muzzy_decay_ms:0" },
    serving: /libjemalloc/,
  },
  { runtime: "deno", name: "tcmalloc", preload: tcmalloc, serving: /libtcmalloc/ },
  {
    runtime: "deno",
    name: "tcmalloc, semi-spaces of 64 MiB, external growth 8",
    preload: tcmalloc,
    flags: ["--v8-flags=--max-semi-space-size=64,--external-memory-max-growing-factor=8"],
    serving: /libtcmalloc/,
  },
  { runtime: "bun", name: "mimalloc", serving: /^mimalloc \d/ },
  { runtime: "bun", name: "mimalloc, lean", variables: { MIMALLOC_PURGE_DELAY: "0" }, serving: /^mimalloc \d/ },
  {
    runtime: "bun",
    name: "mimalloc, throughput",
    variables: { MIMALLOC_PURGE_DELAY: "1000" },
    serving: /^mimalloc \d/,
  },
  { runtime: "bun", name: "mimalloc, --smol", flags: ["--smol"], serving: /^mimalloc \d/ },
];

export const workloads = {
  json: { what: "POST 5 KB of JSON, parsed, small JSON back", script: true },
  bodies: { what: "POST 256 KiB, 64 KiB back", script: true },
  strings: { what: "GET, a string of 4 KiB back", script: false },
};
