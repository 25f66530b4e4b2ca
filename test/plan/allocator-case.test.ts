/** The claims about malloc backends, and the rules that rest on them, against what was measured. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, it } from "node:test";
import { printAllocatorFigures } from "../../scripts/allocator-figures.ts";
import { GiB, KiB } from "../../src/lib/units.ts";
import { CLAIM_RATIO, claims, claimText, type MeasuredClaim, ratioOf } from "../../src/plan/allocator-case.ts";
import { allocatorRatios, allocatorRun } from "../../src/plan/allocator-figures.ts";
import { explainBudget } from "../../src/plan/explain.ts";
import { allocatorCase, explainAllocator } from "../../src/plan/explain-allocator.ts";
import { solve } from "../../src/plan/solve.ts";
import type { RuntimeName } from "../../templates/app/src/runtime/capabilities.ts";
import { answersWith, factsWith, solveContext } from "./targets.ts";

/** Fewer seconds per case show that the script works; they prove no ratio. */
const SECONDS_MIN = 6;
const isShort = allocatorRun.rounds * allocatorRun.seconds < SECONDS_MIN;
const short = isShort
  ? `docs/measurements/allocators.json is a run of ${allocatorRun.rounds} x ${allocatorRun.seconds} s, too short to prove ratios; node scripts/measure/allocators.mjs makes a full one`
  : false;

const ratio = (runtime: RuntimeName, name: string, work: MeasuredClaim["work"], quantity: MeasuredClaim["quantity"]) =>
  ratioOf(runtime, { case: name, work, quantity }) ?? Number.NaN;

describe("allocator-figures.ts", () => {
  it("holds the ratios of docs/measurements/allocators.json; npm run docs:update writes them", () => {
    const text = readFileSync(new URL("../../src/plan/allocator-figures.ts", import.meta.url), "utf8");
    assert.equal(text, printAllocatorFigures());
  });
});

describe("claims", () => {
  for (const claim of claims) {
    const { measured, runtime, side } = claim;
    if (measured === undefined) continue;
    it(`${runtime}, ${claim.backend}: the file has what "${claim.text}" cites`, () =>
      assert.equal(typeof ratioOf(runtime, measured), "number"));
    it(`${runtime}, ${claim.backend}, ${side}: ${claimText(claim)}`, { skip: short }, () => {
      const found = ratioOf(runtime, measured) ?? Number.NaN;
      assert.ok(side === "for" ? found <= CLAIM_RATIO : found >= 1 / CLAIM_RATIO, `${found}`);
    });
  }

  it("speak for and against every backend that a target can have", () => {
    for (const runtime of ["deno", "bun"] as const) {
      const plan = solve(answersWith({ runtime }), factsWith(), solveContext);
      for (const { backend, claims: own } of allocatorCase(plan).backends) {
        for (const side of ["for", "against"])
          assert.ok(
            own.some((claim) => claim.side === side),
            `${backend} ${side}`,
          );
      }
    }
  });
});

/** What the rules take for granted. A run that says otherwise asks for another rule, in rules/allocator.ts or engine.ts. */
describe("rules that rest on the measured ratios", () => {
  const rows: readonly (readonly [string, () => number, (found: number) => boolean])[] = [
    [
      "tcmalloc does not pay for large bodies on Deno",
      () => ratio("deno", "tcmalloc", "bodies", "cpu"),
      (found) => found > 0.97,
    ],
    ["nor does mimalloc", () => ratio("deno", "mimalloc", "bodies", "cpu"), (found) => found > 0.97],
    [
      "jemalloc is no choice for large bodies",
      () => ratio("deno", "jemalloc", "bodies", "cpu"),
      (found) => found >= 1.2,
    ],
    [
      "lean glibc holds less after large bodies",
      () => ratio("deno", "glibc, lean", "bodies", "idle"),
      (found) => found <= 0.9,
    ],
    [
      "semi-spaces above V8's default save no CPU with large bodies",
      () => ratio("deno", "glibc, semi-spaces of 64 MiB", "bodies", "cpu"),
      (found) => found >= 0.97,
    ],
    [
      "nor with small JSON",
      () => ratio("deno", "glibc, semi-spaces of 64 MiB", "json", "cpu"),
      (found) => found >= 0.97,
    ],
    [
      "lean glibc holds the least after large bodies",
      () => ratio("deno", "glibc, lean", "bodies", "idle") / ratio("deno", "jemalloc, lean", "bodies", "idle"),
      (found) => found <= 1,
    ],
    [
      "a small heap saves small JSON CPU on Bun",
      () => ratio("bun", "mimalloc, --smol", "json", "cpu"),
      (found) => found <= 0.97,
    ],
    ["a small heap is smaller on Bun", () => ratio("bun", "mimalloc, --smol", "json", "rss"), (found) => found <= 0.95],
    [
      "a small heap costs large bodies CPU on Bun",
      () => ratio("bun", "mimalloc, --smol", "bodies", "cpu"),
      (found) => found >= 1.03,
    ],
  ];
  for (const [name, read, holds] of rows) {
    it(name, { skip: short }, () => assert.ok(holds(read()), `${read()}`));
  }

  it("no preloaded library pays for small messages on Deno", { skip: short }, () => {
    for (const [name, works] of Object.entries(allocatorRatios.deno)) {
      // Flags of the engine are not the library's merit.
      if (name.includes("semi-spaces")) continue;
      for (const work of ["json", "strings"] as const) assert.ok(works[work].cpu >= 0.93, `${name}, ${work}`);
    }
  });
});

