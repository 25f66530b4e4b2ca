/** Real processes ended by SIGKILL in the middle of a write, and two real processes writing to one directory. */
import assert from "node:assert/strict";
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { before, test } from "node:test";
import { buildSync } from "esbuild";
import { nodeFileSystem } from "../../src/io/node.ts";
import { AppError } from "../../src/lib/errors.ts";
import { diff } from "../../src/write/changes/diff.ts";
import { createProject } from "../../src/write/create-project.ts";
import { readBase } from "../../src/write/records/base.ts";
import { recover } from "../../src/write/recover.ts";
import { updateProject } from "../../src/write/update-project.ts";
import { snapshot } from "../support/folder-snapshot.ts";
import { firstTree, meta, secondTree, testFolder } from "../support/sample-project.ts";

/** Killed after every n-th call: fourteen kills for each command, spread over all phases. */
const KILLS = 14;

let program = "";

before((t) => {
  const built = buildSync({
    entryPoints: [join(import.meta.dirname, "../support/write-in-child.ts")],
    bundle: true,
    platform: "node",
    format: "esm",
    // As in scripts/build.mjs: one library's main file hides its requires, another one requires Node's own modules.
    mainFields: ["module", "main"],
    banner: {
      js: 'import { createRequire as __createRequire } from "node:module"; const require = __createRequire(import.meta.url);',
    },
    write: false,
  });
  program = built.outputFiles[0]?.text ?? "";
  assert.notEqual(program, "", `${t} builds the child's program`);
});

const commands = ["create", "update"] as const;
for (const command of commands) {
  test(`${command} killed by SIGKILL leaves the project whole or untouched after recover()`, (t) => {
    const root = testFolder(t);
    const unbroken = run(root, command, join(root, "unbroken/server"), "step", 0);
    const calls = Number(/done (\d+)/.exec(unbroken)?.[1]);
    const after = snapshot(join(root, "unbroken/server"), [".fastserve/undo"]);
    for (let index = 0; index < KILLS; index += 1) {
      const parent = join(root, `killed-${index}`);
      const target = join(parent, "server");
      const step = 1 + Math.floor((index * calls) / KILLS);
      assert.equal(run(root, command, target, "step", step), "", `killed after call ${step}`);
      recover(nodeFileSystem, target);
      const now = snapshot(target, [".fastserve/undo"]);
      const untouched = command === "create" ? undefined : firstSnapshot(root);
      const isWhole = JSON.stringify(now) === JSON.stringify(after);
      assert.deepEqual(now, isWhole ? after : untouched, `killed after call ${step} of ${calls}`);
      assert.deepEqual(readdirSync(parent), now === undefined ? [] : ["server"]);
    }
  });

  test(`${command} beside a living process that writes is refused, and works when that is killed`, async (t) => {
    const root = testFolder(t);
    const target = join(root, "place/server");
    prepare(command, target);
    const before = snapshot(target);
    const child = start(command, target, "pause", 100);
    t.after(() => child.kill("SIGKILL"));
    await once(child.stdout ?? child, "data");
    assert.throws(
      () => write(command, target),
      (error) => error instanceof AppError && error.code === "DIRECTORY_BUSY",
    );
    child.kill("SIGKILL");
    await once(child, "exit");
    recover(nodeFileSystem, target);
    assert.deepEqual(snapshot(target), before);
    write(command, target);
    assert.deepEqual(readdirSync(join(root, "place")), ["server"]);
  });
}

test("of two processes that create one project at the same moment at most one succeeds, and nothing else is left", async (t) => {
  const root = testFolder(t);
  for (let round = 0; round < 5; round += 1) {
    const parent = join(root, String(round));
    nodeFileSystem.makeDirectory(parent);
    const target = join(parent, "server");
    const children = [0, 1].map(() => start("create", target, "step", 0));
    const codes = await Promise.all(children.map(async (child) => (await once(child, "exit"))[0] as number));
    const winners = codes.filter((code) => code === 0).length;
    assert.ok(winners <= 1, `exit codes ${codes}`);
    assert.deepEqual(readdirSync(parent), winners === 1 ? ["server"] : []);
    if (winners === 1) assert.notEqual(snapshot(target)?.[".fastserve/lock.json"], undefined);
  }
});

function prepare(command: (typeof commands)[number], target: string): void {
  const parent = join(target, "..");
  if (nodeFileSystem.info(parent) === undefined) nodeFileSystem.makeDirectory(parent);
  if (command === "update") createProject(nodeFileSystem, firstTree, target, meta);
}

function write(command: (typeof commands)[number], target: string): void {
  if (command === "create") createProject(nodeFileSystem, firstTree, target, meta);
  else {
    const changes = diff(secondTree, nodeFileSystem, target, readBase(nodeFileSystem, target));
    updateProject(nodeFileSystem, changes, secondTree, target, meta);
  }
}

/** The child's standard output; empty when it was killed. */
function run(root: string, command: (typeof commands)[number], target: string, how: string, amount: number): string {
  prepare(command, target);
  const args = ["--input-type=module", "-", command, target, how, String(amount)];
  const child = spawnSync(process.execPath, args, { input: program, encoding: "utf8", cwd: root });
  assert.ok(child.signal === "SIGKILL" || child.status === 0, child.stderr);
  return child.stdout;
}

function start(command: (typeof commands)[number], target: string, how: string, amount: number): ChildProcess {
  const args = ["--input-type=module", "-", command, target, how, String(amount)];
  const child = spawn(process.execPath, args, { stdio: ["pipe", "pipe", "ignore"] });
  child.stdin?.end(program);
  return child;
}

function firstSnapshot(root: string): Record<string, string> | undefined {
  const folder = join(root, "first");
  if (nodeFileSystem.info(folder) === undefined) createProject(nodeFileSystem, firstTree, folder, meta);
  return snapshot(folder);
}
