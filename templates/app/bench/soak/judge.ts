/**
 * Whether a figure grows: its slope over the blocks that come after the warm-up, with an interval, and a verdict.
 *
 * Idea: heaps, caches and compiled code grow at first on a sound server too, so the first third of each phase is not judged. Three
 * things must come together to call it growth. The whole interval of the slope lies above 0; the growth over the judged time
 * exceeds what matters (figures.ts); and it goes on: where the later half is surely flatter than the whole, a heap is
 * settling, as a leak never does, and a longer run will tell.
 * Many figures are judged at once, so each gets its part of the chance of a false alarm (Bonferroni).
 */
import { median } from "../method/statistics.ts";
import type { Block, PhaseName } from "./blocks.ts";
import { leastGrowth, type Moment, type SoakFigureName, soakFigureNames, soakFigures } from "./figures.ts";
import { type Point, theilSen } from "./slope.ts";

export type GrowthVerdict = "steady" | "growing" | "settling" | "too short" | "not known";

export interface Growth {
  readonly figure: SoakFigureName;
  readonly phase: PhaseName;
  readonly moment: Moment;
  readonly verdict: GrowthVerdict;
  readonly blocks: number;
  /** From the first judged block to the last. */
  readonly seconds: number;
  /** Median of the blocks. */
  readonly level: number;
  /** Per hour, as are the ends; null: too few blocks to tell. */
  readonly slope: number | null;
  readonly low: number | null;
  readonly high: number | null;
  /** Over the judged time: by the slope, and what is let pass. */
  readonly growth: number | null;
  readonly growthLeast: number;
}

/** Of each phase's time. */
export const WARMUP_SHARE = 1 / 3;
/** The chance that a soak of a server which does not grow calls any figure growing. */
const RUN_ALARM = 0.05;
/** The usual one-sided chance, for the one question whether the later half is flatter. */
const HALF_ALARM = 0.025;
const HOUR_SECONDS = 3600;

/** @param letPassShare growth of memory that the operator lets pass, as a share of its level */
export function judgeGrowth(blocks: readonly Block[], letPassShare: number): readonly Growth[] {
  const phases = (["steady", "rolling"] as const).filter((name) => blocks.some(({ phase }) => phase === name));
  const judged = phases.flatMap((phase) =>
    soakFigureNames.flatMap((figure) => soakFigures[figure].judgedAt.map((moment) => ({ phase, figure, moment }))),
  );
  const alarm = RUN_ALARM / Math.max(1, judged.length);
  return judged.map(({ phase, figure, moment }) => {
    const own = blocks.filter((block) => block.phase === phase);
    const points = afterWarmup(own)
      .filter((block) => block.moment === moment)
      .map(({ seconds, values }): Point => [seconds / HOUR_SECONDS, values[figure]]);
    return { phase, moment, ...judgePoints(figure, points, alarm, letPassShare) };
  });
}

function afterWarmup(blocks: readonly Block[]): readonly Block[] {
  const first = blocks[0]?.seconds ?? 0;
  const from = first + WARMUP_SHARE * ((blocks.at(-1)?.seconds ?? 0) - first);
  return blocks.filter(({ seconds }) => seconds >= from);
}

/** `points`: hours and values. */
export function judgePoints(
  figure: SoakFigureName,
  points: readonly Point[],
  alarm: number,
  letPassShare: number,
): Omit<Growth, "phase" | "moment"> {
  const known = points.filter(([, value]) => !Number.isNaN(value));
  const hours = (known.at(-1)?.[0] ?? 0) - (known[0]?.[0] ?? 0);
  const level = known.length === 0 ? 0 : median(known.map(([, value]) => value));
  const growthLeast = leastGrowth(figure, level, letPassShare);
  const found = theilSen(known, alarm);
  const base = { figure, blocks: known.length, seconds: hours * HOUR_SECONDS, level, growthLeast };
  if (!found) {
    const verdict = known.length === 0 && points.length > 0 ? "not known" : "too short";
    return { ...base, verdict, slope: null, low: null, high: null, growth: null };
  }
  const { slope, low, high } = found;
  const growth = slope * hours;
  const grows = low > 0 && growth >= growthLeast;
  const verdict = grows ? (isSettling(known, slope) ? "settling" : "growing") : "steady";
  return { ...base, verdict, slope, low, high, growth };
}

/** The later half is surely flatter than the whole. */
function isSettling(points: readonly Point[], slope: number): boolean {
  const later = theilSen(points.slice(Math.floor(points.length / 2)), HALF_ALARM);
  return later !== undefined && later.high < slope;
}
