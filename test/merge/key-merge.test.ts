import assert from "node:assert/strict";
import { test } from "node:test";
import { applyEdits } from "../../src/merge/keys/apply-edits.ts";
import type { KeyData, KeyTable } from "../../src/merge/keys/key-data.ts";
import { keyMerge } from "../../src/merge/keys/key-merge.ts";
import { keyText, valueText } from "../../src/merge/keys/key-text.ts";

interface Row {
  readonly name: string;
  readonly base: unknown;
  readonly local: unknown;
  readonly next: unknown;
  readonly merged: unknown;
  /** "key: mine | recommended". */
  readonly kept?: readonly string[];
}

const rows: readonly Row[] = [
  { name: "takes a changed value", base: { a: 1 }, local: { a: 1, b: 9 }, next: { a: 2 }, merged: { a: 2, b: 9 } },
  {
    name: "keeps the user's value and reports it",
    base: { t: { a: 1 } },
    local: { t: { a: 5 } },
    next: { t: { a: 2 } },
    merged: { t: { a: 5 } },
    kept: ["t.a: 5 | 2"],
  },
  {
    name: "says nothing of a user's value that stands alone",
    base: { a: 1 },
    local: { a: 5 },
    next: { a: 1 },
    merged: { a: 5 },
  },
  { name: "says nothing when both changed alike", base: { a: 1 }, local: { a: 2 }, next: { a: 2 }, merged: { a: 2 } },
  {
    name: "adds a key behind its neighbour",
    base: { a: 1, c: 3 },
    local: { c: 3, x: 0, a: 1 },
    next: { a: 1, b: 2, c: 3 },
    merged: { c: 3, x: 0, a: 1, b: 2 },
  },
  {
    name: "adds a first key in front",
    base: { b: 2 },
    local: { b: 2, x: 0 },
    next: { a: 1, b: 2 },
    merged: { a: 1, b: 2, x: 0 },
  },
  {
    name: "removes a dropped key",
    base: { a: 1, b: 2 },
    local: { a: 1, b: 2, x: 0 },
    next: { b: 2 },
    merged: { b: 2, x: 0 },
  },
  {
    name: "keeps a dropped key that the user changed",
    base: { a: 1 },
    local: { a: 5 },
    next: {},
    merged: { a: 5 },
    kept: ["a: 5 | absent"],
  },
  {
    name: "leaves a deleted key deleted",
    base: { a: 1, b: 2 },
    local: { b: 2 },
    next: { a: 1, b: 3 },
    merged: { b: 3 },
  },
  {
    name: "reports a deleted key that the generator changed",
    base: { a: 1, b: 2 },
    local: { b: 2 },
    next: { a: 7, b: 2 },
    merged: { b: 2 },
    kept: ["a: absent | 7"],
  },
  {
    name: "empties a dropped table down to the user's keys",
    base: { s: { a: 1, b: { c: 2 } } },
    local: { s: { a: 1, b: { c: 2 }, mine: 0 } },
    next: {},
    merged: { s: { mine: 0 } },
  },
  {
    name: "removes a dropped table from which the user deleted",
    base: { s: { a: 1, b: 2 } },
    local: { s: { a: 1 } },
    next: {},
    merged: {},
  },
  {
    name: "keeps the user's of two added keys",
    base: {},
    local: { s: { a: 1, b: 2 } },
    next: { s: { a: 3, c: 4 } },
    merged: { s: { a: 1, b: 2, c: 4 } },
    kept: ["s.a: 1 | 3"],
  },
  {
    name: "replaces nothing without a base",
    base: undefined,
    local: { a: 1, l: [1] },
    next: { a: 2, l: [2], b: 3 },
    merged: { a: 1, l: [1], b: 3 },
    kept: ["a: 1 | 2", "l: [1] | [2]"],
  },
  {
    name: "replaces a table that became a value",
    base: { a: { b: 1 } },
    local: { a: { b: 1 }, x: 0 },
    next: { a: 2 },
    merged: { a: 2, x: 0 },
  },
  {
    name: "merges a list of scalars by items",
    base: { l: ["a", "b", "c"] },
    local: { l: ["a", "mine", "b", "c"] },
    next: { l: ["b", "c", "d"] },
    merged: { l: ["mine", "b", "c", "d"] },
  },
  {
    name: "keeps repeated items apart",
    base: { l: ["-v", "-v", "x"] },
    local: { l: ["-v", "-v", "x", "y"] },
    next: { l: ["-v", "x"] },
    merged: { l: ["-v", "x", "y"] },
  },
  {
    name: "keeps a list in which both replaced an item",
    base: { args: ["--port", 3000] },
    local: { args: ["--port", 5000] },
    next: { args: ["--port", 4000] },
    merged: { args: ["--port", 5000] },
    kept: ['args: ["--port", 5000] | ["--port", 4000]'],
  },
  {
    name: "finds a step by its action, whatever its version",
    base: { steps: [{ uses: "actions/checkout@v4" }, { run: "npm ci" }, { run: "npm test" }] },
    local: {
      steps: [
        { uses: "actions/checkout@v4", with: { depth: 1 } },
        { run: "npm ci" },
        { run: "mine" },
        { run: "npm test" },
      ],
    },
    next: {
      steps: [{ uses: "actions/checkout@v5" }, { run: "npm ci" }, { run: "npm test" }, { run: "npm run build" }],
    },
    merged: {
      steps: [
        { uses: "actions/checkout@v5", with: { depth: 1 } },
        { run: "npm ci" },
        { run: "mine" },
        { run: "npm test" },
        { run: "npm run build" },
      ],
    },
  },
  {
    name: "finds a step of another version among new ones",
    base: { steps: [{ uses: "a/b@1" }, { run: "x" }] },
    local: { steps: [{ uses: "a/b@1", with: 1 }, { run: "x" }] },
    next: { steps: [{ run: "new" }, { uses: "a/b@2" }, { run: "x" }] },
    merged: { steps: [{ run: "new" }, { uses: "a/b@2", with: 1 }, { run: "x" }] },
  },
  {
    name: "finds a step to which the user gave a name",
    base: { steps: [{ uses: "a/b@1" }, { uses: "c/d@1" }] },
    local: { steps: [{ name: "Mine", uses: "a/b@1" }, { uses: "c/d@1" }] },
    next: { steps: [{ uses: "a/b@2" }, { uses: "c/d@1" }] },
    merged: { steps: [{ name: "Mine", uses: "a/b@2" }, { uses: "c/d@1" }] },
  },
  {
    name: "finds the one changed table between its neighbours",
    base: {
      l: [
        { host: "a", port: 1 },
        { host: "b", port: 2 },
      ],
    },
    local: {
      l: [
        { host: "a", port: 1 },
        { host: "b", port: 2, tls: true },
      ],
    },
    next: {
      l: [
        { host: "a", port: 1 },
        { host: "b", port: 3 },
      ],
    },
    merged: {
      l: [
        { host: "a", port: 1 },
        { host: "b", port: 3, tls: true },
      ],
    },
  },
  {
    name: "adds once what both added",
    base: { l: ["a"] },
    local: { l: ["a", "new", "mine"] },
    next: { l: ["a", "new"] },
    merged: { l: ["a", "new", "mine"] },
  },
  { name: "takes __proto__ as a key", base: {}, local: {}, next: { ["__proto__"]: 1 }, merged: { ["__proto__"]: 1 } },
];

for (const row of rows) {
  test(`keyMerge() ${row.name}`, () => {
    const local = table(row.local);
    const { edits, kept } = keyMerge(row.base === undefined ? undefined : table(row.base), local, table(row.next));
    assert.deepEqual(applyEdits(local, edits), table(row.merged));
    assert.deepEqual([...applyEdits(local, edits).keys()], [...table(row.merged).keys()]);
    const texts = kept.map(
      ({ path, mine, recommended }) => `${keyText(path)}: ${valueText(mine)} | ${valueText(recommended)}`,
    );
    assert.deepEqual(texts, row.kept ?? []);
  });
}

test("keyText() quotes what would read as several keys", () => {
  assert.equal(keyText(["scripts", "a.b", 2, "run"]), 'scripts."a.b"[2].run');
});

test("valueText() cuts what is too long for a line", () => {
  assert.equal(valueText("x".repeat(100)).length, 80);
});

function table(value: unknown): KeyTable {
  return data(value) as KeyTable;
}

function data(value: unknown): KeyData {
  if (Array.isArray(value)) return value.map(data);
  if (typeof value !== "object" || value === null) return value as KeyData;
  return new Map(Object.entries(value).map(([key, inner]) => [key, data(inner)]));
}
