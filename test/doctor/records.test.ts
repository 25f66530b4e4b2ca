/** What the doctor says of a project's records and of what merges left, on real files. */
import assert from "node:assert/strict";
import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { checkInterrupted } from "../../src/doctor/check-interrupted.ts";
import { checkLeftovers } from "../../src/doctor/check-leftovers.ts";
import { checkRecords } from "../../src/doctor/check-records.ts";
import type { Finding } from "../../src/doctor/finding.ts";
import { nodeFileSystem as fs } from "../../src/io/node.ts";
import { AppError } from "../../src/lib/errors.ts";
import { diff } from "../../src/write/changes/diff.ts";
import { resolveConflicts } from "../../src/write/changes/resolve-conflicts.ts";
import { createProject } from "../../src/write/create-project.ts";
import { readBase } from "../../src/write/records/base.ts";
import { updateProject } from "../../src/write/update-project.ts";
import { firstTree, meta, put, secondTree, testFolder } from "../support/sample-project.ts";

function project(t: TestContext): string {
  const directory = join(testFolder(t), "server");
  createProject(fs, firstTree, directory, meta);
  return directory;
}

function rows(findings: readonly Finding[]): readonly string[] {
  return findings.map(({ subject, status, value }) => `${status} ${subject}: ${value}`);
}

function records(directory: string): readonly Finding[] {
  return checkRecords(fs, directory, readBase(fs, directory));
}

function leftovers(directory: string): readonly Finding[] {
  return checkLeftovers(fs, directory, readBase(fs, directory));
}

test("checkRecords() finds a new project's records whole", (t) => {
  assert.deepEqual(rows(records(project(t))), ["ok lock: 7 files recorded", "ok base texts: 6 of 6 kept"]);
});

test("checkRecords() names lost and damaged base texts, and asks no seeded file for one", (t) => {
  const directory = project(t);
  rmSync(join(directory, ".fastserve/base/README.md.base"));
  put(directory, { ".fastserve/base/src/main.ts.base": "damaged" });
  const [, texts] = records(directory);
  assert.equal(texts?.status, "warning");
  assert.equal(texts?.value, "4 of 6 kept");
  assert.match(texts?.reason ?? "", /^Missing or damaged: README\.md, src\/main\.ts\./);
});

test("checkRecords() asks no sidecar for a base text", (t) => {
  const directory = project(t);
  put(directory, { "src/main.ts": "console.log(3);\n" });
  const tree = new Map(firstTree).set("src/main.ts", {
    path: "src/main.ts",
    content: "console.log(2);\n",
    owner: "merged",
    mode: 0o644,
  });
  const changes = resolveConflicts(diff(tree, fs, directory, readBase(fs, directory)), () => "sidecar");
  updateProject(fs, changes, tree, directory, meta);
  assert.deepEqual(rows(records(directory)), ["ok lock: 8 files recorded", "ok base texts: 6 of 6 kept"]);
});

test("checkLeftovers() names the sidecar of a file that both have added, once", (t) => {
  const directory = project(t);
  put(directory, { "src/worker.ts": "mine\n" });
  const changes = resolveConflicts(diff(secondTree, fs, directory, readBase(fs, directory)), () => "sidecar");
  updateProject(fs, changes, secondTree, directory, meta);
  assert.deepEqual(rows(leftovers(directory)), ["warning conflicts: src/worker.ts.fastserve-new"]);
});

test("checkRecords() calls a missing lock a problem of the call, and tells what happens without it", (t) => {
  const directory = project(t);
  rmSync(join(directory, ".fastserve/lock.json"));
  const findings = records(directory);
  assert.deepEqual(rows(findings), ["problem lock: missing"]);
  assert.equal(findings[0]?.exit, "usage");
});

test("checkRecords() warns of a lock that git left with conflict markers", (t) => {
  const directory = project(t);
  const lock = readFileSync(join(directory, ".fastserve/lock.json"), "utf8");
  const row = lock.split("\n").find((line) => line.includes('"README.md"')) ?? "";
  const marked = lock.replace(row, `<<<<<<< ours\n${row}\n=======\n${row}\n>>>>>>> theirs`);
  put(directory, { ".fastserve/lock.json": marked });
  assert.deepEqual(rows(records(directory)), ["warning lock: 7 files recorded", "ok base texts: 6 of 6 kept"]);
});

test("checkInterrupted() tells how many files undo takes back", (t) => {
  const directory = project(t);
  assert.deepEqual(checkInterrupted(fs, directory), [
    {
      subject: "last write",
      status: "ok",
      value: "complete",
      reason: "No write is open, and none is kept to be taken back.",
    },
  ]);
  const base = readBase(fs, directory);
  updateProject(fs, diff(secondTree, fs, directory, base), secondTree, directory, { ...meta, base });
  assert.equal(checkInterrupted(fs, directory)[0]?.reason, "create-fastserve undo takes it back: 5 files.");
});

test("checkInterrupted() sees a write that was killed", (t) => {
  const directory = project(t);
  put(directory, { ".fastserve/journal/before/0": "old" });
  assert.deepEqual(rows(checkInterrupted(fs, directory)), ["problem last write: interrupted"]);
});

test("checkInterrupted() sees a run that is at work, and passes over one that ended", (t) => {
  const directory = project(t);
  const { machine } = fs.writer;
  put(directory, { [`.fastserve/writing-999999999-${machine}-00000000`]: "" });
  assert.deepEqual(rows(checkInterrupted(fs, directory)), ["ok last write: complete"]);
  put(directory, { [`.fastserve/writing-${process.ppid}-${machine}-00000000`]: "" });
  assert.deepEqual(rows(checkInterrupted(fs, directory)), ["warning last write: being written"]);
});

test("checkInterrupted() reports a journal that cannot be followed", (t) => {
  const directory = project(t);
  put(directory, { ".fastserve/undo/record.json": '{ "schema": 1, "steps": [{ "path": "../../etc" }] }' });
  assert.throws(
    () => checkInterrupted(fs, directory),
    (error) => error instanceof AppError && error.code === "PROJECT_STATE_INVALID",
  );
});

const markers = "<<<<<<< mine\na\n=======\nb\n>>>>>>> now\n";

test("checkLeftovers() tells markers that break a program from those in a document", (t) => {
  const directory = project(t);
  assert.deepEqual(rows(leftovers(directory)), ["ok conflicts: none"]);
  put(directory, { "README.md": `# Mine\n\n${markers}`, "src/main.ts": markers });
  assert.deepEqual(rows(leftovers(directory)), ["problem conflicts: src/main.ts:1", "warning conflicts: README.md:3"]);
});

test("checkLeftovers() takes an underlined heading and a here-document for what they are", (t) => {
  const directory = project(t);
  put(directory, {
    "README.md": "Title\n=======\n\n<<<<<<< is how a conflict begins\n",
    "bin/start.sh": "cat <<<<<<< x\n",
  });
  assert.deepEqual(rows(leftovers(directory)), ["ok conflicts: none"]);
});

test("checkLeftovers() finds new versions that stand beside files", (t) => {
  const directory = project(t);
  put(directory, { "public/dot.png.fastserve-new": "x", "other.fastserve-new": "of another program" });
  assert.deepEqual(rows(leftovers(directory)), ["warning conflicts: public/dot.png.fastserve-new"]);
});
