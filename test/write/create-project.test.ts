import assert from "node:assert/strict";
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { nodeFileSystem } from "../../src/io/node.ts";
import type { FileSystem } from "../../src/io/ports.ts";
import { AppError, type ErrorCode } from "../../src/lib/errors.ts";
import { createProject } from "../../src/write/create-project.ts";
import { faultyFileSystem } from "../support/faulty-file-system.ts";
import { snapshot } from "../support/folder-snapshot.ts";
import { firstTree, meta, put, testFolder, treeOf } from "../support/sample-project.ts";

const hasCode = (code: ErrorCode) => (error: unknown) => error instanceof AppError && error.code === code;

test("createProject() writes every file, the lock and the base texts of files that are not seeded", (t) => {
  const folder = join(testFolder(t), "mein Ordner/сервер 日本");
  createProject(nodeFileSystem, firstTree, folder, meta);
  assert.deepEqual(
    Object.keys(snapshot(folder) ?? {}).filter((path) => !path.endsWith("/")),
    [
      ".fastserve/.gitignore",
      ".fastserve/base/.gitignore.base",
      ".fastserve/base/README.md.base",
      ".fastserve/base/bin/start.sh.base",
      ".fastserve/base/fastserve.tuned.toml.base",
      ".fastserve/base/public/dot.png.base",
      ".fastserve/base/src/main.ts.base",
      ".fastserve/lock.json",
      ".gitignore",
      "README.md",
      "bin/start.sh",
      "fastserve.tuned.toml",
      "public/dot.png",
      "src/app/routes.ts",
      "src/main.ts",
    ],
  );
  assert.deepEqual([...readFileSync(join(folder, "public/dot.png"))], [137, 80, 78, 71, 13, 10, 0, 255]);
  assert.equal(readFileSync(join(folder, "src/main.ts"), "utf8"), "console.log(1);\n");
  assert.equal(statSync(join(folder, "bin/start.sh")).mode & 0o100, 0o100);
  assert.equal(statSync(join(folder, "src/main.ts")).mode & 0o111, 0);
  assert.deepEqual(readdirSync(join(folder, "../..")), ["mein Ordner"]);
});

test("createProject() writes the same bytes for the same tree", (t) => {
  const folder = testFolder(t);
  for (const name of ["a", "b"]) createProject(nodeFileSystem, firstTree, join(folder, name), meta);
  assert.deepEqual(snapshot(join(folder, "a")), snapshot(join(folder, "b")));
});

test("createProject() leaves a directory that exists as it is", (t) => {
  const folder = testFolder(t);
  put(folder, { "server/mine": "x" });
  assert.throws(
    () => createProject(nodeFileSystem, firstTree, join(folder, "server"), meta),
    hasCode("DIRECTORY_NOT_EMPTY"),
  );
  assert.deepEqual(snapshot(folder), { "server/": "folder", "server/mine": "644 x" });
});

test("createProject() leaves a directory that appears meanwhile as it is", (t) => {
  const folder = testFolder(t);
  const rival = join(folder, "server");
  const appear = (when: "makeDirectory" | "rename"): FileSystem => ({
    ...nodeFileSystem,
    makeDirectory(path) {
      if (when === "makeDirectory" && path.includes(".tmp-")) put(rival, { theirs: "x" });
      nodeFileSystem.makeDirectory(path);
    },
    rename(from, to) {
      if (when === "rename") put(rival, { theirs: "x" });
      nodeFileSystem.rename(from, to);
    },
  });
  assert.throws(() => createProject(appear("rename"), firstTree, rival, meta), hasCode("DIRECTORY_BUSY"));
  assert.deepEqual(snapshot(folder), { "server/": "folder", "server/theirs": "644 x" });
  nodeFileSystem.removeTree(rival);
  assert.throws(() => createProject(appear("makeDirectory"), firstTree, rival, meta), hasCode("DIRECTORY_NOT_EMPTY"));
  assert.deepEqual(snapshot(folder), { "server/": "folder", "server/theirs": "644 x" });
});

test("createProject() refuses to run beside a living run and removes what a dead one left", (t) => {
  const folder = testFolder(t);
  const { machine } = nodeFileSystem.writer;
  const temporary = (id: number, host: string) => join(folder, `.server.tmp-${id}-${host}-00000000`);
  const create = () => createProject(faultyFileSystem(undefined, 77, [55]), firstTree, join(folder, "server"), meta);
  mkdirSync(temporary(44, machine));
  mkdirSync(temporary(55, machine));
  assert.throws(create, hasCode("DIRECTORY_BUSY"));
  assert.deepEqual(readdirSync(folder), [`.server.tmp-55-${machine}-00000000`]);
  nodeFileSystem.remove(temporary(55, machine));
  mkdirSync(temporary(44, "ffffffff"));
  assert.throws(create, hasCode("DIRECTORY_BUSY"), "of a process on another machine nothing is known");
  nodeFileSystem.remove(temporary(44, "ffffffff"));
  writeFileSync(join(folder, ".server.tmp-notes"), "mine");
  create();
  assert.deepEqual(readdirSync(folder), [".server.tmp-notes", "server"]);
});

for (const path of ["../evil", "/evil", "a/../../evil", ".git/hooks/pre-commit", ".fastserve/lock.json"]) {
  test(`createProject() writes nothing of a tree that holds ${path}`, (t) => {
    const folder = testFolder(t);
    const tree = treeOf([{ path, content: "x", owner: "merged", mode: 0o644 }]);
    assert.throws(() => createProject(nodeFileSystem, tree, join(folder, "server"), meta), hasCode("DIRECTORY_UNSAFE"));
    assert.deepEqual(readdirSync(folder), []);
  });
}

test("createProject() says what to do about a folder that cannot be written to", (t) => {
  const folder = testFolder(t);
  const fs: FileSystem = {
    ...nodeFileSystem,
    makeDirectory: () => {
      throw Object.assign(new Error("EACCES: permission denied"), { code: "EACCES" });
    },
  };
  assert.throws(
    () => createProject(fs, firstTree, join(folder, "server"), meta),
    (error) =>
      error instanceof AppError &&
      error.problems[0]?.next.startsWith("Choose a directory that you may write to") === true,
  );
});
