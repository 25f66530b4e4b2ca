/** `fastserve.json` says what the plan was made from, whatever its user had written into it before. */
import assert from "node:assert/strict";
import { existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { nodeFileSystem } from "../../src/io/node.ts";
import type { FileTree } from "../../src/tree/file-tree.ts";
import { diff } from "../../src/write/changes/diff.ts";
import { createProject } from "../../src/write/create-project.ts";
import { readBase } from "../../src/write/records/base.ts";
import { updateProject } from "../../src/write/update-project.ts";
import { meta, put, testFolder, treeOf } from "../support/sample-project.ts";

const file = "fastserve.json";

function wish(workload: string): FileTree {
  const content = `${JSON.stringify({ schema: 1, answers: { workload } }, undefined, 2)}\n`;
  return treeOf([{ path: file, content, owner: "merged", mode: 0o644 }]);
}

test("diff() takes an edit of the wish back when the plan was made from an earlier answer after all", (t) => {
  const project = join(testFolder(t), "shop");
  createProject(nodeFileSystem, wish("api"), project, meta);
  put(project, { [file]: '{ "schema": 1, "note": "mine", "answers": { "workload": "static" } }\n' });
  const base = readBase(nodeFileSystem, project);
  const changes = diff(wish("api"), nodeFileSystem, project, base);
  assert.deepEqual(
    changes.map(({ kind, reason }) => [kind, reason]),
    [["merge", "merged"]],
  );
  updateProject(nodeFileSystem, changes, wish("api"), project, { ...meta, base });
  const text = readFileSync(join(project, file), "utf8");
  assert.equal(text, '{ "schema": 1, "note": "mine", "answers": { "workload": "api" } }\n');
});

test("diff() leaves the layout of the wish to its user", (t) => {
  const project = join(testFolder(t), "shop");
  createProject(nodeFileSystem, wish("api"), project, meta);
  put(project, { [file]: '{ "schema": 1, "answers": { "workload": "api" } }\n' });
  const changes = diff(wish("api"), nodeFileSystem, project, readBase(nodeFileSystem, project));
  assert.deepEqual(
    changes.map(({ kind }) => kind),
    ["keep"],
  );
});

test("diff() takes a profile away that was written by hand and is not wanted any more", (t) => {
  const project = join(testFolder(t), "shop");
  createProject(nodeFileSystem, wish("api"), project, meta);
  put(project, { [file]: '{ "schema": 1, "profiles": { "staging": {} }, "answers": { "workload": "api" } }\n' });
  const changes = diff(wish("static"), nodeFileSystem, project, readBase(nodeFileSystem, project));
  const { content = "" } = changes[0]?.entry ?? {};
  assert.equal(String(content), '{ "schema": 1, "answers": { "workload": "static" } }\n');
});

test("updateProject() records the wish of a plan while the user has deleted the file, so that the next run reads it", (t) => {
  const project = join(testFolder(t), "shop");
  createProject(nodeFileSystem, wish("api"), project, meta);
  rmSync(join(project, file));
  const base = readBase(nodeFileSystem, project);
  updateProject(nodeFileSystem, diff(wish("static"), nodeFileSystem, project, base), wish("static"), project, meta);
  const recorded = Buffer.from(readBase(nodeFileSystem, project).text(file) ?? []).toString();
  assert.equal(JSON.parse(recorded).answers.workload, "static");
  assert.equal(existsSync(join(project, file)), false);
  const again = diff(wish("static"), nodeFileSystem, project, readBase(nodeFileSystem, project));
  assert.deepEqual(again, [{ kind: "keep", path: file, reason: "deleted_by_user" }]);
});
