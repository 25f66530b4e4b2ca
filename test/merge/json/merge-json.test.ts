/** Cases of the key-level merge of JSON files, each with the whole text that it gives. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { mergeJson } from "../../../src/merge/json/merge-json.ts";
import type { KeptKey } from "../../../src/merge/merged.ts";
import { Unparsable } from "../../../src/merge/unparsable.ts";

interface Case {
  readonly title: string;
  readonly path?: string;
  readonly base: string | undefined;
  readonly local: string;
  readonly next: string;
  readonly text: string;
  readonly kept?: readonly KeptKey[];
}

const cases: readonly Case[] = [
  {
    title: "changes a value, and leaves indentation, comments and the user's own keys",
    base: '{ "a": 1, "b": 1 }',
    local: '// mine\n{\n\t"own": [1,\t2], // why\n\t"a": 1, /* a */\n\n\t"b": 1\n}\n',
    next: '{ "a": 2, "b": 1 }',
    text: '// mine\n{\n\t"own": [1,\t2], // why\n\t"a": 2, /* a */\n\n\t"b": 1\n}\n',
  },
  {
    title: "keeps a value that the user has changed too, and reports it",
    base: '{ "scripts": { "start": "a" } }',
    local: '{ "scripts": { "start": "mine" } }',
    next: '{ "scripts": { "start": "b" } }',
    text: '{ "scripts": { "start": "mine" } }',
    kept: [{ key: "scripts.start", mine: '"mine"', recommended: '"b"' }],
  },
  {
    title: "leaves a key deleted that the user has deleted, and reports what has changed in it",
    base: '{ "a": 1, "b": 1 }',
    local: "{}",
    next: '{ "a": 1, "b": 2 }',
    text: "{}",
    kept: [{ key: "b", mine: "absent", recommended: "2" }],
  },
  {
    title: "removes a key that is no longer generated, together with its comma",
    base: '{\n  "a": 1,\n  "b": 2\n}\n',
    local: '{\n  "own": 0,\n  "a": 1,\n  "b": 2\n}\n',
    next: '{\n  "a": 1\n}\n',
    text: '{\n  "own": 0,\n  "a": 1\n}\n',
  },
  {
    title: "keeps a key that is no longer generated when the user has changed it",
    base: '{ "a": 1, "b": 2 }',
    local: '{ "a": 1, "b": 3 }',
    next: '{ "a": 1 }',
    text: '{ "a": 1, "b": 3 }',
    kept: [{ key: "b", mine: "3", recommended: "absent" }],
  },
  {
    title: "keeps a key that is no longer generated when the user has commented on it",
    base: '{\n  "a": 1,\n  "b": 2\n}',
    local: '{\n  "a": 1,\n  // b is for the printer\n  "b": 2\n}',
    next: '{\n  "a": 1\n}',
    text: '{\n  "a": 1,\n  // b is for the printer\n  "b": 2\n}',
    kept: [{ key: "b", mine: "2", recommended: "absent" }],
  },
  {
    title: "takes the generated part of a section away and leaves the user's",
    base: '{ "a": 1, "pnpm": { "onlyBuiltDependencies": ["bun"] } }',
    local: '{ "a": 1, "pnpm": { "overrides": { "x": "1" }, "onlyBuiltDependencies": ["bun"] } }',
    next: '{ "a": 1 }',
    text: '{ "a": 1, "pnpm": { "overrides": { "x": "1" } } }',
  },
  {
    title: "puts a new key behind the one that it follows in the generated text, in the user's indentation",
    base: '{\n  "a": 1,\n  "b": 2\n}\n',
    local: '{\n    "a": 1, // first\n    "own": 0,\n    "b": 2\n}\n',
    next: '{\n  "a": 1,\n  "n": {\n    "x": [\n      1\n    ]\n  },\n  "b": 2\n}\n',
    text: '{\n    "a": 1, // first\n    "n": {\n        "x": [\n            1\n        ]\n    },\n    "own": 0,\n    "b": 2\n}\n',
  },
  {
    title: "puts a key behind a last one that has a comment and no comma",
    base: '{\n  "a": 1\n}\n',
    local: '{\n  "a": 1 // last\n  // end\n}\n',
    next: '{\n  "a": 1,\n  "b": 2\n}\n',
    text: '{\n  "a": 1, // last\n  "b": 2\n  // end\n}\n',
  },
  {
    title: "keeps a trailing comma, and gives one to the new last key",
    base: '{ "a": [1] }',
    local: '{\n  "a": [\n    1,\n  ],\n}\n',
    next: '{ "a": [1, 2], "b": 3 }',
    text: '{\n  "a": [\n    1,\n    2,\n  ],\n  "b": 3,\n}\n',
  },
  {
    title: "leaves a file of one line on one line",
    base: '{"a":1}',
    local: '{"a":1,"own":2}',
    next: '{\n  "a": 1,\n  "b": {\n    "c": [\n      1,\n      2\n    ]\n  }\n}\n',
    text: '{"a":1,"b":{"c":[1,2]},"own":2}',
  },
  {
    title: "opens an empty section as it is generated, inside of the user's indentation",
    base: '{\n  "dependencies": {}\n}\n',
    local: '{\n\t"private": true,\n\t"dependencies": {}\n}\n',
    next: '{\n  "dependencies": {\n    "ws": "8.1.0"\n  }\n}\n',
    text: '{\n\t"private": true,\n\t"dependencies": {\n\t\t"ws": "8.1.0"\n\t}\n}\n',
  },
  {
    title: "keeps dependencies sorted",
    path: "package.json",
    base: '{ "dependencies": { "toml": "1", "zod": "4" } }',
    local: '{ "dependencies": { "express": "5", "toml": "1", "vite": "7", "zod": "4" } }',
    next: '{ "dependencies": { "toml": "1", "ws": "8", "zod": "5" } }',
    text: '{ "dependencies": { "express": "5", "toml": "1", "vite": "7", "ws": "8", "zod": "5" } }',
  },
  {
    title: "merges lists of scalars by their values",
    path: "tsconfig.json",
    base: '{ "exclude": ["src/a.ts", "src/b.ts"] }',
    local: '{ "exclude": ["mine", "src/a.ts", /* slow */ "src/b.ts", "other"] }',
    next: '{ "exclude": ["src/b.ts", "src/c.ts"] }',
    text: '{ "exclude": ["mine", /* slow */ "src/b.ts", "src/c.ts", "other"] }',
  },
  {
    title: "joins short lists, and breaks long ones, for an author whose formatter does",
    base: '{ "a": 1 }',
    local: '{\n  "own": ["x"],\n  "a": 1\n}\n',
    next: generated({ a: 1, b: { c: ["1", "2"], d: ["3".repeat(36), "4".repeat(36)] }, e: [{ f: 1 }] }),
    text: `{
  "own": ["x"],
  "a": 1,
  "b": {
    "c": ["1", "2"],
    "d": [
      "333333333333333333333333333333333333",
      "444444444444444444444444444444444444"
    ]
  },
  "e": [
    {
      "f": 1
    }
  ]
}
`,
  },
  {
    title: "replaces a list that its author keeps on one line by one on one line",
    base: '{\n  "a": [\n    [\n      1\n    ]\n  ]\n}\n',
    local: '{\n  "a": [[1]]\n}\n',
    next: '{\n  "a": {\n    "b": [\n      1,\n      2\n    ]\n  }\n}\n',
    text: '{\n  "a": { "b": [1, 2] }\n}\n',
  },
  {
    title: "leaves the blank line of a group where the group's first key goes",
    base: '{ "a": 1, "b": 2, "c": 3 }',
    local: '{\n  "a": 1,\n\n  "b": 2,\n  "c": 3\n}\n',
    next: '{ "a": 1, "c": 3 }',
    text: '{\n  "a": 1,\n\n  "c": 3\n}\n',
  },
  {
    title: "merges with nothing when no base is kept: adds what is missing, changes nothing",
    base: undefined,
    local: '{ "a": 1, "own": [1] }',
    next: '{ "a": 2, "b": 3, "own": [1] }',
    text: '{ "a": 1, "b": 3, "own": [1] }',
    kept: [{ key: "a", mine: "1", recommended: "2" }],
  },
  {
    title: "edits the last of a key that stands twice, which is the one in force",
    base: '{ "a": 1 }',
    local: '{ "a": 0, "a": 1 }',
    next: '{ "a": 2 }',
    text: '{ "a": 0, "a": 2 }',
  },
];

