/** The wizard on a real pseudo-terminal: what a person sees, types and gets. */
import assert from "node:assert/strict";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { before, describe, it } from "node:test";
import { buildCli, inEmptyDirectory, runCli } from "./built-cli.ts";
import { keys, openProgram, type PseudoTerminal } from "./pseudo-terminal.ts";

before(buildCli);

const offline = ["--no-install", "--no-git"];

/** Runs the program on a terminal in an empty directory and never leaves it running. */
async function onTerminal(
  argv: readonly string[],
  drive: (terminal: PseudoTerminal, cwd: string) => Promise<void>,
  environment: Readonly<Record<string, string>> = {},
): Promise<void> {
  await inEmptyDirectory(async (cwd) => {
    const terminal = openProgram([...argv, ...offline], { cwd, environment });
    try {
      await drive(terminal, cwd);
    } finally {
      terminal.close();
    }
  });
}

interface Step {
  readonly see: string;
  readonly press: readonly string[];
}

/** Every prompt of a whole run, customising included, with the keys that answer it. */
const wholeRun: readonly Step[] = [
  { see: "Where should the project go?", press: ["my app", keys.enter] },
  { see: "Which machine will the server run on?", press: [keys.enter] },
  { see: "Which runtime?", press: [keys.enter] },
  { see: "What will it mostly do?", press: [keys.enter] },
  { see: "Who connects to it?", press: [keys.enter] },
  { see: "Create the project?", press: [keys.down, keys.enter] },
  { see: "What is the project called?", press: [keys.enter] },
  { see: "What matters most?", press: [keys.down, keys.enter] },
  { see: "How many connections at once?", press: ["500", keys.enter] },
  { see: "Which memory allocator under the runtime?", press: [keys.enter] },
  { see: "Does the server speak TLS itself?", press: [keys.enter] },
  { see: "Which port?", press: [keys.enter] },
  { see: "Which features?", press: [keys.enter] },
  { see: "Which deployment files?", press: [keys.enter] },
  { see: "Which package manager?", press: [keys.enter] },
];

async function follow(terminal: PseudoTerminal, steps: readonly Step[]): Promise<void> {
  for (const { see, press } of steps) {
    await terminal.see(see);
    terminal.press(...press);
  }
}

async function assertCancelled(terminal: PseudoTerminal, cwd: string): Promise<void> {
  const { exitCode } = await terminal.exit();
  assert.equal(exitCode, 130, terminal.screen());
  assert.deepEqual(readdirSync(cwd), []);
  assert.equal(terminal.isCursorHidden(), false);
}

function answersIn(project: string): Record<string, unknown> {
  return JSON.parse(readFileSync(join(project, "fastserve.json"), "utf8")).answers;
}

