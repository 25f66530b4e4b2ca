import assert from "node:assert/strict";
import { test } from "node:test";
import { bunVariables, glibcTuning, libraryTuning } from "../../../src/config/allocator-variables.ts";

const v20 = { path: "/m", version: "2.0", options: ["decommit_delay", "segment_decommit_delay"] };
const v21 = { path: "/m", version: "2.1.7", options: ["purge_delay", "arena_purge_mult"] };
const v22 = { path: "/m", version: "2.2.4", options: ["purge_delay", "arena_purge_mult", "allow_thp"] };
const v3 = { path: "/m", version: "3.0.1", options: ["purge_delay", "arena_purge_mult", "allow_thp"] };
const je5 = {
  path: "/j",
  version: "5.3.0",
  options: ["background_thread", "narenas", "dirty_decay_ms", "muzzy_decay_ms", "thp", "metadata_thp"],
};
const tc = { path: "/t", version: "2.10", options: ["TCMALLOC_RELEASE_RATE"] };

const rows = [
  ["mimalloc", "balanced", "madvise", v20, {}],
  [
    "mimalloc",
    "throughput",
    "madvise",
    v20,
    { MIMALLOC_DECOMMIT_DELAY: "1000", MIMALLOC_SEGMENT_DECOMMIT_DELAY: "1000" },
  ],
  ["mimalloc", "lean", "madvise", v20, { MIMALLOC_DECOMMIT_DELAY: "0", MIMALLOC_SEGMENT_DECOMMIT_DELAY: "0" }],
  ["mimalloc", "throughput", "madvise", v21, { MIMALLOC_PURGE_DELAY: "100" }],
  ["mimalloc", "lean", "madvise", v22, { MIMALLOC_PURGE_DELAY: "0" }],
  ["mimalloc", "throughput", "madvise", v3, {}],
  ["mimalloc", "lean", undefined, v3, { MIMALLOC_PURGE_DELAY: "0" }],
  ["mimalloc", "balanced", "always", v3, { MIMALLOC_ALLOW_THP: "0" }],
  [
    "jemalloc",
    "balanced",
    "madvise",
    je5,
    { MALLOC_CONF: "background_thread:true,dirty_decay_ms:5000,muzzy_decay_ms:5000" },
  ],
  [
    "jemalloc",
    "lean",
    "always",
    je5,
    {
      MALLOC_CONF:
        "background_thread:true,narenas:1,dirty_decay_ms:1000,muzzy_decay_ms:0,thp:never,metadata_thp:disabled",
    },
  ],
  ["tcmalloc", "lean", "madvise", tc, { TCMALLOC_RELEASE_RATE: "10" }],
  ["tcmalloc", "throughput", "madvise", tc, {}],
] as const;

for (const [backend, profile, hugePages, library, expected] of rows) {
  test(`libraryTuning() sets ${backend} ${library.version}, ${profile}, huge pages ${hugePages}`, () => {
    assert.deepEqual(libraryTuning(backend, profile, hugePages, library), { variables: expected, notes: [] });
  });
}

test("libraryTuning() sets nothing that the library does not list, and says so", () => {
  assert.deepEqual(
    libraryTuning("jemalloc", "balanced", undefined, { ...je5, version: "4.5.0", options: ["narenas"] }),
    {
      variables: {},
      notes: [
        '/j (version 4.5.0) does not know background_thread:true, dirty_decay_ms:5000, muzzy_decay_ms:5000 of allocator.profile = "balanced": its own default stays.',
      ],
    },
  );
  assert.deepEqual(libraryTuning("tcmalloc", "lean", undefined, { ...tc, version: undefined, options: [] }), {
    variables: {},
    notes: ['/t does not know TCMALLOC_RELEASE_RATE of allocator.profile = "lean": its own default stays.'],
  });
});

const huge = (name: string) =>
  `The kernel gives huge pages to every process (transparent_hugepage = always) and this ${name} cannot decline them: resident memory may swell; set it to madvise.`;

test("libraryTuning() and glibcTuning() note huge pages where the allocator cannot decline them", () => {
  assert.deepEqual(libraryTuning("mimalloc", "balanced", "always", v20).notes, [huge("mimalloc")]);
  assert.deepEqual(libraryTuning("tcmalloc", "balanced", "always", tc).notes, [huge("tcmalloc")]);
  assert.deepEqual(glibcTuning("balanced", "always").notes, [huge("glibc")]);
  assert.deepEqual(glibcTuning("lean", "madvise"), { variables: { MALLOC_MMAP_THRESHOLD_: "65536" }, notes: [] });
});

test("bunVariables() tunes Bun's own mimalloc by its purge delay", () => {
  assert.deepEqual(
    [bunVariables("balanced"), bunVariables("throughput"), bunVariables("lean")],
    [{}, { MIMALLOC_PURGE_DELAY: "1000" }, { MIMALLOC_PURGE_DELAY: "0" }],
  );
});
