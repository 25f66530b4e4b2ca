import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { packageManagers } from "../../src/answers/choices.ts";
import { enterCommand, nextSteps } from "../../src/finish/next-steps.ts";
import { shellOf, shellWord } from "../../src/finish/shell-words.ts";
import { testFolder } from "../support/sample-project.ts";

const commands: Readonly<Record<string, readonly string[]>> = {
  npm: ["cd server", "npm install", "npm start"],
  pnpm: ["cd server", "pnpm install", "pnpm start"],
  yarn: ["cd server", "yarn install", "yarn start"],
  bun: ["cd server", "bun install", "bun run start"],
  deno: ["cd server", "deno install", "deno task start"],
};
const common = {
  directory: "/home/me/server",
  currentDirectory: "/home/me",
  isInstalled: false,
  shell: "posix",
} as const;
for (const packageManager of packageManagers) {
  test(`nextSteps() names the commands of ${packageManager}`, () => {
    assert.deepEqual(nextSteps({ ...common, packageManager }), commands[packageManager]);
  });
}

test("nextSteps() leaves out what is done already", () => {
  const input = { ...common, packageManager: "npm", isInstalled: true, currentDirectory: "/home/me/server" } as const;
  assert.deepEqual(nextSteps(input), ["npm start"]);
});

const quoted: readonly (readonly [string, string, string])[] = [
  ["/home/me/my server", "cd 'my server'", "cd 'my server'"],
  ["/home/me/größe", "cd 'größe'", "cd 'größe'"],
  ["/home/me/it's", "cd 'it'\\''s'", "cd 'it''s'"],
  ["/home/me/$HOME", "cd '$HOME'", "cd '$HOME'"],
  ["/home/me/-x", "cd ./-x", "cd ./-x"],
  ["/srv/app", "cd /srv/app", "cd /srv/app"],
  ["/home/me/a/b", "cd a/b", "cd a/b"],
];
for (const [directory, posix, powershell] of quoted) {
  test(`enterCommand() quotes ${directory} for both shells`, () => {
    assert.deepEqual(enterCommand(directory, "/home/me", "posix"), [posix]);
    assert.deepEqual(enterCommand(directory, "/home/me", "powershell"), [powershell]);
  });
}

const awkward = [
  "a b",
  "it's",
  '"',
  "$(touch x)",
  "`x`",
  "a;b&c|d",
  "\\",
  "!",
  "~",
  "*",
  "größe 日本",
  "new\nline",
  "#x",
  "-n",
];
for (const text of awkward) {
  test(`shellWord() hands ${JSON.stringify(text)} through a real POSIX shell`, {
    skip: process.platform === "win32",
  }, () => {
    const shell = spawnSync("sh", ["-c", `printf %s ${shellWord(`x${text}`, "posix")}`], { encoding: "utf8" });
    assert.equal(shell.stdout, `x${text}`);
  });
}

test("enterCommand() enters the folder in a real POSIX shell", { skip: process.platform === "win32" }, (t) => {
  const folder = testFolder(t);
  for (const name of ["it's größe $1", "-dash"]) {
    mkdirSync(join(folder, name));
    const [enter = ""] = enterCommand(join(folder, name), folder, "posix");
    const shell = spawnSync("sh", ["-c", `${enter} && basename "$PWD" | cat`], { cwd: folder, encoding: "utf8" });
    assert.match(shell.stdout + shell.stderr, name === "-dash" ? /dash/ : /it's größe \$1/);
    assert.equal(shell.status, 0);
  }
});

test("shellOf() takes PowerShell only for Windows without a POSIX shell", () => {
  assert.equal(shellOf("linux", undefined), "posix");
  assert.equal(shellOf("win32", undefined), "powershell");
  assert.equal(shellOf("win32", "/usr/bin/bash"), "posix");
});
