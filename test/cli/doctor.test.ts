/** `doctor` as a real process: its rows, its JSON and its exit codes, on projects that something is wrong with. */
import assert from "node:assert/strict";
import { renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { snapshot } from "../support/folder-snapshot.ts";
import { edit, makeSampleServer, type SampleServer } from "../support/sample-server.ts";
import { inEmptyDirectory, runCli } from "./built-cli.ts";

interface Row {
  readonly subject: string;
  readonly status: string;
  readonly value: string;
  readonly reason: string;
  readonly next?: string;
}

let sample: SampleServer;
before(() => {
  sample = makeSampleServer();
});
after(() => sample.remove());

function doctor(project: string): {
  readonly status: number | null;
  readonly ok: boolean;
  readonly rows: readonly Row[];
} {
  const { status, stdout, stderr } = runCli(["doctor", project, "--json"]);
  assert.equal(stderr, "");
  const { ok, findings } = JSON.parse(stdout);
  return { status, ok, rows: findings };
}

function rowOf(rows: readonly Row[], subject: string): Row | undefined {
  return rows.find((row) => row.subject === subject);
}

describe("doctor", () => {
  it("finds nothing wrong with a new project, and changes nothing", async () => {
    await sample.use((project) => {
      const files = snapshot(project);
      const { status, ok, rows } = doctor(project);
      assert.equal(status, 0);
      assert.equal(ok, true);
      assert.deepEqual(
        rows.filter((row) => row.status !== "ok").map(({ subject }) => subject),
        ["package manager", "runtime"],
      );
      assert.deepEqual(snapshot(project), files);
    });
  });

  it("exits with 3 when the facts have changed, and names settings and the cause", async () => {
    await sample.use((project) => {
      edit(project, "fastserve.json", /("memoryBytes": \{\s*"value": )\d+/, "$11073741824");
      const { status, ok, rows } = doctor(project);
      assert.equal(status, 3);
      assert.equal(ok, false);
      const drift = rowOf(rows, "drift");
      assert.equal(drift?.status, "problem");
      assert.match(drift?.reason ?? "", /^Would change: limits\.connections_max \d+ -> \d+, .* and \d+ more\./);
      assert.match(drift?.reason ?? "", /Because memory 1\.9 GiB -> 1 GiB\./);
      assert.match(drift?.next ?? "", /create-fastserve retune/);
    });
  });

  it("looks at each profile too", async () => {
    await sample.use((project) => {
      const { status } = runCli(["retune", project, "--profile=staging", "--target=aws-t4g-small", "--yes"]);
      assert.equal(status, 0);
      const { rows } = doctor(project);
      assert.equal(rowOf(rows, "drift")?.value, "none for aws-t4g-small");
      assert.equal(rowOf(rows, "drift of staging")?.value, "none for aws-t4g-small");
      assert.match(rowOf(rows, "last write")?.reason ?? "", /^create-fastserve undo takes it back: \d files\.$/);
    });
  });

  it("counts edits and deletions, which are nothing wrong", async () => {
    await sample.use((project) => {
      edit(project, "src/main.ts", "\n", "\n// mine\n");
      rmSync(join(project, "tsconfig.json"));
      const { status, rows } = doctor(project);
      assert.equal(status, 0);
      assert.equal(rowOf(rows, "files")?.value, "1 file edited, 1 deleted by you");
    });
  });

  it("looks at the rest when a file of the project cannot be read", async () => {
    await sample.use((project) => {
      writeFileSync(join(project, "fastserve.toml"), "pin = 3\n");
      const { status, rows } = doctor(project);
      assert.equal(status, 2);
      assert.equal(rowOf(rows, "project")?.value, "CONFIG_UNREADABLE");
      assert.equal(rowOf(rows, "base texts")?.status, "ok");
    });
  });

  it("looks at the rest when the system refuses to read something", async () => {
    await sample.use((project) => {
      symlinkSync("node_modules", join(project, "node_modules"));
      const { status, rows } = doctor(project);
      assert.equal(status, 4);
      assert.equal(rowOf(rows, "package manager")?.value, "ELOOP");
      assert.match(rowOf(rows, "package manager")?.reason ?? "", /^too many symbolic links encountered, .+\.$/);
      assert.equal(rowOf(rows, "drift")?.status, "ok");
    });
  });

  it("looks at the rest when a folder of the project is a symlink", async () => {
    await sample.use((project) => {
      renameSync(join(project, "src"), join(project, "elsewhere"));
      symlinkSync("elsewhere", join(project, "src"));
      const { status, rows } = doctor(project);
      assert.equal(status, 4);
      const problems = rows.filter((row) => row.status === "problem");
      assert.deepEqual(
        problems.map(({ subject, value }) => `${subject}: ${value}`),
        ["conflicts: DIRECTORY_UNSAFE"],
      );
      assert.match(problems[0]?.reason ?? "", /the symlink src\b/);
      assert.equal(rowOf(rows, "base texts")?.status, "ok");
    });
  });

  it("keeps apart two plans that drift in the same way", async () => {
    await sample.use((project) => {
      const { status } = runCli(["retune", project, "--profile=staging", "--target=aws-t4g-small", "--yes"]);
      assert.equal(status, 0);
      edit(project, "fastserve.json", /("memoryBytes": \{\s*"value": )\d+/g, "$11073741824");
      const { rows } = doctor(project);
      assert.deepEqual(
        rows.filter(({ status }) => status === "problem").map(({ subject }) => subject),
        ["drift", "drift of staging"],
      );
    });
  });

  it("tells a damaged lock once", async () => {
    await sample.use((project) => {
      writeFileSync(join(project, ".fastserve/lock.json"), "{}");
      const { status, rows } = doctor(project);
      assert.equal(status, 2);
      assert.deepEqual(
        rows.filter((row) => row.status === "problem").map(({ subject }) => subject),
        ["lock"],
      );
    });
  });

  it("warns of an older release's project, and refuses a newer one's", async () => {
    await sample.use((project) => {
      edit(project, ".fastserve/lock.json", /"generator": "[^"]+"/, '"generator": "0.0.1"');
      const older = doctor(project);
      assert.equal(older.status, 0);
      assert.equal(rowOf(older.rows, "version")?.status, "warning");
      edit(project, ".fastserve/lock.json", '"0.0.1"', '"99.0.0"');
      const newer = doctor(project);
      assert.equal(newer.status, 2);
      assert.equal(rowOf(newer.rows, "version")?.next, "use create-fastserve@99.0.0 or newer");
    });
  });

  it("prints rows for people, with a summary", async () => {
    await sample.use((project) => {
      const { status, stdout } = runCli(["doctor"], { cwd: project });
      assert.equal(status, 0);
      assert.match(stdout, /^✔ lock +\d+ files recorded {2}What each file was generated as is known\.$/m);
      assert.match(
        stdout,
        /^▲ runtime +bun \S+, not installed\n +The server cannot start yet\.\n +next: run npm install$/m,
      );
      assert.match(stdout, /^0 problems, 2 warnings\.$/m);
    });
  });

  it("refuses a folder that is no project", async () => {
    await inEmptyDirectory((directory) => {
      const { status, stderr } = runCli(["doctor"], { cwd: directory });
      assert.equal(status, 2);
      assert.match(stderr, /is no create-fastserve project/);
    });
  });
});
