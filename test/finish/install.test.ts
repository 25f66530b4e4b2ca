import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { install } from "../../src/finish/install.ts";
import { nodeExec } from "../../src/io/node.ts";
import { AppError } from "../../src/lib/errors.ts";
import { commandFolder } from "../support/command-folder.ts";
import { put, testFolder } from "../support/sample-project.ts";

const skip = process.platform === "win32";
const common = { packageManager: "pnpm", shell: "posix", showOutput: false } as const;

test("install() runs the package manager in the project", { skip }, async (t) => {
  commandFolder(t, { pnpm: 'echo "$1" > "ran here"' });
  const directory = join(testFolder(t), "my server");
  put(directory, { "package.json": "{}" });
  await install(nodeExec, { ...common, directory, currentDirectory: "/" });
  assert.equal(readFileSync(join(directory, "ran here"), "utf8"), "install\n");
});

test("install() keeps the project when it fails and names the commands that resume", { skip }, async (t) => {
  commandFolder(t, { pnpm: "echo one; echo no network >&2; exit 7" });
  const parent = testFolder(t);
  const directory = join(parent, "my server");
  put(directory, { "package.json": "{}" });
  const error = await install(nodeExec, { ...common, directory, currentDirectory: parent }).catch((reason) => reason);
  assert.ok(error instanceof AppError);
  assert.equal(error.exitCode, 5);
  assert.match(error.message, /exit code 7; the project itself is complete\.\none\nno network/);
  assert.equal(error.problems[0]?.next, "When the cause is removed: cd 'my server' && pnpm install");
  assert.equal(readFileSync(join(directory, "package.json"), "utf8"), "{}");
});

test("install() says so when the package manager is missing", { skip }, async (t) => {
  commandFolder(t, {}, true);
  const directory = testFolder(t);
  const input = { ...common, directory, currentDirectory: directory, shell: "powershell" } as const;
  const error = await install(nodeExec, input).catch((reason) => reason);
  assert.ok(error instanceof AppError);
  assert.equal(error.code, "INSTALL_FAILED");
  assert.equal(error.problems[0]?.next, "Install pnpm, then: pnpm install; or use --package-manager npm.");
});
