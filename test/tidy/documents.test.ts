/** What the documents claim exists: invariants are guarded by tests that are there, commands by scripts that are there. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { settingsReference, targetsReference } from "../../scripts/settings-reference.ts";
import { scripts as projectScripts } from "../../src/tree/emit-package.ts";
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
  const own = (JSON.parse(readText("package.json")) as { scripts: Record<string, string> }).scripts;
  // A project's scripts are spoken of too.
  const known = new Set([...Object.keys(own), ...Object.keys(projectScripts)]);
  const named = documents.flatMap((path) =>
    [...readText(path).matchAll(/\bnpm run ([\w:-]+)/g)].map((match) => match[1] ?? ""),
  );
  assert.deepEqual(
    [...new Set(named)].filter((name) => !known.has(name)),
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

test("code cites measurements and measuring scripts that exist, because a number is worth its source", () => {
  const code = listFiles().filter((path) => /^(src|scripts|templates\/app\/src)\/.*\.(ts|mjs)$/.test(path));
  const cited = code.flatMap((path) =>
    [...readText(path).matchAll(/\b(?:scripts\/measure|docs\/measurements)\/[\w.-]+\.\w+/g)].map(([name]) => name),
  );
  assert.ok(cited.length > 20, `only ${cited.length} citations were found`);
  assert.deepEqual(
    [...new Set(cited)].filter((path) => !existsSync(join(root, path))),
    [],
  );
});

test("docs/settings.md and docs/targets.md are what the tables print; npm run docs:update writes them", () => {
  assert.equal(readText("docs/settings.md"), settingsReference());
  assert.equal(readText("docs/targets.md"), targetsReference());
});

test("README.md's examples of answers are valid answers", () => {
  const examples = [...readText("README.md").matchAll(/^.*fastserve(?:@latest)? (my-server .*--yes)$/gm)].map(
    (match) => match[1] ?? "",
  );
  assert.ok(examples.length >= 3);
  for (const example of examples) {
    const args = ["bin/create-fastserve.js", ...example.replace("-- ", "").split(" "), "--dry-run", "--json"];
    const { status, stdout } = spawnSync(process.execPath, args, { cwd: root, encoding: "utf8" });
    assert.equal(status, 0, `${example}: ${stdout}`);
  }
});
