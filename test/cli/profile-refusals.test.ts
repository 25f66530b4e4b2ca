/** What cannot be done with a profile, said in words, and nothing written. */
import assert from "node:assert/strict";
import { before, describe, it } from "node:test";
import { buildCli } from "./built-cli.ts";
import { filesOf, inProject, retune, run } from "./profile-project.ts";

describe("retune --profile with what cannot be", () => {
  before(buildCli);

  const refusals: readonly (readonly [string, readonly string[], readonly string[], RegExp])[] = [
    [
      "an unknown profile without a target",
      ["--profile", "stagin"],
      ["PROFILE_UNKNOWN stagin"],
      /^Did you mean staging\? /,
    ],
    [
      "a profile to remove that is not there",
      ["--remove-profile", "prod"],
      ["PROFILE_UNKNOWN prod"],
      /^Name one that it has\.$/,
    ],
    ["a name that no file can have", ["--profile", "../x", "--target", "this"], ["ANSWER_INVALID profile"], /staging/],
    ["the name that would clash", ["--profile", "tuned", "--target", "this"], ["ANSWER_INVALID profile"], /staging/],
    [
      "answers that decide shared files",
      ["--profile", "staging", "--runtime", "deno", "--port", "8080"],
      ["ANSWER_REFUSED runtime", "ANSWER_REFUSED port"],
      /^Retune the project without --profile/,
    ],
    [
      "answers beside a removal",
      ["--remove-profile", "staging", "--cpus", "2"],
      ["ANSWER_INVALID cpus"],
      /^Leave --cpus out\.$/,
    ],
    [
      "what its own target cannot hold",
      ["--profile", "staging", "--connections", "9000000"],
      ["ANSWER_REFUSED connections"],
      /^Use --connections \d+/,
    ],
    [
      "what another profile's target cannot hold",
      ["--connections", "120000"],
      ["ANSWER_REFUSED connections"],
      /First retune it with --profile staging, or remove it with --remove-profile staging\.$/,
    ],
  ];

  it("refuses in words and writes nothing", async () => {
    await inProject((directory) => {
      retune(directory, "--profile", "staging", "--target", "aws-t4g-small");
      const before = filesOf(directory);
      for (const [what, flags, expected, next] of refusals) {
        const { status, document } = run(directory, "retune", ...flags, "--yes");
        assert.equal(status, 2, what);
        assert.deepEqual(
          document.errors?.map(({ code, key }) => `${code} ${key}`),
          expected,
          what,
        );
        assert.match(document.errors?.[0]?.next ?? "", next, what);
      }
      assert.deepEqual(filesOf(directory), before);
    });
  });
});
