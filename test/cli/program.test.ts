/** The built program as a real process: exit codes, streams and what is on disk afterwards. */
import assert from "node:assert/strict";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { before, describe, it } from "node:test";
import { buildCli, inEmptyDirectory, runCli } from "./built-cli.ts";

before(buildCli);

const offline = ["--no-install", "--no-git"];
const _ESCAPE = "\u001b";

describe("exit codes", () => {
  const rows: readonly (readonly [string, readonly string[], number, RegExp])[] = [
    ["0 for --help", ["--help"], 0, /^$/],
    ["0 for --version", ["--version"], 0, /^$/],
    ["0 for a dry run", ["app", "--yes", "--dry-run"], 0, /^$/],
    ["2 for an unknown flag, with a suggestion", ["--runtme=bun"], 2, /Did you mean --runtime\?/],
    ["2 for an invalid answer", ["app", "--yes", "--runtime=dneo"], 2, /Use --runtime deno\./],
    ["2 for a refused answer", ["app", "--yes", "--allocator=jemalloc"], 2, /ANSWER_REFUSED/],
    ["2 for a target that is too small", ["app", "--yes", "--memory=8m"], 2, /TARGET_TOO_SMALL/],
    ["2 for an unknown target", ["app", "--yes", "--target=raspberry-pi-44"], 2, /Use --target raspberry-pi-4,/],
    ["2 for a mistyped command of a project", ["retnue"], 2, /looks like the command "retune"/],
    ["2 for a mistyped command", ["explian"], 2, /looks like the command "explain"/],
    ["2 for a word too many", ["app", "more", "--yes"], 2, /one word too many/],
    ["2 for answers to a command that has none", ["probe", "--runtime=bun"], 2, /--runtime means nothing/],
    ["2 for an unknown setting", ["explain", "worker.count"], 2, /Did you mean workers\.count\?/],
    ["2 for a missing config file", ["app", "--yes", "--config=nothing.json"], 2, /CONFIG_UNREADABLE/],
    ["2 for two directories", ["app", "--directory=other", "--yes"], 2, /directory is given twice/],
    ["2 for undo without a project", ["undo"], 2, /PROJECT_NOT_FOUND/],
    ["4 for the root directory", ["/", "--yes", "--force"], 4, /DIRECTORY_UNSAFE/],
    ["4 for a name that Windows reserves", ["con", "--yes"], 4, /DIRECTORY_NAME_INVALID/],
  ];
  for (const [criterion, argv, status, message] of rows) {
    it(`is ${criterion}`, async () => {
      await inEmptyDirectory((cwd) => {
        const result = runCli(argv, { cwd });
        assert.equal(result.status, status, result.stderr);
        assert.match(result.stderr, message);
        assert.deepEqual(readdirSync(cwd), []);
      });
    });
  }

  it("is 4 for a directory with files of the user, which stay", async () => {
    await inEmptyDirectory((cwd) => {
      writeFileSync(join(cwd, "mine.txt"), "mine");
      const { status, stderr } = runCli([".", "--yes", ...offline], { cwd });
      assert.equal(status, 4);
      assert.match(stderr, /holds mine\.txt/);
      assert.deepEqual(readdirSync(cwd), ["mine.txt"]);
    });
  });

  it("is 5 when the installation fails; the project stays and the way on is named", async () => {
    await inEmptyDirectory((cwd) => {
      const environment = { PATH: "/nowhere" };
      const { status, stdout, stderr } = runCli(["app", "--yes", "--no-git"], { cwd, environment });
      assert.equal(status, 5, stderr);
      assert.match(stderr, /npm is not installed/);
      assert.match(stderr, /cd app && npm install/);
      assert.match(stdout, /Wrote \d+ files/);
      assert.ok(existsSync(join(cwd, "app", "package.json")));
    });
  });
});

