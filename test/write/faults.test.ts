/** Every call that changes the disk fails or is the last one of the process: the target is as before or complete. */
import assert from "node:assert/strict";
import { readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { AppError } from "../../src/lib/errors.ts";
import type { FileEntry, FileTree } from "../../src/tree/file-tree.ts";
import { diff } from "../../src/write/changes/diff.ts";
import { resolveConflicts } from "../../src/write/changes/resolve-conflicts.ts";
import { createProject } from "../../src/write/create-project.ts";
import { readBase } from "../../src/write/records/base.ts";
import { recover } from "../../src/write/recover.ts";
import { undo } from "../../src/write/undo.ts";
import { updateProject } from "../../src/write/update-project.ts";
import { type Fault, type FaultyFileSystem, faultyFileSystem, Killed } from "../support/faulty-file-system.ts";
import { snapshot } from "../support/folder-snapshot.ts";
import { firstTree, memoryFolder, meta, put, secondTree, testFolder, treeOf } from "../support/sample-project.ts";

type Files = Record<string, string> | undefined;

interface Scenario {
  readonly name: string;
  /** Brings an empty folder to the state before the write. */
  readonly before: (folder: string) => void;
  readonly write: (fs: FaultyFileSystem, folder: string) => void;
  readonly target: (folder: string) => string;
}

const DEAD = 900_001;
const NEXT = 900_002;

function update(fs: FaultyFileSystem, folder: string, tree: typeof firstTree): void {
  updateProject(fs, diff(tree, fs, folder, readBase(fs, folder)), tree, folder, meta);
}

const lines = (path: string, content: string): FileEntry => ({ path, content, owner: "merged", mode: 0o644 });
const movedFrom = treeOf([lines("old/place.ts", "1\n2\n3\n"), lines("README.md", "1\n2\n3\n")]);
const movedTo = treeOf([lines("new/place.ts", "1\n2\nthree\n"), lines("README.md", "one\n2\n3\n")]);

/** The release of the sample projects is older than the move. */
function updateTo(fs: FaultyFileSystem, folder: string, tree: FileTree): void {
  const base = readBase(fs, folder);
  const moves = [{ from: "old/place.ts", to: "new/place.ts", since: "0.2.0" }];
  const changes = resolveConflicts(diff(tree, fs, folder, base, moves), () => "sidecar");
  updateProject(fs, changes, tree, folder, { ...meta, base });
}

const scenarios: readonly Scenario[] = [
  {
    name: "createProject() in a new folder below a missing parent",
    before: () => {},
    write: (fs, folder) => createProject(fs, firstTree, join(folder, "parent/my server"), meta),
    target: (folder) => join(folder, "parent"),
  },
  {
    name: "updateProject() among the user's documents",
    before: (folder) => put(folder, { "README.md": "mine\n", ".git/HEAD": "ref: x\n" }),
    write: (fs, folder) => update(fs, folder, firstTree),
    target: (folder) => folder,
  },
  {
    name: "updateProject() of a project with an undo record and an edit",
    before(folder) {
      put(folder, { "README.md": "mine\n" });
      const fs = faultyFileSystem(undefined);
      update(fs, folder, firstTree);
      put(folder, { "src/app/routes.ts": "edited\r\n" });
    },
    write: (fs, folder) => update(fs, folder, secondTree),
    target: (folder) => folder,
  },
  {
    name: "updateProject() of a project with a move, a merge and a sidecar",
    before(folder) {
      updateTo(faultyFileSystem(undefined), folder, movedFrom);
      put(folder, { "old/place.ts": "mine\n2\n3\n", "README.md": "mine\n2\n3\n" });
    },
    write: (fs, folder) => updateTo(fs, folder, movedTo),
    target: (folder) => folder,
  },
  {
    name: "undo() of an update",
    before(folder) {
      const fs = faultyFileSystem(undefined);
      update(fs, folder, firstTree);
      update(fs, folder, secondTree);
    },
    write: (fs, folder) => void undo(fs, folder),
    target: (folder) => folder,
  },
];

for (const scenario of scenarios) {
  test(`${scenario.name} is whole or has not happened, wherever the process dies`, (t) => {
    const { root, before, after, calls } = rehearse(t, scenario);
    for (let atCall = 1; atCall <= calls; atCall += 1) {
      const folder = fresh(root, scenario);
      kill(scenario, folder, atCall);
      recover(faultyFileSystem(undefined, NEXT), folderOf(scenario, folder));
      assertEither(scenario, folder, before, after, `killed at call ${atCall} of ${calls}`);
    }
  });

  test(`${scenario.name} is whole or has not happened when recovery dies too`, (t) => {
    const { root, before, after, calls } = rehearse(t, scenario);
    for (let atCall = 1; atCall <= calls; atCall += 3) {
      for (let atRecoveryCall = 1; ; atRecoveryCall += 1) {
        const folder = fresh(root, scenario);
        kill(scenario, folder, atCall);
        const dying = faultyFileSystem({ kind: "kill", atCall: atRecoveryCall }, NEXT);
        ignoreKill(() => recover(dying, folderOf(scenario, folder)));
        recover(faultyFileSystem(undefined, NEXT + 1), folderOf(scenario, folder));
        assertEither(scenario, folder, before, after, `killed at ${atCall}, recovery at ${atRecoveryCall}`);
        if (!dying.isKilled()) break;
      }
    }
  });

  const faults: readonly (readonly [string, (atCall: number) => Fault])[] = [
    ["any call fails once", (atCall) => ({ kind: "fail", atCall, code: "EIO" })],
    ["the disk is full from any call on", (atCall) => ({ kind: "full", atCall })],
  ];
  for (const [name, fault] of faults) {
    test(`${scenario.name} is whole or has not happened, at once, when ${name}`, (t) => {
      const { root, before, after, calls } = rehearse(t, scenario);
      for (let atCall = 1; atCall <= calls; atCall += 1) {
        const folder = fresh(root, scenario);
        const error = thrownBy(() => scenario.write(faultyFileSystem(fault(atCall)), folder));
        const message = `call ${atCall} of ${calls}: ${error}`;
        if (error !== undefined) assert.equal((error as AppError).code, "WRITE_FAILED", message);
        const state = visible(scenario.target(folder));
        assert.deepEqual(state, error === undefined ? visibleOf(after) : visibleOf(before), message);
        recover(faultyFileSystem(undefined, NEXT), folderOf(scenario, folder));
        assertEither(scenario, folder, before, after, message);
      }
    });
  }
}

/** The state before, after and the number of calls of a run without a fault. */
function rehearse(
  t: Parameters<typeof testFolder>[0],
  scenario: Scenario,
): { root: string; before: Files; after: Files; calls: number } {
  const root = testFolder(t, memoryFolder);
  const folder = fresh(root, scenario);
  const before = records(scenario.target(folder));
  const fs = faultyFileSystem(undefined, DEAD);
  scenario.write(fs, folder);
  const after = records(scenario.target(folder));
  assert.notDeepEqual(before, after);
  return { root, before, after, calls: fs.calls() };
}

function fresh(root: string, scenario: Scenario): string {
  const folder = join(root, "case");
  rmSync(folder, { recursive: true, force: true });
  put(folder, {});
  put(root, { "case/x": "" });
  rmSync(join(folder, "x"));
  scenario.before(folder);
  return folder;
}

/** What the command was called with. */
function folderOf(scenario: Scenario, folder: string): string {
  const target = scenario.target(folder);
  return target === folder ? folder : join(target, "my server");
}

/** Everything but the undo record, which is private and differs in age. */
function records(folder: string): Files {
  return snapshot(folder, [".fastserve/undo"]);
}

/** What the user sees: without this program's own folder. */
function visible(folder: string): Files {
  return snapshot(folder, [".fastserve"]);
}

function visibleOf(files: Files): Files {
  if (files === undefined) return undefined;
  return Object.fromEntries(Object.entries(files).filter(([path]) => !path.startsWith(".fastserve/")));
}

function assertEither(scenario: Scenario, folder: string, before: Files, after: Files, message: string): void {
  const now = records(scenario.target(folder));
  const complete = JSON.stringify(now) === JSON.stringify(after);
  assert.deepEqual(now, complete ? after : before, message);
  if (scenario.target(folder) !== folder) {
    assert.deepEqual(readdirSync(folder), complete ? ["parent"] : [], `${message}: nothing beside it`);
  }
}

/** Not every kill is thrown: the clean-up after a finished write fails silently. */
function kill(scenario: Scenario, folder: string, atCall: number): void {
  const fs = faultyFileSystem({ kind: "kill", atCall }, DEAD);
  ignoreKill(() => scenario.write(fs, folder));
  assert.equal(fs.isKilled(), true, `call ${atCall} was reached`);
}

function ignoreKill(run: () => void): void {
  try {
    run();
  } catch (error) {
    if (!(error instanceof Killed)) throw error;
  }
}

function thrownBy(run: () => void): unknown {
  try {
    run();
    return undefined;
  } catch (error) {
    if (error instanceof AppError) return error;
    throw error;
  }
}
