/** Environment of each malloc by profile, as a table. Only rows with evidence stand here; an empty one is the library's default. */

export type MallocBackend = "bun" | "glibc" | "mimalloc" | "jemalloc" | "tcmalloc";
export type AllocatorProfile = "balanced" | "throughput" | "lean";
type Variables = Readonly<Record<string, string>>;

const table: Readonly<Record<MallocBackend, Readonly<Record<AllocatorProfile, Variables>>>> = {
  // Bun's own mimalloc 3.5 gives pages back 100 ms after their last use. A longer delay saves the page faults of memory
  // that is used again 100 ms to 1 s after it was freed (oven-sh/bun#34217); 0 gives pages back at once, for more
  // madvise calls. What either is worth depends on the workload: the bench measures it.
  bun: {
    balanced: {},
    throughput: { MIMALLOC_PURGE_DELAY: "1000" },
    lean: { MIMALLOC_PURGE_DELAY: "0" },
  },
  // Measured with 256 KiB bodies on Deno (docs/measurements/reference-figures.md of the generator): a fixed threshold halves the resident size and costs two thirds of the
  // requests per second. Setting it also stops glibc from raising it up to 32 MiB (mallopt(3)).
  glibc: {
    balanced: {},
    throughput: {},
    lean: { MALLOC_MMAP_THRESHOLD_: "65536" },
  },
  // The option's name changed between 2.0 (Debian 12) and 2.1, so no row is right for every version.
  mimalloc: { balanced: {}, throughput: {}, lean: {} },
  // jemalloc's TUNING.md. A server's threads go idle, and without the background thread idle memory stays.
  jemalloc: {
    balanced: { MALLOC_CONF: "background_thread:true,dirty_decay_ms:5000,muzzy_decay_ms:5000" },
    throughput: { MALLOC_CONF: "background_thread:true,dirty_decay_ms:30000,muzzy_decay_ms:30000" },
    lean: { MALLOC_CONF: "background_thread:true,narenas:1,dirty_decay_ms:1000,muzzy_decay_ms:0" },
  },
  // Pages go back at rate 1 by default, 10 is the fastest (gperftools, docs/tcmalloc.adoc).
  tcmalloc: { balanced: {}, throughput: {}, lean: { TCMALLOC_RELEASE_RATE: "10" } },
};

/** `hugePages`: the host's transparent_hugepage mode. */
export function allocatorVariables(
  backend: MallocBackend,
  profile: AllocatorProfile,
  hugePages: string | undefined,
): Variables {
  const variables = table[backend][profile];
  // Under THP "always" jemalloc's resident size swells; its users cure that by opting out (jemalloc/jemalloc#1674).
  if (backend !== "jemalloc" || hugePages !== "always" || !variables.MALLOC_CONF) return variables;
  return { MALLOC_CONF: `${variables.MALLOC_CONF},thp:never,metadata_thp:disabled` };
}
