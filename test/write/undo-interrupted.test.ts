import assert from "node:assert/strict";
import { cpSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { nodeFileSystem } from "../../src/io/node.ts";
import type { FileSystem } from "../../src/io/ports.ts";
import type { Change } from "../../src/write/changes/change.ts";
import { diff } from "../../src/write/changes/diff.ts";
import { createProject } from "../../src/write/create-project.ts";
import { readBase } from "../../src/write/records/base.ts";
import { undo, undoable } from "../../src/write/undo.ts";
import { updateProject } from "../../src/write/update-project.ts";
import { faultyFileSystem, Killed } from "../support/faulty-file-system.ts";
import { snapshot } from "../support/folder-snapshot.ts";
import { firstTree, meta, secondTree, testFolder } from "../support/sample-project.ts";

test("undo() takes back an interrupted write alone, tells what that had done, and undoable() says the same before", (t) => {
  const folder = join(testFolder(t), "server");
  createProject(nodeFileSystem, firstTree, folder, meta);
  const changes = diff(secondTree, nodeFileSystem, folder, readBase(nodeFileSystem, folder));
  updateProject(nodeFileSystem, changes, secondTree, folder, meta);
  const second = snapshot(folder);
  const plan = (fs: FileSystem) => diff(firstTree, fs, folder, readBase(fs, folder));
  const calls = rehearsedCalls(folder, plan);
  const dying = faultyFileSystem({ kind: "kill", atCall: Math.floor(calls * 0.75) });
  assert.throws(
    () => updateProject(dying, plan(dying), firstTree, folder, meta),
    (error) => error instanceof Killed,
  );
  const before = undoable(nodeFileSystem, folder);
  const { restored, removed, recovery } = undo(faultyFileSystem(undefined, 5), folder);
  assert.deepEqual(recovery, { outcome: "rolledBack", changedSince: [] });
  assert.deepEqual(snapshot(folder), second);
  assert.ok(restored.includes("fastserve.tuned.toml") && removed.includes("public/dot.png"));
  assert.deepEqual([before.restored, before.removed], [restored, removed]);
  assert.deepEqual(undo(nodeFileSystem, folder).recovery, undefined);
});

/** How many calls the same write takes; the folder is as before. */
function rehearsedCalls(folder: string, plan: (fs: FileSystem) => readonly Change[]): number {
  const copy = `${folder}-copy`;
  cpSync(folder, copy, { recursive: true });
  const fs = faultyFileSystem(undefined);
  updateProject(fs, plan(fs), firstTree, copy, meta);
  return fs.calls();
}
