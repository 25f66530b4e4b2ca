/** `retune` and `upgrade` as real processes: what they print, how they end, and what is on disk afterwards. */
import assert from "node:assert/strict";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { snapshot } from "../support/folder-snapshot.ts";
import { conflictIn, edit, json, makeSampleServer, read, run, type SampleServer } from "../support/sample-server.ts";
import { readText } from "../tidy/source-files.ts";

let sample: SampleServer;
before(() => {
  sample = makeSampleServer();
});
after(() => sample.remove());

describe("retune", () => {
  it("shows each effect with its cause, writes, and a second run changes nothing", async () => {
    await sample.use((project) => {
      const { status, stdout, stderr } = run(project, "retune", "--memory=1g", "--yes");
      assert.equal(status, 0, stderr);
      assert.match(stdout, /^retune server: aws-t4g-small \(2 CPUs, 1\.9 GiB.+ → aws-t4g-small \(2 CPUs, 1 GiB/);
      assert.match(stdout, /^Because memory 1\.9 GiB → 1 GiB \(\d+ settings\):$/m);
      assert.match(stdout, /^memory\n {2}limit_bytes +1\.9 GiB → 1 GiB +\[memory_limit\]$/m);
      assert.match(stdout, /^Predicted memory of the process: -\d.*MiB\.$/m);
      assert.match(stdout, /^ {2}update {4}fastserve\.tuned\.toml$/m);
      assert.match(read(project, "fastserve.tuned.toml"), /^limit_bytes = 1073741824/m);
      assert.equal(JSON.parse(read(project, "fastserve.json")).answers.memory, 1_073_741_824);
      const written = snapshot(project);
      const again = run(project, "retune", "--yes");
      assert.equal(again.status, 0, again.stderr);
      assert.match(again.stdout, /Nothing to write/);
      assert.deepEqual(snapshot(project), written);
    });
  });

  it("prints what README.md shows, line by line", async () => {
    await sample.use((project) => {
      const [, shown = ""] =
        /```console\n\$ npx create-fastserve retune --memory 1g\n([^`]+)```/.exec(readText("README.md")) ?? [];
      // A line of three dots stands for lines that are left out, the last one for the prompt.
      const lines = shown
        .replaceAll("my-server", "server")
        .split("\n")
        .filter((line) => !/^( *\.\.\.|◆.*|)$/.test(line));
      assert.ok(lines.length > 10, shown);
      const printed = run(project, "retune", "--memory=1g", "--dry-run").stdout.split("\n");
      let from = 0;
      for (const line of lines) {
        const found = printed.indexOf(line, from);
        assert.ok(found >= 0, `${line}\nis not printed, or not here`);
        from = found + 1;
      }
    });
  });

  it("needs a yes where nobody can be asked, and writes nothing without", async () => {
    await sample.use((project) => {
      const untouched = snapshot(project);
      const { status, stderr } = run(project, "retune", "--memory=1g");
      assert.equal(status, 2);
      assert.match(stderr, /ANSWER_MISSING[\s\S]*--yes/);
      assert.deepEqual(snapshot(project), untouched);
    });
  });

  it("needs no yes when nothing would change", async () => {
    await sample.use((project) => {
      assert.deepEqual(run(project, "retune").status, 0);
    });
  });

  it("keeps edits, and undo brings every byte back", async () => {
    await sample.use((project) => {
      edit(project, "package.json", /"start": ".*"/, '"start": "bun mine.ts"');
      writeFileSync(join(project, "fastserve.toml"), "# mine\n[server]\nport = 8080\n");
      const edited = snapshot(project);
      const { status, stdout, stderr } = run(project, "retune", "--memory=1g", "--workload=realtime", "--yes");
      assert.equal(status, 0, stderr);
      assert.match(stdout, /workload {2}api → realtime/);
      assert.equal(JSON.parse(read(project, "package.json")).scripts.start, "bun mine.ts");
      assert.equal(read(project, "fastserve.toml"), "# mine\n[server]\nport = 8080\n");
      assert.equal(run(project, "undo").status, 0);
      assert.deepEqual(snapshot(project), edited);
    });
  });

  it("is shown by undo --dry-run, which writes nothing, and then taken back", async () => {
    await sample.use((project) => {
      run(project, "retune", "--memory=1g", "--yes");
      const written = snapshot(project);
      const dry = run(project, "undo", "--dry-run");
      assert.deepEqual([dry.status, dry.stderr], [0, ""]);
      assert.match(dry.stdout, /^Would restore 5 files and remove 0\.$/m);
      assert.match(dry.stdout, /^ {2}restore {2}fastserve\.tuned\.toml$/m);
      assert.deepEqual(snapshot(project), written);
      const told = json(project, "undo", "--dry-run");
      assert.deepEqual([told.written, told.removed], [false, []]);
      assert.deepEqual(snapshot(project), written);
      assert.match(run(project, "undo").stdout, /Restored 5 files, removed 0\./);
      const again = run(project, "undo", "--dry-run");
      assert.deepEqual([again.status, /NOTHING_TO_UNDO/.test(again.stderr)], [2, true]);
    });
  });

  it("shows an override and a pin beside the recommendation", async () => {
    await sample.use((project) => {
      writeFileSync(
        join(project, "fastserve.toml"),
        'pin = ["websocket.connections_max"]\n[limits]\nconnections_max = 9\n',
      );
      const { stdout } = run(project, "diff", "--memory=1g");
      assert.match(stdout, /connections_max +2748 \(pinned\) +recommended 1387 \[/);
      assert.match(stdout, /connections_max +21988 → 11100 +you override it with 9 \[/);
    });
  });

  it("lets a difference without effect stand, whatever the facts say", async () => {
    await sample.use((project) => {
      const facts = JSON.parse(read(project, "fastserve.json")).facts;
      facts.facts.memoryBytes.value -= 4096;
      // Found by this program, so it may be read again; only its effects count.
      writeFileSync(join(project, "..", "facts.json"), JSON.stringify(facts));
      const document = json(project, "diff", "--target=../facts.json");
      assert.equal(document.drift.drifted, false);
    });
  });

  it("finds the project by word or --directory, and its wish in the records when the file is gone", async () => {
    await sample.use((project) => {
      const above = join(project, "..");
      assert.equal(json(above, "diff", "server").directory, project);
      assert.equal(json(above, "diff", "--directory=server").directory, project);
      rmSync(join(project, "fastserve.json"));
      assert.equal(json(project, "diff").target.after.label, "aws-t4g-small");
    });
  });

  it("names the install when the packages differ, and nothing otherwise", async () => {
    await sample.use((project) => {
      assert.deepEqual(json(project, "retune", "--memory=1g", "--yes").next, []);
      const { written, next } = json(project, "retune", "--runtime=deno", "--yes");
      assert.deepEqual([written, next], [true, ["npm install"]]);
    });
  });

  it("run from elsewhere, leads into the project first and names it for undo", async () => {
    await sample.use((project) => {
      const above = join(project, "..");
      const { stdout } = run(above, "retune", "server", "--runtime=deno", "--yes");
      assert.match(stdout, /Changed \d+ files; create-fastserve undo server takes it back\./);
      assert.match(stdout, /^Next\n {2}cd server\n {2}npm install$/m);
      assert.equal(run(above, "undo", "server").status, 0);
    });
  });

  it("refuses a folder that is no project", () => {
    const { status, stderr } = run("/", "retune", "--yes");
    assert.equal(status, 2);
    assert.match(stderr, /PROJECT_NOT_FOUND[\s\S]*create-fastserve retune my-server/);
  });
});

describe("conflicts without a terminal", () => {
  it("write nothing and end with 3; the next step names the decisions that the file allows", async () => {
    await sample.use((project) => {
      conflictIn(project);
      const untouched = snapshot(project);
      const { status, stderr } = run(project, "retune", "--memory=1g", "--yes");
      assert.equal(status, 3);
      assert.match(stderr, /deploy\/haproxy\.cfg: you and the new version both changed .*line.*\[FILES_CONFLICT\]/);
      assert.match(stderr, /--on-conflict mine\|theirs\|sidecar;/);
      assert.deepEqual(snapshot(project), untouched);
    });
  });

  it("list their hunks as JSON", async () => {
    await sample.use((project) => {
      conflictIn(project);
      const { ok, exitCode, written, errors, files } = json(project, "retune", "--memory=1g", "--yes");
      assert.deepEqual([ok, exitCode, written, errors[0].code], [false, 3, false, "FILES_CONFLICT"]);
      const { clashes, ways } = files.find(({ path }: { path: string }) => path === "deploy/haproxy.cfg");
      assert.match(clashes[0].mine, /maxconn 77/);
      assert.match(clashes[0].next, /maxconn \d{5}/);
      assert.deepEqual(ways, ["mine", "theirs", "sidecar"]);
    });
  });

  it("are settled for one side by --on-conflict", async () => {
    await sample.use((project) => {
      conflictIn(project);
      const { status, stderr } = run(project, "retune", "--memory=1g", "--yes", "--on-conflict=mine");
      assert.equal(status, 0, stderr);
      assert.match(read(project, "deploy/haproxy.cfg"), /^ {2}maxconn 77$/m);
      assert.equal(run(project, "undo").status, 0);
      assert.equal(run(project, "retune", "--memory=1g", "--yes", "--on-conflict=theirs").status, 0);
      assert.match(read(project, "deploy/haproxy.cfg"), /^ {2}maxconn \d{5}$/m);
    });
  });

  it("take no markers in a file that a program parses", async () => {
    await sample.use((project) => {
      conflictIn(project);
      const untouched = snapshot(project);
      const { status, stderr } = run(project, "retune", "--memory=1g", "--yes", "--on-conflict=markers");
      assert.equal(status, 3);
      assert.match(stderr, /--on-conflict markers cannot settle it, for a program parses the file/);
      assert.deepEqual(snapshot(project), untouched);
    });
  });

  it("offer the new version only where it can go: a folder in its place is kept or moved away", async () => {
    await sample.use((project) => {
      rmSync(join(project, "deploy", "haproxy.cfg"));
      mkdirSync(join(project, "deploy", "haproxy.cfg"));
      const { status, stderr } = run(project, "retune", "--memory=1g", "--yes");
      assert.equal(status, 3);
      assert.match(stderr, /with --on-conflict mine; to get the new version, move deploy\/haproxy\.cfg away first\./);
      assert.equal(run(project, "retune", "--memory=1g", "--yes", "--on-conflict=mine").status, 0);
    });
  });

  it("refuse a way that there is none of", () => {
    const { status, stderr } = run("/", "retune", "--on-conflict=their");
    assert.equal(status, 2);
    assert.match(stderr, /Use --on-conflict theirs\./);
  });
});

describe("deleted files", () => {
  it("stay deleted, are told of when they would change, and come back by name", async () => {
    await sample.use((project) => {
      rmSync(join(project, "deploy", "nginx.conf"));
      const { stdout } = run(project, "diff", "--memory=1g");
      assert.match(stdout, /Deleted by you, stays deleted: deploy\/nginx\.conf\. --restore PATH brings one back\./);
      const { status, stderr } = run(project, "retune", "--restore=deploy/nginx.conf", "--yes");
      assert.equal(status, 0, stderr);
      assert.match(read(project, "deploy/nginx.conf"), /^worker_processes|^http \{/m);
      assert.equal(run(project, "retune", "--restore=deploy/ngnix.conf", "--yes").status, 2);
    });
  });
});

describe("upgrade", () => {
  it("changes nothing that this version has written, and takes no answers", async () => {
    await sample.use((project) => {
      const { status, stdout } = run(project, "upgrade");
      assert.equal(status, 0);
      assert.match(stdout, /Nothing to write/);
      assert.equal(run(project, "upgrade", "--memory=1g").status, 2);
    });
  });

  it("refuses the project of a newer version unless that is allowed", async () => {
    await sample.use((project) => {
      edit(project, ".fastserve/lock.json", /"generator": "[^"]+"/, '"generator": "99.0.0"');
      const { status, stderr } = run(project, "upgrade", "--yes");
      assert.equal(status, 2);
      assert.match(stderr, /DOWNGRADE_REFUSED[\s\S]*--allow-downgrade/);
      assert.equal(run(project, "upgrade", "--yes", "--allow-downgrade").status, 0);
    });
  });

  it("takes what only a newer version understands for no mistake of the user", async () => {
    await sample.use((project) => {
      edit(project, ".fastserve/lock.json", /"generator": "[^"]+"/, '"generator": "99.0.0"');
      edit(project, "fastserve.json", '"workload":', '"colour": "red",\n    "workload":');
      const { status, stderr } = run(project, "retune", "--yes", "--allow-downgrade");
      assert.equal(status, 2);
      assert.match(stderr, /99\.0\.0 wrote this project[\s\S]*DOWNGRADE_REFUSED[\s\S]*Run create-fastserve@99\.0\.0/);
      assert.doesNotMatch(stderr, /Correct answers/);
    });
  });
});

describe("flags of a project's commands", () => {
  it("mean nothing to others", async () => {
    for (const argv of [
      ["app", "--yes", "--on-conflict=mine"],
      ["undo", "--patch"],
      ["retune", "--patch"],
    ]) {
      const { status, stderr } = run("/", ...argv);
      assert.equal(status, 2, argv.join(" "));
      assert.match(stderr, /means nothing to: create-fastserve/);
    }
  });
});
