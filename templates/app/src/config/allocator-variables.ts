/**
 * Environment of each malloc by profile, as a table. Only rows with evidence stand here; an empty one is the library's
 * default. A row is set only where the library itself lists the option (library-answers.ts): names change between
 * versions, and an unknown one is ignored without a word.
 */
import type { PreloadBackend } from "./allocator-library.ts";
import type { LibraryFacts } from "./library-answers.ts";

export type AllocatorProfile = "balanced" | "throughput" | "lean";
export type Variables = Readonly<Record<string, string>>;
type Rows = Readonly<Record<AllocatorProfile, Variables>>;

export interface AllocatorTuning {
  readonly variables: Variables;
  /** Sentences: what the profile or the host asks for and this version does not have. */
  readonly notes: readonly string[];
}

/** transparent_hugepage: "always", "madvise", "never", or unknown. */
type HugePages = string | undefined;

// Bun's own mimalloc 3.5 gives pages back 100 ms after their last use. A longer delay saves the page faults of memory
// that is used again 100 ms to 1 s after it was freed (oven-sh/bun#34217); 0 gives pages back at once, for more
// madvise calls. What either is worth depends on the workload: the bench measures it. It switches huge pages off itself.
const bunRows: Rows = {
  balanced: {},
  throughput: { MIMALLOC_PURGE_DELAY: "1000" },
  lean: { MIMALLOC_PURGE_DELAY: "0" },
};

// Measured with 256 KiB bodies on Deno (docs/measurements/allocators.md of the generator): after the load a third of the
// resident size stays, for twice the CPU per request. Setting it also stops glibc from raising it up to 32 MiB (mallopt(3)).
const glibcRows: Rows = { balanced: {}, throughput: {}, lean: { MALLOC_MMAP_THRESHOLD_: "65536" } };

// mimalloc, src/options.c. "throughput" keeps freed pages about 1 s, as 3.x does by itself; "lean" gives them back at
// once. 2.0 (Debian 12): decommit_delay 25 ms, segment_decommit_delay 500 ms.
const mimalloc20Rows: Rows = {
  balanced: {},
  throughput: { MIMALLOC_DECOMMIT_DELAY: "1000", MIMALLOC_SEGMENT_DECOMMIT_DELAY: "1000" },
  lean: { MIMALLOC_DECOMMIT_DELAY: "0", MIMALLOC_SEGMENT_DECOMMIT_DELAY: "0" },
};
// 2.1 and later: purge_delay 10 ms, which arenas take arena_purge_mult (10) times.
const mimalloc21Rows: Rows = {
  balanced: {},
  throughput: { MIMALLOC_PURGE_DELAY: "100" },
  lean: { MIMALLOC_PURGE_DELAY: "0" },
};
// 3.x: purge_delay 1000 ms.
const mimalloc3Rows: Rows = { balanced: {}, throughput: {}, lean: { MIMALLOC_PURGE_DELAY: "0" } };

// jemalloc's TUNING.md. A server's threads go idle, and without the background thread idle memory stays.
const jemallocRows: Readonly<Record<AllocatorProfile, string>> = {
  balanced: "background_thread:true,dirty_decay_ms:5000,muzzy_decay_ms:5000",
  throughput: "background_thread:true,dirty_decay_ms:30000,muzzy_decay_ms:30000",
  lean: "background_thread:true,narenas:1,dirty_decay_ms:1000,muzzy_decay_ms:0",
};

// Pages go back at rate 1 by default, 10 is the fastest (gperftools, docs/tcmalloc.adoc).
const tcmallocRows: Rows = { balanced: {}, throughput: {}, lean: { TCMALLOC_RELEASE_RATE: "10" } };

/** Bun's own mimalloc, whose version the pinned Bun fixes. */
export function bunVariables(profile: AllocatorProfile): Variables {
  return bunRows[profile];
}

export function glibcTuning(profile: AllocatorProfile, hugePages: HugePages): AllocatorTuning {
  return { variables: glibcRows[profile], notes: hugePageNotes("glibc", hugePages) };
}

export function libraryTuning(
  backend: PreloadBackend,
  profile: AllocatorProfile,
  hugePages: HugePages,
  library: LibraryFacts,
): AllocatorTuning {
  if (backend === "jemalloc") return jemallocTuning(profile, hugePages, library);
  const wanted = backend === "mimalloc" ? mimallocRows(library)[profile] : tcmallocRows[profile];
  const known = new Set(library.options.map((option) => variableOf(backend, option)));
  const variables = Object.entries(wanted).filter(([name]) => known.has(name));
  const notes = unknownNotes(
    Object.keys(wanted).filter((name) => !known.has(name)),
    profile,
    library,
  );
  if (hugePages !== "always") return { variables: Object.fromEntries(variables), notes };
  // It asks the kernel to leave this process out (prctl PR_SET_THP_DISABLE).
  if (backend === "mimalloc" && known.has("MIMALLOC_ALLOW_THP")) {
    return { variables: { ...Object.fromEntries(variables), MIMALLOC_ALLOW_THP: "0" }, notes };
  }
  return { variables: Object.fromEntries(variables), notes: [...notes, ...hugePageNotes(backend, hugePages)] };
}

function mimallocRows({ options, version }: LibraryFacts): Rows {
  if (options.includes("decommit_delay")) return mimalloc20Rows;
  return version?.startsWith("2.") ? mimalloc21Rows : mimalloc3Rows;
}

function variableOf(backend: PreloadBackend, option: string): string {
  return backend === "mimalloc" ? `MIMALLOC_${option.toUpperCase()}` : option;
}

function jemallocTuning(profile: AllocatorProfile, hugePages: HugePages, library: LibraryFacts): AllocatorTuning {
  // Under THP "always" jemalloc's resident size swells; its users cure that by opting out (jemalloc/jemalloc#1674).
  const wanted = jemallocRows[profile] + (hugePages === "always" ? ",thp:never,metadata_thp:disabled" : "");
  const pairs = wanted.split(",");
  const isKnown = (pair: string) => library.options.includes(pair.slice(0, pair.indexOf(":")));
  const known = pairs.filter(isKnown);
  const notes = unknownNotes(
    pairs.filter((pair) => !isKnown(pair)),
    profile,
    library,
  );
  return { variables: known.length === 0 ? {} : { MALLOC_CONF: known.join(",") }, notes };
}

function unknownNotes(
  names: readonly string[],
  profile: AllocatorProfile,
  { path, version }: LibraryFacts,
): readonly string[] {
  if (names.length === 0) return [];
  const which = version === undefined ? path : `${path} (version ${version})`;
  return [`${which} does not know ${names.join(", ")} of allocator.profile = "${profile}": its own default stays.`];
}

function hugePageNotes(backend: string, hugePages: HugePages): readonly string[] {
  if (hugePages !== "always") return [];
  return [
    `The kernel gives huge pages to every process (transparent_hugepage = always) and this ${backend} cannot decline them: resident memory may swell; set it to madvise.`,
  ];
}
