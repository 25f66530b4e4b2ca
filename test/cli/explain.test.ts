/** `explain` inside a project, as a real process: what is in force, by whose word, and what the rules say. */
import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { edit, makeSampleServer, type SampleServer } from "../support/sample-server.ts";
import { runCli } from "./built-cli.ts";

let sample: SampleServer;
before(() => {
  sample = makeSampleServer();
});
after(() => sample.remove());

/** The first lines of an explanation: the value, and what is said before the reason. */
function head(project: string, ...argv: readonly string[]): readonly string[] {
  const { status, stdout, stderr } = runCli(["explain", ...argv], { cwd: project });
  assert.equal(status, 0, stderr);
  const lines = stdout.split("\n");
  return lines.slice(
    0,
    lines.findIndex((line) => line.startsWith("  why ")),
  );
}

const setUser = (project: string, text: string) => writeFileSync(join(project, "fastserve.toml"), text);

describe("explain in a project", () => {
  it("adds nothing to a plan that is in force", async () => {
    await sample.use((project) =>
      assert.deepEqual(head(project, "memory.arena_bytes"), ["memory.arena_bytes = 8 KiB (8192)"]),
    );
  });

  it("shows the user's value first, and what it stands over", async () => {
    await sample.use((project) => {
      setUser(project, "[memory]\narena_bytes = 65536\n");
      assert.deepEqual(head(project, "memory.arena_bytes"), [
        "memory.arena_bytes = 64 KiB (65536)",
        "  set by  fastserve.toml, over 8 KiB in fastserve.tuned.toml",
      ]);
    });
  });

  it("shows a pin with what the rules have now", async () => {
    await sample.use((project) => {
      setUser(project, 'pin = ["memory.arena_bytes"]\n');
      assert.equal(runCli(["retune", "--objective=memory", "--yes"], { cwd: project }).status, 0);
      assert.deepEqual(head(project, "memory.arena_bytes"), [
        "memory.arena_bytes = 8 KiB (8192)",
        "  pin     keeps 8 KiB; recommended is 4 KiB",
      ]);
    });
  });

  it("shows what a wish that was edited would change, and a tuned file that was", async () => {
    await sample.use((project) => {
      edit(project, "fastserve.json", '"objective": "balanced"', '"objective": "memory"');
      edit(project, "fastserve.tuned.toml", /^trim_ms = 30000/m, "trim_ms = 20000");
      assert.deepEqual(head(project, "memory.arena_bytes"), [
        "memory.arena_bytes = 8 KiB (8192)",
        "  plan    4 KiB instead of the recorded 8 KiB, which retune writes",
      ]);
      assert.deepEqual(head(project, "memory.trim_ms"), [
        "memory.trim_ms = 20 s (20000)",
        "  edited  fastserve.tuned.toml has 20 s; 30 s was generated",
        "  plan    5 s instead of the recorded 30 s, which retune writes",
      ]);
    });
  });

  it("says of a wish within the tolerance what retune does: it writes it", async () => {
    await sample.use((project) => {
      const given = runCli(["retune", "--connections=1000", "--yes"], { cwd: project });
      assert.equal(given.status, 0, given.stderr);
      edit(project, "fastserve.json", '"connections": 1000', '"connections": 1010');
      assert.deepEqual(head(project, "limits.connections_max"), [
        "limits.connections_max = 1000",
        "  plan    1010 instead of the recorded 1000, which retune writes",
      ]);
    });
  });

  it("says of facts that were edited by hand that retune writes them, and it does, however near they are", async () => {
    await sample.use((project) => {
      edit(project, "fastserve.json", /("memoryBytes": \{[^}]*"value": )2046820352/, "$12046820000");
      assert.deepEqual(head(project, "memory.limit_bytes").slice(1), [
        "  plan    2046820000 instead of the recorded 2046820352, which retune writes",
      ]);
      const { status, stderr } = runCli(["retune", "--yes"], { cwd: project });
      assert.equal(status, 0, stderr);
      assert.match(readFileSync(join(project, "fastserve.tuned.toml"), "utf8"), /^limit_bytes = 2046820000/m);
      assert.match(readFileSync(join(project, "fastserve.json"), "utf8"), /"memoryBytes": \{\s*"value": 2046820000/);
    });
  });

  it("says that retune refuses while a pin does not hold", async () => {
    await sample.use((project) => {
      setUser(project, 'pin = ["memory.limit_bytes"]\n');
      edit(project, "fastserve.json", /("memoryBytes": \{[^}]*"value": )2046820352/, "$11046820352");
      assert.match(
        head(project, "memory.headroom_bytes").join(),
        /plan .* which retune refuses to write with what is pinned/,
      );
      const { status, stderr } = runCli(["diff"], { cwd: project });
      assert.match(stderr, /PIN_REFUSED/);
      assert.equal(status, 2);
    });
  });

  it("explains only the plan when flags change the wish for a look", async () => {
    await sample.use((project) => {
      setUser(project, "[memory]\narena_bytes = 65536\n");
      assert.deepEqual(head(project, "memory.arena_bytes", "--objective=memory"), [
        "memory.arena_bytes = 4 KiB (4096)",
      ]);
    });
  });

  it("sums up what is otherwise than the plan", async () => {
    await sample.use((project) => {
      setUser(project, 'pin = ["workers.count"]\n[memory]\narena_bytes = 65536\n');
      const { stdout } = runCli(["explain"], { cwd: project });
      assert.match(stdout, /^memory\.arena_bytes = 64 KiB \(65536\)$/m);
      assert.deepEqual(stdout.trimEnd().split("\n").slice(-2), [
        "Set in fastserve.toml: memory.arena_bytes.",
        "Pinned: workers.count.",
      ]);
    });
  });

  it("prints the same as JSON", async () => {
    await sample.use((project) => {
      setUser(project, "[memory]\narena_bytes = 65536\n");
      const one = JSON.parse(runCli(["explain", "memory.arena_bytes", "--json"], { cwd: project }).stdout);
      assert.deepEqual(one.decisions[0].inForce, {
        key: "memory.arena_bytes",
        value: 65536,
        by: "override",
        override: 65536,
        onDisk: 8192,
        recorded: 8192,
        recommended: 8192,
        pinned: false,
        retune: "leaves",
        text: "64 KiB",
      });
      const all = JSON.parse(runCli(["explain", "--json"], { cwd: project }).stdout);
      assert.equal(all.inForce.length, all.plan.decisions.length);
    });
  });

  it("names the line of a mistake in the user's file", async () => {
    await sample.use((project) => {
      setUser(project, "[memory]\narena_byte = 1\n");
      const { status, stderr } = runCli(["explain"], { cwd: project });
      assert.equal(status, 2);
      assert.match(
        stderr,
        /fastserve\.toml:2: memory\.arena_byte is not a setting.*\n.*Did you mean memory\.arena_bytes\?/,
      );
    });
  });

  it("explains a profile by its own files, and knows the others", async () => {
    await sample.use((project) => {
      const added = runCli(["retune", "--profile=staging", "--target=aws-t3-micro", "--yes"], { cwd: project });
      assert.equal(added.status, 0, added.stderr);
      writeFileSync(join(project, "fastserve.staging.toml"), '[log]\nlevel = "debug"\n');
      assert.match(head(project, "memory.limit_bytes", "--profile=staging").join(), /^memory\.limit_bytes = 944 MiB/);
      assert.match(head(project, "memory.limit_bytes").join(), /^memory\.limit_bytes = 1\.9 GiB/);
      assert.deepEqual(head(project, "log.level", "--profile=staging"), [
        "log.level = debug",
        "  set by  fastserve.staging.toml, over info in fastserve.tuned.staging.toml",
      ]);
      setUser(project, "[limits]\nbody_bytes_max = 2048\n");
      assert.deepEqual(head(project, "limits.body_bytes_max", "--profile=staging"), [
        "limits.body_bytes_max = 2 KiB (2048)",
        "  set by  fastserve.toml, over 1 MiB in fastserve.tuned.staging.toml",
      ]);
      const { stdout } = runCli(["explain", "--profile=staging"], { cwd: project });
      assert.deepEqual(stdout.trimEnd().split("\n").slice(-2), [
        "Set in fastserve.toml: limits.body_bytes_max.",
        "Set in fastserve.staging.toml: log.level.",
      ]);
      const unknown = runCli(["explain", "--profile=stagin"], { cwd: project });
      assert.equal(unknown.status, 2);
      assert.match(unknown.stderr, /no profile "stagin"/);
    });
  });
});
