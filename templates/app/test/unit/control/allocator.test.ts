import assert from "node:assert/strict";
import { test } from "node:test";
import { type AllocatorEvidence, allocatorTruth } from "../../../src/control/allocator.ts";

const PLAIN_MAPS = `55d0c0000000-55d0c1000000 r-xp 00000000 fe:00 1 /usr/bin/deno
7f0000000000-7f0000200000 r-xp 00028000 fe:00 2 /usr/lib/x86_64-linux-gnu/libc.so.6
7ffd00000000-7ffd00021000 rw-p 00000000 00:00 0 [stack]
`;
const JEMALLOC = "/usr/lib/x86_64-linux-gnu/libjemalloc.so.2";
const JEMALLOC_MAPS = `${PLAIN_MAPS}7f1000000000-7f1000001000 r--p 00000000 fe:00 3 ${JEMALLOC}
7f1000001000-7f1000080000 r-xp 00001000 fe:00 3 ${JEMALLOC}
`;
const MIMALLOC_MAPS = `${PLAIN_MAPS}7f2000001000-7f2000080000 r-xp 00001000 fe:00 4 /usr/lib/x86_64-linux-gnu/libmimalloc.so.2.0
`;

const base: AllocatorEvidence = {
  runtime: "deno",
  os: "linux",
  requested: "jemalloc",
  preload: undefined,
  maps: PLAIN_MAPS,
  accepted: undefined,
};

type Row = readonly [
  name: string,
  evidence: Partial<AllocatorEvidence>,
  backend: string,
  serving: boolean,
  seen: string,
];

const rows: readonly Row[] = [
  [
    "Bun always serves its own mimalloc",
    { runtime: "bun", requested: "mimalloc" },
    "mimalloc",
    true,
    "linked into Bun",
  ],
  [
    "a jemalloc preloaded into Bun is mapped and serves nothing",
    { runtime: "bun", preload: JEMALLOC, maps: JEMALLOC_MAPS },
    "mimalloc",
    false,
    `linked into Bun; ${JEMALLOC} is mapped and serves nothing`,
  ],
  [
    "Bun on macOS leaves malloc to the system",
    { runtime: "bun", os: "darwin", requested: "mimalloc", maps: undefined },
    "system",
    true,
    "Bun on darwin",
  ],
  ["Deno without a preload uses glibc", { requested: "glibc" }, "glibc", true, "nothing is preloaded"],
  ["a preload that was never set is not claimed", {}, "glibc", false, "nothing is preloaded"],
  [
    "a mapped preload serves Deno",
    { preload: JEMALLOC, maps: JEMALLOC_MAPS },
    "jemalloc",
    true,
    `${JEMALLOC} is mapped and preloaded first`,
  ],
  [
    "a wrong path is ignored by the loader",
    { preload: "/nowhere/libjemalloc.so.2" },
    "glibc",
    false,
    "/nowhere/libjemalloc.so.2 is not mapped: the loader ignored it",
  ],
  [
    "a library that is only read, not mapped to run, does not serve",
    { preload: JEMALLOC, maps: `${PLAIN_MAPS}7f1000000000-7f1000001000 r--p 00000000 fe:00 3 ${JEMALLOC}\n` },
    "glibc",
    false,
    `${JEMALLOC} is not mapped: the loader ignored it`,
  ],
  [
    "the file behind a link counts",
    { requested: "mimalloc", preload: "/usr/lib/x86_64-linux-gnu/libmimalloc.so.2", maps: MIMALLOC_MAPS },
    "mimalloc",
    true,
    "/usr/lib/x86_64-linux-gnu/libmimalloc.so.2 is mapped and preloaded first",
  ],
  [
    "the first allocator in the preload wins, other libraries do not count",
    {
      requested: "mimalloc",
      preload: `/x/libfaketime.so.1:${JEMALLOC} /y/libmimalloc.so.2`,
      maps: JEMALLOC_MAPS + MIMALLOC_MAPS,
    },
    "jemalloc",
    false,
    `${JEMALLOC} is mapped and preloaded first`,
  ],
  [
    "without mappings the loader's word before the start counts",
    { preload: JEMALLOC, maps: undefined, accepted: JEMALLOC },
    "jemalloc",
    true,
    `${JEMALLOC} was accepted by the loader before the start`,
  ],
  [
    "without mappings and without that word nothing is claimed",
    { preload: JEMALLOC, maps: undefined },
    "glibc",
    false,
    `${JEMALLOC} is preloaded, but this process may not read its mappings: unproven`,
  ],
  ["Deno on macOS uses the system's malloc", { os: "darwin", requested: "system" }, "system", true, "Deno on darwin"],
];

for (const [name, evidence, backend, serving, seen] of rows) {
  test(`allocatorTruth(): ${name}`, () => {
    const truth = allocatorTruth({ ...base, ...evidence });
    assert.deepEqual([truth.backend, truth.serving, truth.evidence], [backend, serving, seen]);
    assert.match(truth.reason, /\.$/);
  });
}
