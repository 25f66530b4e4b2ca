/** The generator's own benchmarks: a smoke run of one round measures everything and writes both files. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, it } from "node:test";
import type { CliResult } from "../../scripts/bench/print-cli.ts";
import { buildCli } from "../cli/built-cli.ts";
import { root } from "../tidy/source-files.ts";

describe("npm run bench", () => {
  const folder = mkdtempSync(join(tmpdir(), "bench-test-"));
  after(() => rmSync(folder, { recursive: true, force: true }));
  const bench = (...args: string[]) =>
    spawnSync(process.execPath, ["--import", "tsx", join(root, "scripts/bench/main.ts"), ...args], {
      cwd: root,
      encoding: "utf8",
    });

  it("measures commands, stages and the matrix, none of them zero", () => {
    buildCli();
    const { status, stderr } = bench("--rounds", "1", "--output", folder);
    assert.equal(status, 0, stderr);
    const result = JSON.parse(readFileSync(join(folder, "cli.json"), "utf8")) as CliResult;
    assert.equal(result.commands.length, 8);
    for (const { name, wallMs, cpuMs, rssPeakMiB } of result.commands) {
      for (const { median, rounds } of [wallMs, cpuMs, rssPeakMiB]) assert.ok(median > 0 && rounds === 1, name);
    }
    assert.deepEqual(
      result.comparisons.map(({ beside }) => beside),
      ["node -e 0", "create-vite --help", "create-vite, full create", "create-fastserve --dry-run"],
    );
    assert.equal(result.stages.length, 4);
    for (const { name, ms } of result.stages) assert.ok(ms.median > 0, name);
    assert.ok(result.matrix.plans > 20 && result.matrix.solvedPerS.median > 0 && result.matrix.composedPerS.median > 0);
    assert.match(readFileSync(join(folder, "cli.md"), "utf8"), /^\| create-fastserve, full create \| \d/m);
  });

  it("refuses a number of rounds that is none", () => {
    const { status, stderr } = bench("--rounds", "many");
    assert.equal(status, 2);
    assert.equal(stderr.trim(), "--rounds many: give a whole number from 1 to 1000.");
  });
});
