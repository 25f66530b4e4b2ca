import assert from "node:assert/strict";
import { chmodSync, renameSync, rmSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { nodeFileSystem } from "../../src/io/node.ts";
import { AppError, type ErrorCode } from "../../src/lib/errors.ts";
import type { FileTree } from "../../src/tree/file-tree.ts";
import { diff } from "../../src/write/changes/diff.ts";
import { createProject } from "../../src/write/create-project.ts";
import { readBase } from "../../src/write/records/base.ts";
import { recover } from "../../src/write/recover.ts";
import { undo } from "../../src/write/undo.ts";
import { updateProject } from "../../src/write/update-project.ts";
import { snapshot } from "../support/folder-snapshot.ts";
import { firstTree, meta, put, secondTree, testFolder } from "../support/sample-project.ts";

const hasCode = (code: ErrorCode) => (error: unknown) => error instanceof AppError && error.code === code;

function update(folder: string, tree: FileTree): void {
  const changes = diff(tree, nodeFileSystem, folder, readBase(nodeFileSystem, folder));
  updateProject(nodeFileSystem, changes, tree, folder, meta);
}

test("undo() of the first write leaves the folder byte for byte as it was, without our records", (t) => {
  const folder = testFolder(t);
  put(folder, { "README.md": "mine\r\n", "src/own.ts": "x", ".git/HEAD": "ref" });
  const before = snapshot(folder);
  update(folder, firstTree);
  const undone = undo(nodeFileSystem, folder);
  assert.deepEqual(snapshot(folder), before);
  assert.deepEqual(undone.restored, []);
  assert.deepEqual(
    undone.removed,
    [...firstTree.keys()].filter((path) => path !== "README.md"),
  );
});

test("undo() of an update restores bytes, permissions, dropped files and records", (t) => {
  const folder = join(testFolder(t), "server");
  createProject(nodeFileSystem, firstTree, folder, meta);
  put(folder, { "fastserve.tuned.toml": "\ufeffworkers = 2\r\n" });
  chmodSync(join(folder, "fastserve.tuned.toml"), 0o664);
  const before = snapshot(folder);
  update(folder, secondTree);
  assert.notDeepEqual(snapshot(folder), before);
  const undone = undo(nodeFileSystem, folder);
  assert.deepEqual(snapshot(folder), before);
  assert.deepEqual(undone.restored, ["fastserve.tuned.toml", "public/dot.png", "src/main.ts"]);
  assert.throws(() => undo(nodeFileSystem, folder), hasCode("NOTHING_TO_UNDO"));
});

test("undo() names the files changed since and restores none", (t) => {
  const folder = join(testFolder(t), "server");
  createProject(nodeFileSystem, firstTree, folder, meta);
  update(folder, secondTree);
  put(folder, { "fastserve.tuned.toml": "workers = 9\n", "public/dot.png": "mine" });
  const before = snapshot(folder);
  assert.throws(
    () => undo(nodeFileSystem, folder),
    (error) =>
      error instanceof AppError &&
      error.code === "FILE_CHANGED_MEANWHILE" &&
      error.problems.map((problem) => problem.key).join() === "fastserve.tuned.toml,public/dot.png",
  );
  assert.deepEqual(snapshot(folder), before);
});

test("undo() says that a created project has nothing to restore", (t) => {
  const folder = join(testFolder(t), "server");
  createProject(nodeFileSystem, firstTree, folder, meta);
  assert.throws(() => undo(nodeFileSystem, folder), hasCode("NOTHING_TO_UNDO"));
});

test("undo() says that a folder is no project", (t) => {
  assert.throws(() => undo(nodeFileSystem, testFolder(t)), hasCode("PROJECT_NOT_FOUND"));
});

test("undo() restores none of the files when what one of them was is lost or damaged", (t) => {
  for (const damage of [(kept: string) => rmSync(kept), (kept: string) => put(kept, { "../1": "not what it was" })]) {
    const folder = join(testFolder(t), "server");
    createProject(nodeFileSystem, firstTree, folder, meta);
    update(folder, secondTree);
    damage(join(folder, ".fastserve/undo/before/1"));
    const before = snapshot(folder);
    assert.throws(() => undo(nodeFileSystem, folder), hasCode("PROJECT_STATE_INVALID"));
    assert.deepEqual(snapshot(folder), before);
  }
});

test("undo() does not say that records are missing which lie behind a symlink", (t) => {
  const root = testFolder(t);
  const folder = join(root, "server");
  createProject(nodeFileSystem, firstTree, folder, meta);
  renameSync(join(folder, ".fastserve"), join(root, "records"));
  symlinkSync(join(root, "records"), join(folder, ".fastserve"));
  assert.throws(() => undo(nodeFileSystem, folder), hasCode("DIRECTORY_UNSAFE"));
});

test("undo() and recover() say that nothing was changed where they may not write", (t) => {
  const folder = join(testFolder(t), "server");
  createProject(nodeFileSystem, firstTree, folder, meta);
  update(folder, secondTree);
  put(folder, { ".fastserve/writing-1-00000000-00000000": "" });
  const forbidden = (): never => {
    throw Object.assign(new Error("EACCES: permission denied"), { code: "EACCES" });
  };
  const fs = { ...nodeFileSystem, create: forbidden, list: forbidden };
  for (const run of [undo, recover]) {
    assert.throws(
      () => run(fs, folder),
      (error) => error instanceof AppError && error.message.endsWith("Nothing was changed."),
    );
  }
});
