import assert from "node:assert/strict";
import { chmodSync, existsSync, readFileSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { nodeFileSystem } from "../../src/io/node.ts";
import { AppError } from "../../src/lib/errors.ts";
import type { FileEntry, FileTree } from "../../src/tree/file-tree.ts";
import { type Move, moves } from "../../src/tree/moves.ts";
import type { Change } from "../../src/write/changes/change.ts";
import { diff } from "../../src/write/changes/diff.ts";
import { resolveConflicts } from "../../src/write/changes/resolve-conflicts.ts";
import { restoreDeleted } from "../../src/write/changes/restore-deleted.ts";
import { createProject } from "../../src/write/create-project.ts";
import { folded, pathFault } from "../../src/write/disk/project-path.ts";
import { readBase } from "../../src/write/records/base.ts";
import { compareVersions, isVersion } from "../../src/write/records/version-order.ts";
import { undo } from "../../src/write/undo.ts";
import { updateProject } from "../../src/write/update-project.ts";
import { snapshot } from "../support/folder-snapshot.ts";
import { put, testFolder, treeOf } from "../support/sample-project.ts";

const declared: readonly Move[] = [
  { from: "src/a.ts", to: "src/b.ts", since: "0.2.0" },
  { from: "src/b.ts", to: "lib/c.ts", since: "0.3.0" },
];
const text = "1\n2\n3\n4\n5\n";
const next = "1\n2\n3\n4\nfive\n";

const entry = (path: string, content: string, owner: FileEntry["owner"] = "merged"): FileEntry => {
  return { path, content, owner, mode: 0o644 };
};

/** A project of release 0.1.0, whose file is still at its first place. */
function project(t: TestContext, owner: FileEntry["owner"] = "merged"): string {
  const folder = join(testFolder(t), "server");
  createProject(nodeFileSystem, treeOf([entry("src/a.ts", text, owner)]), folder, { generatorVersion: "0.1.0" });
  return folder;
}

function plan(folder: string, tree: FileTree, rows: readonly Move[] = declared): readonly Change[] {
  return diff(tree, nodeFileSystem, folder, readBase(nodeFileSystem, folder), rows);
}

function write(folder: string, tree: FileTree, changes = plan(folder, tree)): void {
  updateProject(nodeFileSystem, changes, tree, folder, { generatorVersion: "0.3.0" });
}

const shown = (changes: readonly Change[]) =>
  changes.map(({ kind, reason, from, path }) => `${from ?? ""} -> ${path}: ${kind} ${reason}`);

const tree = treeOf([entry("lib/c.ts", next)]);

const rows: readonly (readonly [string, (folder: string) => void, string, string | undefined])[] = [
  ["an unedited file", () => {}, "update generated_differs", next],
  [
    "an edited file",
    (folder) => put(folder, { "src/a.ts": text.replace("1", "one") }),
    "merge merged",
    "one\n2\n3\n4\nfive\n",
  ],
  [
    "a deleted file, which stays deleted",
    (folder) => rmSync(join(folder, "src/a.ts")),
    "keep deleted_by_user",
    undefined,
  ],
];
for (const [what, edit, change, content] of rows) {
  test(`diff() moves ${what} over skipped releases, and undo brings it back`, (t) => {
    const folder = project(t);
    edit(folder);
    const before = snapshot(folder);
    assert.deepEqual(shown(plan(folder, tree)), [`src/a.ts -> lib/c.ts: ${change}`]);
    write(folder, tree);
    assert.equal(existsSync(join(folder, "src/a.ts")), false);
    assert.equal(
      existsSync(join(folder, "lib/c.ts")) ? readFileSync(join(folder, "lib/c.ts"), "utf8") : undefined,
      content,
    );
    assert.deepEqual([...readBase(nodeFileSystem, folder).files.keys()], ["lib/c.ts"]);
    assert.equal(Buffer.from(readBase(nodeFileSystem, folder).text("lib/c.ts") ?? []).toString(), next);
    const after = snapshot(folder);
    write(folder, tree);
    assert.deepEqual(snapshot(folder), after);
    undo(nodeFileSystem, folder);
    assert.deepEqual(snapshot(folder), before);
  });
}

test("diff() moves a file that the generator did not change with its edits, permissions and seeded ones too", (t) => {
  for (const owner of ["merged", "seeded"] as const) {
    const folder = project(t, owner);
    put(folder, { "src/a.ts": "\ufeffedited\r\n" });
    chmodSync(join(folder, "src/a.ts"), 0o750);
    const same = treeOf([entry("lib/c.ts", text, owner)]);
    assert.deepEqual(shown(plan(folder, same)), ["src/a.ts -> lib/c.ts: update moved"]);
    write(folder, same);
    assert.equal(readFileSync(join(folder, "lib/c.ts"), "utf8"), "\ufeffedited\r\n");
    assert.equal(statSync(join(folder, "lib/c.ts")).mode & 0o777, 0o750);
    assert.deepEqual(shown(plan(folder, same)), [` -> lib/c.ts: keep ${owner === "seeded" ? "seeded" : "edited"}`]);
  }
});

test("diff() moves a file in conflict with its decision; beside a sidecar it keeps its old base", (t) => {
  const contents = { mine: "1\n2\n3\n4\nmine\n", theirs: next, sidecar: "1\n2\n3\n4\nmine\n" } as const;
  const bases = { mine: next, theirs: next, sidecar: text } as const;
  for (const way of ["mine", "theirs", "sidecar"] as const) {
    const folder = project(t);
    put(folder, { "src/a.ts": "1\n2\n3\n4\nmine\n" });
    write(
      folder,
      tree,
      resolveConflicts(plan(folder, tree), () => way),
    );
    assert.equal(readFileSync(join(folder, "lib/c.ts"), "utf8"), contents[way]);
    assert.equal(existsSync(join(folder, "src/a.ts")), false);
    assert.equal(Buffer.from(readBase(nodeFileSystem, folder).text("lib/c.ts") ?? []).toString(), bases[way]);
    assert.equal(existsSync(join(folder, "lib/c.ts.fastserve-new")), way === "sidecar");
  }
});

test("restoreDeleted() brings a moved file back at its new place alone", (t) => {
  const folder = project(t);
  rmSync(join(folder, "src/a.ts"));
  const before = snapshot(folder);
  write(folder, tree, restoreDeleted(plan(folder, tree), tree, ["lib/c.ts"]));
  assert.equal(readFileSync(join(folder, "lib/c.ts"), "utf8"), next);
  assert.deepEqual([...readBase(nodeFileSystem, folder).files.keys()], ["lib/c.ts"]);
  undo(nodeFileSystem, folder);
  assert.deepEqual(snapshot(folder), before);
});

test("diff() does not move onto a file of the user", (t) => {
  const folder = project(t);
  put(folder, { "lib/c.ts": "a file of the user\n" });
  assert.deepEqual(shown(plan(folder, tree)), [" -> lib/c.ts: conflict both_added", " -> src/a.ts: delete dropped"]);
});

test("diff() does not move beside a name in another case", (t) => {
  const folder = project(t);
  put(folder, { "LIB/x": "" });
  assert.deepEqual(shown(plan(folder, tree)), [
    " -> lib/c.ts: conflict name_in_other_case",
    " -> src/a.ts: delete dropped",
  ]);
});

test("diff() moves nothing in a project of a release that has moved it, or where the old path is written again", (t) => {
  const folder = project(t);
  assert.deepEqual(shown(plan(folder, tree, [{ from: "src/a.ts", to: "lib/c.ts", since: "0.1.0" }])), [
    " -> lib/c.ts: create new",
    " -> src/a.ts: delete dropped",
  ]);
  const both = treeOf([entry("src/a.ts", text), entry("lib/c.ts", next)]);
  assert.deepEqual(shown(plan(folder, both)), [" -> lib/c.ts: create new", " -> src/a.ts: keep as_wanted"]);
});

test("updateProject() refuses a move when either end has changed since the plan", (t) => {
  for (const path of ["src/a.ts", "lib/c.ts"]) {
    const folder = project(t);
    const changes = plan(folder, tree);
    put(folder, { [path]: "changed\n" });
    const before = snapshot(folder);
    assert.throws(
      () => write(folder, tree, changes),
      (error) =>
        error instanceof AppError &&
        error.code === "FILE_CHANGED_MEANWHILE" &&
        error.problems.map(({ key }) => key).join() === path,
    );
    assert.deepEqual(snapshot(folder), before);
  }
});

test("moves are project paths of released versions that differ in more than their case, each from a place once, in order", () => {
  for (const { from, to, since } of moves) {
    assert.equal(pathFault(from) ?? pathFault(to), undefined, from);
    assert.notEqual(folded(from), folded(to));
    assert.equal(isVersion(since), true, since);
  }
  assert.equal(new Set(moves.map(({ from }) => from)).size, moves.length);
  assert.deepEqual(
    moves.map(({ since }) => since).sort(compareVersions),
    moves.map(({ since }) => since),
  );
});