describe("wizard", () => {
  it("creates a project after five questions and shows hardware, plan and the repeating command", async () => {
    await onTerminal([], async (terminal, cwd) => {
      await follow(terminal, wholeRun.slice(0, 5));
      await terminal.see("Create the project?");
      assert.match(terminal.screen(), /This machine: [\d.]+ CPUs?, [\d.]+ [GM]iB, (x64|arm64), linux/);
      assert.match(terminal.screen(), /Workers +\d+ +\S+/);
      assert.equal(existsSync(join(cwd, "my app")), false);
      terminal.press(keys.enter);
      const { exitCode } = await terminal.exit();
      assert.equal(exitCode, 0, terminal.screen());
      assert.match(terminal.screen(), /npm create fastserve@latest -- 'my app' --target this --runtime bun/);
      assert.match(terminal.screen(), /cd 'my app'/);
      assert.equal(answersIn(join(cwd, "my app")).name, "my-app");
      assert.equal(terminal.isCursorHidden(), false);
    });
  });

  it("asks only what is not given", async () => {
    const given = ["app", "--runtime", "deno", "--exposure=direct", "--target=this"];
    await onTerminal(given, async (terminal, cwd) => {
      await terminal.see("What will it mostly do?");
      assert.doesNotMatch(terminal.screen(), /Where should|Which machine|Which runtime/);
      terminal.press(keys.enter);
      await terminal.see("Create the project?");
      assert.doesNotMatch(terminal.screen(), /Who connects/);
      terminal.press(keys.enter);
      assert.equal((await terminal.exit()).exitCode, 0, terminal.screen());
      assert.equal(answersIn(join(cwd, "app")).runtime, "deno");
    });
  });

  it("asks the rest behind Customise, with what the plan would take as default", async () => {
    await onTerminal([], async (terminal, cwd) => {
      await follow(terminal, wholeRun.slice(0, 8));
      await terminal.see("How many connections at once?");
      await terminal.see("as the plan has it");
      await follow(terminal, wholeRun.slice(8));
      await terminal.see("Create the project?", 2);
      assert.doesNotMatch(terminal.screen(), /Which TLS profile/);
      terminal.press(keys.enter);
      assert.equal((await terminal.exit()).exitCode, 0, terminal.screen());
      const { connections, objective, port } = answersIn(join(cwd, "my app"));
      assert.deepEqual({ connections, objective, port }, { connections: 500, objective: "throughput", port: 3000 });
    });
  });

  it("lists a refused choice with its reason and does not let it be chosen", async () => {
    await onTerminal([], async (terminal, cwd) => {
      await follow(terminal, wholeRun.slice(0, 9));
      await terminal.see("Which memory allocator under the runtime?");
      await terminal.see("jemalloc (Bun links its own mimalloc");
      // Automatic -> mimalloc -> over jemalloc and tcmalloc, back to Automatic.
      terminal.press(keys.down);
      await terminal.see("● mimalloc");
      terminal.press(keys.down);
      await terminal.see("● Automatic");
      terminal.press(keys.up);
      await terminal.see("● mimalloc");
      terminal.press(keys.enter);
      await follow(terminal, wholeRun.slice(10));
      await terminal.see("Create the project?", 2);
      terminal.press(keys.enter);
      assert.equal((await terminal.exit()).exitCode, 0, terminal.screen());
      assert.equal(answersIn(join(cwd, "my app")).allocator, "mimalloc");
    });
  });

  it("asks again when a typed value is wrong", async () => {
    await onTerminal([], async (terminal, cwd) => {
      mkdirSync(join(cwd, "taken"));
      writeFileSync(join(cwd, "taken", "mine.txt"), "");
      await terminal.see("Where should the project go?");
      terminal.press("taken", keys.enter);
      await terminal.see("is not empty: it holds mine.txt");
      terminal.press("-not", keys.enter);
      await terminal.see("Which machine");
      terminal.press(keys.ctrlC);
      assert.equal((await terminal.exit()).exitCode, 130);
      assert.deepEqual(readdirSync(cwd), ["taken"]);
    });
  });

  it("takes a preset, found by typing", async () => {
    const given = ["app", "--runtime=bun", "--workload=api", "--exposure=proxy"];
    await onTerminal(given, async (terminal, cwd) => {
      await terminal.see("Which machine");
      terminal.press(keys.down, keys.enter);
      await terminal.see("Which one?");
      terminal.press("raspberry-pi-4");
      await terminal.see("raspberry-pi-4");
      terminal.press(keys.enter);
      await terminal.see("Create the project?");
      terminal.press(keys.enter);
      assert.equal((await terminal.exit()).exitCode, 0, terminal.screen());
      assert.equal(answersIn(join(cwd, "app")).target, "raspberry-pi-4");
    });
  });

  it("imports a facts file and says what is wrong with a path", async () => {
    const given = ["app", "--runtime=bun", "--workload=api", "--exposure=proxy"];
    await onTerminal(given, async (terminal, cwd) => {
      writeFileSync(join(cwd, "facts.json"), runCli(["probe"]).stdout);
      await terminal.see("Which machine");
      terminal.press(keys.down, keys.down, keys.enter);
      await terminal.see("Path of the facts file");
      terminal.press("nothing", keys.enter);
      await terminal.see("nor a readable facts file");
      terminal.press(...Array.from("nothing", () => "\u007f"), "facts.json", keys.enter);
      await terminal.see("Create the project?");
      terminal.press(keys.enter);
      assert.equal((await terminal.exit()).exitCode, 0, terminal.screen());
      assert.equal(answersIn(join(cwd, "app")).target, "facts.json");
    });
  });

  it("takes typed numbers, and another target when they are too small", async () => {
    const given = ["app", "--runtime=bun", "--workload=api", "--exposure=proxy"];
    await onTerminal(given, async (terminal, cwd) => {
      await terminal.see("Which machine");
      terminal.press(keys.down, keys.down, keys.down, keys.enter);
      await terminal.see("How many CPUs");
      terminal.press("0.5", keys.enter);
      await terminal.see("How much memory");
      terminal.press("4m", keys.enter);
      await terminal.see("Which architecture");
      terminal.press(keys.enter);
      await terminal.see("too little for bun");
      await terminal.see("What now?");
      terminal.press(keys.enter);
      await terminal.see("Which machine", 2);
      terminal.press(keys.down, keys.down, keys.down, keys.enter);
      await terminal.see("How many CPUs", 2);
      terminal.press("0.5", keys.enter);
      await terminal.see("How much memory", 2);
      terminal.press("256m", keys.enter);
      await terminal.see("Which architecture", 2);
      terminal.press(keys.enter);
      await terminal.see("Create the project?");
      terminal.press(keys.enter);
      assert.equal((await terminal.exit()).exitCode, 0, terminal.screen());
      const { cpus, memory, arch } = answersIn(join(cwd, "app"));
      assert.deepEqual({ cpus, memory, arch }, { cpus: 0.5, memory: 268_435_456, arch: "x64" });
    });
  });

  for (const [index, step] of wholeRun.entries()) {
    const key = index % 2 === 0 ? keys.ctrlC : keys.escape;
    it(`writes nothing when "${step.see}" is cancelled with ${index % 2 === 0 ? "Ctrl-C" : "Esc"}`, async () => {
      await onTerminal([], async (terminal, cwd) => {
        await follow(terminal, wholeRun.slice(0, index));
        await terminal.see(step.see);
        terminal.press(key);
        await assertCancelled(terminal, cwd);
      });
    });
  }

  it("writes nothing when Cancel is chosen", async () => {
    await onTerminal([], async (terminal, cwd) => {
      await follow(terminal, wholeRun.slice(0, 5));
      await terminal.see("Create the project?");
      terminal.press(keys.up);
      await terminal.see("● Cancel");
      terminal.press(keys.enter);
      await terminal.see("Nothing was written.");
      await assertCancelled(terminal, cwd);
    });
  });

  it("cancels at the end of input (Ctrl-D) at a text prompt", async () => {
    await onTerminal([], async (terminal, cwd) => {
      await terminal.see("Where should the project go?");
      terminal.press(keys.ctrlD);
      await assertCancelled(terminal, cwd);
    });
  });

  it("cancels at the end of input (Ctrl-D) at a list", async () => {
    await onTerminal(["app"], async (terminal, cwd) => {
      await terminal.see("Which machine");
      terminal.press(keys.ctrlD);
      await assertCancelled(terminal, cwd);
    });
  });

  it("ends without success and without files when the terminal goes away", async () => {
    await onTerminal([], async (terminal, cwd) => {
      await terminal.see("Where should the project go?");
      terminal.hangUp();
      const { exitCode, signal } = await terminal.exit();
      assert.ok(exitCode !== 0 || (signal ?? 0) !== 0, `exit code ${exitCode}, signal ${signal}`);
      assert.deepEqual(readdirSync(cwd), []);
    });
  });

  it("does not ask when CI=1, and says what is missing", async () => {
    await onTerminal(
      [],
      async (terminal, cwd) => {
        assert.equal((await terminal.exit()).exitCode, 2);
        assert.match(terminal.screen(), /5 answers are missing, and there is no terminal to ask on/);
        assert.doesNotMatch(terminal.screen(), /Where should/);
        assert.deepEqual(readdirSync(cwd), []);
      },
      { CI: "1" },
    );
  });

  it("does not ask with --yes on a terminal", async () => {
    await onTerminal(["app", "--yes"], async (terminal, cwd) => {
      assert.equal((await terminal.exit()).exitCode, 0, terminal.screen());
      assert.ok(existsSync(join(cwd, "app", "package.json")));
    });
  });
});