function generated(data: unknown): string {
  return `${JSON.stringify(data, undefined, 2)}\n`;
}

for (const { title, path = "x.json", base, local, next, text, kept = [] } of cases) {
  test(`mergeJson() ${title}`, () => {
    const merged = mergeJson(path, { base, local, next });
    assert.equal(merged.text, text);
    assert.deepEqual(merged.kept, kept);
    assert.deepEqual(merged.clashes, []);
    assert.equal(merged.decided("next"), text);
  });
}

const broken: readonly (readonly [text: string, line: number | undefined, why: string])[] = [
  ['{\n  "a": 1\n  "b": 2\n}\n', 3, "a comma is missing"],
  ['{ "a": }', 1, "a value is missing"],
  ["", undefined, "it is empty"],
  [" \n\n", undefined, "it is empty"],
  ["// nothing\n", 2, "a value is missing"],
  ["[1]", 1, "it is no object"],
  ['<<<<<<< mine\n{ "a": 1 }', 1, "a symbol that JSON does not have"],
  [`{ "a": ${"[".repeat(5000)}${"]".repeat(5000)} }`, 1, "it is nested more than 100 deep"],
  [`{ "b": ]${"]".repeat(5000)}${"[".repeat(5000)}`, 1, "it is nested more than 100 deep"],
  [`{ "text": "${"[".repeat(200)}",\n ${"/* ] */[\n".repeat(101)}`, 101, "it is nested more than 100 deep"],
];

for (const [local, line, why] of broken) {
  test(`mergeJson() refuses ${JSON.stringify(local.slice(0, 30))} with the line and the reason`, () => {
    assert.throws(
      () => mergeJson("x.json", { base: "{}", local, next: '{ "b": 1 }' }),
      (error) => error instanceof Unparsable && error.line === line && error.why === why,
    );
  });
}

test("mergeJson() takes a text of any length, with what looks like a comment or a bracket in it", () => {
  const text = `// [${"{".repeat(200)}${"x".repeat(10_000_000)}`;
  const base = '{ "a": 1, "s": { "x": 1 } }';
  const local = `{ "a": 1, "s": { "x": 1, "own": "${text}" } }`;
  assert.equal(
    mergeJson("x.json", { base, local, next: '{ "a": 2 }' }).text,
    local.replace('"a": 1', '"a": 2').replace('"x": 1, ', ""),
  );
});
