/** The table of known targets: complete, sourced, and honest about what a provider does not say. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { factsDocument, parseFactsDocument } from "../../src/facts/facts-document.ts";
import { presets, presetsVersion } from "../../src/facts/presets.ts";

test("presets has at least 20 targets with distinct ids, labels and https sources", () => {
  assert.ok(presets.length >= 20);
  assert.equal(new Set(presets.map(({ id }) => id)).size, presets.length);
  assert.equal(new Set(presets.map(({ label }) => label)).size, presets.length);
  for (const { id, label, source } of presets) {
    assert.match(id, /^[a-z][a-z0-9-]{2,30}$/);
    assert.ok(label.length <= 80, label);
    assert.equal(new URL(source).protocol, "https:");
  }
  assert.equal(presetsVersion, 1);
});

for (const { id, facts } of presets) {
  test(`presets: ${id} is a valid facts document`, () => {
    const document = factsDocument(id, facts);
    assert.deepEqual(parseFactsDocument(JSON.stringify(document), id), document);
    for (const fact of Object.values(facts)) assert.ok(fact.origin === "preset" || fact.origin === "assumed");
    for (const key of ["arch", "cpus", "memoryBytes", "container"] as const) assert.equal(facts[key].origin, "preset");
  });
}

const MiB = 1024 ** 2;
const rows: readonly (readonly [id: string, cpus: number, memoryMiB: number, pageBytes: number, container: string])[] =
  [
    ["container-64mb", 1, 64, 4096, "docker"],
    ["edge-isolate", 1, 128, 4096, "isolate"],
    ["kubernetes-500m", 0.5, 512, 4096, "kubernetes"],
    ["fly-shared-1x-256", 1, 236, 4096, "firecracker"],
    ["aws-t3-micro", 2, 944, 4096, "none"],
    ["raspberry-pi-5", 4, 8000, 16384, "none"],
    ["aws-m6i-metal", 128, 516032, 4096, "none"],
  ];
for (const [id, cpus, memoryMiB, pageBytes, container] of rows) {
  test(`presets: ${id} leaves ${memoryMiB} MiB to processes`, () => {
    const facts = presets.find((preset) => preset.id === id)?.facts;
    assert.ok(facts);
    assert.deepEqual(
      [facts.cpus.value, facts.memoryBytes.value / MiB, facts.pageBytes.value, facts.container.value],
      [cpus, memoryMiB, pageBytes, container],
    );
  });
}

test("presets: both architectures and two NUMA nodes are covered", () => {
  const archs = presets.map(({ facts }) => facts.arch.value);
  assert.ok(archs.includes("x64") && archs.includes("arm64"));
  assert.equal(presets.find(({ id }) => id === "aws-m6i-metal")?.facts.numaNodes.value, 2);
});
