/**
 * Whatever a user did to a project and whatever the generator changes next: no line of the user is lost, a second run
 * changes nothing, undo brings back every byte, and without edits the way there and back does too.
 */
import assert from "node:assert/strict";
import { chmodSync, existsSync, mkdtempSync, readFileSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import fc from "fast-check";
import { nodeFileSystem } from "../../src/io/node.ts";
import type { FileEntry, FileTree } from "../../src/tree/file-tree.ts";
import type { Way } from "../../src/write/changes/change.ts";
import { diff } from "../../src/write/changes/diff.ts";
import { planDigest } from "../../src/write/changes/plan-digest.ts";
import { resolveConflicts } from "../../src/write/changes/resolve-conflicts.ts";
import { createProject } from "../../src/write/create-project.ts";
import { readBase } from "../../src/write/records/base.ts";
import { undo } from "../../src/write/undo.ts";
import { updateProject } from "../../src/write/update-project.ts";
import { snapshot } from "../support/folder-snapshot.ts";
import { memoryFolder, put, testFolder, treeOf } from "../support/sample-project.ts";

/** Enough to reach every row of the table several times; `FASTSERVE_SEEDS` in the environment asks for more. */
const RUNS = Number(process.env.FASTSERVE_SEEDS ?? 120);

const paths = ["README.md", "conf/app.conf", "public/dot.png", "src/a.ts", "src/b.ts", "src/c.ts", "seed.ts"];
const moves = [{ from: "src/b.ts", to: "lib/b.ts", since: "0.2.0" }];

/** Which of eight lines a version of a file has in its own way; undefined: the version lacks the file. */
const version = fc.option(fc.tuple(fc.subarray([0, 1, 2, 3, 4, 5, 6, 7]), fc.boolean()), { nil: undefined, freq: 4 });
const versions = fc.tuple(...paths.map(() => version));
type Versions = readonly (readonly [readonly number[], boolean] | undefined)[];

const edit = fc.oneof(
  fc.record({ kind: fc.constant("line" as const), path: fc.constantFrom(...paths), line: fc.nat(7) }),
  fc.record({
    kind: fc.constantFrom("append", "delete", "crlf", "mark", "bare", "chmod", "foreign", "rename"),
    path: fc.constantFrom(...paths),
    line: fc.constant(0),
  }),
);

function treeWith(wanted: Versions, changed: string, isMoved: boolean): FileTree {
  return treeOf(
    wanted.flatMap((lines, index): FileEntry[] => {
      const name = paths[index] ?? "";
      const path = isMoved && name === "src/b.ts" ? "lib/b.ts" : name;
      if (lines === undefined) return [];
      const [own, isExecutable] = lines;
      const text = Array.from({ length: 8 }, (_, line) => `line ${line}${own.includes(line) ? changed : ""}\n`).join(
        "",
      );
      const content = name.endsWith(".png") ? new Uint8Array([0, ...own]) : text;
      return [{ path, content, owner: name === "seed.ts" ? "seeded" : "merged", mode: isExecutable ? 0o755 : 0o644 }];
    }),
  );
}

/** @returns the lines that the user wrote, by file */
function applyEdits(folder: string, edits: readonly { kind: string; path: string; line: number }[]): string[] {
  const written: string[] = [];
  for (const [index, { kind, path, line }] of edits.entries()) {
    const file = join(folder, path);
    const mine = `written by the user ${index}`;
    if (kind === "foreign" && !existsSync(file)) {
      put(folder, { [path]: `${mine}\n` });
      written.push(mine);
    }
    if (!existsSync(file) || path.endsWith(".png")) continue;
    const text = readFileSync(file, "utf8");
    if (kind === "line" || kind === "append") {
      const lines = text.split("\n");
      const at = kind === "line" ? Math.min(line, lines.length - 1) : lines.length - 1;
      // A line that the user wrote before is not written over.
      lines.splice(at, lines[at]?.startsWith("line") ? 1 : 0, mine);
      put(folder, { [path]: lines.join("\n") });
      written.push(mine);
    }
    if (kind === "delete") {
      rmSync(file);
      for (const gone of text.match(/written by the user \d+/g) ?? []) written.splice(written.indexOf(gone), 1);
    }
    if (kind === "crlf") put(folder, { [path]: text.replace(/\r?\n/g, "\r\n") });
    if (kind === "mark" && !text.startsWith("\ufeff")) put(folder, { [path]: `\ufeff${text}` });
    if (kind === "bare") put(folder, { [path]: text.trimEnd() });
    if (kind === "chmod") chmodSync(file, 0o755);
    if (kind === "rename") renameSync(file, `${file}.mine`);
  }
  return written;
}

function write(folder: string, tree: FileTree, way: Way | undefined, generatorVersion: string): void {
  const base = readBase(nodeFileSystem, folder);
  const planned = diff(tree, nodeFileSystem, folder, base, moves);
  const changes = resolveConflicts(planned, ({ ways }) =>
    way === undefined || ways?.[way] === undefined ? "mine" : way,
  );
  updateProject(nodeFileSystem, changes, tree, folder, { generatorVersion, base });
}

const records = (folder: string) => snapshot(folder, [".fastserve/undo"]);

test("a retune of any edited project keeps the user's lines, is done once, and can be undone", (t) => {
  const root = testFolder(t, memoryFolder);
  const ways = fc.constantFrom<Way>("mine", "theirs", "sidecar", "markers");
  fc.assert(
    fc.property(
      versions,
      versions,
      fc.array(edit, { maxLength: 8 }),
      ways,
      fc.boolean(),
      (a, b, edits, way, isMoved) => {
        const folder = join(mkdtempSync(join(root, "run-")), "server");
        createProject(nodeFileSystem, treeWith(a, " of a", false), folder, { generatorVersion: "0.1.0" });
        const lines = applyEdits(folder, edits);
        const before = records(folder);
        const next = treeWith(b, " of b", isMoved);
        write(folder, next, way, "0.2.0");
        const after = records(folder);
        const everything = JSON.stringify(after);
        if (way !== "theirs") for (const line of lines) assert.ok(everything.includes(line), `${line} is lost`);
        write(folder, next, way, "0.2.0");
        assert.deepEqual(records(folder), after, "a second run changes something");
        // Without a step there was no write to take back.
        if (JSON.stringify(before) !== everything) {
          undo(nodeFileSystem, folder);
          assert.deepEqual(withoutEmpty(records(folder)), withoutEmpty(before), "undo");
        }
        rmSync(folder, { recursive: true });
      },
    ),
    { numRuns: RUNS },
  );
});

test("a way there and back without edits gives the same bytes, and the same plan the same digest", (t) => {
  const root = testFolder(t, memoryFolder);
  fc.assert(
    fc.property(versions, versions, (a, b) => {
      const folder = join(mkdtempSync(join(root, "run-")), "server");
      const [first, second] = [treeWith(a, " of a", false), treeWith(b, " of b", false)];
      createProject(nodeFileSystem, first, folder, { generatorVersion: "0.2.0" });
      const before = records(folder);
      const digest = () => planDigest(diff(second, nodeFileSystem, folder, readBase(nodeFileSystem, folder), moves));
      assert.equal(digest(), digest());
      write(folder, second, undefined, "0.2.0");
      write(folder, first, undefined, "0.2.0");
      assert.deepEqual(withoutEmpty(records(folder)), withoutEmpty(before));
      rmSync(folder, { recursive: true });
    }),
    { numRuns: RUNS },
  );
});

/** Folders stay when their last file goes. */
function withoutEmpty(files: Record<string, string> | undefined): Record<string, string> {
  return Object.fromEntries(Object.entries(files ?? {}).filter(([path]) => !path.endsWith("/")));
}
