import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { parseFlags } from "../../src/answers/flags.ts";

const answersOf = (...argv: string[]): Record<string, unknown> =>
  Object.fromEntries(parseFlags(argv).given.map(({ key, raw }) => [key, raw]));

describe("parseFlags()", () => {
  const accepted: readonly (readonly [string, readonly string[], Record<string, unknown>])[] = [
    ["reads --flag value", ["--runtime", "deno"], { runtime: "deno" }],
    ["reads --flag=value", ["--runtime=deno"], { runtime: "deno" }],
    ["keeps an empty inline value", ["--name="], { name: "" }],
    ["joins a repeated list", ["--deploy", "docker", "--deploy", "systemd"], { deploy: ["docker", "systemd"] }],
    ["splits a list at commas", ["--features=websocket, request-log"], { features: ["websocket", "request-log"] }],
    ["takes the same value twice", ["--port", "80", "--port=80"], { port: "80" }],
    ["reads --no-tls as off", ["--no-tls"], { tls: "off" }],
    ["reads --no-deploy as none", ["--no-deploy"], { deploy: "none" }],
    ["keeps a negative number for the bounds to judge", ["--port", "-1"], { port: "-1" }],
    ["drops a forwarded --", ["--", "--runtime", "bun"], { runtime: "bun" }],
  ];
  for (const [criterion, argv, expected] of accepted) {
    it(criterion, () => {
      assert.deepEqual(answersOf(...argv), expected);
      assert.deepEqual(parseFlags(argv).problems, []);
    });
  }

  it("keeps words that are no flags in order", () => {
    assert.deepEqual(parseFlags(["explain", "--json", "workers.count"]).words, ["explain", "workers.count"]);
  });

  it("reads every control flag", () => {
    const run = ["-y", "--dry-run", "--json", "--force", "--no-install", "--no-git", "-h", "-V", "--config", "-"];
    const project = ["--patch", "--profile=staging", "--remove-profile", "old", "--on-conflict=mine"];
    const files = ["--restore=a.ts", "--restore", "b", "--plan-digest=abc", "--allow-downgrade"];
    assert.deepEqual(parseFlags([...run, ...project, ...files]).control, {
      yes: true,
      dryRun: true,
      json: true,
      force: true,
      install: false,
      git: false,
      help: true,
      version: true,
      config: "-",
      patch: true,
      profile: "staging",
      removeProfile: "old",
      onConflict: "mine",
      restore: ["a.ts", "b"],
      planDigest: "abc",
      allowDowngrade: true,
    });
  });

  it("names the control flags that are given, and no others", () => {
    assert.deepEqual(parseFlags(["--patch", "--no-git", "--runtime=bun"]).flags, ["patch", "git"]);
  });

  it("installs and makes a repository unless told otherwise", () => {
    const { install, git, yes } = parseFlags([]).control;
    assert.deepEqual({ install, git, yes }, { install: true, git: true, yes: false });
  });

  it("takes -v for the version", () => {
    assert.equal(parseFlags(["-v"]).control.version, true);
  });

  const refused: readonly (readonly [string, readonly string[], string, string])[] = [
    ["suggests the nearest flag", ["--runtme", "bun"], "ARGUMENT_UNKNOWN", "Did you mean --runtime?"],
    ["suggests a negated flag", ["--no-instal"], "ARGUMENT_UNKNOWN", "Did you mean --no-install?"],
    ["points to --help without a near flag", ["--zzzzzzzzz"], "ARGUMENT_UNKNOWN", "See create-fastserve --help."],
    ["refuses a negation that means nothing", ["--no-runtime"], "ARGUMENT_UNKNOWN", "Did you mean --runtime?"],
    ["notices a swallowed flag", ["--runtime", "--yes"], "ANSWER_INVALID", "Write --runtime VALUE or --runtime=VALUE."],
    ["notices a missing value", ["--runtime"], "ANSWER_INVALID", "Write --runtime VALUE or --runtime=VALUE."],
    ["notices two values", ["--runtime=bun", "--runtime=deno"], "ANSWER_INVALID", "Keep one of them."],
    [
      "refuses a way out of conflicts that there is not",
      ["--on-conflict=min"],
      "ANSWER_INVALID",
      "Use --on-conflict mine.",
    ],
    ["notices none before a list", ["--features=none", "--features=tasks"], "ANSWER_INVALID", "Keep one of them."],
    ["notices a list before none", ["--features=tasks", "--no-features"], "ANSWER_INVALID", "Keep one of them."],
    ["notices two digests", ["--plan-digest=a", "--plan-digest=b"], "ANSWER_INVALID", "Keep one of them."],
    ["refuses a switch with a word", ["--yes=maybe"], "ANSWER_INVALID", "Write --yes alone."],
  ];
  for (const [criterion, argv, code, next] of refused) {
    it(criterion, () => {
      const { problems } = parseFlags(argv);
      assert.deepEqual(
        problems.map((problem) => [problem.code, problem.next]),
        [[code, next]],
      );
    });
  }

  it("collects all problems", () => {
    assert.equal(parseFlags(["--aaaa", "--bbbb=1", "--runtime"]).problems.length, 3);
  });
});
