/** A disk that is really full: a file system in memory of a few pages. Mounting one needs root on Linux. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { nodeFileSystem } from "../../src/io/node.ts";
import { AppError } from "../../src/lib/errors.ts";
import { diff } from "../../src/write/changes/diff.ts";
import { createProject } from "../../src/write/create-project.ts";
import { readBase } from "../../src/write/records/base.ts";
import { undo } from "../../src/write/undo.ts";
import { updateProject } from "../../src/write/update-project.ts";
import { snapshot } from "../support/folder-snapshot.ts";
import { firstTree, meta, secondTree, testFolder } from "../support/sample-project.ts";

const isDiskFull = (error: unknown) =>
  error instanceof AppError && error.code === "WRITE_FAILED" && /Free some space/.test(error.problems[0]?.next ?? "");

/** Fills the disk but for some kilobytes, with files that can be removed again. */
function fill(folder: string, freeKiB: number): void {
  const chunk = Buffer.alloc(1024, 1);
  const filler = join(folder, "filler");
  writeFileSync(filler, "");
  let size = 0;
  try {
    for (; ; size += chunk.length) writeFileSync(filler, chunk, { flag: "a" });
  } catch (error) {
    assert.equal((error as NodeJS.ErrnoException).code, "ENOSPC");
  }
  writeFileSync(filler, Buffer.alloc(Math.max(0, size - freeKiB * 1024), 1));
}

function tinyDisk(t: TestContext): string | undefined {
  // Hooks run in the order of their registration: the disk is unmounted before its folder is removed.
  let folder = "";
  t.after(() => void spawnSync("umount", [folder]));
  folder = testFolder(t);
  const mounted = spawnSync("mount", ["-t", "tmpfs", "-o", "size=256k", "tmpfs", folder], { encoding: "utf8" });
  if (mounted.status !== 0) {
    t.skip(`no file system can be mounted here: ${mounted.error?.message ?? mounted.stderr}`);
    return undefined;
  }
  return folder;
}

test("createProject() on a full disk leaves nothing behind, however much is free", (t) => {
  const disk = tinyDisk(t);
  if (disk === undefined) return;
  for (const freeKiB of [0, 4, 8, 16, 32]) {
    fill(disk, freeKiB);
    const before = snapshot(disk);
    assert.throws(
      () => createProject(nodeFileSystem, firstTree, join(disk, "server"), meta),
      isDiskFull,
      `${freeKiB} KiB`,
    );
    assert.deepEqual(snapshot(disk), before);
  }
});

test("updateProject() on a full disk leaves every file as it was, and undo() needs no space", (t) => {
  const disk = tinyDisk(t);
  if (disk === undefined) return;
  const target = join(disk, "server");
  createProject(nodeFileSystem, firstTree, target, meta);
  const before = snapshot(target);
  const update = () =>
    updateProject(
      nodeFileSystem,
      diff(secondTree, nodeFileSystem, target, readBase(nodeFileSystem, target)),
      secondTree,
      target,
      meta,
    );
  for (const freeKiB of [0, 4, 8, 16, 32]) {
    fill(disk, freeKiB);
    assert.throws(update, isDiskFull, `${freeKiB} KiB`);
    assert.deepEqual(snapshot(target), before);
  }
  nodeFileSystem.remove(join(disk, "filler"));
  update();
  fill(disk, 4);
  undo(nodeFileSystem, target);
  assert.deepEqual(snapshot(target), before);
});
