import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { test } from "node:test";
import { uncommittedFiles } from "../../src/finish/uncommitted.ts";
import { nodeExec } from "../../src/io/node.ts";
import { put, testFolder } from "../support/sample-project.ts";

const skip = nodeExec.has("git") ? false : "git is not installed";

test("uncommittedFiles() counts tracked files of the directory that differ, and no others", { skip }, async (t) => {
  const folder = testFolder(t);
  const git = (...args: readonly string[]): void => {
    const author = ["-c", "user.name=A", "-c", "user.email=a@example.org"];
    const { status, stderr } = spawnSync("git", [...author, ...args], { cwd: folder, encoding: "utf8" });
    assert.equal(status, 0, stderr);
  };
  put(folder, { "server/a.ts": "1\n", "server/b.ts": "1\n", "beside.ts": "1\n" });
  git("init", "--quiet");
  git("add", ".");
  git("commit", "--quiet", "--message=first");
  assert.equal(await uncommittedFiles(nodeExec, `${folder}/server`), 0);
  put(folder, { "server/a.ts": "2\n", "server/new.ts": "1\n", "beside.ts": "2\n" });
  assert.equal(await uncommittedFiles(nodeExec, `${folder}/server`), 1);
});

test("uncommittedFiles() is 0 outside of a repository", { skip }, async (t) => {
  const folder = testFolder(t);
  process.env.GIT_CEILING_DIRECTORIES = folder;
  t.after(() => delete process.env.GIT_CEILING_DIRECTORIES);
  assert.equal(await uncommittedFiles(nodeExec, folder), 0);
});
