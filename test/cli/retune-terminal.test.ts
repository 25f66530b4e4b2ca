/** `retune` on a real pseudo-terminal: what a person is asked, and what each answer does. */
import assert from "node:assert/strict";
import { appendFileSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { snapshot } from "../support/folder-snapshot.ts";
import { edit, makeSampleServer, type SampleServer } from "../support/sample-server.ts";
import { keys, openProgram, type PseudoTerminal } from "./pseudo-terminal.ts";

let sample: SampleServer;
before(() => {
  sample = makeSampleServer();
});
after(() => sample.remove());

async function onTerminal(
  argv: readonly string[],
  prepare: (project: string) => void,
  drive: (terminal: PseudoTerminal, project: string) => Promise<void>,
): Promise<void> {
  await sample.use(async (project) => {
    prepare(project);
    const terminal = openProgram(argv, { cwd: project });
    try {
      await drive(terminal, project);
    } finally {
      terminal.close();
    }
  });
}

function read(project: string, path: string): string {
  return readFileSync(join(project, path), "utf8");
}

/** Lines that depend on the memory, made the user's own: in a file that a program parses, and in a document. */
function conflicts(project: string): void {
  edit(project, "deploy/haproxy.cfg", /^ {2}maxconn \d+$/m, "  maxconn 77");
  edit(project, "README.md", /^An HTTP server on Bun.*$/m, "My server.");
}

const ask = "Write these";

describe("retune on a terminal", () => {
  it("shows the effects, then writes when told to", async () => {
    await onTerminal(
      ["retune", "--memory=1g"],
      () => {},
      async (terminal, project) => {
        const untouched = snapshot(project);
        await terminal.see(ask);
        assert.match(terminal.screen(), /limit_bytes +1\.9 GiB → 1 GiB +\[memory_limit/);
        assert.match(terminal.screen(), /update {4}fastserve\.tuned\.toml/);
        assert.deepEqual(snapshot(project), untouched);
        terminal.press(keys.enter);
        assert.equal((await terminal.exit()).exitCode, 0, terminal.screen());
        assert.match(terminal.screen(), /Changed \d+ files; create-fastserve undo takes it back/);
        assert.match(read(project, "fastserve.tuned.toml"), /^limit_bytes = 1073741824/m);
        assert.equal(terminal.isCursorHidden(), false);
      },
    );
  });

  it("shows a file's difference and asks again; cancelling leaves every byte", async () => {
    await onTerminal(
      ["retune", "--memory=1g"],
      () => {},
      async (terminal, project) => {
        const untouched = snapshot(project);
        await terminal.see(ask);
        terminal.press(keys.down, keys.enter);
        await terminal.see("Which file?");
        terminal.press("tuned", keys.enter);
        await terminal.see("+limit_bytes = 1073741824");
        await terminal.see(ask, 2);
        terminal.press(keys.down, keys.down, keys.enter);
        assert.equal((await terminal.exit()).exitCode, 130, terminal.screen());
        assert.match(terminal.screen(), /Cancelled\. Nothing was written\./);
        assert.deepEqual(snapshot(project), untouched);
      },
    );
  });

  it("writes nothing when a file changes while the person thinks", async () => {
    await onTerminal(
      ["retune", "--memory=1g"],
      () => {},
      async (terminal, project) => {
        await terminal.see(ask);
        edit(project, "README.md", "# server", "# mine");
        const edited = snapshot(project);
        terminal.press(keys.enter);
        assert.equal((await terminal.exit()).exitCode, 3, terminal.screen());
        assert.match(terminal.screen(), /README\.md has changed since the changes were planned/);
        assert.deepEqual(snapshot(project), edited);
      },
    );
  });

  it("asks nothing when nothing would change, and nothing with --yes", async () => {
    await onTerminal(
      ["retune"],
      () => {},
      async (terminal) => {
        assert.equal((await terminal.exit()).exitCode, 0, terminal.screen());
        assert.doesNotMatch(terminal.screen(), /Write/);
      },
    );
    await onTerminal(
      ["retune", "--memory=1g", "--yes"],
      () => {},
      async (terminal) => {
        assert.equal((await terminal.exit()).exitCode, 0, terminal.screen());
        assert.doesNotMatch(terminal.screen(), /Write these/);
      },
    );
  });
});

describe("a conflict on a terminal", () => {
  it("offers markers in a document only, shows the difference, and each file ends as told", async () => {
    await onTerminal(["retune", "--memory=1g"], conflicts, async (terminal, project) => {
      await terminal.see("README.md (1 of 2): you and the new version both changed");
      assert.match(terminal.screen(), /Mark both in the file/);
      terminal.press(keys.down, keys.down, keys.down, keys.enter);
      await terminal.see("deploy/haproxy.cfg (2 of 2): you and the new version both changed");
      terminal.press(keys.down, keys.down, keys.down, keys.enter);
      await terminal.see("-  maxconn 77");
      await terminal.see("deploy/haproxy.cfg (2 of 2)", 2);
      assert.equal(terminal.screen().split("Mark both in the file").length, 2);
      terminal.press(keys.enter);
      await terminal.see(ask);
      terminal.press(keys.enter);
      assert.equal((await terminal.exit()).exitCode, 0, terminal.screen());
      assert.match(read(project, "README.md"), /^<{7}[\s\S]*^My server\.$[\s\S]*^={7}$[\s\S]*^An HTTP server on Bun/m);
      assert.match(read(project, "deploy/haproxy.cfg"), /^ {2}maxconn 77$/m);
    });
  });

  it("says what each decision does to a file that cannot be merged in part", async () => {
    const broken = (project: string): void => edit(project, "package.json", /^\{/, "{{");
    await onTerminal(["retune", "--runtime=deno"], broken, async (terminal) => {
      await terminal.see("package.json (1 of 1): you and the new version both changed the whole file");
      await terminal.see("Keep mine (the file stays as it is)");
      terminal.press(keys.down);
      await terminal.see("Take the new one (the whole file; undo brings yours back)");
      assert.doesNotMatch(terminal.screen(), /the rest is merged/);
      terminal.press(keys.escape);
      assert.equal((await terminal.exit()).exitCode, 130, terminal.screen());
    });
  });

  it("says that the rest is merged where it is", async () => {
    const conflictAndEdit = (project: string): void => {
      conflicts(project);
      appendFileSync(join(project, "README.md"), "\nMine, which no new version meets.\n");
    };
    await onTerminal(["retune", "--memory=1g"], conflictAndEdit, async (terminal) => {
      await terminal.see("README.md (1 of 2)");
      await terminal.see("Keep mine (where both have changed; the rest is merged)");
      terminal.press(keys.down);
      await terminal.see("Take the new one (where both have changed; undo brings yours back)");
      terminal.press(keys.escape);
      assert.equal((await terminal.exit()).exitCode, 130, terminal.screen());
    });
  });

  it("can be settled for all files at once", async () => {
    await onTerminal(["retune", "--memory=1g"], conflicts, async (terminal, project) => {
      await terminal.see("README.md (1 of 2)");
      assert.match(terminal.screen(), /Take the new one in all/);
      terminal.press(...Array.from({ length: 6 }, () => keys.down), keys.enter);
      await terminal.see(ask);
      terminal.press(keys.enter);
      assert.equal((await terminal.exit()).exitCode, 0, terminal.screen());
      assert.match(read(project, "README.md"), /^An HTTP server on Bun/m);
      assert.match(read(project, "deploy/haproxy.cfg"), /^ {2}maxconn \d{5}$/m);
    });
  });

  it("writes nothing when the person leaves", async () => {
    await onTerminal(["retune", "--memory=1g"], conflicts, async (terminal, project) => {
      const untouched = snapshot(project);
      await terminal.see("README.md (1 of 2)");
      terminal.press(keys.ctrlC);
      assert.equal((await terminal.exit()).exitCode, 130, terminal.screen());
      assert.deepEqual(snapshot(project), untouched);
      assert.equal(terminal.isCursorHidden(), false);
    });
  });
});
