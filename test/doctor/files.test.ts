/** What the doctor says of generated files that their user has edited, deleted or put something else in the place of. */
import assert from "node:assert/strict";
import { mkdirSync, rmSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { checkFiles } from "../../src/doctor/check-files.ts";
import { checkFormats } from "../../src/doctor/check-formats.ts";
import { nodeFileSystem as fs } from "../../src/io/node.ts";
import { parseFault } from "../../src/merge/merge.ts";
import type { Change } from "../../src/write/changes/change.ts";
import { diff } from "../../src/write/changes/diff.ts";
import { createProject } from "../../src/write/create-project.ts";
import { readBase } from "../../src/write/records/base.ts";
import { firstTree, meta, put, testFolder } from "../support/sample-project.ts";

function project(t: TestContext): string {
  const directory = join(testFolder(t), "server");
  createProject(fs, firstTree, directory, meta);
  return directory;
}

function changesOf(directory: string): readonly Change[] {
  return diff(firstTree, fs, directory, readBase(fs, directory));
}

test("checkFiles() names what stands in the place of a file, and how the file comes back", (t) => {
  const directory = project(t);
  rmSync(join(directory, "README.md"));
  mkdirSync(join(directory, "README.md"));
  rmSync(join(directory, "src/main.ts"));
  symlinkSync("other.ts", join(directory, "src/main.ts"));
  const [files, inPlace, ...more] = checkFiles(changesOf(directory));
  assert.equal(files?.value, "0 files edited, 0 deleted by you");
  assert.equal(inPlace?.status, "warning");
  assert.equal(inPlace?.value, "README.md, src/main.ts");
  assert.equal(
    inPlace?.next,
    "move it away; create-fastserve retune --target recorded --restore README.md then writes the file",
  );
  assert.deepEqual(more, []);
});

test("checkFormats() names edited files that cannot be parsed, with the line, and no others", (t) => {
  const directory = project(t);
  put(directory, { "fastserve.tuned.toml": "\uFEFFworkers = 3\r\n", "src/main.ts": "{{{ no program" });
  assert.deepEqual(checkFormats(fs, directory, changesOf(directory)), []);
  put(directory, { "fastserve.tuned.toml": "workers = 3\n[[[\n" });
  const [row] = checkFormats(fs, directory, changesOf(directory));
  assert.equal(row?.status, "warning");
  assert.match(row?.value ?? "", /^fastserve\.tuned\.toml \(line 2: .+\)$/);
});

test("parseFault() reads each format, and takes any text for the others", () => {
  const texts = { "a.json": "{", "a.toml": "[[[", "a.yaml": "a: [", ".env": "{", ".gitignore": "{", "a.md": "{" };
  const faulty = Object.entries(texts).filter(([path, text]) => parseFault(path, text) !== undefined);
  assert.deepEqual(
    faulty.map(([path]) => path),
    ["a.json", "a.toml", "a.yaml"],
  );
  assert.equal(parseFault("tsconfig.json", "{ // mine\n}"), undefined);
});
