import assert from "node:assert/strict";
import { test } from "node:test";
import { nodeExec } from "../../src/io/node.ts";
import { windowsCommand } from "../../src/io/windows-command.ts";
import { commandFolder } from "../support/command-folder.ts";
import { testFolder } from "../support/sample-project.ts";

const skip = process.platform === "win32";

test("nodeExec.run() reports output, exit code and signal, and gives no input", { skip }, async (t) => {
  commandFolder(t, {
    talk: 'cat; echo "out $1"; echo err >&2; exit 3',
    dies: "kill -TERM $$",
  });
  const cwd = testFolder(t);
  const talked = await nodeExec.run("talk", ["größe $HOME"], { cwd });
  assert.deepEqual(talked, { exitCode: 3, stdout: "out größe $HOME\n", stderr: "err\n" });
  assert.equal((await nodeExec.run("dies", [], { cwd })).exitCode, 128 + 15);
});

test("nodeExec.run() answers 127 for what cannot start", async (t) => {
  const result = await nodeExec.run("no-such-command", [], { cwd: testFolder(t) });
  assert.equal(result.exitCode, 127);
  assert.equal(nodeExec.has("no-such-command"), false);
});

test("nodeExec.run() keeps at most 1 MiB of output", { skip }, async (t) => {
  commandFolder(t, { flood: "head -c 3000000 /dev/zero" });
  const result = await nodeExec.run("flood", [], { cwd: testFolder(t) });
  assert.equal(result.stdout.length, 1_048_576);
});

test("windowsCommand() starts programs directly", () => {
  const command = windowsCommand("C:\\git\\git.exe", ["add", "a b"], "cmd.exe");
  assert.deepEqual(command, { file: "C:\\git\\git.exe", args: ["add", "a b"], verbatim: false });
});

const quoted: readonly (readonly [string, string])[] = [
  ["install", '^^^"install^^^"'],
  ["a b", '^^^"a^^^ b^^^"'],
  ["a&calc", '^^^"a^^^&calc^^^"'],
  ["%PATH%", '^^^"^^^%PATH^^^%^^^"'],
  ['"', '^^^"\\^^^"^^^"'],
  ["end\\", '^^^"end\\\\^^^"'],
];
for (const [argument, expected] of quoted) {
  test(`windowsCommand() hands ${argument} to a batch file through both readings of cmd.exe`, () => {
    const command = windowsCommand("C:\\Program Files\\nodejs\\npm.cmd", [argument], "C:\\cmd.exe");
    assert.equal(command.file, "C:\\cmd.exe");
    assert.deepEqual(command.args, ["/d", "/s", "/c", `"C:\\Program^ Files\\nodejs\\npm.cmd ${expected}"`]);
    assert.equal(command.verbatim, true);
  });
}
