import assert from "node:assert/strict";
import { test } from "node:test";
import {
  type AllocatorEvidence,
  type AllocatorTruth,
  allocatorLabels,
  allocatorTruth,
} from "../../../src/control/allocator.ts";

const LIBC = "/usr/lib/x86_64-linux-gnu/libc.so.6";
const PLAIN_MAPS = `55d0c0000000-55d0c1000000 r-xp 00000000 fe:00 1 /usr/bin/deno
7f0000000000-7f0000200000 r-xp 00028000 fe:00 2 ${LIBC}
7ffd00000000-7ffd00021000 rw-p 00000000 00:00 0 [stack]
`;
const JEMALLOC = "/usr/lib/x86_64-linux-gnu/libjemalloc.so.2";
const JEMALLOC_MAPS = `${PLAIN_MAPS}7f1000000000-7f1000001000 r--p 00000000 fe:00 3 ${JEMALLOC}
7f1000001000-7f1000080000 r-xp 00001000 fe:00 3 ${JEMALLOC}
`;
const MIMALLOC = "/usr/lib/x86_64-linux-gnu/libmimalloc.so.2.0";
const MIMALLOC_MAPS = `${PLAIN_MAPS}7f2000001000-7f2000080000 r-xp 00001000 fe:00 4 ${MIMALLOC}
`;

const glibc = { file: LIBC, backend: "glibc", version: "2.36", owns: true } as const;
const jemalloc = { file: JEMALLOC, backend: "jemalloc", version: "5.3.0", owns: true } as const;
const bunOwn = { file: undefined, backend: "mimalloc", version: "3.5.3", owns: true } as const;

const base: AllocatorEvidence = {
  runtime: "deno",
  os: "linux",
  requested: "jemalloc",
  preload: undefined,
  maps: PLAIN_MAPS,
  accepted: undefined,
  proof: undefined,
};

type Row = readonly [
  name: string,
  evidence: Partial<AllocatorEvidence>,
  backend: string,
  version: string | undefined,
  mapped: boolean | undefined,
  serving: boolean | undefined,
  seen: string,
];

