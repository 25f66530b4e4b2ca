import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { initGit } from "../../src/finish/git.ts";
import { nodeExec, nodeFileSystem } from "../../src/io/node.ts";
import { commandFolder, setVariables } from "../support/command-folder.ts";
import { snapshot } from "../support/folder-snapshot.ts";
import { put, testFolder } from "../support/sample-project.ts";

const skip = nodeExec.has("git") ? false : "git is not installed";

/** A project, and a git that knows only this configuration. */
function project(t: TestContext, config: string): string {
  const folder = testFolder(t);
  put(folder, { "config/gitconfig": config, "my server/run.sh": "#!/bin/sh\n", "my server/größe.ts": "x\n" });
  setVariables(t, {
    GIT_CONFIG_GLOBAL: join(folder, "config/gitconfig"),
    GIT_CONFIG_NOSYSTEM: "1",
    GIT_CEILING_DIRECTORIES: folder,
  });
  return join(folder, "my server");
}

function git(directory: string, ...args: readonly string[]): string {
  return spawnSync("git", args, { cwd: directory, encoding: "utf8" }).stdout.trim();
}

const author = "[user]\nname = A\nemail = a@example.org\n";

test("initGit() commits everything on main, with the permission to execute", { skip }, async (t) => {
  const directory = project(t, author);
  const result = await initGit(nodeFileSystem, nodeExec, directory, ["run.sh"]);
  assert.deepEqual(result, { kind: "initialised", committed: true, detail: "" });
  assert.equal(git(directory, "branch", "--show-current"), "main");
  assert.equal(git(directory, "status", "--porcelain", "--", "größe.ts"), "");
  assert.match(git(directory, "ls-tree", "HEAD", "run.sh"), /^100755 /);
});

test("initGit() honours init.defaultBranch", { skip }, async (t) => {
  const directory = project(t, `${author}[init]\ndefaultBranch = trunk\n`);
  await initGit(nodeFileSystem, nodeExec, directory, []);
  assert.equal(git(directory, "branch", "--show-current"), "trunk");
});

test("initGit() makes no author up and still initialises", { skip }, async (t) => {
  const directory = project(t, "");
  const result = await initGit(nodeFileSystem, nodeExec, directory, []);
  assert.equal(result.kind, "initialised");
  assert.equal(result.kind === "initialised" && result.committed, false);
  assert.equal(git(directory, "rev-list", "--all", "--count"), "0");
});

test("initGit() leaves an existing repository as it is", { skip }, async (t) => {
  const directory = project(t, author);
  put(directory, { ".git/HEAD": "mine" });
  const before = snapshot(directory);
  const result = await initGit(nodeFileSystem, nodeExec, directory, []);
  assert.deepEqual(result, { kind: "skipped", reason: "hasRepository" });
  assert.deepEqual(snapshot(directory), before);
});

test("initGit() makes no repository inside another", { skip }, async (t) => {
  const directory = project(t, author);
  git(directory, "init", "--quiet");
  const inner = join(directory, "packages/inner");
  put(inner, { "a.ts": "x" });
  const result = await initGit(nodeFileSystem, nodeExec, inner, []);
  assert.deepEqual(result, { kind: "skipped", reason: "insideRepository" });
  assert.deepEqual(snapshot(inner), { "a.ts": "644 x" });
});

test("initGit() makes no repository inside one that git refuses to look into", {
  skip: skip || process.getuid?.() !== 0,
}, async (t) => {
  const directory = project(t, author);
  git(directory, "init", "--quiet");
  spawnSync("chown", ["-R", "12345", directory]);
  put(directory, { "inner/a.ts": "x" });
  const result = await initGit(nodeFileSystem, nodeExec, join(directory, "inner"), []);
  assert.deepEqual(result, { kind: "skipped", reason: "insideRepository" });
});

test("initGit() is skipped without git", { skip: process.platform === "win32" }, async (t) => {
  const directory = testFolder(t);
  commandFolder(t, {}, true);
  assert.deepEqual(await initGit(nodeFileSystem, nodeExec, directory, []), { kind: "skipped", reason: "noGit" });
});

test("initGit() reports a git that fails and does not throw", { skip: process.platform === "win32" }, async (t) => {
  const directory = testFolder(t);
  const folder = commandFolder(t, { git: 'echo "$@" >> "$0.log"; echo broken >&2; exit 3' });
  const result = await initGit(nodeFileSystem, nodeExec, directory, []);
  assert.deepEqual(result, { kind: "failed", detail: "broken" });
  assert.match(readFileSync(join(folder, "git.log"), "utf8"), /rev-parse/);
});
