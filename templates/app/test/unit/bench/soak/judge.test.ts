import assert from "node:assert/strict";
import { test } from "node:test";
import { type Block, blockOf } from "../../../../bench/soak/blocks.ts";
import { leastGrowth, soakFigureNames } from "../../../../bench/soak/figures.ts";
import { judgeGrowth, judgePoints } from "../../../../bench/soak/judge.ts";
import type { Point } from "../../../../bench/soak/slope.ts";
import type { Sample, SoakValues } from "../../../../bench/soak/take-sample.ts";

const MIB = 1024 ** 2;
const nothing = Object.fromEntries(soakFigureNames.map((name) => [name, 0])) as unknown as SoakValues;
const server = { restarts: 0, rolls: { rss: 0, heap: 0, asked: 0 }, handlerErrors: 0, listening: 3, workers: 3 };

/** Noise that repeats and has no trend. */
const jitter = (index: number) => [0.3, -0.2, 0.1, -0.4, 0.2, -0.1, 0.4, -0.3][(index * 5) % 8] as number;

/** One point a minute. */
function points(count: number, value: (index: number) => number): readonly Point[] {
  return Array.from({ length: count }, (_, index): Point => [index / 60, value(index)]);
}

const verdictOf = (figure: "memory" | "fds" | "lag", series: readonly Point[]) =>
  judgePoints(figure, series, 0.002, 0).verdict;

test("leastGrowth() is the share of the level or the amount, whichever is more", () => {
  assert.equal(leastGrowth("memory", 40 * MIB, 0), MIB);
  assert.equal(leastGrowth("memory", 100 * MIB, 0), 2 * MIB);
  assert.equal(leastGrowth("memory", 100 * MIB, 0.5), 50 * MIB);
  assert.equal(leastGrowth("fds", 4000, 0.5), 1);
  assert.equal(leastGrowth("lag", 4, 0), 5);
  assert.equal(leastGrowth("lag", 40, 0), 20);
});

test("judgePoints() calls a steady leak growing, with its slope per hour", () => {
  const found = judgePoints(
    "memory",
    points(20, (index) => (100 + index + jitter(index)) * MIB),
    0.002,
    0,
  );
  assert.equal(found.verdict, "growing");
  assert.ok(Math.abs((found.slope ?? 0) / MIB - 60) < 2, `${found.slope}`);
  assert.ok((found.low ?? 0) > 50 * MIB && (found.high ?? 0) < 70 * MIB);
  assert.ok(Math.abs((found.growth ?? 0) / MIB - 19) < 1);
  assert.deepEqual([found.blocks, Math.round(found.seconds)], [20, 19 * 60]);
});

test("judgePoints() lets noise, steps back and forth, and a sure but tiny slope pass", () => {
  assert.equal(
    verdictOf(
      "memory",
      points(20, (index) => (100 + 5 * jitter(index)) * MIB),
    ),
    "steady",
  );
  assert.equal(
    verdictOf(
      "memory",
      points(20, (index) => (index % 5 === 0 ? 300 : 100) * MIB),
    ),
    "steady",
  );
  assert.equal(
    verdictOf(
      "memory",
      points(20, (index) => (100 + 0.05 * index) * MIB),
    ),
    "steady",
  );
  assert.equal(
    verdictOf(
      "memory",
      points(20, (index) => (100 - index) * MIB),
    ),
    "steady",
  );
});

test("judgePoints() calls growth that surely slows down settling", () => {
  const filling = points(24, (index) => (100 + 50 * (1 - Math.exp(-index / 8)) + 0.1 * jitter(index)) * MIB);
  assert.equal(verdictOf("memory", filling), "settling");
});

test("judgePoints() finds one descriptor in ten minutes, and not half of one", () => {
  assert.equal(
    verdictOf(
      "fds",
      points(20, (index) => 40 + index / 40),
    ),
    "steady",
  );
  assert.equal(
    verdictOf(
      "fds",
      points(20, (index) => 40 + index),
    ),
    "growing",
  );
});

test("judgePoints() says when there is too little, or nothing that is known", () => {
  assert.equal(
    verdictOf(
      "memory",
      points(5, (index) => index * MIB),
    ),
    "too short",
  );
  assert.equal(verdictOf("memory", []), "too short");
  assert.equal(
    verdictOf(
      "memory",
      points(20, () => Number.NaN),
    ),
    "not known",
  );
});

function block(phase: Block["phase"], moment: Block["moment"], seconds: number, memory: number): Block {
  return { phase, moment, seconds, values: { ...nothing, memory } };
}

test("judgeGrowth() leaves out the first third of each phase, and keeps load and rest apart", () => {
  // Filling for the first third, then flat under load; at rest it goes on.
  const blocks = Array.from({ length: 30 }, (_, index) => [
    block("steady", "load", index * 10, Math.min(index, 10) * 50 * MIB),
    block("steady", "rest", index * 10 + 5, index * 50 * MIB),
  ]).flat();
  const growth = judgeGrowth(blocks, 0);
  const memory = growth.filter(({ figure }) => figure === "memory");
  assert.deepEqual(
    memory.map(({ moment, verdict, blocks }) => [moment, verdict, blocks]),
    [
      ["load", "steady", 20],
      ["rest", "growing", 20],
    ],
  );
  assert.deepEqual([...new Set(growth.map(({ phase }) => phase))], ["steady"]);
});

test("judgeGrowth() judges the phase of replaced workers by itself", () => {
  const blocks = Array.from({ length: 40 }, (_, index) =>
    block(index < 20 ? "steady" : "rolling", "rest", index * 10, Math.min(index, 20) * 50 * MIB),
  );
  const found = judgeGrowth(blocks, 0).filter(({ figure, moment }) => figure === "memory" && moment === "rest");
  assert.deepEqual(
    found.map(({ phase, verdict }) => [phase, verdict]),
    [
      ["steady", "growing"],
      ["rolling", "steady"],
    ],
  );
});

test("blockOf() takes medians, and the lower quarter of the heap, and leaves out what is not known", () => {
  const samples = [1, 2, 9, 4, 5].map(
    (value, index): Sample => ({
      atMs: 10_000 + index * 1000,
      values: { ...nothing, memory: value, heap: value, fds: index === 0 ? Number.NaN : value, lag: Number.NaN },
      server,
    }),
  );
  const found = blockOf("steady", "load", samples, 2000);
  assert.equal(found?.seconds, 10);
  assert.deepEqual([found?.values.memory, found?.values.heap, found?.values.fds], [4, 2, 4.5]);
  assert.ok(Number.isNaN(found?.values.lag));
  assert.equal(blockOf("steady", "load", [], 0), undefined);
});
