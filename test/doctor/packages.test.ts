/** What the doctor says of packages, of the repository, and of the host by the project's own doctor. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { chmodSync } from "node:fs";
import { type TestContext, test } from "node:test";
import { checkGit } from "../../src/doctor/check-git.ts";
import { checkHost } from "../../src/doctor/check-host.ts";
import { checkPackages, type PackagesReading } from "../../src/doctor/check-packages.ts";
import type { Finding } from "../../src/doctor/finding.ts";
import { nodeFileSystem as fs, nodeExec } from "../../src/io/node.ts";
import { commandFolder, setVariables } from "../support/command-folder.ts";
import { put, testFolder } from "../support/sample-project.ts";

type Files = Readonly<Record<string, string>>;

interface Case {
  readonly title: string;
  readonly reading?: Partial<PackagesReading>;
  readonly files: Files;
  readonly rows: readonly string[];
}

const manifest = '{ "devDependencies": { "bun": "1.4.5" } }';
const installed = { "node_modules/bun/package.json": '{ "version": "1.4.5" }' };

const cases: readonly Case[] = [
  {
    title: "is content with a lockfile and the runtime as pinned",
    files: { "package.json": manifest, "package-lock.json": "", ...installed },
    rows: ["ok package manager: npm, package-lock.json", "ok runtime: bun 1.4.5"],
  },
  {
    title: "asks for an install where none has been",
    files: { "package.json": manifest },
    rows: ["warning package manager: npm", "warning runtime: bun 1.4.5, not installed"],
  },
  {
    title: "warns of another package manager's lockfile",
    files: { "package.json": manifest, "package-lock.json": "", "yarn.lock": "", ...installed },
    rows: ["warning package manager: npm", "ok runtime: bun 1.4.5"],
  },
  {
    title: "warns of another package manager in package.json",
    files: { "package.json": manifest.replace("{", '{ "packageManager": "pnpm@9.1.0",'), ...installed },
    rows: ["warning package manager: npm", "ok runtime: bun 1.4.5"],
  },
  {
    title: "warns of another version of the runtime in package.json",
    files: { "package.json": manifest.replace("1.4.5", "1.5.0"), "package-lock.json": "", ...installed },
    rows: ["ok package manager: npm, package-lock.json", "warning runtime: bun 1.5.0 in package.json"],
  },
  {
    title: "warns of another version of the runtime that is installed",
    files: {
      "package.json": manifest,
      "package-lock.json": "",
      "node_modules/bun/package.json": '{ "version": "1.4.4" }',
    },
    rows: ["ok package manager: npm, package-lock.json", "warning runtime: bun 1.4.4 installed"],
  },
  {
    title: "calls a package.json that is no JSON a problem",
    files: { "package.json": "<<<<<<< mine", "package-lock.json": "" },
    rows: ["ok package manager: npm, package-lock.json", "problem runtime: unknown"],
  },
  {
    title: "calls a folder in the place of package.json a problem",
    files: { "package.json/x": "", "package-lock.json": "" },
    rows: ["ok package manager: npm, package-lock.json", "problem runtime: unknown"],
  },
  {
    title: "takes a folder in the place of the runtime's package.json for no version",
    files: { "package.json": manifest, "package-lock.json": "", "node_modules/bun/package.json/x": "" },
    rows: ["ok package manager: npm, package-lock.json", "warning runtime: bun 1.4.5, not installed"],
  },
  {
    title: "does not send to an install where there is no package.json",
    files: { "package-lock.json": "" },
    rows: ["ok package manager: npm, package-lock.json", "warning runtime: no package.json"],
  },
  {
    title: "does not send to an install where package.json does not ask for the runtime",
    files: { "package.json": "{}", "package-lock.json": "", "node_modules/bun/package.json": '{ "version": "1.4.4" }' },
    rows: ["ok package manager: npm, package-lock.json", "warning runtime: no bun in package.json"],
  },
  {
    title: "reads a package.json with a byte order mark",
    files: { "package.json": `\uFEFF${manifest.replace("{", '{ "packageManager": "pnpm@9.1.0",')}`, ...installed },
    rows: ["warning package manager: npm", "ok runtime: bun 1.4.5"],
  },
  {
    title: "lets Deno write its own lockfile whoever installs",
    reading: { runtime: "deno", pinned: "2.9.6" },
    files: {
      "package.json": '{ "devDependencies": { "deno": "2.9.6" } }',
      "package-lock.json": "",
      "deno.lock": "",
      "node_modules/deno/package.json": '{ "version": "2.9.6" }',
    },
    rows: ["ok package manager: npm, package-lock.json", "ok runtime: deno 2.9.6"],
  },
  {
    title: "warns when the package manager is not there",
    reading: { packageManager: "pnpm" },
    files: { "package.json": manifest, "pnpm-lock.yaml": "", ...installed },
    rows: ["warning package manager: pnpm", "ok runtime: bun 1.4.5"],
  },
];

for (const { title, reading, files, rows } of cases) {
  test(`checkPackages() ${title}`, (t) => {
    const directory = folderWith(t, files);
    commandFolder(t, { npm: "exit 0" }, true);
    const findings = checkPackages(fs, nodeExec, {
      directory,
      packageManager: "npm",
      runtime: "bun",
      pinned: "1.4.5",
      ...reading,
    });
    assert.deepEqual(rowsOf(findings), rows);
  });
}

const skip = nodeExec.has("git") ? false : "git is not installed";

test("checkGit() tells whether the records travel with the project", { skip }, async (t) => {
  const directory = folderWith(t, { ".fastserve/lock.json": "{}" });
  setVariables(t, { GIT_CONFIG_GLOBAL: "/dev/null", GIT_CONFIG_NOSYSTEM: "1", GIT_CEILING_DIRECTORIES: directory });
  const git = (...args: readonly string[]) => spawnSync("git", args, { cwd: directory });
  assert.deepEqual(await checkGit(nodeExec, directory), []);
  git("init", "--quiet");
  assert.deepEqual(rowsOf(await checkGit(nodeExec, directory)), ["warning git: .fastserve/lock.json is not committed"]);
  put(directory, { ".gitignore": ".*\n" });
  assert.deepEqual(rowsOf(await checkGit(nodeExec, directory)), ["warning git: .fastserve/lock.json is ignored"]);
  put(directory, { ".gitignore": "" });
  git("add", ".fastserve");
  assert.deepEqual(rowsOf(await checkGit(nodeExec, directory)), ["ok git: .fastserve/lock.json is committed"]);
});

const here = { runtime: "bun", isHere: true, command: "npm run doctor" } as const;

test("checkHost() gives the rows of the project's own doctor, with its status and next step", async (t) => {
  const answer = {
    findings: [
      { subject: "memory", status: "ok", value: "2 GiB", reason: "Enough." },
      { subject: "server.port", status: "problem", value: "80", reason: "In use.", next: "stop it" },
    ],
  };
  const directory = doctorOf(t, `[ "$*" = "src/doctor.ts --json" ] && echo '${JSON.stringify(answer)}'; exit 4`);
  assert.deepEqual(await checkHost(fs, nodeExec, { directory, ...here }), [
    { subject: "host: memory", status: "ok", value: "2 GiB", reason: "Enough." },
    { subject: "host: server.port", status: "problem", value: "80", reason: "In use.", next: "stop it", exit: "drift" },
  ]);
});

for (const output of [
  "",
  "Segmentation fault",
  '{ "findings": [{ "subject": 1 }] }',
  '{ "findings": [{ "status": "ok" }] }',
]) {
  test(`checkHost() takes ${JSON.stringify(output)} for no answer`, async (t) => {
    const directory = doctorOf(t, `echo '${output}'; exit 1`);
    const findings = await checkHost(fs, nodeExec, { directory, ...here });
    assert.deepEqual(rowsOf(findings), ["problem host: no answer"]);
  });
}

test("checkHost() runs nothing for another machine, and nothing that is not installed", async (t) => {
  const directory = doctorOf(t, "touch ran");
  const elsewhere = await checkHost(fs, nodeExec, { directory, ...here, isHere: false });
  assert.deepEqual(rowsOf(elsewhere), ["ok host: elsewhere"]);
  const other = await checkHost(fs, nodeExec, { directory, ...here, runtime: "deno" });
  assert.deepEqual(rowsOf(other), ["warning host: not looked at"]);
  assert.equal(fs.info(`${directory}/ran`), undefined);
});

/** A project whose runtime is this shell script. */
function doctorOf(t: TestContext, script: string): string {
  const directory = folderWith(t, { "src/doctor.ts": "", "node_modules/.bin/bun": `#!/bin/sh\n${script}\n` });
  chmodSync(`${directory}/node_modules/.bin/bun`, 0o755);
  return directory;
}

function folderWith(t: TestContext, files: Files): string {
  const directory = testFolder(t);
  put(directory, files);
  return directory;
}

function rowsOf(findings: readonly Finding[]): readonly string[] {
  return findings.map(({ subject, status, value }) => `${status} ${subject}: ${value}`);
}
