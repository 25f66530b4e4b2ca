import assert from "node:assert/strict";
import { existsSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { nodeFileSystem } from "../../src/io/node.ts";
import { AppError } from "../../src/lib/errors.ts";
import type { FileEntry, FileTree } from "../../src/tree/file-tree.ts";
import type { Change } from "../../src/write/changes/change.ts";
import { diff } from "../../src/write/changes/diff.ts";
import { type Resolution, resolveConflicts } from "../../src/write/changes/resolve-conflicts.ts";
import { createProject } from "../../src/write/create-project.ts";
import { readBase } from "../../src/write/records/base.ts";
import { undo } from "../../src/write/undo.ts";
import { updateProject } from "../../src/write/update-project.ts";
import { snapshot } from "../support/folder-snapshot.ts";
import { meta, put, testFolder, treeOf } from "../support/sample-project.ts";

/** One line that both change, and one that only the generator changes. */
const before = "1\n2\n3\n4\n5\n";
const mine = "mine\n2\n3\n4\n5\n";
const next = "next\n2\n3\n4\nfive\n";
const path = "src/a.ts";

const entry = (name: string, content: string | Uint8Array): FileEntry => {
  return { path: name, content, owner: "merged", mode: 0o644 };
};
const treeBefore = treeOf([entry(path, before), entry("README.md", before)]);
const treeNext = treeOf([entry(path, next), entry("README.md", next)]);

/** A project whose user changed the line that the generator changes next. */
function conflicted(t: TestContext): string {
  const folder = join(testFolder(t), "server");
  createProject(nodeFileSystem, treeBefore, folder, meta);
  put(folder, { [path]: mine });
  return folder;
}

function plan(folder: string, tree: FileTree): readonly Change[] {
  return diff(tree, nodeFileSystem, folder, readBase(nodeFileSystem, folder));
}

function write(folder: string, tree: FileTree, resolution: Resolution): readonly Change[] {
  const base = readBase(nodeFileSystem, folder);
  const changes = resolveConflicts(diff(tree, nodeFileSystem, folder, base), () => resolution);
  updateProject(nodeFileSystem, changes, tree, folder, { ...meta, base });
  return changes;
}

const read = (folder: string, name: string): string => readFileSync(join(folder, name), "utf8");
const baseOf = (folder: string): string =>
  Buffer.from(readBase(nodeFileSystem, folder).text(path) ?? []).toString("utf8");
const kinds = (changes: readonly Change[]): readonly string[] =>
  changes.map((change) => `${change.path}: ${change.kind} ${change.reason}`);

test("resolveConflicts() leaves what is undecided in conflict, and that is never written", (t) => {
  const folder = conflicted(t);
  const taken = snapshot(folder);
  assert.throws(
    () => write(folder, treeNext, "undecided"),
    (error) =>
      error instanceof AppError && error.exitCode === 3 && error.problems.map(({ key }) => key).join() === path,
  );
  assert.deepEqual(snapshot(folder), taken);
});

const rows: readonly (readonly [Resolution, string, string, string])[] = [
  ["mine", "merge mine_taken", "mine\n2\n3\n4\nfive\n", next],
  ["theirs", "merge next_taken", "next\n2\n3\n4\nfive\n", next],
  ["sidecar", "keep set_beside", mine, before],
];
for (const [resolution, change, content, base] of rows) {
  test(`resolveConflicts() with "${resolution}" gives the file and its base, and a second run changes nothing`, (t) => {
    const folder = conflicted(t);
    const taken = snapshot(folder);
    assert.equal(kinds(write(folder, treeNext, resolution))[1], `${path}: ${change}`);
    assert.equal(read(folder, path), content);
    assert.equal(baseOf(folder), base);
    const done = snapshot(folder);
    write(folder, treeNext, resolution);
    assert.deepEqual(snapshot(folder), done);
    undo(nodeFileSystem, folder);
    assert.deepEqual(snapshot(folder), taken);
  });
}

test("resolveConflicts() writes markers into a document and refuses them where a program parses the file", (t) => {
  const folder = conflicted(t);
  put(folder, { "README.md": mine });
  assert.deepEqual(
    plan(folder, treeNext).map(({ ways }) => Object.keys(ways ?? {})),
    [
      ["mine", "theirs", "sidecar", "markers"],
      ["mine", "theirs", "sidecar"],
    ],
  );
  const [readme, code] = resolveConflicts(plan(folder, treeNext), () => "markers");
  assert.match(
    Buffer.from(readme?.entry?.content ?? "").toString(),
    /^<{7} .*\nmine\n(?:.*\n)*={7}\nnext\n>{7} .*\n2\n/,
  );
  assert.equal(code?.kind, "conflict");
});

test("resolveConflicts() with markers leaves a conflict behind only where the generator changes again", (t) => {
  const folder = conflicted(t);
  put(folder, { [path]: before, "README.md": mine });
  write(folder, treeNext, "markers");
  assert.deepEqual(kinds(plan(folder, treeNext)), ["README.md: keep edited", `${path}: keep as_wanted`]);
  const third = treeOf([entry(path, next), entry("README.md", next.replace("3", "three"))]);
  const change = plan(folder, third)[0];
  assert.equal(change?.kind, "conflict");
  assert.match(change?.clashes?.[0]?.where ?? "", /conflict markers \(line 1\)/);
});

test("a sidecar is listed, kept while its file is open, and goes with the decision", (t) => {
  const folder = conflicted(t);
  write(folder, treeNext, "sidecar");
  const sidecar = `${path}.fastserve-new`;
  assert.equal(read(folder, sidecar), next);
  assert.deepEqual(kinds(plan(folder, treeNext)).slice(1), [
    `${path}: conflict both_changed`,
    `${sidecar}: keep as_wanted`,
  ]);
  const later = treeOf([entry(path, `${next}6\n`), entry("README.md", next)]);
  write(folder, later, "sidecar");
  assert.equal(read(folder, sidecar), `${next}6\n`);
  write(folder, later, "mine");
  assert.equal(existsSync(join(folder, sidecar)), false);
  assert.equal(readBase(nodeFileSystem, folder).files.has(sidecar), false);
  assert.equal(read(folder, path), "mine\n2\n3\n4\nfive\n6\n");
});

test("a sidecar goes once the user has brought ours in by hand, and stays when the user wrote into it", (t) => {
  const sidecar = `${path}.fastserve-new`;
  const folder = conflicted(t);
  write(folder, treeNext, "sidecar");
  put(folder, { [path]: next });
  assert.deepEqual(kinds(write(folder, treeNext, "undecided")), [
    "README.md: keep as_wanted",
    `${path}: keep as_wanted`,
    `${sidecar}: delete dropped`,
  ]);
  const other = conflicted(t);
  write(other, treeNext, "sidecar");
  put(other, { [path]: next, [sidecar]: "notes\n" });
  write(other, treeNext, "undecided");
  assert.equal(read(other, sidecar), "notes\n");
});

test("a sidecar that the user wrote into outlives the decision", (t) => {
  const folder = conflicted(t);
  write(folder, treeNext, "sidecar");
  put(folder, { [`${path}.fastserve-new`]: "notes\n" });
  write(folder, treeNext, "mine");
  assert.equal(read(folder, `${path}.fastserve-new`), "notes\n");
});

test("a sidecar that the user deleted is forgotten", (t) => {
  const folder = conflicted(t);
  write(folder, treeNext, "sidecar");
  rmSync(join(folder, `${path}.fastserve-new`));
  put(folder, { [path]: next });
  write(folder, treeNext, "undecided");
  assert.equal(readBase(nodeFileSystem, folder).files.has(`${path}.fastserve-new`), false);
});

test("a sidecar is never put over a file of the user", (t) => {
  const folder = conflicted(t);
  put(folder, { [`${path}.fastserve-new`]: "a file of the user\n" });
  assert.deepEqual(Object.keys(plan(folder, treeNext)[1]?.ways ?? {}), ["mine", "theirs"]);
});

test("resolveConflicts() takes one side of a binary file as a whole", (t) => {
  const folder = join(testFolder(t), "server");
  createProject(nodeFileSystem, treeOf([entry("a.png", new Uint8Array([0, 1]))]), folder, meta);
  put(folder, { "a.png": new Uint8Array([0, 2]) });
  const tree = treeOf([entry("a.png", new Uint8Array([0, 3]))]);
  write(folder, tree, "sidecar");
  assert.deepEqual([...readFileSync(join(folder, "a.png"))], [0, 2]);
  assert.deepEqual([...readFileSync(join(folder, "a.png.fastserve-new"))], [0, 3]);
  write(folder, tree, "theirs");
  assert.deepEqual([...readFileSync(join(folder, "a.png"))], [0, 3]);
  assert.deepEqual(kinds(plan(folder, tree)), ["a.png: keep as_wanted"]);
});

test('resolveConflicts() with "mine" leaves a symlink of the user alone from then on', (t) => {
  const folder = conflicted(t);
  rmSync(join(folder, path));
  symlinkSync("/nowhere", join(folder, path));
  write(folder, treeNext, "mine");
  assert.deepEqual(kinds(plan(folder, treeNext)), ["README.md: keep as_wanted", `${path}: keep obstacle`]);
});

test("resolveConflicts() asks once for each conflict and takes each file's own decision", (t) => {
  const folder = conflicted(t);
  put(folder, { "README.md": mine });
  const asked: string[] = [];
  const decided = resolveConflicts(plan(folder, treeNext), (change) => {
    asked.push(change.path);
    return change.path === path ? "mine" : "theirs";
  });
  assert.deepEqual(asked, ["README.md", path]);
  assert.deepEqual(kinds(decided), ["README.md: merge next_taken", `${path}: merge mine_taken`]);
});
