/**
 * Whether this machine is quiet enough to be measured on.
 *
 * Idea: equal pieces of work take equal time unless somebody else has the CPU in between: another program, the host of a
 * virtual machine (steal), or a clock that changes. So some hundreds of equal pieces are timed before the bench, and what
 * is above the fastest is noise. They run on the CPU of the generator, where this process is; the server's has the same
 * machine below it. Bound: a third of a second.
 */
import { readFileSync } from "node:fs";
import { quantile } from "./statistics.ts";

export interface Noise {
  /** Over the fastest piece. */
  readonly median_ratio: number;
  readonly p99_ratio: number;
  readonly quiet: boolean;
}

export interface NoiseReading {
  readonly noise: Noise;
  /** Why it is not quiet, each a part of a sentence; empty: it is. */
  readonly reasons: readonly string[];
}

/** Long enough that the timer's own resolution (5 us at worst) is a hundredth of it. */
const PIECE_MS = 0.5;
const PIECES = 400;
/** The first pieces are compiled while they run. */
const PIECES_FORGOTTEN = 100;
/**
 * Assumed: a median of a tenth above the fastest means that the CPU was shared or changed its clock all the time; a
 * hundredth of the pieces may meet an interrupt or a timer tick of the system, which takes a fraction of a piece.
 */
const MEDIAN_RATIO_MAX = 1.1;
const P99_RATIO_MAX = 1.5;
/** Of all CPU time while the pieces ran, what the host gave to others: above this it changes a figure's last digit. */
const STEAL_SHARE_MAX = 0.01;
/** Others that keep a quarter of the CPUs busy will meet the server. */
const LOAD_SHARE_MAX = 0.25;

export interface NoiseSources {
  /** Milliseconds that pieces of equal work took. */
  readonly piecesMs: readonly number[];
  /** Share (0..1) of the CPUs' time that the host took meanwhile; undefined: not known. */
  readonly stealShare: number | undefined;
  /** Over the last minute, before the bench. */
  readonly loadAverage: number;
  readonly cpus: number;
}

export function judgeNoise({ piecesMs, stealShare = 0, loadAverage, cpus }: NoiseSources): NoiseReading {
  const fastest = Math.min(...piecesMs);
  const medianRatio = quantile(piecesMs, 0.5) / fastest;
  const p99Ratio = quantile(piecesMs, 0.99) / fastest;
  const reasons = [
    ...(medianRatio > MEDIAN_RATIO_MAX ? [`equal work took ${medianRatio.toFixed(2)} times the fastest (median)`] : []),
    ...(p99Ratio > P99_RATIO_MAX
      ? [`one piece of equal work in a hundred took ${p99Ratio.toFixed(1)} times the fastest`]
      : []),
    ...(stealShare > STEAL_SHARE_MAX ? [`the host took ${(stealShare * 100).toFixed(0)} % of the CPU time`] : []),
    ...(loadAverage > cpus * LOAD_SHARE_MAX ? [`the load average was ${loadAverage.toFixed(1)} before the bench`] : []),
  ];
  return { noise: { median_ratio: medianRatio, p99_ratio: p99Ratio, quiet: reasons.length === 0 }, reasons };
}

/** "NOT quiet: ..." for the report; undefined: it is quiet. */
export function noiseNote({ reasons }: NoiseReading): string | undefined {
  if (reasons.length === 0) return undefined;
  return `NOT quiet: ${reasons.join("; ")}. Close other programs and measure again before you believe small differences.`;
}

/** Runs the pieces here and now. */
export function readNoise(loadAverage: number, cpus: number): NoiseReading {
  const rounds = roundsOfPiece();
  const before = readCpuTicks();
  const piecesMs = Array.from({ length: PIECES + PIECES_FORGOTTEN }, () => timeOf(rounds)).slice(PIECES_FORGOTTEN);
  return judgeNoise({ piecesMs, stealShare: stealShareOf(before, readCpuTicks()), loadAverage, cpus });
}

/** How many rounds fill a piece: doubled until they do, then in proportion. */
function roundsOfPiece(): number {
  for (let rounds = 1024; ; rounds *= 2) {
    const ms = Math.min(timeOf(rounds), timeOf(rounds), timeOf(rounds));
    if (ms >= PIECE_MS) return Math.ceil((rounds * PIECE_MS) / ms);
  }
}

/** Kept, so that no compiler drops the work that leads to it. */
let witness = 1;

function timeOf(rounds: number): number {
  const start = performance.now();
  let value = witness;
  // A step depends on the one before (Marsaglia's xorshift), and none on memory.
  for (let round = 0; round < rounds; round += 1) {
    value ^= value << 13;
    value ^= value >>> 17;
    value ^= value << 5;
  }
  witness = value;
  return performance.now() - start;
}

export interface CpuTicks {
  readonly all: number;
  readonly steal: number;
}

/** `text`: /proc/stat. Its first line sums all CPUs: user nice system idle iowait irq softirq steal (proc(5)). */
export function parseCpuTicks(text: string): CpuTicks | undefined {
  const ticks = /^cpu +([\d ]+)$/m.exec(text)?.[1]?.split(" ").slice(0, 8).map(Number);
  const steal = ticks?.[7];
  if (ticks === undefined || steal === undefined) return undefined;
  return { all: ticks.reduce((sum, each) => sum + each, 0), steal };
}

export function stealShareOf(before: CpuTicks | undefined, after: CpuTicks | undefined): number | undefined {
  if (!before || !after || after.all <= before.all) return undefined;
  return (after.steal - before.steal) / (after.all - before.all);
}

function readCpuTicks(): CpuTicks | undefined {
  try {
    return parseCpuTicks(readFileSync("/proc/stat", "utf8"));
  } catch {
    // Not Linux.
    return undefined;
  }
}
