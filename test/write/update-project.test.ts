import assert from "node:assert/strict";
import { chmodSync, readFileSync, rmSync, statSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { nodeFileSystem } from "../../src/io/node.ts";
import type { FileSystem } from "../../src/io/ports.ts";
import { AppError, type ErrorCode } from "../../src/lib/errors.ts";
import type { FileTree } from "../../src/tree/file-tree.ts";
import { diff } from "../../src/write/changes/diff.ts";
import { createProject } from "../../src/write/create-project.ts";
import { noBase, readBase } from "../../src/write/records/base.ts";
import { undo } from "../../src/write/undo.ts";
import { updateProject } from "../../src/write/update-project.ts";
import { faultyFileSystem } from "../support/faulty-file-system.ts";
import { snapshot } from "../support/folder-snapshot.ts";
import { firstTree, meta, put, secondTree, testFolder, treeOf } from "../support/sample-project.ts";

const hasCode = (code: ErrorCode) => (error: unknown) => error instanceof AppError && error.code === code;

function plan(folder: string, tree: FileTree) {
  return diff(tree, nodeFileSystem, folder, readBase(nodeFileSystem, folder));
}

function update(folder: string, tree: FileTree): void {
  updateProject(nodeFileSystem, plan(folder, tree), tree, folder, meta);
}

test("updateProject() into an empty directory writes what createProject() writes", (t) => {
  const folder = testFolder(t);
  put(folder, { "updated/x": "" });
  rmSync(join(folder, "updated/x"));
  update(join(folder, "updated"), firstTree);
  createProject(nodeFileSystem, firstTree, join(folder, "created"), meta);
  assert.deepEqual(snapshot(join(folder, "updated"), [".fastserve/undo"]), snapshot(join(folder, "created")));
});

test("updateProject() with the same tree changes nothing and keeps the undo record", (t) => {
  const folder = testFolder(t);
  update(folder, firstTree);
  const before = snapshot(folder);
  update(folder, firstTree);
  assert.deepEqual(snapshot(folder), before);
});

test("updateProject() brings a project from one tree to another and back, byte for byte", (t) => {
  const folder = join(testFolder(t), "server");
  createProject(nodeFileSystem, firstTree, folder, meta);
  // A dropped file's folder stays, so the folders of both trees are there from the first round on.
  update(folder, secondTree);
  update(folder, firstTree);
  const first = snapshot(folder, [".fastserve/undo"]);
  update(folder, secondTree);
  assert.equal(readFileSync(join(folder, "fastserve.tuned.toml"), "utf8"), "workers = 8\n");
  assert.equal(statSync(join(folder, "src/main.ts")).mode & 0o111, 0o111);
  assert.equal(nodeFileSystem.info(join(folder, "public/dot.png")), undefined);
  update(folder, firstTree);
  assert.deepEqual(snapshot(folder, [".fastserve/undo"]), first);
});

test("updateProject() keeps a user's document, line endings, permissions and edits", (t) => {
  const folder = testFolder(t);
  put(folder, { "README.md": "mine\n" });
  update(folder, firstTree);
  put(folder, { "fastserve.tuned.toml": "\ufeffworkers = 2\r\n", "src/app/routes.ts": "edited\n" });
  chmodSync(join(folder, "fastserve.tuned.toml"), 0o600);
  update(folder, secondTree);
  assert.equal(readFileSync(join(folder, "fastserve.tuned.toml"), "utf8"), "\ufeffworkers = 8\r\n");
  assert.equal(statSync(join(folder, "fastserve.tuned.toml")).mode & 0o777, 0o600);
  assert.equal(readFileSync(join(folder, "README.md"), "utf8"), "mine\n");
  assert.equal(readFileSync(join(folder, "src/app/routes.ts"), "utf8"), "edited\n");
});

test("updateProject() names every conflict and writes nothing", (t) => {
  const folder = testFolder(t);
  put(folder, { "src/main.ts": "mine\n", "bin/start.sh": "mine\n", "other.txt": "" });
  const before = snapshot(folder);
  assert.throws(
    () => update(folder, firstTree),
    (error) =>
      error instanceof AppError &&
      error.exitCode === 3 &&
      error.problems.map((problem) => problem.key).join() === "bin/start.sh,src/main.ts",
  );
  assert.deepEqual(snapshot(folder), before);
});

test("updateProject() refuses a plan made from other files", (t) => {
  const folder = testFolder(t);
  update(folder, firstTree);
  const changes = plan(folder, secondTree);
  put(folder, { "fastserve.tuned.toml": "workers = 3\n", "src/worker.ts": "mine\n" });
  const before = snapshot(folder);
  assert.throws(
    () => updateProject(nodeFileSystem, changes, secondTree, folder, meta),
    (error) =>
      error instanceof AppError &&
      error.code === "FILE_CHANGED_MEANWHILE" &&
      error.problems.map((problem) => problem.key).join() === "fastserve.tuned.toml,src/worker.ts",
  );
  assert.deepEqual(snapshot(folder), before);
});

test("updateProject() refuses a plan that would record a base for a file as it no longer is", (t) => {
  const folder = testFolder(t);
  update(folder, firstTree);
  put(folder, { "fastserve.tuned.toml": "workers = 8\n" });
  const changes = plan(folder, secondTree);
  assert.equal(changes.find(({ path }) => path === "fastserve.tuned.toml")?.kind, "keep");
  put(folder, { "fastserve.tuned.toml": "workers = 9\n" });
  assert.throws(
    () => updateProject(nodeFileSystem, changes, secondTree, folder, meta),
    (error) => error instanceof AppError && error.problems.map(({ key }) => key).join() === "fastserve.tuned.toml",
  );
});

test("updateProject() never writes over a file that somebody saves while it writes", (t) => {
  const moments: readonly (readonly [string, RegExp])[] = [
    ["makeDirectory", /journal$/],
    ["rename", /record\.draft$/],
  ];
  for (const [call, path] of moments) {
    const folder = join(testFolder(t), "server");
    createProject(nodeFileSystem, firstTree, folder, meta);
    const before = snapshot(folder);
    const changes = diff(secondTree, nodeFileSystem, folder, readBase(nodeFileSystem, folder));
    const save = (at: string) => {
      if (path.test(at)) put(folder, { "fastserve.tuned.toml": "workers = 9\n" });
    };
    const fs: FileSystem = {
      ...nodeFileSystem,
      makeDirectory: (at) => {
        nodeFileSystem.makeDirectory(at);
        if (call === "makeDirectory") save(at);
      },
      rename: (from, to) => {
        nodeFileSystem.rename(from, to);
        if (call === "rename") save(from);
      },
    };
    assert.throws(
      () => updateProject(fs, changes, secondTree, folder, meta),
      (error) =>
        error instanceof AppError &&
        error.code === "FILE_CHANGED_MEANWHILE" &&
        error.problems.map(({ key }) => key).join() === "fastserve.tuned.toml",
    );
    assert.equal(readFileSync(join(folder, "fastserve.tuned.toml"), "utf8"), "workers = 9\n");
    put(folder, { "fastserve.tuned.toml": "workers = 2\n" });
    assert.deepEqual(snapshot(folder), before);
  }
});

test("updateProject() never writes through a symlink that appeared after the plan", (t) => {
  const folder = testFolder(t);
  put(folder, { "outside/x": "", "server/README.md": "" });
  const server = join(folder, "server");
  const changes = plan(server, firstTree);
  symlinkSync(join(folder, "outside"), join(server, "src"));
  assert.throws(() => updateProject(nodeFileSystem, changes, firstTree, server, meta), hasCode("DIRECTORY_UNSAFE"));
  assert.deepEqual(Object.keys(snapshot(folder) ?? {}), [
    "outside/",
    "outside/x",
    "server/",
    "server/README.md",
    "server/src",
  ]);
});

test("updateProject() never keeps its records behind a symlink", (t) => {
  const folder = testFolder(t);
  put(folder, { "outside/x": "", "server/README.md": "" });
  symlinkSync(join(folder, "outside"), join(folder, "server/.fastserve"));
  const changes = diff(firstTree, nodeFileSystem, join(folder, "server"), noBase);
  assert.throws(
    () => updateProject(nodeFileSystem, changes, firstTree, join(folder, "server"), meta),
    hasCode("DIRECTORY_UNSAFE"),
  );
  assert.deepEqual(Object.keys(snapshot(join(folder, "outside")) ?? {}), ["x"]);
});

test("updateProject() reads and writes no record through a symlink of its own name", (t) => {
  const folder = testFolder(t);
  put(folder, { secret: "secret\n" });
  const server = join(folder, "server");
  for (const record of [".fastserve/lock.json", ".fastserve/base/src/main.ts.base", ".fastserve/base/README.md.base"]) {
    rmSync(server, { recursive: true, force: true });
    createProject(nodeFileSystem, firstTree, server, meta);
    rmSync(join(server, record));
    symlinkSync(join(folder, "secret"), join(server, record));
    const before = snapshot(server);
    assert.throws(() => update(server, secondTree), hasCode("DIRECTORY_UNSAFE"), record);
    assert.deepEqual(snapshot(server), before, record);
  }
  assert.equal(readFileSync(join(folder, "secret"), "utf8"), "secret\n");
});

test("updateProject() refuses a change out of the project", (t) => {
  const folder = testFolder(t);
  put(folder, { "server/README.md": "" });
  const entry = { path: "../evil", content: "x", owner: "merged", mode: 0o644 } as const;
  assert.throws(
    () =>
      updateProject(
        nodeFileSystem,
        [{ kind: "create", path: entry.path, entry }],
        treeOf([]),
        join(folder, "server"),
        meta,
      ),
    hasCode("DIRECTORY_UNSAFE"),
  );
  assert.deepEqual(Object.keys(snapshot(folder) ?? {}), ["server/", "server/README.md"]);
});

test("updateProject() refuses to write beside a living run and clears a dead run's mark", (t) => {
  const folder = testFolder(t);
  const { machine } = nodeFileSystem.writer;
  put(folder, { [`.fastserve/writing-44-${machine}-00000000`]: "", [`.fastserve/writing-55-${machine}-00000000`]: "" });
  const before = snapshot(folder);
  const write = (alive: readonly number[]) =>
    updateProject(faultyFileSystem(undefined, 77, alive), plan(folder, firstTree), firstTree, folder, meta);
  assert.throws(() => write([55]), hasCode("DIRECTORY_BUSY"));
  assert.throws(() => undo(faultyFileSystem(undefined, 77, [55]), folder), hasCode("DIRECTORY_BUSY"));
  assert.deepEqual(snapshot(folder), before);
  write([]);
  assert.deepEqual(
    nodeFileSystem.list(join(folder, ".fastserve")).filter((name) => name.startsWith("writing-")),
    [],
  );
});

test("updateProject() keeps the base of what the user edited and advances it for the rest", (t) => {
  const folder = testFolder(t);
  update(folder, firstTree);
  put(folder, { "src/main.ts": "edited\n" });
  const tree = treeOf(
    [...firstTree.values()].map((entry) => ({
      ...entry,
      content: entry.path === "README.md" ? "# New\n" : entry.content,
    })),
  );
  update(folder, tree);
  const base = readBase(nodeFileSystem, folder);
  const text = (path: string) => Buffer.from(base.text(path) ?? []).toString("utf8");
  assert.equal(text("src/main.ts"), "console.log(1);\n");
  assert.equal(text("README.md"), "# New\n");
  assert.equal(base.text("src/app/routes.ts"), undefined);
  assert.equal(readFileSync(join(folder, "src/main.ts"), "utf8"), "edited\n");
});

test("updateProject() keeps what the user deleted deleted, over a plan that lacks it too", (t) => {
  const folder = testFolder(t);
  update(folder, firstTree);
  rmSync(join(folder, "public/dot.png"));
  update(folder, secondTree);
  update(folder, firstTree);
  assert.equal(nodeFileSystem.info(join(folder, "public/dot.png")), undefined);
  const change = plan(folder, firstTree).find(({ path }) => path === "public/dot.png");
  assert.deepEqual([change?.kind, change?.reason], ["keep", "deleted_by_user"]);
});
