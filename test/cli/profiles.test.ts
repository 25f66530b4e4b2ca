/** Profiles from the command line to the values that a server would read, with the real program on real folders. */
import assert from "node:assert/strict";
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { before, describe, it } from "node:test";
import { buildCli, runCli } from "./built-cli.ts";
import { configOf, filesOf, inProject, retune, run, wishOf } from "./profile-project.ts";

describe("retune --profile", () => {
  before(buildCli);

  it("adds a profile with a tuned file of its own and leaves the project's values alone", async () => {
    await inProject((directory) => {
      const before = readFileSync(join(directory, "fastserve.tuned.toml"), "utf8");
      const { profiles, effects, files } = retune(directory, "--profile", "staging", "--target", "aws-t4g-small");
      assert.deepEqual(effects, []);
      assert.deepEqual(
        profiles.map(({ name, isNew }) => [name, isNew]),
        [["staging", true]],
      );
      assert.ok(files.some(({ path, kind }) => path === "fastserve.tuned.staging.toml" && kind === "create"));
      assert.equal(readFileSync(join(directory, "fastserve.tuned.toml"), "utf8"), before);
      assert.deepEqual(wishOf(directory).profiles?.staging?.answers, { target: "aws-t4g-small" });
      // Amazon's t4g.small has 2 GiB, of which the kernel keeps a part; Hetzner's CX23 has 4 GB.
      assert.deepEqual(
        [configOf(directory).memory.limit_bytes, configOf(directory, "staging").memory.limit_bytes].map((bytes) =>
          Math.round(bytes / 1024 ** 3),
        ),
        [4, 2],
      );
    });
  });

  it("finds nothing to do a second time, and undo takes the profile back byte for byte", async () => {
    await inProject((directory) => {
      const before = filesOf(directory);
      retune(directory, "--profile", "staging", "--target", "aws-t4g-small", "--objective", "memory");
      for (const argv of [
        ["diff"],
        ["diff", "--profile", "staging"],
        ["retune", "--dry-run"],
        ["upgrade", "--dry-run"],
      ]) {
        const { status, document } = run(directory, ...argv);
        assert.deepEqual([argv.join(" "), status, document.files], [argv.join(" "), 0, []]);
      }
      assert.equal(runCli(["undo"], { cwd: directory }).status, 0);
      assert.deepEqual(filesOf(directory), before);
    });
  });

  it("comes back to the project without profiles when the profile is removed, and keeps the user's file of it", async () => {
    await inProject((directory) => {
      const before = filesOf(directory);
      retune(directory, "--profile", "staging", "--target", "aws-t4g-small");
      retune(directory, "--profile", "production", "--target", "aws-m7i-4xlarge");
      assert.deepEqual(Object.keys(wishOf(directory).profiles ?? {}), ["production", "staging"]);
      writeFileSync(join(directory, "fastserve.staging.toml"), "[log]\nlevel = 'debug'\n");
      assert.deepEqual(run(directory, "diff").document.left, []);
      const { stdout } = runCli(["retune", "--remove-profile", "staging", "--dry-run"], { cwd: directory });
      assert.match(stdout, /Yours, kept, and read by no server any more: fastserve\.staging\.toml\./);
      assert.deepEqual(retune(directory, "--remove-profile", "staging").left, ["fastserve.staging.toml"]);
      assert.deepEqual(retune(directory, "--remove-profile", "production").left, []);
      const doctor = runCli(["doctor", "--json"], { cwd: directory });
      assert.deepEqual(
        JSON.parse(doctor.stdout)
          .findings.filter(({ subject }: { readonly subject: string }) => subject === "profiles")
          .map(({ status, value }: { readonly status: string; readonly value: string }) => `${status} ${value}`),
        ["warning fastserve.staging.toml"],
      );
      const after = new Map(filesOf(directory));
      assert.equal(after.get("fastserve.staging.toml"), "[log]\nlevel = 'debug'\n");
      after.delete("fastserve.staging.toml");
      assert.deepEqual(after, before);
    });
  });

  it("leaves a deleted tuned file deleted, and the server names the command that brings it back byte for byte", async () => {
    await inProject((directory) => {
      retune(directory, "--profile", "staging", "--target", "aws-t4g-small");
      const before = filesOf(directory);
      rmSync(join(directory, "fastserve.tuned.staging.toml"));
      assert.deepEqual(run(directory, "diff").document.files, [
        { path: "fastserve.tuned.staging.toml", kind: "keep", reason: "deleted_by_user" },
      ]);
      assert.equal(runCli(["doctor"], { cwd: directory }).status, 3);
      assert.throws(
        () => configOf(directory, "staging"),
        ({ message }: Error) => {
          const [, words = ""] = /npx create-fastserve (retune .* --restore \S+) brings/.exec(message) ?? [];
          assert.equal(runCli([...words.split(" "), "--yes"], { cwd: directory }).status, 0, message);
          return true;
        },
      );
      assert.deepEqual(filesOf(directory), before);
    });
  });

  it("keeps facts of a profile that were edited by hand, in the first run and in later ones", async () => {
    await inProject((directory) => {
      retune(directory, "--profile", "staging", "--target", "aws-t4g-small");
      const path = join(directory, "fastserve.json");
      const wish = JSON.parse(readFileSync(path, "utf8"));
      wish.profiles.copy = structuredClone(wish.profiles.staging);
      for (const name of ["staging", "copy"]) wish.profiles[name].facts.facts.memoryBytes.value = 1_000_000_000;
      writeFileSync(path, `${JSON.stringify(wish, undefined, 2)}\n`);
      retune(directory, "--profile", "copy");
      for (const name of ["staging", "copy"]) {
        assert.equal(configOf(directory, name).memory.limit_bytes, 1_000_000_000);
        assert.deepEqual(run(directory, "diff", "--profile", name).document.files, []);
      }
      retune(directory, "--profile", "copy", "--target", "aws-t4g-small");
      assert.equal(configOf(directory, "copy").memory.limit_bytes, 2_046_820_352);
    });
  });

  it("retunes every profile with the project, which keeps the answers that it gave itself", async () => {
    await inProject((directory) => {
      retune(directory, "--profile", "lean", "--target", "aws-t4g-small", "--objective", "memory");
      retune(directory, "--profile", "like", "--target", "aws-t4g-small");
      const { profiles } = retune(directory, "--objective", "latency", "--features", "default,tasks");
      assert.deepEqual(
        profiles.map(({ name, drift }) => [name, drift.drifted]),
        [
          ["lean", true],
          ["like", true],
        ],
      );
      const answers = wishOf(directory).profiles;
      assert.deepEqual(answers?.lean?.answers, { target: "aws-t4g-small", objective: "memory" });
      assert.deepEqual(answers?.like?.answers, { target: "aws-t4g-small" });
      for (const profile of ["lean", "like"]) {
        const { tasks } = configOf(directory, profile);
        assert.ok((tasks.threads ?? 0) >= 1, profile);
      }
      assert.match(readFileSync(join(directory, "fastserve.tuned.lean.toml"), "utf8"), /objective memory/);
      assert.match(readFileSync(join(directory, "fastserve.tuned.like.toml"), "utf8"), /objective latency/);
    });
  });

  it("moves a profile to another target without its old numbers, and leaves the other plans as they are", async () => {
    await inProject((directory) => {
      retune(directory, "--profile", "staging", "--target", "aws-t4g-small", "--cpus", "1", "--memory", "1g");
      assert.deepEqual(wishOf(directory).profiles?.staging?.answers, {
        target: "aws-t4g-small",
        cpus: 1,
        memory: 1073741824,
      });
      const { effects, profiles } = retune(directory, "--profile", "staging", "--target", "aws-m7i-large");
      assert.deepEqual(effects, []);
      assert.deepEqual(wishOf(directory).profiles?.staging?.answers, { target: "aws-m7i-large" });
      const [staging] = profiles;
      assert.equal(staging?.effects.find(({ key }) => key === "memory.limit_bytes")?.after.text, "7.8 GiB");
    });
  });

  it("respects pins and overrides of the profile's own file, and those of the file that all share", async () => {
    await inProject((directory) => {
      retune(directory, "--profile", "staging", "--target", "aws-m7i-large");
      const pinned = configOf(directory, "staging");
      writeFileSync(join(directory, "fastserve.toml"), 'pin = ["limits.connections_max"]\n');
      writeFileSync(join(directory, "fastserve.staging.toml"), 'pin = ["workers.count"]\n[log]\nlevel = "warn"\n');
      const { profiles } = retune(directory, "--profile", "staging", "--target", "aws-m7i-4xlarge");
      const kept = profiles[0]?.effects.filter((effect) => effect.pinned).map(({ key }) => key);
      assert.deepEqual(kept, ["workers.count", "limits.connections_max"]);
      const config = configOf(directory, "staging");
      assert.equal(config.workers.count, pinned.workers.count);
      assert.equal(config.limits.connections_max, pinned.limits.connections_max);
      assert.equal(config.log.level, "warn");
      assert.notEqual(config.memory.limit_bytes, pinned.memory.limit_bytes);
    });
  });

  it("plans a profile that was written into fastserve.json by hand", async () => {
    await inProject((directory) => {
      retune(directory, "--profile", "staging", "--target", "aws-t4g-small");
      const wish = JSON.parse(readFileSync(join(directory, "fastserve.json"), "utf8"));
      wish.profiles.copy = { ...wish.profiles.staging, answers: { target: "aws-t4g-small", objective: "throughput" } };
      writeFileSync(join(directory, "fastserve.json"), `${JSON.stringify(wish, undefined, 2)}\n`);
      const { profiles } = retune(directory);
      assert.deepEqual(
        profiles.map(({ name, isNew }) => [name, isNew]),
        [
          ["copy", true],
          ["staging", false],
        ],
      );
      assert.ok(existsSync(join(directory, "fastserve.tuned.copy.toml")));
      assert.equal(run(directory, "diff").status, 0);
    });
  });

  it("writes into a profile's file in the same run that the project now says itself what was a default", async () => {
    await inProject((directory) => {
      retune(directory, "--profile", "staging", "--target", "aws-t4g-small");
      const { files } = retune(directory, "--target", "aws-m7i-large", "--features", "default");
      assert.ok(files.some(({ path }) => path === "fastserve.tuned.staging.toml"));
      assert.deepEqual(run(directory, "diff").document.files, []);
    });
  });

  it("is made again by the commands that the README prints", async () => {
    await inProject((directory) => {
      retune(directory, "--profile", "staging", "--target", "aws-t4g-small", "--objective", "memory", "--memory", "1g");
      retune(directory, "--profile", "production", "--target", "aws-m7i-4xlarge", "--connections", "5000");
      const readme = readFileSync(join(directory, "README.md"), "utf8");
      const commands = [...readme.matchAll(/^npx create-fastserve@latest (retune .*)$/gm)].map(([, words]) => words);
      assert.deepEqual(commands, [
        "retune app --profile production --target aws-m7i-4xlarge --connections 5000 --yes",
        "retune app --profile staging --target aws-t4g-small --memory 1g --objective memory --yes",
      ]);
      return inProject((again) => {
        for (const words of commands) {
          assert.equal(runCli((words ?? "").split(" "), { cwd: dirname(again) }).status, 0, words);
        }
        assert.deepEqual(filesOf(again), filesOf(directory));
      });
    });
  });
});
