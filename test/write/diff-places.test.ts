/** What stands in the places of generated files: permissions, symlinks, folders, other spellings, huge files. */
import assert from "node:assert/strict";
import { chmodSync, mkdirSync, renameSync, rmSync, symlinkSync, truncateSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { nodeFileSystem } from "../../src/io/node.ts";
import { AppError } from "../../src/lib/errors.ts";
import type { FileEntry } from "../../src/tree/file-tree.ts";
import { diff } from "../../src/write/changes/diff.ts";
import { createProject } from "../../src/write/create-project.ts";
import { noBase, readBase } from "../../src/write/records/base.ts";
import { meta, put, testFolder, treeOf } from "../support/sample-project.ts";

const entry = (path: string, content: string): FileEntry => ({ path, content, owner: "merged", mode: 0o644 });
const text = "one\ntwo\nthree\nfour\nfive\n";
const theirs = text.replace("five", "FIVE");

test("diff() takes the permission to execute from whoever has changed it, from the user before us", (t) => {
  const folder = join(testFolder(t), "server");
  const names = ["ours", "users", "edited", "merged", "updated"];
  createProject(nodeFileSystem, treeOf(names.map((name) => entry(name, text))), folder, meta);
  for (const name of ["users", "merged", "updated"]) chmodSync(join(folder, name), 0o755);
  put(folder, { edited: "l", merged: text.replace("one", "ONE") });
  const tree = treeOf([
    { ...entry("ours", text), mode: 0o755 },
    { ...entry("users", text), mode: 0o755 },
    { ...entry("edited", text), mode: 0o755 },
    entry("merged", theirs),
    entry("updated", theirs),
  ]);
  const changes = diff(tree, nodeFileSystem, folder, readBase(nodeFileSystem, folder));
  assert.deepEqual(
    changes.map((change) => [change.path, change.kind, change.reason, change.entry?.mode.toString(8)]),
    [
      ["edited", "update", "mode_differs", "755"],
      ["merged", "merge", "merged", "755"],
      ["ours", "update", "mode_differs", "755"],
      ["updated", "update", "generated_differs", "755"],
      ["users", "keep", "as_wanted", undefined],
    ],
  );
  assert.equal(Buffer.from(changes[0]?.entry?.content ?? "").toString(), "l");
});

test("diff() keeps out of the way of what the user put in a generated file's place", (t) => {
  const folder = join(testFolder(t), "server");
  const paths = ["Src/twin.ts", "as-before/link.ts", "link.ts"];
  createProject(nodeFileSystem, treeOf(paths.map((path) => entry(path, "b"))), folder, meta);
  for (const path of paths.slice(1)) {
    rmSync(join(folder, path));
    symlinkSync("/nowhere", join(folder, path));
  }
  renameSync(join(folder, "Src"), join(folder, "src"));
  const tree = treeOf([entry("Src/twin.ts", "n"), entry("as-before/link.ts", "b"), entry("link.ts", "n")]);
  const changes = diff(tree, nodeFileSystem, folder, readBase(nodeFileSystem, folder));
  assert.deepEqual(
    changes.map(({ kind, path, reason, ways }) => [path, kind, reason, Object.keys(ways ?? {})]),
    [
      ["Src/twin.ts", "keep", "name_in_other_case", []],
      ["as-before/link.ts", "keep", "obstacle", []],
      ["link.ts", "conflict", "obstacle", ["mine"]],
    ],
  );
});

test("diff() never reads a file that is larger than anything generated", (t) => {
  const folder = join(testFolder(t), "server");
  createProject(nodeFileSystem, treeOf([entry("a", "b"), entry("b", "b")]), folder, meta);
  for (const name of ["a", "b"]) truncateSync(join(folder, name), 64 * 1024 * 1024 + 1);
  const fs = {
    ...nodeFileSystem,
    read: (path: string) => {
      assert.match(path, /\.fastserve/);
      return nodeFileSystem.read(path);
    },
  };
  const changes = diff(treeOf([entry("a", "n")]), fs, folder, readBase(fs, folder));
  assert.deepEqual(
    changes.map(({ kind, path, reason }) => [path, kind, reason]),
    [["a", "conflict", "obstacle"]],
  );
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

test("diff() names what it may not read", (t) => {
  const folder = join(testFolder(t), "server");
  createProject(nodeFileSystem, treeOf([entry("src/a.ts", "b")]), folder, meta);
  const base = readBase(nodeFileSystem, folder);
  const forbidden = (): never => {
    throw Object.assign(new Error("EACCES: permission denied"), { code: "EACCES" });
  };
  const tree = treeOf([entry("src/a.ts", "n")]);
  for (const [closed, key] of [
    [{ read: forbidden }, "src/a.ts"],
    [{ info: forbidden }, "src/a.ts"],
    [{ list: forbidden }, "."],
  ] as const) {
    assert.throws(
      () => diff(tree, { ...nodeFileSystem, ...closed }, folder, base),
      (error) => error instanceof AppError && error.code === "DIRECTORY_UNSAFE" && error.problems[0]?.key === key,
    );
  }
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
