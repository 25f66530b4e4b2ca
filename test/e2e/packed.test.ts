/** The packed package, end to end: create, install, check, test, start, probe, stop; on both runtimes. */
import assert from "node:assert/strict";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { failedTestFiles } from "../../scripts/failed-test-files.ts";
import { root } from "../../scripts/test-stages.ts";
import { type RuntimeName, runtimeVersions } from "../../templates/app/src/runtime/capabilities.ts";
import { answers, type Installed, packAndInstall, readProjectFile, run, start } from "./packed-package.ts";

let installed: Installed;

before(async () => {
  installed = await packAndInstall();
});

after(() => installed?.remove());

test("npm pack ships the bundle, the templates and the documents, and nothing else", () => {
  const outside = installed.tarballFiles.filter((path) => !/^(bin|dist|templates)\//.test(path)).sort();
  assert.deepEqual(outside, ["LICENSE", "README.md", "package.json"]);
  assert.ok(installed.tarballFiles.includes("bin/create-fastserve.js"));
  assert.ok(installed.tarballFiles.includes("templates/app/src/main.ts"));
});

test("installing the package installs no other package", () => {
  const packages = readdirSync(join(installed.folder, "node_modules")).filter((name) => !name.startsWith("."));
  assert.deepEqual(packages, ["create-fastserve"]);
});

interface Case {
  readonly name: string;
  readonly flags: readonly string[];
  readonly version: RegExp;
  readonly native: readonly string[];
}

const cases: readonly Case[] = [
  {
    name: "bun server",
    flags: ["--runtime", "bun"],
    version: new RegExp(`Bun ${runtimeVersions.bun}, adapter bun, tuned|"adapter":"bun","tuned":true`),
    native: [join("node_modules", "bun", "bin", "bun.exe"), "src/launch.ts"],
  },
  {
    name: "deno proxy sërver",
    flags: ["--runtime", "deno", "--exposure", "proxy"],
    version: new RegExp(`Deno ${runtimeVersions.deno}.*deno-serve`),
    native: [join("node_modules", "deno", "deno"), "run", "-A", "src/launch.ts"],
  },
  {
    name: "deno direct",
    flags: ["--runtime", "deno", "--exposure", "direct"],
    version: new RegExp(`Deno ${runtimeVersions.deno}.*deno-http`),
    native: [join("node_modules", "deno", "deno"), "run", "-A", "src/launch.ts"],
  },
];

for (const { name, flags, version, native } of cases) {
  test(`"${name}": create, install, check, test, start by npm and natively, probe, stop`, async () => {
    const project = join(installed.folder, name);
    const created = await run("npx", ["create-fastserve", name, "--yes", "--no-git", ...flags], installed.folder);
    assert.equal(created.exitCode, 0, created.stderr + created.stdout);
    assert.ok(existsSync(join(project, "node_modules", "zod")), "the create installed the project's packages");

    const checked = await run("npm", ["run", "check"], project);
    assert.equal(checked.exitCode, 0, checked.stdout + checked.stderr);
    await testProject(project, flags.includes("bun") ? "bun" : "deno");
    await benchProject(project);

    await probeAndStop("npm", ["start"], project, version);
    await probeAndStop(join(project, native[0] as string), native.slice(1), project, version);
    assert.match(readProjectFile(project, "README.md"), /npm install && npm start/);
  });
}

const testCommand = {
  bun: ["bun", ["test", "--timeout", "60000"]],
  deno: ["deno", ["test", "--allow-all", "--no-check"]],
} as const;

/** By the project's own command; files that fail are run once more, alone, as this repository's own are. */
async function testProject(project: string, runtime: RuntimeName): Promise<void> {
  const tested = await run("npm", ["test"], project);
  if (tested.exitCode === 0) return;
  const output = tested.stdout + tested.stderr;
  const files = failedTestFiles(output);
  assert.notDeepEqual(files, [], output);
  console.log(`unsteady in ${project}, run once more: ${files.join(" ")}\n${output}`);
  const [program, args] = testCommand[runtime];
  const again = await run(join(project, "node_modules", ".bin", program), [...args, ...files], project);
  assert.equal(again.exitCode, 0, again.stdout + again.stderr);
}

/** That the bench suite works with the features that this project has; the figures are checked where the suite is tested. */
async function benchProject(project: string): Promise<void> {
  const benched = await run(
    "npm",
    ["run", "bench", "--", "--quick", "start", "upload", "--json", "bench.json"],
    project,
  );
  assert.equal(benched.exitCode, 0, benched.stdout + benched.stderr);
  const { benches } = JSON.parse(readProjectFile(project, "bench.json"));
  const measured = benches.map((bench: { name: string; cases: { id: string; figures: object }[] }) => [
    bench.name,
    bench.cases.filter(({ figures }) => Object.keys(figures).length > 0).map(({ id }) => id),
  ]);
  assert.deepEqual(measured, [
    ["upload", ["upload/declared", "upload/chunked"]],
    ["start", ["start/cold"]],
  ]);
}

async function probeAndStop(command: string, args: readonly string[], project: string, version: RegExp): Promise<void> {
  const server = await start(command, args, project);
  try {
    assert.equal(await (await fetch(`${server.url}/users/42`)).text(), '{"id":"42"}');
    const echoed = await fetch(`${server.url}/echo`, { method: "POST", body: "x".repeat(2000) });
    assert.equal((await echoed.text()).length, 2000);
    assert.match(await (await fetch(`${server.admin}/metrics`)).text(), /^fastserve_requests_total 2$/m);
    assert.match(server.output(), version);
  } finally {
    server.child.kill("SIGTERM");
  }
  await Promise.race([server.ended, new Promise((resolve) => setTimeout(resolve, 20_000))]);
  assert.equal(await answers(`${server.admin}/livez`), false, `${command} ${args.join(" ")} left a server behind`);
}

test("npm create, bunx and deno run create the same project as npx", async () => {
  const flags = ["--yes", "--no-install", "--no-git", "--target", "aws-t4g-small", "--package-manager", "npm"];
  const bunx = join(root, "node_modules", "bun", "bin", "bunx.exe");
  const deno = join(root, "node_modules", "deno", "deno");
  const entry = join("node_modules", "create-fastserve", "bin", "create-fastserve.js");
  const ways: readonly (readonly [string, string, readonly string[]])[] = [
    ["by-npx", "npx", ["create-fastserve", "by-npx/app", ...flags]],
    ["by-npm", "npm", ["create", "fastserve", "--", "by-npm/app", ...flags]],
    // Bun hands a literal "--" on to the program.
    ["by-bun", bunx, ["create-fastserve", "--", "by-bun/app", ...flags]],
    ["by-deno", deno, ["run", "-A", entry, "by-deno/app", ...flags]],
  ];
  const texts = [];
  for (const [folder, command, args] of ways) {
    const { exitCode, stdout, stderr } = await run(command, args, installed.folder);
    assert.equal(exitCode, 0, `${folder}: ${stderr}${stdout}`);
    texts.push(readProjectFile(join(installed.folder, folder, "app"), "fastserve.tuned.toml"));
  }
  assert.deepEqual(texts, [texts[0], texts[0], texts[0], texts[0]]);
});
