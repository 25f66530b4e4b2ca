/** A project that an earlier release wrote becomes what this version writes, and keeps what its user did to it. */
import assert from "node:assert/strict";
import { appendFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { compareVersions } from "../../src/write/records/version-order.ts";
import { buildCli } from "../cli/built-cli.ts";
import { snapshot } from "../support/folder-snapshot.ts";
import { memoryFolder } from "../support/sample-project.ts";
import { edit, json, read, run } from "../support/sample-server.ts";
import { readText } from "../tidy/source-files.ts";
import { filesOf, layOut, projectsIn, recordedProjects, recordedVersions } from "./releases.ts";

const folder = mkdtempSync(join(memoryFolder, "fastserve-released-"));
before(() => {
  buildCli();
  mkdirSync(join(folder, "now"));
  for (const [name, flags] of Object.entries(recordedProjects)) {
    const { status, stderr } = run(join(folder, "now"), name, "--yes", "--no-install", "--no-git", ...flags);
    assert.equal(status, 0, stderr);
  }
});
after(() => rmSync(folder, { recursive: true, force: true }));

/** Without the record of the last write, which a created project has none of. */
function stateOf(project: string): Record<string, string> | undefined {
  return snapshot(project, [".fastserve/undo"]);
}

function assertSettled(project: string): void {
  const { status, stdout } = run(project, "diff");
  assert.equal(status, 0, stdout);
  assert.match(stdout, /^Nothing to write/m);
}

describe("releases", () => {
  it("have a recording each, and nothing else has", () => {
    const headings = [...readText("CHANGELOG.md").matchAll(/^## (\d\S*)$/gm)].map(([, version = ""]) => version);
    assert.deepEqual(headings.sort(compareVersions), [...recordedVersions].sort(compareVersions));
  });

  it("are not newer than this version", () => {
    const { version } = JSON.parse(readText("package.json")) as { readonly version: string };
    assert.deepEqual(
      recordedVersions.filter((recorded) => compareVersions(recorded, version) > 0),
      [],
    );
  });
});

for (const version of recordedVersions) {
  describe(`upgrade of a project that ${version} wrote`, () => {
    const files = filesOf(version);
    for (const name of projectsIn(files)) {
      it(`makes ${name} exactly what create writes now, and undo what it was`, () => {
        const project = layOut(files, name, join(folder, version));
        const recorded = snapshot(project);
        const { status, stdout, stderr } = run(project, "upgrade", "--yes");
        assert.equal(status, 0, stdout + stderr);
        assert.deepEqual(stateOf(project), snapshot(join(folder, "now", name)));
        assertSettled(project);
        assert.equal(run(project, "undo").status, 0);
        assert.deepEqual(snapshot(project), recorded);
      });

      it(`keeps every edit in ${name}, and undo brings each byte of them back`, () => {
        const project = layOut(files, name, join(folder, `${version}-edited`));
        editProject(project);
        const edited = snapshot(project);
        const { ok, written, errors } = json(project, "upgrade", "--yes");
        assert.deepEqual([ok, written, errors], [true, true, undefined]);
        assertEdited(project);
        assertSettled(project);
        assert.equal(run(project, "undo").status, 0);
        assert.deepEqual(snapshot(project), edited);
      });
    }
  });
}

/** What people do to a project, in files of every release; the present version changes all but the last three. */
function editProject(project: string): void {
  edit(project, "package.json", '"scripts": {', '"scripts": {\n    "mine": "echo mine",');
  edit(project, "src/launch.ts", /^/, "// mine\n");
  edit(project, "src/doctor.ts", /\n/g, "\r\n");
  edit(project, "fastserve.tuned.toml", /^port = 9464$/m, "port = 9465 # mine");
  appendFileSync(join(project, "README.md"), "\nMine.\n");
  rmSync(join(project, ".gitattributes"));
  appendFileSync(join(project, ".gitignore"), "mine/\n");
  writeFileSync(join(project, "fastserve.toml"), "# mine\n[server]\nport = 8080\n");
  rmSync(join(project, "src/app/routes.ts"));
  writeFileSync(join(project, "src/app/mine.ts"), "export const mine = 1;\n");
}

function assertEdited(project: string): void {
  const { scripts } = JSON.parse(read(project, "package.json"));
  assert.equal(scripts.mine, "echo mine");
  assert.match(scripts.retune, /create-fastserve@\S+ retune$/, "what is new has arrived as well");
  assert.match(read(project, "src/launch.ts"), /^\/\/ mine\n/);
  assert.doesNotMatch(read(project, "src/doctor.ts"), /[^\r]\n/);
  assert.match(read(project, "fastserve.tuned.toml"), /^port = 9465 # mine$/m);
  assert.match(read(project, "README.md"), /\nMine\.\n$/);
  assert.match(read(project, ".gitignore"), /\nmine\/\n/);
  assert.equal(read(project, "fastserve.toml"), "# mine\n[server]\nport = 8080\n");
  assert.equal(read(project, "src/app/mine.ts"), "export const mine = 1;\n");
  const left = Object.keys(snapshot(project) ?? {});
  assert.ok(!left.includes("src/app/routes.ts") && !left.includes(".gitattributes"));
}
