import assert from "node:assert/strict";
import { test } from "node:test";
import { type AllocatorQuestion, checkAllocator, type ProcessWord } from "../../../src/doctor/check-allocator.ts";
import { configWith } from "../reference-config.ts";

const LIBC = "/usr/lib/libc.so.6";
const JEMALLOC = "/usr/lib/libjemalloc.so.2";
const maps = `7f0000000000-7f0000200000 r-xp 00028000 fe:00 2 ${LIBC}\n`;
const jemallocMaps = `${maps}7f1000001000-7f1000080000 r-xp 00001000 fe:00 3 ${JEMALLOC}\n`;
const jemalloc = { file: JEMALLOC, backend: "jemalloc", version: "5.3.0", owns: true } as const;
const glibc = { file: LIBC, backend: "glibc", version: "2.36", owns: true } as const;

function question(backend: string, change: Partial<AllocatorQuestion> = {}): AllocatorQuestion {
  return {
    config: configWith(`allocator.backend = "${backend}"\n`),
    adapter: "deno-serve",
    os: "linux",
    plan: { environment: { LD_PRELOAD: JEMALLOC } },
    notes: [],
    ...change,
  };
}

const note = 'allocator.backend = "jemalloc" is not available, the system\'s malloc serves: no libjemalloc.so.2.';

type Row = readonly [
  name: string,
  question: AllocatorQuestion,
  word: ProcessWord | undefined,
  status: string,
  value: RegExp,
  reason: RegExp,
];

const rows: readonly Row[] = [
  [
    "a library that owns a buffer is ok",
    question("jemalloc"),
    { maps: jemallocMaps, proof: jemalloc },
    "ok",
    /^jemalloc 5\.3\.0 would serve: malloc is \/usr\/lib\/libjemalloc\.so\.2's, which owns/,
    /takes it over\.$/,
  ],
  [
    "a fallback is a problem, with the launch's reason",
    question("jemalloc", { plan: { environment: {} }, notes: [note] }),
    { maps, proof: glibc },
    "problem",
    /^glibc 2\.36 would serve/,
    /would not serve\. allocator\.backend = "jemalloc" is not available, .*no libjemalloc\.so\.2\.$/,
  ],
  [
    "what cannot be asked is a warning",
    question("jemalloc"),
    { maps: jemallocMaps },
    "warning",
    /^jemalloc would serve: .* may not be asked$/,
    /^It could not be proven/,
  ],
  ["a child that fails is a problem", question("jemalloc"), undefined, "problem", /^jemalloc$/, /does not run\.$/],
  [
    "a choice that Bun does not have is a warning",
    question("jemalloc", { adapter: "bun", plan: { environment: {} } }),
    { maps, proof: { backend: "mimalloc", version: "3.5.3", owns: true, file: undefined } },
    "warning",
    /^mimalloc 3\.5\.3 would serve/,
    /a preload cannot replace it\.$/,
  ],
];

for (const [name, asked, word, status, value, reason] of rows) {
  test(`checkAllocator(): ${name}`, () => {
    const finding = checkAllocator(asked, () => word);
    assert.equal(finding.status, status);
    assert.match(finding.value, value);
    assert.match(finding.reason, reason);
    assert.equal(finding.next === undefined, status === "ok");
  });
}

test("checkAllocator() asks with the environment of the launch", () => {
  const environments: object[] = [];
  checkAllocator(question("jemalloc"), (_adapter, environment) => {
    environments.push(environment);
    return undefined;
  });
  assert.deepEqual(environments, [{ LD_PRELOAD: JEMALLOC }]);
});
