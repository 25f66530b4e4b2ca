/** docs/json.md against the documents that the program prints: every field is in its table, and no other. */
import assert from "node:assert/strict";
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { errorKinds, exitCodes } from "../../src/lib/errors.ts";
import { conflictIn, edit, json, makeSampleServer, run, type SampleServer } from "../support/sample-server.ts";
import { readText } from "../tidy/source-files.ts";

const page = readText("docs/json.md");
let sample: SampleServer;
before(() => {
  sample = makeSampleServer();
});
after(() => sample.remove());

/** The fields in the tables of one section, in the order of the alphabet. */
function documented(section: string): readonly string[] {
  const [, rest = ""] = page.split(`\n## ${section}\n`);
  const [text = ""] = rest.split("\n## ");
  return [...text.matchAll(/^\| `([\w.[\]]+)` \|/gm)].map(([, field = ""]) => field).sort();
}

/** Shown as one field: what is below depends on the setting, the machine or the sentence. */
const opaque =
  /^(target\.(?:before|after)\.facts|warnings\[\]\.args|decision\.(?:inputs|reason\.args|clampedBy\.by|value))\b.*/;

/** The fields of printed documents under the names of the page. */
function printed(...documents: readonly unknown[]): readonly string[] {
  const found = new Set<string>();
  for (const path of documents.flatMap((one) => leaves(one, ""))) {
    // A profile has the fields of a plan, and a setting before and after is a decision each.
    const own = path.replace(/^profiles\[\]\.(?!name$|isNew$)/, "");
    const [decision] = /^effects\[\]\.(?:before|after)(?=\.)/.exec(own) ?? [];
    if (decision !== undefined) found.add(decision);
    found.add((decision === undefined ? own : `decision${own.slice(decision.length)}`).replace(opaque, "$1"));
  }
  return [...found].sort();
}

function leaves(value: unknown, path: string): readonly string[] {
  if (Array.isArray(value)) return value.flatMap((item) => leaves(item, `${path}[]`));
  if (typeof value !== "object" || value === null) return [path];
  return Object.entries(value).flatMap(([key, below]) => leaves(below, path === "" ? key : `${path}.${key}`));
}

/** Needs a project of a version with another name for a file, or with a setting that this one has not. */
const ofOtherVersions = ["drift.gone[]", "files[].from"];

describe("docs/json.md", () => {
  it("has every field of retune, upgrade and diff, and of undo after them", async () => {
    await sample.use((project) => {
      const added = json(project, "retune", "--profile=staging", "--target=raspberry-pi-5", "--yes");
      conflictIn(project);
      edit(project, "package.json", /"start": ".*"/, '"start": "bun mine.ts"');
      writeFileSync(
        join(project, "fastserve.toml"),
        'pin = ["websocket.connections_max"]\n[limits]\nconnections_max = 9\n',
      );
      const argv = ["--memory=1g", "--runtime=deno"];
      const shown = json(project, "diff", ...argv, "--patch");
      const written = json(project, "retune", ...argv, "--yes", "--on-conflict=mine");
      assert.deepEqual([shown.written, written.written, written.next], [false, true, ["npm install"]]);
      const found = printed(added, shown, written);
      assert.deepEqual([...found, ...ofOtherVersions].sort(), documented("`retune`, `upgrade`, `diff`"));
      assert.deepEqual(printed(json(project, "undo")), documented("`undo`"));
    });
  });

  it("has every field of an error, alone and beside a plan with conflicts", async () => {
    await sample.use((project) => {
      assert.deepEqual(printed(json(project, "diff", "--memory=1")), documented("Errors"));
      conflictIn(project);
      const stopped = json(project, "retune", "--memory=1g", "--yes");
      assert.deepEqual([stopped.ok, stopped.exitCode, stopped.written], [false, 3, false]);
      const known = new Set([...documented("Errors"), ...documented("`retune`, `upgrade`, `diff`")]);
      assert.deepEqual(
        printed(stopped).filter((field) => !known.has(field)),
        [],
      );
    });
  });

  it("has every field of doctor", async () => {
    await sample.use((project) => {
      assert.deepEqual(printed(json(project, "doctor")), documented("`doctor`"));
    });
  });

  it("has every exit code with the errors that lead to it", () => {
    const rows = [...page.matchAll(/^\| (\d+) \|.*\| ?(.*)\|$/gm)];
    const listed = rows.map(([, code, errors = ""]) => [
      Number(code),
      ...[...errors.matchAll(/\w+/g)].map(String).sort(),
    ]);
    const known = Object.entries(exitCodes).map(([kind, code]) => [
      code,
      ...Object.entries(errorKinds)
        .filter(([, one]) => one === kind)
        .map(([error]) => error)
        .sort(),
    ]);
    assert.deepEqual(listed, known);
  });

  it("tells the exit codes of diff and of a run that writes", async () => {
    await sample.use((project) => {
      assert.equal(run(project, "diff", "--json").status, 0);
      assert.equal(run(project, "diff", "--memory=1g", "--json").status, 3);
      assert.equal(run(project, "upgrade", "--dry-run", "--json").status, 0);
      assert.equal(run(project, "retune", "--memory=1g", "--dry-run", "--json").status, 3);
      assert.equal(run(project, "retune", "--memory=1g", "--yes", "--json").status, 0);
      rmSync(join(project, "fastserve.tuned.toml"));
      assert.equal(run(project, "undo", "--json").status, 3);
    });
  });
});
