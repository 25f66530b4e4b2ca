import assert from "node:assert/strict";
import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { nodeFileSystem } from "../../src/io/node.ts";
import { AppError } from "../../src/lib/errors.ts";
import { diff } from "../../src/write/changes/diff.ts";
import { restoreDeleted } from "../../src/write/changes/restore-deleted.ts";
import { createProject } from "../../src/write/create-project.ts";
import { readBase } from "../../src/write/records/base.ts";
import { updateProject } from "../../src/write/update-project.ts";
import { firstTree, meta, testFolder } from "../support/sample-project.ts";

function planned(t: TestContext) {
  const folder = join(testFolder(t), "server");
  createProject(nodeFileSystem, firstTree, folder, meta);
  rmSync(join(folder, "src"), { recursive: true });
  rmSync(join(folder, "README.md"));
  return { folder, changes: diff(firstTree, nodeFileSystem, folder, readBase(nodeFileSystem, folder)) };
}

const restored = (changes: ReturnType<typeof restoreDeleted>) =>
  changes.filter(({ reason }) => reason === "restored").map(({ kind, path }) => `${kind} ${path}`);

const rows: readonly (readonly [readonly string[], readonly string[]])[] = [
  [[], []],
  [["README.md"], ["create README.md"]],
  [["src/"], ["create src/app/routes.ts", "create src/main.ts"]],
  [
    ["./src/app", "README.md"],
    ["create README.md", "create src/app/routes.ts"],
  ],
  [["src\\main.ts"], ["create src/main.ts"]],
  [["src/app/../main.ts"], ["create src/main.ts"]],
  [["./"], ["create README.md", "create src/app/routes.ts", "create src/main.ts"]],
];
for (const [names, expected] of rows) {
  test(`restoreDeleted() of ${JSON.stringify(names)} gives ${JSON.stringify(expected)}`, (t) => {
    assert.deepEqual(restored(restoreDeleted(planned(t).changes, firstTree, names)), expected);
  });
}

test("restoreDeleted() brings a file back that is then a generated one like any other", (t) => {
  const { folder, changes } = planned(t);
  updateProject(nodeFileSystem, restoreDeleted(changes, firstTree, ["src/main.ts"]), firstTree, folder, meta);
  assert.equal(readFileSync(join(folder, "src/main.ts"), "utf8"), "console.log(1);\n");
  const again = diff(firstTree, nodeFileSystem, folder, readBase(nodeFileSystem, folder));
  assert.equal(again.find(({ path }) => path === "src/main.ts")?.reason, "as_wanted");
});

test("restoreDeleted() refuses what was not deleted and what is not generated, all at once", (t) => {
  const { changes } = planned(t);
  assert.throws(
    () => restoreDeleted(changes, firstTree, ["bin/start.sh", "src", "src/ma", "../x", ""]),
    (error) =>
      error instanceof AppError &&
      error.code === "FILE_NOT_RESTORABLE" &&
      error.problems.map(({ key }) => key).join() === "bin/start.sh,src/ma,../x,",
  );
});
