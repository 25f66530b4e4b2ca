/** The program around the commands: Node's version, colours, character sets, readers that leave. Real processes. */
import assert from "node:assert/strict";
import { execFileSync, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { before, describe, it } from "node:test";
import { buildCli, inEmptyDirectory, plainEnvironment, program, runCli } from "./built-cli.ts";

before(buildCli);

const ESCAPE = "\u001b";

describe("bin", () => {
  const rows: readonly (readonly [string, number, RegExp])[] = [
    ["18.20.4", 2, /needs Node 20\.12 or newer; this is Node 18\.20\.4/],
    ["20.11.1", 2, /needs Node 20\.12 or newer; this is Node 20\.11\.1/],
    ["20.12.0", 0, /^$/],
    ["24.0.0", 0, /^$/],
  ];
  for (const [node, status, message] of rows) {
    it(`${status === 0 ? "accepts" : "refuses"} Node ${node}`, () => {
      const pretend = `Object.defineProperty(process, "versions", { value: { node: "${node}" } })`;
      const result = spawnSync(
        process.execPath,
        ["--import", `data:text/javascript,${encodeURIComponent(pretend)}`, program, "--version"],
        { encoding: "utf8", env: plainEnvironment() },
      );
      assert.equal(result.status, status, result.stderr);
      assert.match(result.stderr, message);
    });
  }
});

describe("output", () => {
  it("has no escape sequences on a pipe", () => {
    assert.equal(runCli(["--help"]).stdout.includes(ESCAPE), false);
    assert.equal(runCli(["--nonsense"]).stderr.includes(ESCAPE), false);
  });

  it("has colours with FORCE_COLOR=1 and none with NO_COLOR=1", () => {
    assert.equal(runCli(["--help"], { environment: { FORCE_COLOR: "1" } }).stdout.includes(ESCAPE), true);
    assert.equal(runCli(["--help"], { environment: { NO_COLOR: "1" } }).stdout.includes(ESCAPE), false);
  });

  it("is ASCII in the C locale", () => {
    assert.match(runCli(["--nonsense"], { environment: { LANG: "C" } }).stderr, /^x --nonsense/);
  });

  it("survives a reader that leaves, and still writes the project", async () => {
    await inEmptyDirectory(async (cwd) => {
      // With git steps the program goes on for a while after the pipe has broken.
      const child = spawn(process.execPath, [program, "app", "--yes", "--no-install"], {
        cwd,
        env: plainEnvironment({ HOME: cwd }),
        stdio: ["ignore", "pipe", "pipe"],
      });
      child.stdout.destroy();
      let complaints = "";
      child.stderr.on("data", (data) => {
        complaints += String(data);
      });
      const [status] = await once(child, "exit");
      assert.deepEqual([status, complaints], [0, ""]);
      assert.ok(existsSync(join(cwd, "app", ".git")));
      assert.ok(existsSync(join(cwd, "app", "package.json")));
    });
  });

  it("survives | head", () => {
    const line = `"${process.execPath}" "${program}" explain | head -n 1`;
    const result = execFileSync("bash", ["-c", `set -o pipefail; ${line}`], {
      encoding: "utf8",
      env: plainEnvironment(),
    });
    assert.match(result, /^Plan for this: /);
  });
});
