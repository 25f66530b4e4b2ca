/**
 * Real projects x what users do to them x what a retune makes of them next. `FASTSERVE_SEEDS` sets how many of these
 * stories are told; a failing one prints its seed and path, which `FASTSERVE_REPLAY=seed:path` repeats.
 */
import assert from "node:assert/strict";
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import fc from "fast-check";
import { type ParseError, parse as parseJsonc } from "jsonc-parser";
import { parseTOML } from "toml-eslint-parser";
import { nodeFileSystem } from "../../src/io/node.ts";
import type { FileTree } from "../../src/tree/file-tree.ts";
import type { Change, Way } from "../../src/write/changes/change.ts";
import { diff } from "../../src/write/changes/diff.ts";
import { resolveConflicts } from "../../src/write/changes/resolve-conflicts.ts";
import { createProject } from "../../src/write/create-project.ts";
import { textHashOf, toBytes } from "../../src/write/disk/file-text.ts";
import { readBase } from "../../src/write/records/base.ts";
import { undo } from "../../src/write/undo.ts";
import { updateProject } from "../../src/write/update-project.ts";
import { snapshot } from "../support/folder-snapshot.ts";
import { memoryFolder, meta } from "../support/sample-project.ts";
import { applyScript, editScript, type UserWork } from "./edit-script.ts";
import { type RealTree, realTrees } from "./real-trees.ts";

const SEEDS = Number(process.env.FASTSERVE_SEEDS ?? 50);
const [seed, path] = process.env.FASTSERVE_REPLAY?.split(/:(.*)/) ?? [];
const replay = seed === undefined ? {} : { seed: Number(seed), path: path ?? "" };

let root = "";
let trees: readonly RealTree[] = [];

before(async () => {
  root = mkdtempSync(join(memoryFolder, "fastserve-retune-"));
  trees = await realTrees();
  for (const { name, tree } of trees) createProject(nodeFileSystem, tree, join(root, name), meta);
});

after(() => rmSync(root, { recursive: true, force: true }));

const pair = fc.tuple(fc.nat(1000), fc.nat(1000));
const way = fc.constantFrom<Way>("mine", "theirs", "sidecar", "markers");

function treeAt(index: number): RealTree {
  const tree = trees[index % trees.length];
  assert.ok(tree !== undefined);
  return tree;
}

/** A copy of the project that was created from the tree. */
function projectOf({ name }: RealTree): string {
  const folder = join(mkdtempSync(join(root, "story-")), "server");
  cpSync(join(root, name), folder, { recursive: true });
  return folder;
}

function planned(folder: string, tree: FileTree): readonly Change[] {
  return diff(tree, nodeFileSystem, folder, readBase(nodeFileSystem, folder));
}

/** @returns whether anything was written */
function retune(folder: string, tree: FileTree, wanted: Way): boolean {
  const changes = resolveConflicts(planned(folder, tree), ({ ways }) =>
    ways?.[wanted] === undefined ? "mine" : wanted,
  );
  const before = existsSync(join(folder, ".fastserve/undo"));
  const base = readBase(nodeFileSystem, folder);
  const state = JSON.stringify(snapshot(folder));
  updateProject(nodeFileSystem, changes, tree, folder, { ...meta, base });
  return !before ? existsSync(join(folder, ".fastserve/undo")) : state !== JSON.stringify(snapshot(folder));
}

/** Without what belongs to the last write alone, and without folders, which an undo may leave empty. */
function stateOf(folder: string): Record<string, string> {
  const files = snapshot(folder, [".fastserve/undo"]) ?? {};
  return Object.fromEntries(Object.entries(files).filter(([name]) => !name.endsWith("/")));
}

/** The user's side of the project: without our records. */
function everyText(folder: string): string {
  return Object.entries(stateOf(folder))
    .filter(([name]) => !name.startsWith(".fastserve/"))
    .map(([name, content]) => `${name}\n${content}`)
    .join("\n");
}

