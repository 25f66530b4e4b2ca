/** No content of any file may break the parsers: whatever a kernel, a sandbox or an attacker writes, facts are sane. */
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { factChecks, factKeys } from "../../src/facts/check-fact.ts";
import { factsDocument, parseFactsDocument } from "../../src/facts/facts-document.ts";
import { factsFromSnapshot } from "../../src/facts/facts-from-snapshot.ts";
import type { HardwareFacts } from "../../src/facts/hardware-facts.ts";
import type { HostSnapshot } from "../../src/facts/host-snapshot.ts";
import { derivedFiles, fixedFiles, marks, smapsFile } from "../../src/facts/snapshot-files.ts";

const paths = [
  ...Object.keys(fixedFiles),
  ...Object.keys(smapsFile),
  ...derivedFiles({ "/sys/devices/system/node/online": "0-1" }),
];

/** Digits, separators and words of the real files, so that many texts are nearly right. */
const nearlyRight = fc
  .array(
    fc.constantFrom(
      "0",
      "1",
      "7",
      "99",
      "4096",
      "65537",
      "100000",
      "18446744073709551615",
      "9223372036854771712",
      "-1",
      "1e9",
      "NaN",
      "max",
      "unlimited",
      "-",
      ",",
      ":",
      "/",
      " ",
      "\n",
      "\0",
      " kB",
      "K",
      "MemTotal: ",
      "Cpus_allowed_list:\t",
      "flags: ",
      "Max open files  ",
      "0::/",
      "4:memory:/",
      "3:cpu,cpuacct:/",
      "..",
      " - cgroup2 cgroup2 rw",
      "35 24 0:30 / /sys/fs/cgroup rw",
      "[always]",
      "KernelPageSize: ",
      "06",
      "00000000",
    ),
    { maxLength: 24 },
  )
  .map((parts) => parts.join(""));
const anyText = fc.oneof(
  { weight: 4, arbitrary: nearlyRight },
  { weight: 1, arbitrary: fc.string({ unit: "binary" }) },
);
const anyNumber = fc.oneof(
  fc.constantFrom(0, -1, Number.NaN, Number.POSITIVE_INFINITY, 0.5, 2 ** 64),
  fc.nat(),
  fc.double(),
);

const anyHost: fc.Arbitrary<HostSnapshot> = fc.record({
  os: fc.constantFrom("linux", "linux", "darwin", "win32", "freebsd", "", "__proto__"),
  arch: fc.constantFrom("x64", "arm64", "riscv64", ""),
  files: fc.dictionary(fc.constantFrom(...paths), anyText, { maxKeys: paths.length }),
  present: fc.subarray([...marks]),
  node: fc.record(
    {
      availableParallelism: anyNumber,
      cpuCount: anyNumber,
      totalmem: anyNumber,
      constrainedMemory: anyNumber,
      release: anyText,
      glibcVersion: anyText,
    },
    { requiredKeys: [] },
  ),
});

test("factsFromSnapshot() gives sane facts for arbitrary file contents", () => {
  fc.assert(
    fc.property(anyHost, (host) => assertSane(factsFromSnapshot(host))),
    { numRuns: 3000 },
  );
});

test("factsFromSnapshot() is deterministic and does not change its input", () => {
  fc.assert(
    fc.property(anyHost, (host) => {
      const before = JSON.stringify(host);
      assert.deepEqual(factsFromSnapshot(host), factsFromSnapshot(host));
      assert.equal(JSON.stringify(host), before);
    }),
    { numRuns: 300 },
  );
});

test("parseFactsDocument() reads back whatever a probe can print", () => {
  fc.assert(
    fc.property(anyHost, (host) => {
      const document = factsDocument("any", factsFromSnapshot(host));
      assert.deepEqual(parseFactsDocument(JSON.stringify(document), "any.json"), document);
    }),
    { numRuns: 500 },
  );
});

function assertSane(facts: HardwareFacts): void {
  assert.deepEqual(Object.keys(facts), factKeys);
  for (const key of factKeys) {
    const { value, origin, source } = facts[key];
    assert.ok(factChecks[key].accepts(value), `${key} is ${JSON.stringify(value)}`);
    assert.ok(origin === "detected" || origin === "assumed", `${key} has origin ${origin}`);
    assert.ok(source.length > 0, `${key} has no source`);
  }
  assert.ok(facts.cpus.value > 0 && facts.cpus.value <= facts.cpusHost.value);
  assert.ok(facts.memoryBytes.value > 0 && facts.memoryBytes.value <= facts.memoryHostBytes.value);
  assert.ok(facts.nofile.value <= facts.nofileHard.value);
}
