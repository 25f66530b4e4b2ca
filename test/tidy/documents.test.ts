/** What the documents claim exists: invariants are guarded by tests that are there, commands by scripts that are there. */
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { listFiles, readText, root } from "./source-files.ts";

const documents = listFiles().filter(
  (path) => path.endsWith(".md") && !path.startsWith("test/") && !path.startsWith("templates/"),
);

test("docs/ARCHITECTURE.md names a test for each invariant, and that test exists", () => {
  const rows = [...readText("docs/ARCHITECTURE.md").matchAll(/^\| \d+ \|.*\| `([^`]+)`: (.+) \|$/gm)];
  assert.equal(rows.length, 8);
  const missing = rows.filter(
    ([, path = "", title = ""]) => !existsSync(join(root, path)) || !readText(path).includes(title),
  );
  assert.deepEqual(
    missing.map(([row]) => row),
    [],
  );
});

test("documents name npm scripts that exist", () => {
  const { scripts } = JSON.parse(readText("package.json")) as { scripts: Record<string, string> };
  const named = documents.flatMap((path) =>
    [...readText(path).matchAll(/\bnpm run ([\w:-]+)/g)].map((match) => match[1] ?? ""),
  );
  assert.deepEqual(
    [...new Set(named)].filter((name) => !(name in scripts)),
    [],
  );
});

test("documents link to files that exist", () => {
  const broken = documents.flatMap((path) =>
    [...readText(path).matchAll(/\]\((?!https?:|#)([^)#]+)[^)]*\)/g)]
      .map((match) => join(root, path, "..", match[1] ?? ""))
      .filter((target) => !existsSync(target)),
  );
  assert.deepEqual(broken, []);
});

test("documents name source paths that exist", () => {
  const paths = documents.flatMap((path) =>
    [...readText(path).matchAll(/`((?:src|test|scripts|templates|docs)\/[\w./-]+\.\w+)`/g)].map(
      (match) => match[1] ?? "",
    ),
  );
  assert.deepEqual(
    [...new Set(paths)].filter((path) => !existsSync(join(root, path))),
    [],
  );
});
