import assert from "node:assert/strict";
import { test } from "node:test";
import { mergeVersions } from "../../src/merge/merge.ts";

test("mergeVersions() joins the lines of both sides of .gitignore where they changed the same place", () => {
  const base = "node_modules/\n.fastserve/undo/\n";
  const local = "node_modules/\n.fastserve/undo/\n\n# mine\n.idea/\n";
  const next = "node_modules/\n.fastserve/undo/\n\n# Benchmarks\nbench-reports/\n.idea/\n";
  const merged = mergeVersions(".gitignore", { base, local, next });
  assert.equal(merged.text, "node_modules/\n.fastserve/undo/\n\n# mine\n.idea/\n\n# Benchmarks\nbench-reports/\n");
  assert.deepEqual(merged.clashes, []);
  assert.deepEqual(merged.kept, []);
});

test("mergeVersions() drops a pattern that the generator dropped, and does not bring back one that the user deleted", () => {
  const base = "a\nb\nc\n";
  assert.equal(
    mergeVersions(".dockerignore", { base, local: "a\nb\nmine\nc\n", next: "a\nc\nd\n" }).text,
    "a\nmine\nc\nd\n",
  );
  assert.equal(mergeVersions(".dockerignore", { base, local: "a\nc\n", next: "a\nb\nnew\nc\n" }).text, "a\nnew\nc\n");
});

test("mergeVersions() adds to a .gitignore that is not ours what it lacks, and takes nothing out", () => {
  const merged = mergeVersions(".gitignore", {
    base: undefined,
    local: "dist/\nnode_modules/",
    next: "# Packages\nnode_modules/\n\n# State\n.fastserve/undo/\n",
  });
  assert.equal(merged.text, "dist/\nnode_modules/\n\n# State\n.fastserve/undo/");
  assert.deepEqual(merged.clashes, []);
});

test("mergeVersions() keeps the user's attributes of a pattern of .gitattributes, and reports ours", () => {
  const base = "* text=auto eol=lf\n*.png binary\n";
  const local = "* text=auto eol=crlf\n*.png binary\n*.mp4 filter=lfs\n";
  const next = "* text=auto\n*.png binary\n*.base linguist-generated\n";
  const merged = mergeVersions(".gitattributes", { base, local, next });
  assert.equal(merged.text, "* text=auto eol=crlf\n*.png binary\n*.mp4 filter=lfs\n*.base linguist-generated\n");
  assert.deepEqual(merged.kept, [{ key: "*", mine: "* text=auto eol=crlf", recommended: "* text=auto" }]);
});

test("mergeVersions() puts new patterns before the exceptions of the user, which they would undo from behind", () => {
  const base = "node_modules/\n";
  const local = "node_modules/\n\n# Shipped\n!dist/keep.js\n";
  const next = "node_modules/\n# Built\ndist/\n";
  const merged = mergeVersions(".dockerignore", { base, local, next });
  assert.equal(merged.text, "node_modules/\n# Built\ndist/\n\n# Shipped\n!dist/keep.js\n");
  const whitelist = mergeVersions(".dockerignore", {
    base: undefined,
    local: "*\n!src\n",
    next: "*.log\nnode_modules/\n",
  });
  assert.equal(whitelist.text, "*.log\nnode_modules/\n\n*\n!src\n");
});

test("mergeVersions() leaves to the user whether a pattern of ours undoes one that they added above it", () => {
  const rows: readonly (readonly [string, string, number])[] = [
    // added by the user, at the top; by the generator, at the end; clashes
    ["!keep.env", "*.env", 1],
    ["secrets/*", "!secrets/example", 1],
    ["!keep.env", "*.log", 0],
    ["*.env", "*.log", 0],
  ];
  for (const [mine, ours, clashes] of rows) {
    const local = `${mine}\na\n`;
    const merged = mergeVersions(".gitignore", { base: "a\n", local, next: `a\n${ours}\n` });
    assert.equal(merged.clashes.length, clashes, `${mine} ${ours}`);
    assert.equal(merged.text, clashes === 0 ? `${mine}\na\n${ours}\n` : local);
  }
  const below = mergeVersions(".gitignore", { base: "a\n", local: "a\n!keep.env\n", next: "*.env\na\n" });
  assert.equal(below.text, "*.env\na\n!keep.env\n");
});
