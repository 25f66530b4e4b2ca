import assert from "node:assert/strict";
import { test } from "node:test";
import type { Block } from "../../../../bench/soak/blocks.ts";
import { soakFigureNames } from "../../../../bench/soak/figures.ts";
import { judgeGrowth } from "../../../../bench/soak/judge.ts";
import { KeptBlocks } from "../../../../bench/soak/kept-blocks.ts";
import type { SoakValues } from "../../../../bench/soak/take-sample.ts";

const nothing = Object.fromEntries(soakFigureNames.map((name) => [name, 0])) as unknown as SoakValues;

/** Segments of a minute, each a block of load and one of rest, of which each leaves an open file behind. */
function kept(segments: number, blocksMax: number | undefined): KeptBlocks {
  const found = new KeptBlocks(blocksMax);
  for (let segment = 0; segment < segments; segment += 1) {
    const phase: Block["phase"] = segment < segments / 2 ? "steady" : "rolling";
    const values = { ...nothing, fds: segment };
    found.add({ phase, moment: "load", seconds: segment * 60, values });
    found.add({ phase, moment: "rest", seconds: segment * 60 + 54, values });
  }
  return found;
}

const countOf = (blocks: readonly Block[], phase: Block["phase"], moment: Block["moment"]) =>
  blocks.filter((block) => block.phase === phase && block.moment === moment).length;

test("KeptBlocks keeps load and rest of both phases, however often it drops every second one", () => {
  for (const segments of [20, 100, 1000]) {
    const { blocks } = kept(segments, 8);
    for (const phase of ["steady", "rolling"] as const) {
      const rests = countOf(blocks, phase, "rest");
      assert.ok(rests >= 4 && rests <= 8, `${segments} segments: ${rests}`);
      assert.equal(countOf(blocks, phase, "load"), rests);
    }
    const times = blocks.map(({ seconds }) => seconds);
    assert.deepEqual(
      times,
      [...times].sort((a, b) => a - b),
    );
  }
});

test("KeptBlocks still holds what open files are judged by after three days", () => {
  const { blocks } = kept(3 * 24 * 60, undefined);
  const files = judgeGrowth(blocks, 0).filter(({ figure }) => figure === "fds");
  assert.deepEqual(
    files.map(({ phase, moment, verdict }) => [phase, moment, verdict]),
    [
      ["steady", "rest", "growing"],
      ["rolling", "rest", "growing"],
    ],
  );
});
