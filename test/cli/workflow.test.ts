/**
 * The emitted workflow, carried out: its steps run in bash as a runner runs them, in a clone of a project's repository,
 * with this program in npx's place and a note-taking gh.
 */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { chmodSync, cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { after, before, describe, it } from "node:test";
import { parse } from "yaml";
import { makeSampleServer, type SampleServer } from "../support/sample-server.ts";
import { packageRoot, plainEnvironment, program } from "./built-cli.ts";

interface Step {
  readonly name?: string;
  readonly if?: string;
  readonly uses?: string;
  readonly run?: string;
  readonly shell?: string;
}

interface Workflow {
  readonly on: Readonly<Record<string, unknown>>;
  readonly jobs: Readonly<Record<"pending" | "propose", { readonly steps: readonly Step[] }>>;
}

const text = readFileSync(join(packageRoot, "templates/text/workflow.yml"), "utf8");
const workflow = parse(text) as Workflow;
let sample: SampleServer;

describe("the workflow of --deploy github", { skip: process.platform === "win32" }, () => {
  before(() => {
    sample = makeSampleServer("--deploy=github");
  });
  after(() => sample.remove());

  it("runs on what it says, with actions of pinned major versions", () => {
    assert.deepEqual(Object.keys(workflow.on), ["push", "pull_request", "schedule", "workflow_dispatch"]);
    const used = Object.values(workflow.jobs).flatMap(({ steps }) => steps.flatMap(({ uses }) => uses ?? []));
    assert.deepEqual([...new Set(used)], ["actions/checkout@v6", "actions/upload-artifact@v7"]);
  });

  it("passes while nothing is pending, whatever machine it runs on", () =>
    withRunner((runner) => {
      const { status, output } = runner.run("pending", "Look");
      assert.equal(status, 0, output);
      assert.equal(existsSync(runner.path("temp/retune.patch")), false);
    }));

  it("fails while an edited answer is pending, and keeps a patch that git applies", () =>
    withRunner((runner) => {
      const file = runner.path("clone/fastserve.json");
      const wish = JSON.parse(readFileSync(file, "utf8"));
      wish.answers.memory = 1024 ** 3;
      wish.defaulted = wish.defaulted.filter((key: string) => key !== "memory");
      writeFileSync(file, `${JSON.stringify(wish, undefined, 2)}\n`);
      const { status, output } = runner.run("pending", "Look");
      assert.equal(status, 3, output);
      assert.match(output, /limit_bytes +1\.9 GiB → 1 GiB/);
      runner.git("apply", runner.path("temp/retune.patch"));
      assert.match(readFileSync(runner.path("clone/fastserve.tuned.toml"), "utf8"), /^limit_bytes = 1073741824/m);
    }));

  it("fails with the program's own code where the project cannot be read", () =>
    withRunner((runner) => {
      writeFileSync(runner.path("clone/fastserve.toml"), "[limits\n");
      assert.equal(runner.run("pending", "Look").status, 2);
    }));

  it("proposes nothing where nothing would change", () =>
    withRunner((runner) => {
      const { status, output } = runner.run("propose", "Look", { TARGET: "recorded" });
      assert.equal(status, 0, output);
      assert.equal(runner.outputs(), "");
    }));

  it("opens the plan for another target as a branch and a pull request with its effects", () =>
    withRunner((runner) => {
      const environment = { TARGET: "aws-t4g-micro" };
      const look = runner.run("propose", "Look", environment);
      assert.equal(look.status, 0, look.output);
      assert.equal(runner.outputs(), "found=yes\n");
      const opened = runner.run("propose", "Open a pull request", environment);
      assert.equal(opened.status, 0, opened.output);
      const tuned = runner.git("show", "origin/fastserve/retune:fastserve.tuned.toml");
      assert.match(tuned, /^# Target: aws-t4g-micro /m);
      assert.equal(runner.git("status", "--porcelain"), "");
      assert.match(readFileSync(runner.path("gh.txt"), "utf8"), /^pr create --head fastserve\/retune --title Retune: /);
      assert.match(readFileSync(runner.path("temp/body.md"), "utf8"), /^```\ndiff [\s\S]*limit_bytes[\s\S]*\n```\n$/);
    }));

  it("replaces its own proposal, and never commits of others on its branch", () =>
    withRunner((runner) => {
      const propose = (target: string) => proposed(runner, target);
      const target = () =>
        /^# Target: (\S+)/m.exec(runner.git("show", "origin/fastserve/retune:fastserve.tuned.toml"))?.[1];
      const first = propose("aws-t4g-micro");
      assert.equal(first.status, 0, first.output);
      assert.equal(propose("raspberry-pi-4").status, 0);
      assert.equal(target(), "raspberry-pi-4");
      runner.git("commit", "--quiet", "--allow-empty", "--message=by a person");
      runner.git("push", "--quiet", "origin", "fastserve/retune");
      const refused = propose("aws-t4g-micro");
      assert.equal(refused.status, 1, refused.output);
      assert.match(refused.output, /^::error::fastserve\/retune has commits of others/m);
      assert.equal(runner.git("log", "-1", "--format=%s", "origin/fastserve/retune"), "by a person\n");
    }));

  it("opens nothing where only somebody's decision is left", () =>
    withRunner((runner) => {
      const unit = runner.path("clone/deploy/nginx.conf");
      writeFileSync(unit, readFileSync(unit, "utf8").replaceAll(/\d+/g, "7"));
      runner.git("commit", "--all", "--quiet", "--message=edited");
      const opened = proposed(runner, "aws-t4g-micro");
      assert.equal(opened.status, 0, opened.output);
      runner.git("switch", "--quiet", "main");
      runner.git("merge", "--quiet", "fastserve/retune");
      const { status, output } = proposed(runner, "recorded");
      assert.equal(status, 0, output);
      assert.match(output, /^::notice::Nothing but decisions is left/m);
      assert.equal(readFileSync(runner.path("gh.txt"), "utf8").trim().split("\n").length, 1);
    }));
});

/** Both steps of a proposal, from the main branch as a checkout gives it. */
function proposed(runner: Runner, target: string): Outcome {
  runner.git("switch", "--quiet", "main");
  const look = runner.run("propose", "Look", { TARGET: target });
  assert.equal(look.status, 0, look.output);
  return runner.run("propose", "Open a pull request", { TARGET: target });
}

interface Runner {
  path(name: string): string;
  run(job: "pending" | "propose", step: string, environment?: Readonly<Record<string, string>>): Outcome;
  git(...args: readonly string[]): string;
  /** What the steps handed on. */
  outputs(): string;
}

interface Outcome {
  readonly status: number | null;
  readonly output: string;
}

function withRunner(use: (runner: Runner) => void): Promise<void> {
  return sample.use((project) => use(makeRunner(dirname(project))));
}

function makeRunner(directory: string): Runner {
  const path = (name: string) => join(directory, name);
  for (const folder of ["bin", "temp"]) mkdirSync(path(folder));
  script(path("bin/npx"), `shift 2; exec "${process.execPath}" "${program}" "$@"`);
  script(path("bin/gh"), `echo "$@" >> "${path("gh.txt")}"`);
  const emitted = readFileSync(path("server/.github/workflows/retune.yml"), "utf8");
  assert.equal(emitted, text);
  const at = (cwd: string, ...args: readonly string[]) => {
    const identity = ["-c", "user.name=a", "-c", "user.email=a@b.c", "-c", "init.defaultBranch=main"];
    const { status, stdout, stderr } = spawnSync("git", [...identity, ...args], { cwd, encoding: "utf8" });
    assert.equal(status, 0, stderr);
    return stdout;
  };
  cpSync(path("server"), path("origin"), { recursive: true });
  at(path("origin"), "init", "--quiet");
  at(path("origin"), "add", "--all");
  at(path("origin"), "commit", "--quiet", "--message=first");
  at(directory, "clone", "--quiet", "origin", "clone");
  writeFileSync(path("outputs"), "");
  return {
    path,
    outputs: () => readFileSync(path("outputs"), "utf8"),
    git: (...args) => at(path("clone"), ...args),
    run(job, name, environment = {}) {
      const step = workflow.jobs[job].steps.find((candidate) => candidate.name === name);
      // As a runner calls bash: https://docs.github.com/actions/reference/workflows-and-actions/workflow-syntax
      const options = step?.shell === "bash" ? ["--noprofile", "--norc", "-eo", "pipefail"] : ["-e"];
      writeFileSync(path("step.sh"), step?.run ?? "exit 99");
      const { status, stdout, stderr } = spawnSync("bash", [...options, path("step.sh")], {
        cwd: path("clone"),
        encoding: "utf8",
        env: {
          ...plainEnvironment({
            CI: "true",
            RUNNER_TEMP: path("temp"),
            GITHUB_OUTPUT: path("outputs"),
            ...environment,
          }),
          PATH: `${path("bin")}:${process.env.PATH}`,
        },
      });
      return { status, output: stdout + stderr };
    },
  };
}

function script(path: string, body: string): void {
  writeFileSync(path, `#!/bin/sh\n${body}\n`);
  chmodSync(path, 0o755);
}
