/** The command that regenerates the reference figures: it knows all of them, and its scripts write what it says. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { after, describe, it } from "node:test";
import { sections } from "../../scripts/measure/sections.mjs";
import { spread } from "../../scripts/measure/spread.mjs";
import type { Source } from "../../src/plan/decision.ts";
import * as sources from "../../src/plan/sources.ts";
import { listFiles, root } from "../tidy/source-files.ts";

/** Written by a script that plays attacks and measures nothing. */
const others = ["attack"];

describe("sections", () => {
  it("have every file below docs/measurements", () => {
    const known = new Set([...Object.values(sections).flatMap(({ files }) => files), ...others]);
    const names = listFiles("docs/measurements").map((path) => basename(path).replace(/\.(json|md)$/, ""));
    assert.ok(names.length > 0);
    assert.deepEqual(
      names.filter((name) => !known.has(name)),
      [],
    );
  });

  it("name programs that exist", () => {
    const scripts = Object.values(sections).map(
      ({ command }) => command.find((part) => part.startsWith("scripts/")) ?? "none",
    );
    assert.deepEqual(
      scripts.filter((path) => !existsSync(join(root, path))),
      [],
    );
  });

  it("have every measured source of the planning rules", () => {
    const files = new Set(Object.values(sections).flatMap((section) => section.files));
    const measured = Object.values<unknown>(sources)
      .filter((source): source is Source => typeof source === "object" && source !== null && "kind" in source)
      .filter(({ kind }) => kind === "measured")
      .map(({ ref }) => ref);
    assert.ok(measured.length > 0);
    assert.deepEqual(
      measured.filter((ref) => {
        const name = /^docs\/measurements\/([\w-]+)\.json$/.exec(ref)?.[1];
        return name === undefined || !files.has(name) || !existsSync(join(root, ref));
      }),
      [],
    );
  });

  it("say what cites them, where something does", () => {
    const paths = Object.values(sections).flatMap(({ citedBy }) => citedBy.match(/\b(src|templates)\/[\w./-]+/g) ?? []);
    assert.deepEqual(
      paths.filter((path) => !existsSync(join(root, path))),
      [],
    );
  });
});

describe("npm run measure", () => {
  const folder = mkdtempSync(join(tmpdir(), "measure-test-"));
  after(() => rmSync(folder, { recursive: true, force: true }));
  const measure = (...args: string[]) =>
    spawnSync(process.execPath, [join(root, "scripts/measure/main.mjs"), ...args], {
      encoding: "utf8",
      env: { ...process.env, MEASURE_OUTPUT: folder },
    });

  it("lists what there is, without measuring", () => {
    const { status, stdout } = measure("--list");
    assert.equal(status, 0);
    for (const name of Object.keys(sections)) assert.match(stdout, new RegExp(`^${name} +\\d+ min`, "m"));
  });

  it("refuses a name that it does not know, and says which there are", () => {
    const { status, stderr } = measure("speed");
    assert.equal(status, 2);
    assert.match(stderr, /There is no measurement speed; there are allocators, /);
  });

  it("writes figures of all three runtimes in a smoke run", () => {
    const { status, stderr } = measure("--smoke", "memory-primitives");
    assert.equal(status, 0, stderr);
    const { date, figures } = JSON.parse(readFileSync(join(folder, "memory-primitives.json"), "utf8"));
    assert.match(date, /^\d{4}-\d\d-\d\d$/);
    for (const runtime of ["bun", "deno", "node"]) {
      assert.equal(Object.keys(figures[runtime]).length, 12);
      for (const { median, min, max } of Object.values(figures[runtime]) as Spread[]) {
        assert.ok(min > 0 && min <= median && median <= max);
      }
    }
    assert.match(readFileSync(join(folder, "memory-primitives.md"), "utf8"), /^\| arena, offset only \| \d/m);
  });
});

type Spread = ReturnType<typeof spread>;

describe("spread()", () => {
  it("gives the middle of an odd number of rounds, and their range", () => {
    assert.deepEqual(spread([3, 1, 2]), { median: 2, min: 1, max: 3 });
  });

  it("gives the mean of the two middle ones of an even number", () => {
    assert.deepEqual(spread([4, 1, 2, 10]), { median: 3, min: 1, max: 10 });
  });

  it("rounds to what a figure bears", () => {
    assert.deepEqual(spread([1234.56, 0.12345]), { median: 617.342, min: 0.123, max: 1235 });
  });
});
