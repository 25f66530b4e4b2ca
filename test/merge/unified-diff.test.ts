import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { test } from "node:test";
import fc from "fast-check";
import { type DiffNames, unifiedDiff } from "../../src/merge/lines/unified-diff.ts";

const same = (name: string): DiffNames => ({ from: name, to: name });

test("unifiedDiff() shows three lines around each change and joins changes whose surroundings meet", () => {
  const before = Array.from({ length: 20 }, (_, index) => `line ${index + 1}\n`);
  const after = before.with(1, "second\n").with(7, "eighth\n").with(19, "last\n");
  assert.equal(
    unifiedDiff(before.join(""), after.join(""), same("a.txt")),
    `diff --git a/a.txt b/a.txt
--- a/a.txt
+++ b/a.txt
@@ -1,11 +1,11 @@
 line 1
-line 2
+second
 line 3
 line 4
 line 5
 line 6
 line 7
-line 8
+eighth
 line 9
 line 10
 line 11
@@ -17,4 +17,4 @@
 line 17
 line 18
 line 19
-line 20
+last
`,
  );
});

test("unifiedDiff() is empty when nothing differs", () => {
  assert.equal(unifiedDiff("a\n", "a\n", same("a.txt")), "");
  assert.equal(unifiedDiff("", "", same("a.txt")), "");
  assert.equal(unifiedDiff(undefined, undefined, same("a.txt")), "");
});

test("unifiedDiff() says that a line feed at the end is missing", () => {
  assert.equal(
    unifiedDiff("a\nb", "a\nb\n", same("a.txt")),
    "diff --git a/a.txt b/a.txt\n--- a/a.txt\n+++ b/a.txt\n@@ -1,2 +1,2 @@\n a\n-b\n\\ No newline at end of file\n+b\n",
  );
});

test("unifiedDiff() names a new file, a deleted one, a mode and a move as git does", () => {
  assert.equal(
    unifiedDiff(undefined, "a\n", same("a.txt")),
    "diff --git a/a.txt b/a.txt\nnew file mode 100644\n--- /dev/null\n+++ b/a.txt\n@@ -0,0 +1 @@\n+a\n",
  );
  assert.equal(
    unifiedDiff("a\n", undefined, same("a.txt")),
    "diff --git a/a.txt b/a.txt\ndeleted file mode 100644\n--- a/a.txt\n+++ /dev/null\n@@ -1 +0,0 @@\n-a\n",
  );
  assert.equal(
    unifiedDiff("a\n", "a\n", { ...same("run"), fromMode: 0o644, toMode: 0o755 }),
    "diff --git a/run b/run\nold mode 100644\nnew mode 100755\n",
  );
  assert.equal(
    unifiedDiff("a\n", "a\n", { from: "a.txt", to: "b.txt" }),
    "diff --git a/a.txt b/b.txt\nrename from a.txt\nrename to b.txt\n",
  );
});

const NAME = 'docs/read "me" é.txt';

test("git apply takes what unifiedDiff() prints, for any two texts and a name that git quotes", () => {
  const folder = mkdtempSync(path.join(tmpdir(), "unified-diff-"));
  try {
    mkdirSync(path.join(folder, "docs"));
    const line = fc.constantFrom("a", "b", "", "  c", "--- d", "\\ e", "f\r", "@@ -1 +1 @@");
    const text = fc
      .tuple(fc.array(line, { maxLength: 12 }), fc.boolean())
      .map(([lines, open]) => (lines.length === 0 ? "" : lines.join("\n") + (open ? "" : "\n")));
    const side = fc.option(text, { nil: undefined });
    fc.assert(
      fc.property(side, side, (from, to) => {
        const patch = unifiedDiff(from, to, same(NAME));
        if (patch !== "") assert.equal(appliedByGit(folder, from, patch), to);
        else assert.equal(from, to);
      }),
      { numRuns: 60 },
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test("git apply moves a file and makes it executable with what unifiedDiff() prints", () => {
  const folder = mkdtempSync(path.join(tmpdir(), "unified-diff-"));
  try {
    writeFileSync(path.join(folder, "my file"), "a\nb\n");
    chmodSync(path.join(folder, "my file"), 0o644);
    const patch = unifiedDiff("a\nb\n", "a\nc\n", { from: "my file", to: "my new file", toMode: 0o755 });
    execFileSync("git", ["apply", "-"], { cwd: folder, input: patch });
    assert.equal(existsSync(path.join(folder, "my file")), false);
    assert.equal(readFileSync(path.join(folder, "my new file"), "utf8"), "a\nc\n");
    assert.equal(statSync(path.join(folder, "my new file")).mode & 0o100, 0o100);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

function appliedByGit(folder: string, from: string | undefined, patch: string): string | undefined {
  const file = path.join(folder, NAME);
  mkdirSync(path.dirname(file), { recursive: true });
  if (from === undefined) rmSync(file, { force: true });
  else writeFileSync(file, from);
  execFileSync("git", ["apply", "--whitespace=nowarn", "-"], { cwd: folder, input: patch });
  return existsSync(file) ? readFileSync(file, "utf8") : undefined;
}