const rows: readonly Row[] = [
  [
    "Bun's books grew by a buffer",
    { runtime: "bun", requested: "mimalloc", proof: bunOwn },
    "mimalloc",
    "3.5.3",
    true,
    true,
    "linked into Bun: its books grew by a buffer that was made",
  ],
  [
    "a jemalloc preloaded into Bun is mapped and serves nothing",
    { runtime: "bun", preload: JEMALLOC, maps: JEMALLOC_MAPS, proof: bunOwn },
    "mimalloc",
    "3.5.3",
    true,
    false,
    `linked into Bun: its books grew by a buffer that was made; ${JEMALLOC} is mapped and serves nothing`,
  ],
  [
    "Bun's books did not grow",
    { runtime: "bun", requested: "mimalloc", proof: { ...bunOwn, owns: false } },
    "mimalloc",
    "3.5.3",
    true,
    false,
    "linked into Bun: its books did not grow by a buffer that was made",
  ],
  [
    "Bun's books cannot be read",
    { runtime: "bun", requested: "system" },
    "mimalloc",
    undefined,
    true,
    undefined,
    "linked into Bun: its books could not be read",
  ],
  [
    "Bun on macOS leaves malloc to the system",
    { runtime: "bun", os: "darwin", requested: "mimalloc", maps: undefined },
    "system",
    undefined,
    undefined,
    undefined,
    "Bun on darwin, whose malloc tells nothing of itself",
  ],
  [
    "Deno without a preload is served by glibc",
    { requested: "glibc", proof: glibc },
    "glibc",
    "2.36",
    true,
    true,
    `malloc is ${LIBC}'s, and its books grew by a buffer that was made`,
  ],
  [
    "a preload that was never set is not claimed",
    { proof: glibc },
    "glibc",
    "2.36",
    false,
    false,
    `malloc is ${LIBC}'s, and its books grew by a buffer that was made`,
  ],
  [
    "a preloaded library that owns a buffer serves Deno",
    { preload: JEMALLOC, maps: JEMALLOC_MAPS, proof: jemalloc },
    "jemalloc",
    "5.3.0",
    true,
    true,
    `malloc is ${JEMALLOC}'s, which owns the memory of a buffer that was made`,
  ],
  [
    "a library whose malloc is bound, but which owns no buffer, does not serve",
    { preload: JEMALLOC, maps: JEMALLOC_MAPS, proof: { ...jemalloc, owns: false } },
    "jemalloc",
    "5.3.0",
    true,
    false,
    `malloc is ${JEMALLOC}'s, but the memory of a buffer that was made is not its own`,
  ],
  [
    "a library that cannot be asked about a buffer is not claimed to serve",
    { preload: JEMALLOC, maps: JEMALLOC_MAPS, proof: { ...jemalloc, owns: undefined } },
    "jemalloc",
    "5.3.0",
    true,
    undefined,
    `malloc is ${JEMALLOC}'s, which cannot be asked about a buffer's memory`,
  ],
  [
    "an allocator that is no choice of ours is called other",
    {
      preload: "/x/libsnmalloc.so",
      proof: { file: "/x/libsnmalloc.so", backend: "other", version: undefined, owns: undefined },
    },
    "other",
    undefined,
    false,
    false,
    "malloc is /x/libsnmalloc.so's, which cannot be asked about a buffer's memory",
  ],
  [
    "a wrong path is ignored by the loader",
    { preload: "/nowhere/libjemalloc.so.2", proof: glibc },
    "glibc",
    "2.36",
    false,
    false,
    `malloc is ${LIBC}'s, and its books grew by a buffer that was made; /nowhere/libjemalloc.so.2 is not mapped: the loader ignored it`,
  ],
  [
    "a second allocator is mapped and serves nothing",
    {
      requested: "mimalloc",
      preload: `/x/libfaketime.so.1:${JEMALLOC} ${MIMALLOC}`,
      maps: JEMALLOC_MAPS + MIMALLOC_MAPS,
      proof: jemalloc,
    },
    "jemalloc",
    "5.3.0",
    true,
    false,
    `malloc is ${JEMALLOC}'s, which owns the memory of a buffer that was made; ${MIMALLOC} is mapped and serves nothing`,
  ],
  [
    "without asking, the first mapped preload is named and not claimed to serve",
    { requested: "mimalloc", preload: "/usr/lib/x86_64-linux-gnu/libmimalloc.so.2", maps: MIMALLOC_MAPS },
    "mimalloc",
    undefined,
    true,
    undefined,
    "/usr/lib/x86_64-linux-gnu/libmimalloc.so.2 is mapped and preloaded first, but may not be asked",
  ],
  [
    "a library that is only read, not mapped to run, does not serve",
    { preload: JEMALLOC, maps: `${PLAIN_MAPS}7f1000000000-7f1000001000 r--p 00000000 fe:00 3 ${JEMALLOC}\n` },
    "glibc",
    undefined,
    false,
    false,
    `${JEMALLOC} is not mapped: the loader ignored it`,
  ],
  [
    "without mappings the trial before the start is told as a trial",
    { preload: JEMALLOC, maps: undefined, accepted: { library: JEMALLOC, version: "5.3.0" } },
    "jemalloc",
    "5.3.0",
    undefined,
    undefined,
    `a trial before the start loaded ${JEMALLOC}; this process may not look at itself`,
  ],
  [
    "without mappings and without a trial nothing is claimed",
    { requested: "system", preload: JEMALLOC, maps: undefined },
    "glibc",
    undefined,
    undefined,
    undefined,
    `${JEMALLOC} is preloaded by the environment; this process may not look at itself`,
  ],
  [
    "without mappings and without a preload the requested library does not serve",
    { maps: undefined },
    "glibc",
    undefined,
    undefined,
    false,
    "nothing is preloaded; this process may not look at itself",
  ],
  [
    "Deno on macOS uses the system's malloc",
    { os: "darwin", requested: "system" },
    "system",
    undefined,
    undefined,
    true,
    "Deno on darwin",
  ],
];

for (const [name, evidence, backend, version, mapped, serving, seen] of rows) {
  test(`allocatorTruth(): ${name}`, () => {
    const truth = allocatorTruth({ ...base, ...evidence });
    assert.deepEqual(
      [truth.backend, truth.version, truth.mapped, truth.serving, truth.evidence],
      [backend, version, mapped, serving, seen],
    );
    assert.equal(truth.requested, evidence.requested ?? "jemalloc");
    assert.match(truth.reason, /\.$/);
  });
}

test("allocatorLabels() says unknown where nothing was seen", () => {
  const truth: AllocatorTruth = {
    requested: "jemalloc",
    backend: "glibc",
    version: undefined,
    mapped: undefined,
    serving: false,
    evidence: "",
    reason: "",
  };
  assert.deepEqual(allocatorLabels(truth), {
    backend: "glibc",
    version: "unknown",
    mapped: "unknown",
    serving: "false",
    requested: "jemalloc",
  });
});