describe("create without a terminal", () => {
  it("names every missing answer with flag, variable, key and a working example", async () => {
    await inEmptyDirectory((cwd) => {
      const { status, stdout, stderr } = runCli([], { cwd });
      assert.equal(status, 2);
      assert.equal(stdout, "");
      for (const [flag, variable, key] of [
        ["--directory", "CREATE_FASTSERVE_DIRECTORY", "directory"],
        ["--target", "CREATE_FASTSERVE_TARGET", "target"],
        ["--runtime", "CREATE_FASTSERVE_RUNTIME", "runtime"],
        ["--workload", "CREATE_FASTSERVE_WORKLOAD", "workload"],
        ["--exposure", "CREATE_FASTSERVE_EXPOSURE", "exposure"],
      ] as const) {
        assert.ok(stderr.includes(`${flag} `) && stderr.includes(variable) && stderr.includes(`"${key}"`), key);
      }
      const example = /give every answer: npm create fastserve@latest -- (.+)/.exec(stderr)?.[1] ?? "";
      const again = runCli([...example.split(" "), "--dry-run"], { cwd });
      assert.equal(again.status, 0, again.stderr);
    });
  });

  it("needs no --yes when every basic answer is given", async () => {
    await inEmptyDirectory((cwd) => {
      const answers = ["app", "--target=this", "--runtime=deno", "--workload=mixed", "--exposure=direct"];
      const { status, stderr } = runCli([...answers, ...offline], { cwd });
      assert.equal(status, 0, stderr);
      assert.ok(existsSync(join(cwd, "app", "fastserve.json")));
    });
  });

  it("takes answers from the environment, a file and standard input", async () => {
    await inEmptyDirectory((cwd) => {
      writeFileSync(join(cwd, "answers.toml"), 'runtime = "deno"\nport = 4000\n');
      const fromFile = runCli(["app", "--yes", "--dry-run", "--json", "--config", "answers.toml"], {
        cwd,
        environment: { CREATE_FASTSERVE_PORT: "5000" },
      });
      const { answers } = JSON.parse(fromFile.stdout).plan;
      assert.deepEqual(answers.runtime, { value: "deno", origin: "file" });
      assert.deepEqual(answers.port, { value: 5000, origin: "environment" });
      const fromInput = runCli(["--config", "-", "--yes", "--dry-run", "--json"], {
        cwd,
        input: '{"directory":"from-input","workload":"upload"}',
      });
      const document = JSON.parse(fromInput.stdout);
      assert.equal(document.directory, join(cwd, "from-input"));
      assert.deepEqual(document.plan.answers.workload, { value: "upload", origin: "file" });
    });
  });

  it("takes defaults that the target allows", async () => {
    await inEmptyDirectory((cwd) => {
      const { status, stdout, stderr } = runCli(["app", "--yes", "--dry-run", "--json", "--target=edge-isolate"], {
        cwd,
      });
      assert.equal(status, 0, stderr);
      const { runtime, deploy } = JSON.parse(stdout).plan.answers;
      assert.deepEqual([runtime.value, deploy.value], ["deno", []]);
    });
  });

  it("drops the -- that bun create forwards", async () => {
    await inEmptyDirectory((cwd) => {
      const { status, stdout } = runCli(["app", "--", "--yes", "--dry-run", "--json", "--runtime", "deno"], { cwd });
      assert.equal(status, 0);
      assert.equal(JSON.parse(stdout).plan.runtime, "deno");
    });
  });

  it("writes into a directory with spaces and other letters, and says how to repeat it", async () => {
    await inEmptyDirectory((cwd) => {
      const { status, stdout, stderr } = runCli(["größe 2", "--yes", ...offline], { cwd });
      assert.equal(status, 0, stderr);
      assert.match(stdout, /create fastserve@latest -- 'größe 2' /);
      assert.equal(JSON.parse(readFileSync(join(cwd, "größe 2", "package.json"), "utf8")).name, "gro-e-2");
    });
  });

  it("writes the same files that the dry run listed", async () => {
    await inEmptyDirectory((cwd) => {
      const dry = JSON.parse(runCli(["app", "--yes", "--dry-run", "--json"], { cwd }).stdout);
      assert.deepEqual(readdirSync(cwd), []);
      const real = JSON.parse(runCli(["app", "--yes", "--json", ...offline], { cwd }).stdout);
      assert.deepEqual(real.files, dry.files);
      assert.deepEqual(real.plan, dry.plan);
      for (const { path, bytes } of dry.files) assert.equal(readFileSync(join(cwd, "app", path)).length, bytes, path);
    });
  });

  it("keeps a README that is there already, and undo removes the rest", async () => {
    await inEmptyDirectory((cwd) => {
      mkdirSync(join(cwd, "app"));
      writeFileSync(join(cwd, "app", "README.md"), "mine");
      const { status, stdout, stderr } = runCli(["app", "--yes", ...offline], { cwd });
      assert.equal(status, 0, stderr);
      assert.match(stdout, /Kept your README\.md/);
      const undone = runCli(["undo", "app"], { cwd });
      assert.equal(undone.status, 0, undone.stderr);
      assert.equal(existsSync(join(cwd, "app", "package.json")), false);
      assert.equal(readFileSync(join(cwd, "app", "README.md"), "utf8"), "mine");
    });
  });
});