describe("the allocator rules", () => {
  const backend = (answers: Parameters<typeof answersWith>[0], facts: Parameters<typeof factsWith>[0] = {}) =>
    solve(answersWith({ runtime: "deno", ...answers }), factsWith(facts), solveContext).decisions["allocator.backend"]
      .value;
  const rows: readonly (readonly [string, ReturnType<typeof backend>, unknown])[] = [
    ["uploads on Deno get glibc", backend({ workload: "upload" }), "glibc"],
    ["for the sake of memory too", backend({ workload: "upload", objective: "memory" }), "glibc"],
    ["and small messages", backend({ workload: "api" }), "glibc"],
    ["nothing can be preloaded elsewhere", backend({ workload: "upload" }, { os: "darwin" }), "system"],
    ["what was asked for stays", backend({ workload: "upload", allocator: "mimalloc" }), "mimalloc"],
    ["Bun has its own", backend({ runtime: "bun", workload: "upload" }), "mimalloc"],
  ];
  for (const [name, found, expected] of rows) it(name, () => assert.equal(found, expected));
});

describe("explainAllocator()", () => {
  const text = (answers: Parameters<typeof answersWith>[0], facts: Parameters<typeof factsWith>[0] = {}) =>
    explainAllocator(solve(answersWith(answers), factsWith(facts), solveContext));

  it("prints the case of every backend on Deno and marks the choice", () => {
    const found = text({ runtime: "deno", workload: "upload" });
    for (const name of ["glibc: the choice", "mimalloc", "jemalloc", "tcmalloc"]) {
      assert.match(found, new RegExp(`^${name}\n {2}for .*\n[^]*? {2}against `, "m"));
    }
    assert.doesNotMatch(found, /^refused/m);
  });

  it("refuses on Bun what would serve nothing, with the reason", () => {
    const found = text({ runtime: "bun" });
    assert.match(found, /^mimalloc: the choice$/m);
    assert.match(found, /^refused\n {2}system {3}Bun links its own/m);
    assert.match(found, /^ {2}jemalloc Bun links its own mimalloc, so jemalloc would be loaded and serve nothing\.$/m);
  });

  it("refuses jemalloc where its page size is not the kernel's", () => {
    assert.match(text({ runtime: "deno" }, { pageBytes: KiB(16), arch: "arm64" }), /^refused\n {2}jemalloc .*aborts/m);
  });

  it("names the danger of huge pages only where the target has them", () => {
    assert.match(text({ runtime: "deno" }, { transparentHugePages: "always" }), /thp:never/);
    assert.doesNotMatch(text({ runtime: "deno" }), /thp:never/);
  });
});

describe("explainBudget()", () => {
  it("prints every row of the budget and the limit that they share", () => {
    const plan = solve(answersWith(), factsWith({ memoryBytes: GiB(1) }), solveContext);
    const lines = explainBudget(plan).split("\n");
    assert.equal(lines.length, plan.budget.length + 1);
    assert.ok(lines.some((line) => line.includes("memory.scratch_bytes")));
    assert.match(lines.at(-1) ?? "", /in all, of the 1 GiB that the target grants$/);
  });
});
