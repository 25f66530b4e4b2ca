import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { detectPackageManager } from "../../src/finish/package-manager.ts";
import { nodeExec, nodeFileSystem } from "../../src/io/node.ts";
import { commandFolder } from "../support/command-folder.ts";
import { put, testFolder } from "../support/sample-project.ts";

const agents: readonly (readonly [string, string])[] = [
  ["npm/10.8.2 node/v20.20.2 linux x64 workspaces/false", "npm"],
  ["pnpm/9.12.1 npm/? node/v22.9.0 darwin arm64", "pnpm"],
  ["yarn/1.22.22 npm/? node/v20.0.0 linux x64", "yarn"],
  ["yarn/4.5.0 npm/? node/v22.0.0 linux x64", "yarn"],
  ["bun/1.4.5 npm/? node/v24.3.0 linux x64", "bun"],
  ["deno/2.9.6 npm/? deno/2.9.6 linux x86_64", "deno"],
];
for (const [agent, name] of agents) {
  test(`detectPackageManager() reads ${agent.split(" ")[0]}`, (t) => {
    const found = detectPackageManager(nodeFileSystem, nodeExec, join(testFolder(t), "server"), agent);
    assert.deepEqual([found.name, found.origin], [name, "invoked"]);
  });
}

const around: readonly (readonly [string, Record<string, string>, string, string])[] = [
  ["nothing", {}, "npm", "default"],
  ["the packageManager field", { "package.json": '{"packageManager":"pnpm@9.1.0"}', "yarn.lock": "" }, "pnpm", "field"],
  ["a lockfile", { "package.json": "{}", "yarn.lock": "" }, "yarn", "lockfile"],
  ["a broken package.json", { "package.json": "{", "bun.lock": "" }, "bun", "lockfile"],
  [
    "an unknown packageManager",
    { "package.json": '{"packageManager":"cnpm@1"}', "package-lock.json": "" },
    "npm",
    "lockfile",
  ],
  ["the root of the repository", { ".git/HEAD": "", "../yarn.lock": "", "pnpm-lock.yaml": "" }, "pnpm", "lockfile"],
];
for (const [what, files, name, origin] of around) {
  test(`detectPackageManager() without a caller goes by ${what}`, (t) => {
    const folder = join(testFolder(t), "parent");
    put(folder, { ...files, "x/y": "" });
    const found = detectPackageManager(nodeFileSystem, nodeExec, join(folder, "server"), "unknown/1.0");
    assert.deepEqual([found.name, found.origin], [name, origin]);
  });
}

test("detectPackageManager() looks up to the repository's root and not beyond it", (t) => {
  const folder = testFolder(t);
  put(folder, { "yarn.lock": "", "repo/.git/HEAD": "", "repo/packages/x": "", "repo/pnpm-lock.yaml": "" });
  put(folder, { "other/.git/HEAD": "", "other/packages/x": "" });
  const at = (path: string) => detectPackageManager(nodeFileSystem, nodeExec, join(folder, path), undefined).name;
  assert.equal(at("repo/packages/server"), "pnpm");
  assert.equal(at("other/packages/server"), "npm");
  assert.equal(at("server"), "yarn");
  assert.equal(at("deep/down/server"), "npm");
});

test("detectPackageManager() says whether the package manager is installed", {
  skip: process.platform === "win32",
}, (t) => {
  commandFolder(t, { pnpm: "true" }, true);
  const folder = join(testFolder(t), "server");
  const isInstalled = (agent: string) => detectPackageManager(nodeFileSystem, nodeExec, folder, agent).isInstalled;
  assert.equal(isInstalled("pnpm/9"), true);
  assert.equal(isInstalled("yarn/4"), false);
});
