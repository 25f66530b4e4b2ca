import assert from "node:assert/strict";
import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { nodeFileSystem } from "../../src/io/node.ts";
import { AppError } from "../../src/lib/errors.ts";
import type { FileEntry, FileTree } from "../../src/tree/file-tree.ts";
import type { Change } from "../../src/write/changes/change.ts";
import { diff } from "../../src/write/changes/diff.ts";
import { resolveConflicts } from "../../src/write/changes/resolve-conflicts.ts";
import { createProject } from "../../src/write/create-project.ts";
import { type Base, basePath, noBase, readBase } from "../../src/write/records/base.ts";
import { parseLock, printLock } from "../../src/write/records/lock-file.ts";
import { adoptedBase, rebuiltBase } from "../../src/write/records/lost-base.ts";
import { updateProject } from "../../src/write/update-project.ts";
import { snapshot } from "../support/folder-snapshot.ts";
import { meta, put, testFolder, treeOf } from "../support/sample-project.ts";

const text = "1\n2\n3\n4\n5\n";
const next = "1\n2\n3\n4\nfive\n";
const edited = "one\n2\n3\n4\n5\n";
const names = ["changed.ts", "deleted.ts", "edited.ts", "same.ts"];

const entry = (path: string, content: string, owner: FileEntry["owner"] = "merged"): FileEntry => {
  return { path, content, owner, mode: 0o644 };
};
const recorded = treeOf([...names.map((name) => entry(name, text)), entry("seed.ts", text, "seeded")]);
const tree = treeOf([
  ...names.map((name) => entry(name, name === "same.ts" ? text : next)),
  entry("seed.ts", next, "seeded"),
]);

function project(t: TestContext): string {
  const folder = join(testFolder(t), "server");
  createProject(nodeFileSystem, recorded, folder, meta);
  put(folder, { "edited.ts": edited, "seed.ts": "mine\n" });
  rmSync(join(folder, "deleted.ts"));
  return folder;
}

function write(folder: string, base: Base, wanted: FileTree): readonly string[] {
  const changes: readonly Change[] = diff(wanted, nodeFileSystem, folder, base);
  updateProject(nodeFileSystem, changes, wanted, folder, { ...meta, base });
  return changes.map(({ path, kind, reason }) => `${path}: ${kind} ${reason}`);
}

const merged = [
  "changed.ts: update generated_differs",
  "deleted.ts: keep deleted_by_user",
  "edited.ts: merge merged",
  "same.ts: keep as_wanted",
  "seed.ts: keep seeded",
];

test("adoptedBase() makes a project without its records retunable, and loses no edit", (t) => {
  const folder = project(t);
  rmSync(join(folder, ".fastserve"), { recursive: true });
  assert.deepEqual(write(folder, adoptedBase(recorded, "0.1.0"), tree), merged);
  assert.equal(readFileSync(join(folder, "edited.ts"), "utf8"), "one\n2\n3\n4\nfive\n");
  assert.equal(readFileSync(join(folder, "seed.ts"), "utf8"), "mine\n");
  const base = readBase(nodeFileSystem, folder);
  const unverified = [...base.files].filter(([, file]) => file.unverified).map(([path]) => path);
  assert.deepEqual(unverified, ["deleted.ts"]);
  assert.equal(Buffer.from(base.text("deleted.ts") ?? []).toString(), text);
  const after = snapshot(folder);
  write(folder, readBase(nodeFileSystem, folder), tree);
  assert.deepEqual(snapshot(folder), after);
});

test("adoptedBase() with nothing new writes the records alone and marks what it could not verify", (t) => {
  const folder = project(t);
  const files = snapshot(folder, [".fastserve"]);
  rmSync(join(folder, ".fastserve"), { recursive: true });
  write(folder, adoptedBase(recorded, "0.1.0"), recorded);
  assert.deepEqual(snapshot(folder, [".fastserve"]), files);
  const rows = readFileSync(join(folder, ".fastserve/lock.json"), "utf8").split("\n");
  assert.deepEqual(
    rows.filter((row) => row.includes('"unverified":true')).map((row) => row.split('"')[1]),
    ["deleted.ts", "edited.ts"],
  );
});

