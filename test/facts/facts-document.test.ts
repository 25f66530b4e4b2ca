/** Facts files are untrusted: what is right is read back unchanged, what is wrong is named, all of it at once. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { factsDocument, parseFactsDocument } from "../../src/facts/facts-document.ts";
import type { FactKey, HardwareFacts } from "../../src/facts/hardware-facts.ts";
import { overrideFacts } from "../../src/facts/override-facts.ts";
import { presets } from "../../src/facts/presets.ts";
import { AppError } from "../../src/lib/errors.ts";

const preset = (id: string): HardwareFacts => {
  const row = presets.find((candidate) => candidate.id === id);
  assert.ok(row, id);
  return row.facts;
};

/** A document that may be changed into a wrong one. */
interface LooseDocument {
  readonly facts: Record<FactKey, object>;
}

/** The JSON of a right document, changed by `change`. */
function changed(change: (document: LooseDocument) => void): string {
  const document = JSON.parse(JSON.stringify(factsDocument("this", preset("aws-t3-small"))));
  change(document);
  return JSON.stringify(document);
}

function problemsOf(text: string): readonly (readonly [key: string | undefined, message: string])[] {
  try {
    parseFactsDocument(text, "target.json");
  } catch (error) {
    assert.ok(error instanceof AppError);
    for (const problem of error.problems) {
      assert.equal(problem.code, "FACTS_UNREADABLE");
      assert.ok(problem.message.startsWith("target.json: "), problem.message);
      assert.ok(problem.next.length > 0);
    }
    assert.equal(error.exitCode, 2);
    return error.problems.map(({ key, message }) => [key, message]);
  }
  return [];
}

test("parseFactsDocument() reads back what factsDocument() wrote", () => {
  const document = factsDocument("this", preset("raspberry-pi-5"));
  assert.deepEqual(parseFactsDocument(JSON.stringify(document, null, 2), "target.json"), document);
});

test("parseFactsDocument() accepts the byte order mark of PowerShell's redirection", () => {
  const document = factsDocument("this", preset("aws-t3-small"));
  assert.deepEqual(parseFactsDocument(`\uFEFF${JSON.stringify(document)}`, "target.json"), document);
});

const wrong: readonly { name: string; text: string; key: string; says: RegExp }[] = [
  { name: "text that is no JSON", text: "cpus: 4", key: "target.json", says: /not JSON/ },
  { name: "an empty file", text: "", key: "target.json", says: /not JSON/ },
  { name: "a list", text: "[]", key: "target.json", says: /holds \[\]; expected an object/ },
  { name: "null", text: "null", key: "target.json", says: /holds null/ },
  { name: "an enormous file", text: `"${"x".repeat(2_000_000)}"`, key: "target.json", says: /larger than 1 MiB/ },
  {
    name: "a newer schema",
    text: changed((d) => Object.assign(d, { schema: 2 })),
    key: "schema",
    says: /"schema" is 2; this version reads 1/,
  },
  { name: "a missing schema", text: "{}", key: "schema", says: /"schema" is missing; expected 1/ },
  {
    name: "a missing label",
    text: changed((d) => Object.assign(d, { label: undefined })),
    key: "label",
    says: /"label" is missing/,
  },
  {
    name: "a label of two lines",
    text: changed((d) => Object.assign(d, { label: "a\nb" })),
    key: "label",
    says: /expected one line/,
  },
  {
    name: "facts that are a list",
    text: changed((d) => Object.assign(d, { facts: [] })),
    key: "facts",
    says: /expected an object/,
  },
  {
    name: "no CPUs",
    text: changed((d) => Object.assign(d.facts.cpus, { value: 0 })),
    key: "facts.cpus.value",
    says: /is 0; expected a number of CPUs from 0.001/,
  },
  {
    name: "memory as text",
    text: changed((d) => Object.assign(d.facts.memoryBytes, { value: "2 GB" })),
    key: "facts.memoryBytes.value",
    says: /is "2 GB"; expected a whole number of bytes/,
  },
  {
    name: "pages that are no power of two",
    text: changed((d) => Object.assign(d.facts.pageBytes, { value: 5000 })),
    key: "facts.pageBytes.value",
    says: /power of two/,
  },
  {
    name: "an unknown architecture",
    text: changed((d) => Object.assign(d.facts.arch, { value: "riscv64" })),
    key: "facts.arch.value",
    says: /"riscv64"; expected one of x64, arm64/,
  },
  {
    name: "an unknown origin",
    text: changed((d) => Object.assign(d.facts.smt, { origin: "guessed" })),
    key: "facts.smt.origin",
    says: /expected one of detected, preset, given, assumed/,
  },
  {
    name: "a source with a line break",
    text: changed((d) => Object.assign(d.facts.smt, { source: "a\n[memory]" })),
    key: "facts.smt.source",
    says: /expected one line/,
  },
  {
    name: "a source with a terminal escape",
    text: changed((d) => Object.assign(d.facts.smt, { source: "\u001b[2J" })),
    key: "facts.smt.source",
    says: /expected one line/,
  },
  {
    name: "a missing fact",
    text: changed((d) => Reflect.deleteProperty(d.facts, "libc")),
    key: "facts.libc",
    says: /"facts.libc" is missing/,
  },
  {
    name: "a misspelt fact",
    text: changed((d) => Object.assign(d.facts, { cpu: {} })),
    key: "facts.cpu",
    says: /is not known here; expected os, arch, cpus/,
  },
  {
    name: "flags that are commands",
    text: changed((d) => Object.assign(d.facts.cpuFlags, { value: ["$(id)"] })),
    key: "facts.cpuFlags.value",
    says: /short lower-case names/,
  },
  {
    name: "more CPUs than the machine has",
    text: changed((d) => Object.assign(d.facts.cpus, { value: 3 })),
    key: "facts.cpus.value",
    says: /is 3, above "facts.cpusHost.value" 2/,
  },
];

