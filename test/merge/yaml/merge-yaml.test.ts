import assert from "node:assert/strict";
import { test } from "node:test";
import { Unparsable } from "../../../src/merge/unparsable.ts";
import { mergeYaml } from "../../../src/merge/yaml/merge-yaml.ts";
import { type MergeRow, testMergeRows } from "../merge-rows.ts";

const rows: readonly MergeRow[] = [
  {
    name: "replaces a value and its comment, and keeps the user's",
    base: "# old\na: 1 # one\nb: 2\n",
    local: "# old\na: 1 # one\n\n# mine\nb: 5 # five\n",
    next: "# new\na: 3 # three\nb: 2\n",
    merged: "# new\na: 3 # three\n\n# mine\nb: 5 # five\n",
  },
  {
    name: "keeps the user's value and reports it",
    base: "env:\n  PORT: 3000\n",
    local: "env:\n  PORT: 5000\n",
    next: "env:\n  PORT: 4000\n",
    merged: "env:\n  PORT: 5000\n",
    kept: ["env.PORT: 5000 | 4000"],
  },
  {
    name: "adds and removes keys at the user's indentation",
    base: "a:\n  x: 1\n  y: 2\nb: 1\n",
    local: "a:\n    x: 1\n    y: 2\n    mine: 0\nb: 2\n",
    next: "a:\n  # Z.\n  z:\n    deep: true\n  y: 2\nb: 1\nc:\n  - 1\n",
    merged: "a:\n    # Z.\n    z:\n      deep: true\n    y: 2\n    mine: 0\nb: 2\nc:\n  - 1\n",
  },
  {
    name: "merges the steps of a job",
    base: `on: [push]
jobs:
  test:
    runs-on: ubuntu-24.04
    steps:
      - uses: actions/checkout@v4
      - run: npm ci
      # The tests.
      - run: npm test
`,
    local: `on: [push, pull_request]
jobs:
  test:
    runs-on: ubuntu-24.04
    timeout-minutes: 5 # mine
    steps:
      - uses: actions/checkout@v4
        with:
          fetch-depth: 0
      - name: Mine
        run: |
          echo one

          # no comment
          echo two
      - run: npm ci
      # The tests.
      - name: Test
        run: npm test
`,
    next: `on: [push]
jobs:
  test:
    runs-on: ubuntu-26.04
    steps:
      - uses: actions/checkout@v5
      - run: npm ci
      # All tests.
      - run: npm test
        env:
          CI: "1"
      - name: Drift
        run: |
          npx create-fastserve diff
          echo done
`,
    merged: `on: [push, pull_request]
jobs:
  test:
    runs-on: ubuntu-26.04
    timeout-minutes: 5 # mine
    steps:
      - uses: actions/checkout@v5
        with:
          fetch-depth: 0
      - name: Mine
        run: |
          echo one

          # no comment
          echo two
      - run: npm ci
      # All tests.
      - name: Test
        run: npm test
        env:
          CI: "1"
      - name: Drift
        run: |
          npx create-fastserve diff
          echo done
`,
  },
  {
    name: "gives the dash's line to the key that comes first now",
    base: "l:\n  - b: 1\n    c: 1\n",
    local: "l:\n  - b: 1\n    c: 1\n    mine: 1\n",
    next: "l:\n  - a: 0\n    b: 1\n    c: 1\n",
    merged: "l:\n  - a: 0\n    b: 1\n    c: 1\n    mine: 1\n",
  },
  {
    name: "puts no comment behind a dash",
    base: "l:\n  - b: 1\n",
    local: "l:\n  - b: 1\n    mine: 1\n",
    next: "l:\n  - a: 0\n    # B.\n    b: 1\n",
    merged: "l:\n  - a: 0\n    b: 1\n    mine: 1\n",
  },
  {
    name: "moves a key up to the dash whose first key goes",
    base: "l:\n  - a: 1\n    b: 1\n",
    local: "l:\n  - a: 1\n    # mine\n    b: 2\n",
    next: "l:\n  - b: 1\n",
    merged: "l:\n  # mine\n  - b: 2\n",
  },
  {
    name: "edits lists and maps in flow form",
    base: "on: [push, pull_request]\nwith: { a: 1 }\n",
    local: "on: [push, pull_request, mine]\nwith: { a: 1, mine: x }\n",
    next: "on: [push, schedule]\nwith: { a: 2, b: 'q' }\n",
    merged: "on: [push, schedule, mine]\nwith: { a: 2, b: 'q', mine: x }\n",
  },
  {
    name: "takes a value in another form",
    base: "a: 1\nb:\n  x: 1\nc: |\n  one\nd: 1\n",
    local: "a: 1\nb:\n  x: 1\nc: |\n  one\nd: 2\n",
    next: "a:\n  - 1\n  - 2\nb: none\nc: two\nd: 1\n",
    merged: "a:\n  - 1\n  - 2\nb: none\nc: two\nd: 2\n",
  },
  {
    name: "takes a block text at the user's indentation",
    base: "a:\n  run: x\n",
    local: "a:\n    run: x\n    mine: 1\n",
    next: "a:\n  run: |\n    one\n      two\n",
    merged: "a:\n    run: |\n      one\n        two\n    mine: 1\n",
  },
  {
    name: "keeps a list that lost its items a list",
    base: "a: 1\nl:\n  - x\n",
    local: "a: 2\nl:\n  - x\n",
    next: "a: 1\nl: []\n",
    merged: "a: 2\nl: []\n",
  },
  {
    name: "fills an empty map",
    base: "a: 1\nm: {}\n",
    local: "a: 2\nm: {}\n",
    next: "a: 1\nm:\n  x: 1\n  y:\n    - z\n",
    merged: "a: 2\nm:\n  x: 1\n  y:\n    - z\n",
  },
  {
    name: "keeps a list that is not indented, and anchors",
    base: "x: &d\n  k: 1\nl:\n- a\n- b\nm: *d\n",
    local: "x: &d\n  k: 1\nl:\n- a\n- mine\n- b\nm: *d\n",
    next: "x: &d\n  k: 2\nl:\n- a\n- b\n- c\nm: *d\nn: 1\n",
    merged: "x: &d\n  k: 2\nl:\n- a\n- mine\n- b\n- c\nm: *d\nn: 1\n",
  },
  {
    name: "sees a version 1.10 become 1.1",
    base: "node: 1.10\na: 1\n",
    local: "node: 1.10\na: 2\n",
    next: "node: 1.1\na: 1\n",
    merged: "node: 1.1\na: 2\n",
  },
  {
    name: "removes what is dropped and keeps the user's part of it",
    base: "services:\n  db:\n    image: pg:16\n  app:\n    image: a\n",
    local: "services:\n  db:\n    image: pg:16\n    ports:\n      - 5432\n  app:\n    image: a\n",
    next: "services:\n  app:\n    image: b\n",
    merged: "services:\n  db:\n    ports:\n      - 5432\n  app:\n    image: b\n",
  },
  {
    name: "keeps document marks and a missing final newline",
    base: "---\na: 1\nb: 1\n",
    local: "---\nb: 2\na: 1",
    next: "---\na: 3\nb: 1\n",
    merged: "---\nb: 2\na: 3",
  },
  {
    name: "adds only what is missing where no base is kept",
    base: undefined,
    local: "# mine\na: 1\n",
    next: "a: 2\nb: 3\n",
    merged: "# mine\na: 1\nb: 3\n",
    kept: ["a: 1 | 2"],
  },
  {
    name: "leaves the user's words where a key goes",
    base: "a:\n  # X.\n  x: 1\n  y: 1\n",
    local: "a:\n  # X.\n  # Mine.\n  x: 1 # too\n  y: 1\n",
    next: "a:\n  y: 1\n",
    merged: "a:\n  # Mine.\n  # too\n  y: 1\n",
  },
];

