import assert from "node:assert/strict";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { nodeFileSystem as fs } from "../../src/io/node.ts";
import type { FileTree } from "../../src/tree/file-tree.ts";
import { diff } from "../../src/write/changes/diff.ts";
import { createProject } from "../../src/write/create-project.ts";
import { readBase } from "../../src/write/records/base.ts";
import { isRecorded } from "../../src/write/records/is-recorded.ts";
import { updateProject } from "../../src/write/update-project.ts";
import { firstTree, meta, put, secondTree, testFolder } from "../support/sample-project.ts";

function created(t: TestContext): string {
  const directory = join(testFolder(t), "server");
  createProject(fs, firstTree, directory, meta);
  return directory;
}

function recorded(directory: string, tree: FileTree = firstTree, version: string = meta.generatorVersion): boolean {
  const base = readBase(fs, directory);
  return isRecorded(fs, directory, diff(tree, fs, directory, base), base, version);
}

test("isRecorded() holds for a project as it was written, and with edits that no new version meets", (t) => {
  const directory = created(t);
  assert.equal(recorded(directory), true);
  put(directory, { "src/main.ts": "console.log(3);\n" });
  assert.equal(recorded(directory), true);
});

test("isRecorded() holds for a file that the user has deleted and the plan has dropped", (t) => {
  const directory = created(t);
  rmSync(join(directory, "public/dot.png"));
  const base = readBase(fs, directory);
  updateProject(fs, diff(secondTree, fs, directory, base), secondTree, directory, { ...meta, base });
  assert.equal(recorded(directory, secondTree), true);
});

test("isRecorded() fails when a file would be written or another version would be recorded", (t) => {
  const directory = created(t);
  assert.equal(recorded(directory, secondTree), false);
  assert.equal(recorded(directory, firstTree, "0.2.0"), false);
});

test("isRecorded() fails when the base must be put in order: a lost text, a lock with conflict markers, no lock", (t) => {
  const directory = created(t);
  rmSync(join(directory, ".fastserve/base/README.md.base"));
  assert.equal(recorded(directory), false);
  const conflicted = created(t);
  const lock = join(conflicted, ".fastserve/lock.json");
  const text = readFileSync(lock, "utf8");
  writeFileSync(lock, text.replace('  "files"', '<<<<<<< ours\n=======\n>>>>>>> theirs\n  "files"'));
  assert.equal(recorded(conflicted), false);
  rmSync(lock);
  assert.equal(recorded(conflicted), false);
});
