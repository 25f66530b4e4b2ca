/** How the peers are chosen, configured and installed; whether they run is for the process test. */
import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import process from "node:process";
import { test } from "node:test";
import { compareChoice } from "../../../bench/cli/compare-choice.ts";
import { installerOf } from "../../../bench/peers/install-peers.ts";
import { nginxConfig } from "../../../bench/peers/nginx-config.ts";
import { bareOrder } from "../../../bench/peers/peer-order.ts";
import { folderWith, layOut, markInstalled, peersFolder, privateFolder } from "../../../bench/peers/peer-packages.ts";
import { peerNames, peerTable, unlikesOf } from "../../../bench/peers/peer-table.ts";
import { findProgram } from "../../../bench/server/find-program.ts";

const manifest = JSON.parse(readFileSync(join(peersFolder, "package.json"), "utf8"));
const lock = JSON.parse(readFileSync(join(peersFolder, "package-lock.json"), "utf8"));

test("the peers' packages are pinned exactly, and the lock file has these versions and no registry's address", () => {
  for (const [name, version] of Object.entries(manifest.dependencies)) {
    assert.match(String(version), /^\d+\.\d+\.\d+$/);
    assert.equal(lock.packages[`node_modules/${name}`].version, version);
  }
  assert.deepEqual(lock.packages[""].dependencies, manifest.dependencies);
  const entries = Object.entries<{ resolved?: string; integrity?: string }>(lock.packages).filter(
    ([path]) => path !== "",
  );
  assert.deepEqual(
    entries.filter(([, { resolved, integrity }]) => resolved !== undefined || !integrity),
    [],
  );
});

test("peerTable has a row for every name, programs that exist, and packages that are pinned", () => {
  assert.deepEqual(
    peerTable.map(({ name }) => name),
    peerNames,
  );
  const programs = new Set(readdirSync(join(peersFolder, "servers")));
  for (const { programs: named, packages } of peerTable) {
    for (const program of Object.values(named ?? {})) assert.ok(programs.has(program), program);
    for (const name of packages) assert.ok(name in manifest.dependencies, name);
  }
});

test("unlikesOf() says where a peer is served by another interface than this server, and nowhere else", () => {
  const hono = peerTable.find(({ name }) => name === "hono");
  assert.ok(hono);
  assert.deepEqual(unlikesOf(hono, "deno-http"), [
    "hono: Hono is served by Deno.serve here and this server by node:http; the difference is of both, framework and interface.",
  ]);
  assert.deepEqual([unlikesOf(hono, "bun"), unlikesOf(hono, "deno-serve")], [[], []]);
});

test("compareChoice() takes lists, each name once, and all without a flag", () => {
  const problems: string[] = [];
  assert.deepEqual(compareChoice(undefined, undefined, problems), { peers: undefined, levels: ["bare", "equal"] });
  assert.deepEqual(compareChoice("nginx, bare,nginx", "equal", problems), {
    peers: ["nginx", "bare"],
    levels: ["equal"],
  });
  assert.deepEqual(problems, []);
});

test("compareChoice() names what it does not know", () => {
  const problems: string[] = [];
  compareChoice("bare,fastfy", "", problems);
  assert.deepEqual(problems, [
    '--peers bare,fastfy: "fastfy" is none; did you mean fastify?',
    '--levels : "" is none; there are bare, equal.',
  ]);
});

test("nginxConfig() sends the fixed fields on both routes and the id where this server does", () => {
  const order = {
    equal: true,
    headers: [["content-security-policy", `default-src "x" 'self'`]] as const,
    requestIdHeader: "x-request-id",
    constantHasId: false,
  };
  const config = nginxConfig({ port: 20001, connections: 192, constant: "Hello", jsonFile: "answer.json", order });
  const [, constant = "", json = ""] = config.split("location = ");
  const policy = `add_header content-security-policy "default-src \\"x\\" 'self'" always;`;
  assert.ok(constant.includes(policy) && json.includes(policy));
  assert.ok(!constant.includes("$request_id") && json.includes("add_header x-request-id $request_id always;"));
  assert.ok(constant.includes('return 200 "Hello";') && json.includes("try_files /answer.json =404;"));
  assert.ok(config.includes("listen 127.0.0.1:20001 ") && config.includes("worker_connections 256;"));
});

test("nginxConfig() refuses a text that nginx would take for a variable", () => {
  const plan = { port: 20001, connections: 1, constant: "$5", jsonFile: "answer.json", order: bareOrder };
  assert.throws(() => nginxConfig(plan), { name: "BenchError", message: /dollar sign: \$5/ });
});

test("installerOf() goes by npm's lock file, runs no scripts, and takes the runtime where npm is missing", () => {
  const npm = installerOf("/somewhere/npm", "bun");
  assert.deepEqual([npm.program, npm.args[0], npm.args.includes("--ignore-scripts")], ["/somewhere/npm", "ci", true]);
  const bun = { program: process.execPath, args: ["install", "--ignore-scripts"], inPlace: true };
  assert.deepEqual(installerOf(undefined, "bun"), bun);
  const deno = { program: process.execPath, args: ["install", "--node-modules-dir=auto"], inPlace: false };
  assert.deepEqual(installerOf(undefined, "deno"), deno);
});

test("folderWith() finds packages in the private folder once they were installed for these pins, and not before", () => {
  const directory = mkdtempSync(join(tmpdir(), "fastserve peers "));
  try {
    const folder = privateFolder(directory);
    assert.equal(folderWith(["fastify", "no-such-package"], directory), undefined);
    layOut(folder);
    assert.equal(folderWith(["fastify", "no-such-package"], directory), undefined);
    assert.throws(() => markInstalled(folder), /is installed in .* instead of/);
    for (const [name, version] of Object.entries(manifest.dependencies)) {
      mkdirSync(join(folder, "node_modules", name), { recursive: true });
      writeFileSync(join(folder, "node_modules", name, "package.json"), JSON.stringify({ name, version }));
    }
    markInstalled(folder);
    writeFileSync(join(folder, "servers", "hono.mjs"), "edited");
    assert.equal(folderWith(["fastify", "no-such-package"], directory), folder);
    const program = readFileSync(join(folder, "servers", "hono.mjs"), "utf8");
    assert.equal(program, readFileSync(join(peersFolder, "servers", "hono.mjs"), "utf8"));
    writeFileSync(join(folder, ".installed"), "other pins");
    assert.equal(folderWith(["fastify", "no-such-package"], directory), undefined);
    assert.equal(folderWith([], directory), peersFolder);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
});

test("findProgram() takes the first executable file of the path, and neither a folder nor a text", {
  skip: process.platform === "win32",
}, () => {
  const folder = mkdtempSync(join(tmpdir(), "fastserve-path-"));
  try {
    writeFileSync(join(folder, "tool"), "", { mode: 0o644 });
    assert.equal(findProgram("tool", folder), undefined);
    writeFileSync(join(folder, "other"), "", { mode: 0o755 });
    assert.equal(findProgram("other", `:${join(folder, "none")}:${folder}`), join(folder, "other"));
    assert.equal(findProgram(folder.slice(dirname(folder).length + 1), dirname(folder)), undefined);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
