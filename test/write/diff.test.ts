import assert from "node:assert/strict";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { nodeFileSystem } from "../../src/io/node.ts";
import type { FileEntry, FileTree } from "../../src/tree/file-tree.ts";
import { diff } from "../../src/write/changes/diff.ts";
import { createProject } from "../../src/write/create-project.ts";
import { noBase, readBase } from "../../src/write/records/base.ts";
import { firstTree, meta, put, testFolder, treeOf } from "../support/sample-project.ts";

const entry = (path: string, content: string, owner: FileEntry["owner"] = "merged"): FileEntry => {
  return { path, content, owner, mode: 0o644 };
};

interface Row {
  readonly name: string;
  /** Generated before; undefined: never. */
  readonly base?: FileEntry;
  readonly disk?: string | Uint8Array;
  readonly tree?: FileEntry;
  /** "kind reason" and, after a colon, the content that is written. */
  readonly expected: string | undefined;
}

const file = "src/a.ts";
const text = "one\ntwo\nthree\nfour\nfive\n";
const theirs = text.replace("five", "FIVE");
const png = new Uint8Array([137, 80, 78, 71, 0, 1]);
const rows: readonly Row[] = [
  { name: "creates a new file", tree: entry(file, "n"), expected: "create new: n" },
  {
    name: "keeps a file deleted by the user deleted",
    base: entry(file, "b"),
    tree: entry(file, "n"),
    expected: "keep deleted_by_user",
  },
  { name: "keeps an equal file", disk: "n\r\n", tree: entry(file, "n\n"), expected: "keep as_wanted" },
  {
    name: "keeps an equal file without the newline at its end",
    base: entry(file, "b\n"),
    disk: "n",
    tree: entry(file, "n\n"),
    expected: "keep as_wanted",
  },
  {
    name: "updates an unedited file",
    base: entry(file, "b"),
    disk: "b",
    tree: entry(file, "n"),
    expected: "update generated_differs: n",
  },
  {
    name: "updates a file whose line endings alone were changed, and keeps those",
    base: entry(file, "b\n"),
    disk: "\ufeffb\r\n",
    tree: entry(file, "n\n"),
    expected: "update generated_differs: \ufeffn\r\n",
  },
  {
    name: "updates a file that lacks only the newline at its end, and keeps it so",
    base: entry(file, "b\n"),
    disk: "b",
    tree: entry(file, "n\n"),
    expected: "update generated_differs: n",
  },
  {
    name: "updates a file that an editor gave a newline at its end",
    base: entry(file, "b"),
    disk: "b\n",
    tree: entry(file, "n"),
    expected: "update generated_differs: n",
  },
  {
    name: "keeps an edited file that we did not change",
    base: entry(file, "b"),
    disk: "l",
    tree: entry(file, "b"),
    expected: "keep edited",
  },
  {
    name: "merges both sides' changes of different lines",
    base: entry(file, text),
    disk: text.replace("one", "ONE"),
    tree: entry(file, theirs),
    expected: "merge merged: ONE\ntwo\nthree\nfour\nFIVE\n",
  },
  {
    name: "merges into a file with its own line endings, mark and end",
    base: entry(file, text),
    disk: `\ufeff${text.replace("one", "ONE").replaceAll("\n", "\r\n").trimEnd()}`,
    tree: entry(file, theirs),
    expected: "merge merged: \ufeffONE\r\ntwo\r\nthree\r\nfour\r\nFIVE",
  },
  {
    name: "keeps a file whose user has made the generator's change and more",
    base: entry(file, text),
    disk: theirs.replace("one", "ONE"),
    tree: entry(file, theirs),
    expected: "keep edited",
  },
  {
    name: "merges a managed file that was edited all the same",
    base: entry(file, text, "managed"),
    disk: text.replace("one", "ONE"),
    tree: entry(file, theirs, "managed"),
    expected: "merge merged: ONE\ntwo\nthree\nfour\nFIVE\n",
  },
  {
    name: "finds both sides' changes of one line in conflict",
    base: entry(file, "b"),
    disk: "l",
    tree: entry(file, "n"),
    expected: "conflict both_changed: n",
  },
  {
    name: "finds a file that both have added in conflict",
    disk: "l",
    tree: entry(file, "n"),
    expected: "conflict both_added: n",
  },
  {
    name: "finds a seeded file that both have added in conflict",
    disk: "l",
    tree: entry(file, "n", "seeded"),
    expected: "conflict both_added: n",
  },
  {
    name: "never merges a seeded file, not even by keys that do not meet",
    disk: '{ "mine": 1 }\n',
    tree: entry("a.json", '{ "next": 1 }\n', "seeded"),
    expected: 'conflict both_added: { "next": 1 }\n',
  },
  {
    name: "never merges a package manager's lockfile",
    base: entry("sub/bun.lock", text),
    disk: text.replace("one", "ONE"),
    tree: entry("sub/bun.lock", theirs),
    expected: "conflict both_changed: one\ntwo\nthree\nfour\nFIVE\n",
  },
  {
    name: "merges the keys of a file that both have added, where they do not meet",
    disk: '{ "mine": 1 }\n',
    tree: entry("a.json", '{ "next": 1 }\n'),
    expected: 'merge merged: { "next": 1, "mine": 1 }\n',
  },
  {
    name: "finds a binary file that both have changed in conflict",
    base: { ...entry("a.png", ""), content: png },
    disk: new Uint8Array([...png, 2]),
    tree: { ...entry("a.png", ""), content: new Uint8Array([...png, 3]) },
    expected: "conflict binary: \x89PNG\0\x01\x03",
  },
  {
    name: "never decodes a text that is no UTF-8",
    base: entry(file, text),
    disk: Buffer.from(text.replace("one", "\xfcber"), "latin1"),
    tree: entry(file, theirs),
    expected: "conflict binary: one\ntwo\nthree\nfour\nFIVE\n",
  },
  {
    name: "never merges a file that is too large for it",
    base: entry(file, text),
    disk: text.replace("one", "1".repeat(1024 * 1024)),
    tree: entry(file, theirs),
    expected: "conflict binary: one\ntwo\nthree\nfour\nFIVE\n",
  },
  {
    name: "never merges into a file with conflict markers",
    base: entry(file, text),
    disk: `<<<<<<< mine\n0\n=======\n1\n>>>>>>> other\n${text}`,
    tree: entry(file, theirs),
    expected: "conflict both_changed: one\ntwo\nthree\nfour\nFIVE\n",
  },
  {
    name: "keeps a seeded file once written",
    base: entry(file, "b", "seeded"),
    disk: "b",
    tree: entry(file, "n", "seeded"),
    expected: "keep seeded",
  },
  {
    name: "keeps a deleted seeded file deleted",
    base: entry(file, "b", "seeded"),
    tree: entry(file, "n", "seeded"),
    expected: "keep deleted_by_user",
  },
  { name: "keeps a user's README", disk: "l", tree: entry("README.md", "n"), expected: "keep not_ours" },
  {
    name: "deletes an unedited file that is no longer generated",
    base: entry(file, "b"),
    disk: "b",
    expected: "delete dropped",
  },
  {
    name: "keeps an edited file that is no longer generated",
    base: entry(file, "b"),
    disk: "l",
    expected: "keep dropped_but_edited",
  },
  {
    name: "deletes a file that a formatter alone has changed and that is no longer generated",
    base: entry(file, "f(a, b);\n"),
    disk: "f(\r\n  a,\r\n  b,\r\n)\r\n",
    expected: "delete dropped",
  },
  {
    name: "deletes an unedited seeded file that is no longer generated",
    base: entry(file, "b", "seeded"),
    disk: "b",
    expected: "delete dropped",
  },
  {
    name: "keeps an edited seeded file that is no longer generated",
    base: entry(file, "b", "seeded"),
    disk: "l",
    expected: "keep dropped_but_edited",
  },
  { name: "says nothing of a file that is gone on all sides", base: entry(file, "b"), expected: undefined },
];
for (const row of rows) {
  test(`diff() ${row.name}`, (t) => {
    const folder = join(testFolder(t), "server");
    const path = row.tree?.path ?? file;
    createProject(nodeFileSystem, treeOf(row.base === undefined ? [] : [row.base]), folder, meta);
    rmSync(join(folder, path), { force: true });
    if (row.disk !== undefined) put(folder, { [path]: row.disk });
    const tree: FileTree = treeOf(row.tree === undefined ? [] : [row.tree]);
    const changes = diff(tree, nodeFileSystem, folder, readBase(nodeFileSystem, folder));
    const shown = changes.map(({ kind, reason, entry: written }) => {
      const content =
        written === undefined ? "" : `: ${Buffer.from(written.content).toString(path === file ? "utf8" : "latin1")}`;
      return `${kind} ${reason}${content}`;
    });
    assert.deepEqual(shown, row.expected === undefined ? [] : [row.expected]);
  });
}

test("diff() finds every file of somebody else in conflict where no project is, and offers no decision", (t) => {
  const folder = testFolder(t);
  put(folder, { "package.json": "{}\n", "src/main.ts": "l" });
  const tree = treeOf([entry("package.json", '{ "name": "n" }\n'), entry("src/main.ts", "n")]);
  const changes = diff(tree, nodeFileSystem, folder, noBase);
  assert.deepEqual(
    changes.map(({ kind, reason, ways }) => [kind, reason, ways]),
    [
      ["conflict", "not_ours", undefined],
      ["conflict", "not_ours", undefined],
    ],
  );
});

test("diff() keeps every file of a project just created", (t) => {
  const folder = join(testFolder(t), "server");
  createProject(nodeFileSystem, firstTree, folder, meta);
  const changes = diff(firstTree, nodeFileSystem, folder, readBase(nodeFileSystem, folder));
  assert.deepEqual(
    changes.map(({ kind, path }) => [kind, path]),
    [...firstTree.keys()].map((path) => ["keep", path]),
  );
});