testMergeRows(mergeYaml, "a.yaml", rows);

const refused: readonly (readonly [name: string, local: string, line: number | undefined])[] = [
  ["is no YAML", "a: 1\n<<<<<<< mine\n", 2],
  ["has a key twice", "a: 1\na: 2\n", 2],
  ["is nested without end", `a: ${"[".repeat(20_000)}`, undefined],
  ["is nested without end in block form", `a:\n  ${"- ".repeat(20_000)}x\n`, undefined],
];

for (const [name, local, line] of refused) {
  test(`mergeYaml() refuses a file that ${name}`, () => {
    assert.throws(
      () => mergeYaml("a.yaml", { base: "a: 1\n", local, next: "a: 2\n" }),
      (error) => error instanceof Unparsable && error.line === line,
    );
  });
}

const byLines: readonly (readonly [name: string, base: string, local: string, next: string, merged: string])[] = [
  [
    "several documents",
    "a: 1\n---\nb: 1\nc: 1\n",
    "a: 1\n---\nb: 1\nc: 2\n",
    "a: 3\n---\nb: 1\nc: 1\n",
    "a: 3\n---\nb: 1\nc: 2\n",
  ],
  ["a list as its root", "- a\n- b\n- c\n", "- a\n- b\n- c\n- mine\n", "- x\n- b\n- c\n", "- x\n- b\n- c\n- mine\n"],
  [
    "keys that are lists",
    "? [a]\n: 1\nb: 1\nc: 1\n",
    "? [a]\n: 1\nb: 1\nc: 2\n",
    "? [a]\n: 3\nb: 1\nc: 1\n",
    "? [a]\n: 3\nb: 1\nc: 2\n",
  ],
];

for (const [name, base, local, next, merged] of byLines) {
  test(`mergeYaml() merges a file with ${name} by lines`, () => {
    const result = mergeYaml("a.yaml", { base, local, next });
    assert.deepEqual([result.text, result.clashes.length], [merged, 0]);
  });
}

test("mergeYaml() leaves the whole file to the user when merged lines are no YAML", () => {
  const base = "- x: 1\n  y: 1\n  z: 1\n";
  const local = "- x: 1\n  k: 1\n  y: 1\n  z: 1\n";
  const next = "- x: 1\n  y: 1\n  z: 1\n  k: 2\n";
  const { text, clashes } = mergeYaml("a.yaml", { base, local, next });
  assert.equal(text, local);
  assert.deepEqual(
    clashes.map(({ where }) => where),
    ["the whole file: its changes cannot be told apart"],
  );
});

test("mergeYaml() leaves the whole file to the user when an anchor goes that the user's alias needs", () => {
  const base = "x: &a 1\ny: 1\n";
  const { clashes } = mergeYaml("a.yaml", { base, local: `${base}mine: *a\n`, next: "y: 2\n" });
  assert.equal(clashes.length, 1);
});