test("rebuiltBase() merges with generated texts where the stored ones are lost, and stores them again", (t) => {
  const folder = project(t);
  rmSync(join(folder, ".fastserve/base"), { recursive: true });
  let composed = 0;
  const base = rebuiltBase(readBase(nodeFileSystem, folder), () => {
    composed += 1;
    return recorded;
  });
  assert.deepEqual(write(folder, base, tree), merged);
  assert.equal(composed, 1);
  assert.equal(readFileSync(join(folder, basePath("deleted.ts")), "utf8"), text);
  assert.equal(readFileSync(join(folder, basePath("edited.ts")), "utf8"), next);
});

test("rebuiltBase() does not compose anything while every text is there", (t) => {
  const folder = project(t);
  const base = () => rebuiltBase(readBase(nodeFileSystem, folder), () => assert.fail("composed"));
  assert.deepEqual(write(folder, base(), tree), merged);
  put(folder, { "same.ts": "mine\n" });
  const other = treeOf([...tree.values(), entry("same.ts", "theirs\n")]);
  // The second run finds the sidecar recorded, which has no base text and needs none.
  for (const generatorVersion of ["0.1.0", "0.1.1"]) {
    const beside = resolveConflicts(diff(other, nodeFileSystem, folder, base()), () => "sidecar");
    updateProject(nodeFileSystem, beside, other, folder, { generatorVersion, base: base() });
  }
});

test("rebuiltBase() never takes a text that has another hash than the lock's", (t) => {
  const folder = project(t);
  put(folder, { [basePath("edited.ts")]: "damaged" });
  const base = rebuiltBase(readBase(nodeFileSystem, folder), () => tree);
  assert.equal(base.text("edited.ts"), undefined);
  const change = diff(tree, nodeFileSystem, folder, base)[2];
  assert.deepEqual([change?.kind, change?.reason], ["conflict", "both_changed"]);
});

test("a lock in conflict counts with the side whose base text is there, or is generated again", (t) => {
  const folder = project(t);
  const path = join(folder, ".fastserve/lock.json");
  const ours = parseLock(readFileSync(path, "utf8"));
  const sides = (name: string): string => {
    const lines = printLock(ours).split("\n");
    const row = lines.find((line) => line.includes(`"${name}"`)) ?? "";
    const other = row.replace(/"sha256":"[0-9a-f]+"/, `"sha256":"${"0".repeat(64)}"`);
    return `<<<<<<< ours\n${row}\n=======\n${other}\n>>>>>>> theirs`;
  };
  const conflicted = printLock(ours)
    .split("\n")
    .map((line) => (/"(same|changed)\.ts"/.test(line) ? sides(/"([a-z]+\.ts)"/.exec(line)?.[1] ?? "") : line))
    .join("\n");
  put(folder, { ".fastserve/lock.json": conflicted, [basePath("changed.ts")]: "neither\n" });
  const base = readBase(nodeFileSystem, folder);
  assert.deepEqual([...base.files.keys()].sort(), ["deleted.ts", "edited.ts", "same.ts", "seed.ts"]);
  assert.equal(base.files.get("same.ts")?.sha256, ours.files.get("same.ts")?.sha256);
  assert.deepEqual([...base.disputed.keys()], ["changed.ts"]);
  const rebuilt = rebuiltBase(base, () => recorded);
  assert.equal(rebuilt.files.get("changed.ts")?.sha256, ours.files.get("changed.ts")?.sha256);
  assert.equal(Buffer.from(rebuilt.text("changed.ts") ?? []).toString(), text);
  assert.deepEqual([...rebuilt.disputed], []);
  assert.deepEqual([...rebuiltBase(base, () => tree).disputed.keys()], ["changed.ts"]);
});

test("updateProject() refuses a plan that another run has overtaken, by the lock it was made from", (t) => {
  const folder = project(t);
  const base = readBase(nodeFileSystem, folder);
  const changes = diff(tree, nodeFileSystem, folder, base);
  write(folder, base, treeOf([...recorded.values(), entry("added.ts", "a\n")]));
  const before = snapshot(folder);
  for (const planned of [base, noBase]) {
    assert.throws(
      () => updateProject(nodeFileSystem, changes, tree, folder, { ...meta, base: planned }),
      (error) =>
        error instanceof AppError &&
        error.code === "FILE_CHANGED_MEANWHILE" &&
        error.problems[0]?.key === ".fastserve/lock.json",
    );
  }
  assert.deepEqual(snapshot(folder), before);
});