for (const { name, text, key, says } of wrong) {
  test(`parseFactsDocument() refuses ${name}`, () => {
    const problems = problemsOf(text);
    assert.equal(problems.length, 1, JSON.stringify(problems));
    assert.equal(problems[0]?.[0], key);
    assert.match(problems[0]?.[1] ?? "", says);
  });
}

test("parseFactsDocument() reports all problems at once, in the order of the facts", () => {
  const text = changed((document) => {
    Object.assign(document.facts.cpus, { value: -1 });
    Object.assign(document.facts.libc, { value: "uclibc", origin: 7 });
    Object.assign(document, { note: "x" });
  });
  assert.deepEqual(
    problemsOf(text).map(([key]) => key),
    ["note", "facts.cpus.value", "facts.libc.value", "facts.libc.origin"],
  );
});

test("parseFactsDocument() bounds the number of problems and the length of each", () => {
  const text = JSON.stringify({
    schema: 1,
    label: "x",
    facts: Object.fromEntries(Array.from({ length: 1000 }, (_, index) => [`${"k".repeat(500)}${index}`, 1])),
  });
  const problems = problemsOf(text);
  assert.equal(problems.length, 30);
  assert.ok(problems.every(([, message]) => message.length < 600));
});

test("parseFactsDocument() takes no value from the prototype", () => {
  const text = changed((document) => Reflect.deleteProperty(document.facts, "libc")).replace(
    '"facts":{',
    '"facts":{"__proto__":{"libc":{"value":"musl","origin":"given","source":"x"}},',
  );
  assert.deepEqual(
    problemsOf(text).map(([key]) => key),
    ["facts.__proto__", "facts.libc"],
  );
});

test("overrideFacts() replaces CPUs and memory below the machine's and keeps the machine's", () => {
  const facts = overrideFacts(preset("aws-m7i-4xlarge"), { cpus: 0.5, memoryBytes: 536870912 });
  assert.deepEqual(facts.cpus, { value: 0.5, origin: "given", source: "given by the user" });
  assert.deepEqual(facts.memoryBytes, { value: 536870912, origin: "given", source: "given by the user" });
  assert.equal(facts.cpusHost.value, 16);
  assert.equal(facts.memoryHostBytes.origin, "preset");
});

test("overrideFacts() lifts the machine's CPUs and memory when more is given", () => {
  const facts = overrideFacts(preset("aws-t3-micro"), { cpus: 7.5, memoryBytes: 68719476736 });
  assert.deepEqual([facts.cpusHost.value, facts.cpusHost.origin], [8, "given"]);
  assert.deepEqual([facts.memoryHostBytes.value, facts.memoryHostBytes.origin], [68719476736, "given"]);
});

test("overrideFacts() forgets what another architecture does not share", () => {
  const facts = overrideFacts(preset("raspberry-pi-5"), { arch: "x64" });
  assert.deepEqual([facts.arch.value, facts.arch.origin], ["x64", "given"]);
  assert.deepEqual([facts.pageBytes.value, facts.pageBytes.origin], [4096, "assumed"]);
  assert.deepEqual([facts.cpuFlags.value, facts.cpuFlags.origin], [["sse4_2"], "assumed"]);
  assert.deepEqual([facts.l3Bytes.value, facts.l3Bytes.origin], [0, "assumed"]);
});

test("overrideFacts() keeps everything else when the same architecture is given", () => {
  const before = preset("raspberry-pi-5");
  assert.deepEqual(overrideFacts(before, { arch: "arm64" }), {
    ...before,
    arch: { value: "arm64", origin: "given", source: "given by the user" },
  });
});

test("overrideFacts() without overrides changes nothing", () => {
  const before = preset("aws-t3-micro");
  assert.deepEqual(overrideFacts(before, { cpus: undefined, memoryBytes: undefined, arch: undefined }), before);
});
