import assert from "node:assert/strict";
import { mkdirSync, symlinkSync } from "node:fs";
import { homedir } from "node:os";
import { join, parse } from "node:path";
import { test } from "node:test";
import { nodeFileSystem } from "../../src/io/node.ts";
import { createProject } from "../../src/write/create-project.ts";
import { inspectTarget, targetProblem } from "../../src/write/inspect-target.ts";
import { firstTree, meta, put, testFolder } from "../support/sample-project.ts";

const contents: readonly (readonly [string, Record<string, string>, string, string | undefined])[] = [
  ["nothing", {}, "empty", undefined],
  ["only .git", { ".git/HEAD": "" }, "documents", undefined],
  [
    "what code hosts create",
    { ".git/HEAD": "", "README.md": "", LICENSE: "", ".gitignore": "" },
    "documents",
    undefined,
  ],
  ["desktop litter", { ".DS_Store": "" }, "documents", undefined],
  ["a file", { "index.js": "" }, "foreign", "DIRECTORY_NOT_EMPTY"],
  ["documents and a file", { "README.md": "", "main.py": "" }, "foreign", "DIRECTORY_NOT_EMPTY"],
  ["a lock", { ".fastserve/lock.json": "{}", "a.ts": "" }, "project", "DIRECTORY_NOT_EMPTY"],
  ["records without a lock", { ".fastserve/journal/after/0": "" }, "empty", undefined],
];
for (const [what, files, kind, code] of contents) {
  test(`inspectTarget() calls a directory with ${what} ${kind}`, (t) => {
    const folder = testFolder(t);
    put(folder, files);
    const state = inspectTarget(nodeFileSystem, folder, homedir());
    assert.equal(state.kind, kind);
    assert.equal(targetProblem(state, false)?.code, code);
  });
}

test("targetProblem() lets --force write among other files but not into a project", (t) => {
  const folder = testFolder(t);
  put(folder, { "foreign/index.js": "", "project/.fastserve/lock.json": "{}" });
  const problem = (name: string) => targetProblem(inspectTarget(nodeFileSystem, join(folder, name), undefined), true);
  assert.equal(problem("foreign"), undefined);
  assert.match(problem("project")?.next ?? "", /retune/);
});

test("inspectTarget() names the version of an existing project", (t) => {
  const folder = join(testFolder(t), "server");
  createProject(nodeFileSystem, firstTree, folder, meta);
  assert.deepEqual(inspectTarget(nodeFileSystem, folder, undefined), {
    kind: "project",
    directory: folder,
    generatorVersion: "0.1.0",
  });
});

test("inspectTarget() accepts names with spaces and other alphabets, below missing parents", (t) => {
  const folder = join(testFolder(t), "neue ordner/мой сервер 日本");
  assert.deepEqual(inspectTarget(nodeFileSystem, folder, undefined), { kind: "absent", directory: folder });
});

const names = [
  "a:b",
  "what?",
  "nul",
  "Com1.txt",
  "dot.",
  "space ",
  "tab\t",
  "x".repeat(201),
  "a|b/inner",
  "x".repeat(239),
];
for (const name of names) {
  test(`inspectTarget() refuses to make ${JSON.stringify(name).slice(0, 24)}`, (t) => {
    const state = inspectTarget(nodeFileSystem, join(testFolder(t), name), undefined);
    assert.equal(targetProblem(state, true)?.code, "DIRECTORY_NAME_INVALID");
  });
}

test("inspectTarget() refuses places that hold more than a project", (t) => {
  const folder = testFolder(t);
  put(folder, { file: "", "real/x": "" });
  mkdirSync(join(folder, "home"));
  symlinkSync(join(folder, "real"), join(folder, "link"));
  symlinkSync(join(folder, "nowhere"), join(folder, "broken"));
  symlinkSync(folder, join(folder, "loop"));
  const home = join(folder, "home");
  const places: readonly (readonly [string, RegExp])[] = [
    [parse(folder).root, /root of the file system/],
    [home, /home directory/],
    [join(folder, "loop/home"), /home directory/],
    [join(folder, "file"), /is a file/],
    [join(folder, "file/below"), /no directory/],
    [join(folder, "link"), /symlink/],
    [join(folder, "broken"), /symlink/],
    [join(folder, "broken/below"), /no directory/],
  ];
  for (const [place, message] of places) {
    const problem = targetProblem(inspectTarget(nodeFileSystem, place, home), true);
    assert.equal(problem?.code, "DIRECTORY_UNSAFE", place);
    assert.match(problem?.message ?? "", message);
  }
});
