import assert from "node:assert/strict";
import { chmodSync, mkdirSync, rmSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { nodeFileSystem } from "../../src/io/node.ts";
import { AppError } from "../../src/lib/errors.ts";
import type { FileEntry, FileTree } from "../../src/tree/file-tree.ts";
import { noBase, readBase } from "../../src/write/base.ts";
import { createProject } from "../../src/write/create-project.ts";
import { diff } from "../../src/write/diff.ts";
import { firstTree, meta, put, testFolder, treeOf } from "../support/sample-project.ts";

const entry = (path: string, content: string, owner: FileEntry["owner"] = "merged"): FileEntry => {
  return { path, content, owner, mode: 0o644 };
};

interface Row {
  readonly name: string;
  /** Generated before; undefined: never. */
  readonly base?: FileEntry;
  readonly disk?: string;
  readonly tree?: FileEntry;
  readonly expected: string | undefined;
}

const file = "src/a.ts";
const rows: readonly Row[] = [
  { name: "creates a new file", tree: entry(file, "n"), expected: "create" },
  {
    name: "keeps a file deleted by the user deleted",
    base: entry(file, "b"),
    tree: entry(file, "n"),
    expected: "keep",
  },
  { name: "keeps an equal file", disk: "n\r\n", tree: entry(file, "n\n"), expected: "keep" },
  { name: "updates an unedited file", base: entry(file, "b"), disk: "b", tree: entry(file, "n"), expected: "update" },
  {
    name: "updates a file whose line endings alone were changed",
    base: entry(file, "b\n"),
    disk: "\ufeffb\r\n",
    tree: entry(file, "n\n"),
    expected: "update",
  },
  {
    name: "keeps an edited file that we did not change",
    base: entry(file, "b"),
    disk: "l",
    tree: entry(file, "b"),
    expected: "keep",
  },
  {
    name: "finds both sides' changes in conflict",
    base: entry(file, "b"),
    disk: "l",
    tree: entry(file, "n"),
    expected: "conflict",
  },
  { name: "finds a file that is not ours in conflict", disk: "l", tree: entry(file, "n"), expected: "conflict" },
  {
    name: "finds a seeded file that is not ours in conflict",
    disk: "l",
    tree: entry(file, "n", "seeded"),
    expected: "conflict",
  },
  {
    name: "keeps a seeded file once written",
    base: entry(file, "b", "seeded"),
    disk: "b",
    tree: entry(file, "n", "seeded"),
    expected: "keep",
  },
  { name: "keeps a user's README", disk: "l", tree: entry("README.md", "n"), expected: "keep" },
  {
    name: "deletes an unedited file that is no longer generated",
    base: entry(file, "b"),
    disk: "b",
    expected: "delete",
  },
  { name: "keeps an edited file that is no longer generated", base: entry(file, "b"), disk: "l", expected: "keep" },
  {
    name: "keeps a seeded file that is no longer generated",
    base: entry(file, "b", "seeded"),
    disk: "b",
    expected: "keep",
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
    assert.deepEqual(
      changes.map((change) => [change.path, change.kind]),
      row.expected === undefined ? [] : [[path, row.expected]],
    );
  });
}

test("diff() keeps every file of a project just created", (t) => {
  const folder = join(testFolder(t), "server");
  createProject(nodeFileSystem, firstTree, folder, meta);
  const changes = diff(firstTree, nodeFileSystem, folder, readBase(nodeFileSystem, folder));
  assert.deepEqual(
    changes.map(({ kind, path }) => [kind, path]),
    [...firstTree.keys()].map((path) => ["keep", path]),
  );
});

test("diff() updates the permission to execute only where the user left it alone", (t) => {
  const folder = join(testFolder(t), "server");
  createProject(nodeFileSystem, treeOf([entry("a", "x"), entry("b", "x")]), folder, meta);
  chmodSync(join(folder, "b"), 0o755);
  const tree = treeOf([
    { ...entry("a", "x"), mode: 0o755 },
    { ...entry("b", "y"), content: "x", mode: 0o755 },
  ]);
  const kinds = diff(tree, nodeFileSystem, folder, readBase(nodeFileSystem, folder)).map((change) => change.kind);
  assert.deepEqual(kinds, ["update", "keep"]);
});

test("diff() finds folders, symlinks and other spellings in conflict", (t) => {
  const folder = testFolder(t);
  put(folder, { "real.ts": "n", "Src/x": "", plain: "" });
  mkdirSync(join(folder, "folder.ts"));
  symlinkSync(join(folder, "real.ts"), join(folder, "link.ts"));
  const paths = ["REAL.ts", "folder.ts", "link.ts", "plain/below.ts", "src/y.ts"];
  const changes = diff(treeOf(paths.map((path) => entry(path, "n"))), nodeFileSystem, folder, noBase);
  assert.deepEqual(
    changes.map(({ kind, path }) => [path, kind]),
    paths.map((path) => [path, "conflict"]),
  );
});

test("diff() refuses to look through a symlinked folder", (t) => {
  const folder = testFolder(t);
  put(folder, { "outside/x": "", "server/x": "" });
  symlinkSync(join(folder, "outside"), join(folder, "server/src"));
  assert.throws(
    () => diff(treeOf([entry("src/x", "n")]), nodeFileSystem, join(folder, "server"), noBase),
    (error) => error instanceof AppError && error.code === "DIRECTORY_UNSAFE",
  );
});
