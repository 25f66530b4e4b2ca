import assert from "node:assert/strict";
import { test } from "node:test";
import { libraryFacts } from "../../../src/config/library-answers.ts";

const PATH = "/usr/lib/libx.so";

const answers = [
  {
    name: "mimalloc 2.0, which does not print its version",
    backend: "mimalloc",
    path: "/usr/lib/x86_64-linux-gnu/libmimalloc.so.2.0",
    output:
      "mimalloc: option 'decommit_delay': 25\nmimalloc: option 'deprecated_segment_reset': 0\nmimalloc: process init: 0x7f\n",
    image: "",
    expected: { version: "2.0", options: ["decommit_delay"] },
  },
  {
    name: "mimalloc 2.1 and later, which print it",
    backend: "mimalloc",
    path: "/usr/lib/libmimalloc.so.2.2",
    output:
      "mimalloc: v2.2.4, release (built on Mar 1 2025, 10:00:00)\nmimalloc: option 'purge_delay': 10\noption 'allow_thp': 1\n",
    image: "",
    expected: { version: "2.2.4", options: ["purge_delay", "allow_thp"] },
  },
  {
    name: "a mimalloc that says nothing, by its file's name",
    backend: "mimalloc",
    path: "/usr/lib/libmimalloc.so.3.0",
    output: "",
    image: "",
    expected: { version: "3.0", options: [] },
  },
  {
    name: "jemalloc",
    backend: "jemalloc",
    path: PATH,
    output:
      '___ Begin jemalloc statistics ___\nVersion: "5.3.0-0-g54eaed1d8b56"\n  config.stats: true\n  opt.abort: false\n  opt.dirty_decay_ms: 10000 (arenas.dirty_decay_ms: 10000)\n',
    image: "",
    expected: { version: "5.3.0", options: ["abort", "dirty_decay_ms"] },
  },
  {
    name: "tcmalloc, by what stands in its file",
    backend: "tcmalloc",
    path: PATH,
    output: "deno 2.9.6",
    image: "\0gperftools 2.10\0TCMALLOC_RELEASE_RATE\0set TCMALLOC_SAMPLE_PARAMETER to\0TCMALLOC_SKIP_MMAP\0",
    expected: { version: "2.10", options: ["TCMALLOC_RELEASE_RATE", "TCMALLOC_SKIP_MMAP"] },
  },
] as const;

for (const { name, backend, path, output, image, expected } of answers) {
  test(`libraryFacts() reads the version and the options of ${name}`, () => {
    assert.deepEqual(libraryFacts(backend, path, output, image), { path, ...expected });
  });
}
