import assert from "node:assert/strict";
import { test } from "node:test";
import { judgeNoise, noiseNote, parseCpuTicks, readNoise, stealShareOf } from "../../../bench/method/noise.ts";

/** 100 pieces of 1 ms; the given ones take longer. */
const pieces = (slow: number, ms: number) => Array.from({ length: 100 }, (_, place) => (place < slow ? ms : 1));
const quiet = { piecesMs: pieces(0, 1), stealShare: 0, loadAverage: 0, cpus: 4 };

test("judgeNoise() calls equal times on an idle machine quiet", () => {
  const reading = judgeNoise(quiet);
  assert.deepEqual(reading, { noise: { median_ratio: 1, p99_ratio: 1, quiet: true }, reasons: [] });
  assert.equal(noiseNote(reading), undefined);
});

const noisy: readonly (readonly [name: string, sources: object, reason: string])[] = [
  ["a shared CPU", { piecesMs: pieces(60, 1.25) }, "equal work took 1.25 times the fastest (median)"],
  ["a tail", { piecesMs: pieces(3, 4) }, "one piece of equal work in a hundred took 4.0 times the fastest"],
  ["a busy host", { stealShare: 0.05 }, "the host took 5 % of the CPU time"],
  ["other programs", { loadAverage: 1.5 }, "the load average was 1.5 before the bench"],
];

for (const [name, sources, reason] of noisy) {
  test(`judgeNoise() tells ${name} by its reason`, () => {
    const reading = judgeNoise({ ...quiet, ...sources });
    assert.deepEqual([reading.noise.quiet, reading.reasons], [false, [reason]]);
    assert.equal(
      noiseNote(reading),
      `NOT quiet: ${reason}. Close other programs and measure again before you believe small differences.`,
    );
  });
}

test("judgeNoise() overlooks one interrupted piece in a hundred and a stranger's quarter of the CPUs", () => {
  assert.equal(judgeNoise({ ...quiet, piecesMs: pieces(1, 9), loadAverage: 1 }).noise.quiet, true);
  assert.equal(judgeNoise({ ...quiet, stealShare: undefined }).noise.quiet, true);
});

test("parseCpuTicks() sums user to steal of all CPUs, and not the guests, which user holds already", () => {
  const text = "cpu  100 2 30 400 5 6 7 50 60 70\ncpu0 1 2 3 4 5 6 7 8 9 10\n";
  assert.deepEqual(parseCpuTicks(text), { all: 600, steal: 50 });
  assert.equal(parseCpuTicks("cpu  100 2 30\n"), undefined);
  assert.equal(parseCpuTicks(""), undefined);
});

test("stealShareOf() is the host's part of the time between two readings", () => {
  assert.equal(stealShareOf({ all: 100, steal: 10 }, { all: 300, steal: 20 }), 0.05);
  assert.equal(stealShareOf({ all: 100, steal: 10 }, { all: 100, steal: 10 }), undefined);
  assert.equal(stealShareOf(undefined, { all: 100, steal: 10 }), undefined);
});

test("readNoise() times pieces of work here", () => {
  const { noise } = readNoise(0, 1);
  assert.ok(noise.median_ratio >= 1 && noise.p99_ratio >= noise.median_ratio, JSON.stringify(noise));
  assert.ok(Number.isFinite(noise.p99_ratio));
});