function assertKept(folder: string, work: UserWork): void {
  const text = everyText(folder);
  for (const token of work.tokens) assert.ok(text.includes(token), `${token} is lost`);
  for (const [name, bytes] of work.own) assert.deepEqual(readFileSync(join(folder, name)), bytes, name);
  for (const name of work.deleted) assert.ok(!existsSync(join(folder, name)), `${name} came back`);
}

/** What the user never touched is exactly what is generated now, and what a program parses still parses. */
function assertArrived(folder: string, tree: FileTree, from: FileTree, work: UserWork): void {
  for (const { path: name, content, owner } of tree.values()) {
    const isLeft = owner === "seeded" && from.has(name);
    if (work.touched.has(name) || isLeft) continue;
    assert.equal(
      textHashOf(readFileSync(join(folder, name))),
      textHashOf(toBytes(content)),
      `${name} is not as generated`,
    );
  }
  for (const name of ["package.json", "tsconfig.json", "deno.json", "fastserve.json"]) assertJson(folder, name);
  for (const name of ["fastserve.tuned.toml", "fastserve.toml"]) {
    if (existsSync(join(folder, name))) parseTOML(readFileSync(join(folder, name), "utf8").replace(/^\ufeff/, ""));
  }
}

function assertJson(folder: string, name: string): void {
  if (!existsSync(join(folder, name))) return;
  const errors: ParseError[] = [];
  parseJsonc(readFileSync(join(folder, name), "utf8").replace(/^\ufeff/, ""), errors, { allowTrailingComma: true });
  assert.deepEqual(errors, [], name);
}

test("a retune of an edited project keeps each edit, brings what is new, is done once, and can be undone", () => {
  fc.assert(
    fc.property(pair, editScript, way, ([a, b], script, wanted) => {
      const [from, to] = [treeAt(a), treeAt(b)];
      const folder = projectOf(from);
      const work = applyScript(folder, from.tree, to.tree, script);
      const before = stateOf(folder);
      const wrote = retune(folder, to.tree, wanted);
      if (wanted !== "theirs") assertKept(folder, work);
      assertArrived(folder, to.tree, from.tree, work);
      const once = stateOf(folder);
      retune(folder, to.tree, wanted);
      assert.deepEqual(stateOf(folder), once, "a second run changes something");
      if (wrote) {
        undo(nodeFileSystem, folder);
        assert.deepEqual(stateOf(folder), before, "undo");
      }
      rmSync(folder, { recursive: true });
    }),
    { numRuns: SEEDS, ...replay },
  );
});

test("a conflict that nobody decided writes nothing", () => {
  fc.assert(
    fc.property(pair, editScript, ([a, b], script) => {
      const [from, to] = [treeAt(a), treeAt(b)];
      const folder = projectOf(from);
      applyScript(folder, from.tree, to.tree, script);
      const changes = planned(folder, to.tree);
      if (changes.some(({ kind }) => kind === "conflict")) {
        const before = snapshot(folder);
        const base = readBase(nodeFileSystem, folder);
        assert.throws(() => updateProject(nodeFileSystem, changes, to.tree, folder, { ...meta, base }), /./);
        assert.deepEqual(snapshot(folder), before);
      }
      rmSync(folder, { recursive: true });
    }),
    { numRuns: Math.ceil(SEEDS / 2), ...replay },
  );
});

test("a way there and back gives the same bytes without edits, and the same edits with them", () => {
  fc.assert(
    fc.property(pair, editScript, fc.boolean(), ([a, b], script, isEdited) => {
      const [from, to] = [treeAt(a), treeAt(b)];
      const folder = projectOf(from);
      const work = applyScript(folder, from.tree, to.tree, isEdited ? script : []);
      const before = stateOf(folder);
      retune(folder, to.tree, "mine");
      retune(folder, from.tree, "mine");
      if (isEdited) assertKept(folder, work);
      else assert.deepEqual(stateOf(folder), before);
      rmSync(folder, { recursive: true });
    }),
    { numRuns: SEEDS, ...replay },
  );
});