describe("--json", () => {
  it("prints one document on standard output and progress on standard error", async () => {
    await inEmptyDirectory((cwd) => {
      const { status, stdout, stderr } = runCli(["app", "--yes", "--json", ...offline], { cwd });
      assert.equal(status, 0);
      const document = JSON.parse(stdout);
      assert.deepEqual([document.schema, document.ok, document.command], [1, true, "create"]);
      assert.deepEqual(document.next, ["cd app", "npm install", "npm start"]);
      assert.match(stderr, /Wrote \d+ files/);
    });
  });

  it("prints errors as JSON with code, message and next step", () => {
    const { status, stdout } = runCli(["app", "--yes", "--json", "--runtime=x", "--port=-1"]);
    const document = JSON.parse(stdout);
    assert.equal(status, 2);
    assert.deepEqual([document.schema, document.ok, document.exitCode], [1, false, 2]);
    assert.deepEqual(
      document.errors.map((error: { code: string; key: string; next: string }) => [error.code, error.key, error.next]),
      [
        ["ANSWER_INVALID", "runtime", "Use --runtime bun."],
        ["ANSWER_INVALID", "port", "Use --port 0."],
      ],
    );
  });

  it("names a flag's problem and keeps standard output JSON", () => {
    assert.equal(JSON.parse(runCli(["--json", "--runtme"]).stdout).errors[0].code, "ARGUMENT_UNKNOWN");
  });

  it("prints facts that --target reads", async () => {
    await inEmptyDirectory((cwd) => {
      writeFileSync(join(cwd, "facts.json"), runCli(["probe", "--json"]).stdout);
      const { status, stdout, stderr } = runCli(["explain", "--json", "--target", "facts.json"], { cwd });
      assert.equal(status, 0, stderr);
      assert.equal(JSON.parse(stdout).plan.target, "this");
    });
  });
});

describe("explain", () => {
  it("explains a value with reason, origin and source", () => {
    const { stdout } = runCli(["explain", "workers.count", "--cpus=3"]);
    assert.match(stdout, /^workers\.count = 3\n {2}why .+\n {2}origin {2}given\n {2}source {2}\w+: .+/);
  });

  it("explains the memory with the budget's table, and the allocator with the case of each backend", () => {
    const memory = runCli(["explain", "memory", "--runtime=deno"]).stdout;
    assert.match(memory, /^memory\.arena_bytes = 8 KiB/m);
    assert.match(memory, /^The memory budget:\n\n +[\d.]+ .iB {2}memory\.base_bytes/m);
    assert.match(memory, /^ +[\d.]+ .iB {2}memory\.scratch_bytes/m);
    const allocator = runCli(["explain", "allocator", "--runtime=deno", "--workload=upload", "--memory=2g"]).stdout;
    assert.match(allocator, /^allocator\.backend = glibc$/m);
    assert.match(allocator, /^glibc: the choice\n {2}for /m);
    const { case: backends } = JSON.parse(runCli(["explain", "allocator", "--json", "--runtime=bun"]).stdout);
    assert.equal(backends.refused.length, 3);
  });

  it("explains a section", () => {
    const { stdout } = runCli(["explain", "workers"]);
    assert.match(stdout, /workers\.mode = /);
    assert.match(stdout, /workers\.count = /);
    assert.doesNotMatch(stdout, /limits\.connections_max = /);
  });

  it("reads the project around it, and flags change the answers for one look", async () => {
    await inEmptyDirectory((cwd) => {
      const answers = ["--target=raspberry-pi-4", "--runtime=deno", "--port=4321"];
      assert.equal(runCli(["app", "--yes", ...answers, ...offline], { cwd }).status, 0);
      const project = join(cwd, "app");
      const planIn = (...argv: readonly string[]): { target: string; runtime: string; answers: unknown } =>
        JSON.parse(runCli(["explain", "--json", ...argv], { cwd: project }).stdout).plan;
      const recorded = planIn();
      assert.deepEqual([recorded.target, recorded.runtime], ["raspberry-pi-4", "deno"]);
      assert.match(runCli(["explain", "server.port"], { cwd: project }).stdout, /^server\.port = 4321\n/);
      assert.equal(planIn("--runtime=bun").runtime, "bun");
      assert.equal(planIn("--target=this").target, "this");
    });
  });
});

describe("schema", () => {
  it("prints a JSON Schema of the answers", () => {
    const { status, stdout } = runCli(["schema"]);
    assert.equal(status, 0);
    assert.deepEqual(JSON.parse(stdout).properties.runtime.enum, ["bun", "deno"]);
  });
});
