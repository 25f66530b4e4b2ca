/** A journal is a file that anybody can put into a repository: recovery follows only one that stays in the project. */
import assert from "node:assert/strict";
import { symlinkSync, truncateSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { nodeFileSystem } from "../../src/io/node.ts";
import { AppError, type ErrorCode } from "../../src/lib/errors.ts";
import { diff } from "../../src/write/changes/diff.ts";
import { hashOf } from "../../src/write/disk/file-text.ts";
import { noBase } from "../../src/write/records/base.ts";
import { recover } from "../../src/write/recover.ts";
import { updateProject } from "../../src/write/update-project.ts";
import { faultyFileSystem, Killed } from "../support/faulty-file-system.ts";
import { snapshot } from "../support/folder-snapshot.ts";
import { firstTree, meta, put, testFolder } from "../support/sample-project.ts";

const hasCode = (code: ErrorCode) => (error: unknown) => error instanceof AppError && error.code === code;
const evil = hashOf(Buffer.from("evil"));
const good = hashOf(Buffer.from("good"));

const records: readonly (readonly [string, unknown])[] = [
  [
    "leads out of the project",
    { schema: 1, directories: [], steps: [{ path: "../target", before: evil, after: good }] },
  ],
  ["is absolute", { schema: 1, directories: [], steps: [{ path: "/etc/target", before: evil, after: good }] }],
  ["plants a git hook", { schema: 1, directories: [], steps: [{ path: ".git/hooks/x", before: evil, after: "none" }] }],
  ["removes a folder outside", { schema: 1, directories: ["../empty"], steps: [] }],
  [
    "rewrites the journal",
    { schema: 1, directories: [], steps: [{ path: ".fastserve/journal/x", before: "none", after: evil }] },
  ],
  ["has no fingerprints", { schema: 1, directories: [], steps: [{ path: "a" }] }],
  ["is of an unknown schema", { schema: 2, directories: [], steps: [] }],
  ["is damaged", null],
];
for (const [what, record] of records) {
  test(`recover() refuses a journal that ${what}`, (t) => {
    const folder = testFolder(t);
    put(folder, {
      target: "good",
      "server/a": "good",
      "server/.fastserve/journal/before/0": "evil",
      "server/.fastserve/journal/record.json": record === null ? "{" : JSON.stringify(record),
    });
    nodeFileSystem.makeDirectory(join(folder, "empty"));
    const before = snapshot(folder);
    assert.throws(() => recover(nodeFileSystem, join(folder, "server")), hasCode("PROJECT_STATE_INVALID"));
    assert.deepEqual(snapshot(folder), before);
  });
}

test("recover() refuses to restore through a symlinked folder, or what is not the recorded content", (t) => {
  const folder = testFolder(t);
  const pending = { path: "pending", before: "none", after: good };
  const record = { schema: 1, directories: [], steps: [{ path: "src/target", before: evil, after: good }, pending] };
  put(folder, {
    "outside/target": "good",
    "linked/.fastserve/journal/before/0": "evil",
    "linked/.fastserve/journal/record.json": JSON.stringify(record),
    "swapped/src/target": "good",
    "swapped/.fastserve/journal/before/0": "else",
    "swapped/.fastserve/journal/record.json": JSON.stringify(record),
  });
  symlinkSync(join(folder, "outside"), join(folder, "linked/src"));
  const before = snapshot(folder);
  assert.throws(() => recover(nodeFileSystem, join(folder, "linked")), hasCode("DIRECTORY_UNSAFE"));
  assert.throws(() => recover(nodeFileSystem, join(folder, "swapped")), hasCode("PROJECT_STATE_INVALID"));
  assert.deepEqual(snapshot(folder), before);
});

test("recover() refuses a record larger than any write leaves, without reading it", (t) => {
  const folder = testFolder(t);
  put(folder, { ".fastserve/journal/record.json": JSON.stringify({ schema: 1, steps: [], directories: [] }) });
  truncateSync(join(folder, ".fastserve/journal/record.json"), 16 * 1024 * 1024 + 1);
  assert.throws(
    () => recover(nodeFileSystem, folder),
    (error) => error instanceof AppError && /is larger than 16777216 bytes/.test(error.message),
  );
});

test("recover() keeps what the user changed after the run was killed, and names it", (t) => {
  const folder = testFolder(t);
  put(folder, { "other.txt": "x" });
  const calls = countCalls(t);
  const dying = faultyFileSystem({ kind: "kill", atCall: calls - 8 });
  assert.throws(
    () => updateProject(dying, diff(firstTree, nodeFileSystem, folder, noBase), firstTree, folder, meta),
    (error) => error instanceof Killed,
  );
  assert.notEqual(nodeFileSystem.info(join(folder, "src/main.ts")), undefined, "killed after some files were in place");
  put(folder, { "src/main.ts": "mine\n" });
  const recovery = recover(faultyFileSystem(undefined, 5), folder);
  assert.deepEqual(recovery, { outcome: "rolledBack", changedSince: ["src/main.ts"] });
  assert.deepEqual(snapshot(folder), { "other.txt": "644 x", "src/": "folder", "src/main.ts": "644 mine\n" });
});

test("recover() changes nothing where nothing was interrupted", (t) => {
  const folder = testFolder(t);
  put(folder, { "a.txt": "x" });
  assert.deepEqual(recover(nodeFileSystem, folder), { outcome: "nothing", changedSince: [] });
  assert.deepEqual(recover(nodeFileSystem, join(folder, "missing/deep")), { outcome: "nothing", changedSince: [] });
  assert.deepEqual(snapshot(folder), { "a.txt": "644 x" });
});

/** Calls of the same write without a fault. */
function countCalls(t: Parameters<typeof testFolder>[0]): number {
  const folder = testFolder(t);
  put(folder, { "other.txt": "x" });
  const fs = faultyFileSystem(undefined);
  updateProject(fs, diff(firstTree, fs, folder, noBase), firstTree, folder, meta);
  return fs.calls();
}
