/** `diff` as a real process, and what is made from its output: a patch, and a digest that a retune is held to. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { snapshot } from "../support/folder-snapshot.ts";
import { conflictIn, edit, json, makeSampleServer, read, run, type SampleServer } from "../support/sample-server.ts";

let sample: SampleServer;
before(() => {
  sample = makeSampleServer();
});
after(() => sample.remove());

describe("diff", () => {
  it("ends with 0 and says so when nothing would change, with 3 when something would; writes nothing", async () => {
    await sample.use((project) => {
      const untouched = snapshot(project);
      const same = run(project, "diff");
      assert.deepEqual([same.status, same.stderr], [0, ""]);
      const other = run(project, "diff", "--target=raspberry-pi-5");
      assert.equal(other.status, 3);
      assert.match(other.stdout, /aws-t4g-small .+ → raspberry-pi-5/);
      assert.deepEqual(snapshot(project), untouched);
    });
  });

  it("prints the same files, effects and digest as a dry run of retune", async () => {
    await sample.use((project) => {
      const diff = json(project, "diff", "--memory=1g");
      const dry = json(project, "retune", "--memory=1g", "--dry-run");
      assert.equal(diff.written, false);
      assert.deepEqual([diff.command, dry.command], ["diff", "retune"]);
      assert.deepEqual({ ...diff, command: "" }, { ...dry, command: "" });
      const limit = diff.effects.find(({ key }: { key: string }) => key === "memory.limit_bytes");
      assert.deepEqual([limit.before.text, limit.after.text], ["1.9 GiB", "1 GiB"]);
      assert.equal(limit.after.reason.code, "memory_limit");
    });
  });

  it("--patch gives what git applies, and the files are then what retune writes", async () => {
    await sample.use((project) => {
      const { status, stdout } = run(project, "diff", "--workload=static", "--patch");
      assert.equal(status, 3);
      // The answer brings files and takes files away.
      assert.match(stdout, /^new file mode 100644$/m);
      assert.match(stdout, /^deleted file mode 100644$/m);
      const applied = spawnSync("git", ["apply", "-"], { cwd: project, input: stdout, encoding: "utf8" });
      assert.equal(applied.status, 0, applied.stderr);
      const patched = snapshot(project, [".fastserve"]);
      assert.equal(run(project, "retune", "--workload=static", "--yes").status, 0);
      assert.deepEqual(snapshot(project, [".fastserve"]), patched);
    });
  });

  it("--patch of a project below its repository's root names paths as git reads them", async () => {
    await sample.use((project) => {
      const root = join(project, "..");
      assert.equal(spawnSync("git", ["init", "--quiet"], { cwd: root }).status, 0);
      const { stdout } = run(project, "diff", "--memory=1g", "--patch");
      assert.match(stdout, /^--- a\/server\/README\.md$/m);
      const applied = spawnSync("git", ["apply", "-"], { cwd: project, input: stdout, encoding: "utf8" });
      assert.equal(applied.status, 0, applied.stderr);
      assert.match(read(project, "fastserve.tuned.toml"), /^limit_bytes = 1073741824/m);
    });
  });

  it("offers no digest while a conflict is open", async () => {
    await sample.use((project) => {
      conflictIn(project);
      const open = run(project, "diff", "--memory=1g").stdout;
      assert.doesNotMatch(open, /--plan-digest/);
      assert.match(open, /^Nothing is written while a conflict is open: .*--on-conflict\.$/m);
      assert.match(
        run(project, "diff", "--memory=1g", "--on-conflict=mine").stdout,
        /retune --plan-digest [0-9a-f]{64} /,
      );
    });
  });

  it("leaves a conflict out of the patch and says so on standard error", async () => {
    await sample.use((project) => {
      conflictIn(project);
      const { stdout, stderr } = run(project, "diff", "--memory=1g", "--patch");
      assert.doesNotMatch(stdout, /^diff .*haproxy/m);
      assert.match(stdout, /^diff --git a\/README\.md b\/README\.md$/m);
      assert.match(stderr, /Not in the patch: deploy\/haproxy\.cfg has a conflict/);
      const document = json(project, "diff", "--memory=1g", "--patch");
      assert.equal(document.patch, stdout);
      assert.deepEqual(document.notInPatch, ["deploy/haproxy.cfg"]);
    });
  });

  it("warns of a write that was killed, and leaves ending it to a run that writes", async () => {
    await sample.use((project) => {
      mkdirSync(join(project, ".fastserve", "journal"));
      const interrupted = snapshot(project);
      const { status, stderr } = run(project, "diff");
      assert.deepEqual([status, /The last write is interrupted\./.test(stderr)], [0, true]);
      assert.deepEqual(snapshot(project), interrupted);
      assert.equal(run(project, "retune").status, 0);
      assert.doesNotMatch(run(project, "diff").stderr, /interrupted/);
    });
  });

  it("keeps the recorded facts with --target recorded", async () => {
    await sample.use((project) => {
      edit(project, "fastserve.json", /"target": "aws-t4g-small"/, '"target": "this"');
      assert.equal(json(project, "diff", "--target=recorded").target.after.label, "aws-t4g-small");
      assert.equal(json(project, "diff").target.after.label, "this");
    });
  });
});

describe("--plan-digest", () => {
  it("is consent to exactly the reviewed changes", async () => {
    await sample.use((project) => {
      const { planDigest } = json(project, "diff", "--memory=1g");
      assert.ok(run(project, "diff", "--memory=1g").stdout.includes(`retune --plan-digest ${planDigest} `));
      assert.match(planDigest, /^[0-9a-f]{64}$/);
      const other = run(project, "retune", "--memory=2g", `--plan-digest=${planDigest}`);
      assert.deepEqual([other.status, /PLAN_DIFFERS/.test(other.stderr)], [3, true]);
      writeFileSync(join(project, "README.md"), `${read(project, "README.md")}\nMine.\n`);
      assert.equal(run(project, "retune", "--memory=1g", `--plan-digest=${planDigest}`).status, 3);
      edit(project, "README.md", "\nMine.\n", "");
      const { status, stderr } = run(project, "retune", "--memory=1g", `--plan-digest=${planDigest}`);
      assert.equal(status, 0, stderr);
    });
  });
});
