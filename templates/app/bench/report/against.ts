/**
 * Two reports of one machine and one runtime: what became worse, what better, and where nothing is shown.
 *
 * Idea: the runs of both reports are two independent samples, and the ratio of their medians has an interval by the
 * percentile bootstrap (Efron and Tibshirani, An Introduction to the Bootstrap, 13.3). For medians all outcomes and their
 * probabilities are known (Maritz and Jarrett 1978), so the interval is counted out over all pairs of outcomes and the
 * same reports always give the same verdict. Many figures are compared at once, of which some would differ by chance: told
 * is only what all figures of a bench together do not explain (many-tests.ts). Each bench is judged alone, because it is a
 * question of its own: among the figures of all benches one change would be hidden by many that nobody asked about. So of
 * the changes that a bench tells, one in twenty is none. Bound: 100 runs a report; above 12 runs an even number is cut by
 * one, so that outcomes stay as few as runs.
 */
import { BenchError } from "../cli/bench-error.ts";
import { whyNotComparable } from "../method/comparable.ts";
import { medianOutcomes } from "../method/estimate.ts";
import { believed, chanceOf, leastChance, runsToShow } from "../method/many-tests.ts";
import { whyNotAlike } from "./alike-cases.ts";
import type { BenchName, BenchReport, CaseDocument, ComparisonDocument, Estimate } from "./document.ts";
import { type FigureName, figureTable } from "./figure-table.ts";
import { isPeerCase } from "./peer-case.ts";
import { standingFigures } from "./standing-figures.ts";

export interface Change {
  readonly case_id: string;
  readonly title: string;
  readonly figure: FigureName;
  readonly before: number;
  readonly now: number;
  /** Now over before, and its interval. */
  readonly ratio: number;
  readonly low: number;
  readonly high: number;
  readonly verdict: ComparisonDocument["verdict"];
}

export interface Against {
  /** Empty: nothing was compared, which is not the same as nothing changed. */
  readonly changes: readonly Change[];
  /** What could not be compared, and why. */
  readonly left_out: readonly string[];
  /** Where a single figure cannot be shown to have changed, however much it did. */
  readonly too_few_runs: readonly TooFewRuns[];
}

export interface TooFewRuns {
  readonly bench: BenchName;
  /** So many are compared at once. */
  readonly figures: number;
  /** So many runs beside the earlier ones would do; null: the earlier ones are too few for any number. */
  readonly runs: number | null;
}

/** One error in twenty, as everywhere in this bench. */
const TAIL = 0.025;
/** Of the changes that are told, so many may be none. */
const WRONG_SHARE = 0.05;

/**
 * Fewer runs on a side prove nothing: with three against three the two samples lie wholly apart by chance in 2 of 20
 * cases, with four against four in 2 of 70 (all ways to deal out the ranks; the test of Mann and Whitney).
 */
export const RUNS_MIN = 4;

const OUTCOMES_MAX_RUNS = 12;

export function against(before: BenchReport, now: BenchReport): Against {
  const reasons = whyNotComparable(before.context, now.context);
  if (reasons.length > 0) {
    const list = reasons.map((reason) => `  ${reason}`).join("\n");
    throw new BenchError(`The two reports cannot be compared:\n${list}\nMeasure both on one machine with one runtime.`);
  }
  const earlier = new Map(ownCases(before).map((one) => [one.id, one]));
  const leftOut: string[] = [];
  const benches = now.benches.map(({ name, cases }) => {
    const found = cases
      .filter(({ id }) => !isPeerCase(id))
      .flatMap((one) => {
        const result = compared(earlier.get(one.id), one);
        if (typeof result === "string") leftOut.push(`${one.id}: ${result}`);
        return typeof result === "string" ? [] : result;
      });
    return { name, found };
  });
  const ids = new Set(ownCases(now).map(({ id }) => id));
  for (const id of earlier.keys()) if (!ids.has(id)) leftOut.push(`${id}: not measured this time`);
  return {
    changes: benches.flatMap(({ found }) => believedChanges(found)),
    left_out: leftOut,
    too_few_runs: benches.flatMap(({ name, found }) => tooFewRuns(name, found)),
  };
}

/** What another server does tells nothing about this one. */
function ownCases({ benches }: BenchReport): readonly CaseDocument[] {
  return benches.flatMap(({ cases }) => cases).filter(({ id }) => !isPeerCase(id));
}

interface FoundChange {
  readonly change: Change;
  /** The probability that the runs lie so far apart by chance, and the least that so many runs could have. */
  readonly chance: number;
  readonly least: number;
  readonly runsBefore: number;
}

/** Of all that look changed those that so many comparisons at once do not explain. */
function believedChanges(found: readonly FoundChange[]): readonly Change[] {
  const isBelieved = believed(
    found.map(({ chance }) => chance),
    WRONG_SHARE,
  );
  return found.map(({ change }, place) => ({
    ...change,
    verdict: isBelieved[place] ? change.verdict : "no difference shown",
  }));
}

function tooFewRuns(bench: BenchName, found: readonly FoundChange[]): readonly TooFewRuns[] {
  const [surest] = [...found].sort((a, b) => a.least - b.least);
  const bound = WRONG_SHARE / found.length;
  if (!surest || surest.least <= bound) return [];
  return [{ bench, figures: found.length, runs: runsToShow(surest.runsBefore, bound) ?? null }];
}

/** @returns the changes, or why there are none to speak of */
function compared(before: CaseDocument | undefined, now: CaseDocument): readonly FoundChange[] | string {
  if (!before) return "not in the earlier report";
  const reason = whyNotAlike(before, now);
  if (reason !== undefined) return reason;
  const names = standingFigures(now).filter((name) => before.figures[name] && now.figures[name]);
  const changes = names.flatMap((name) => changeOf(name, before, now) ?? []);
  if (changes.length > 0) return changes;
  if (names.length === 0) return "none of the figures that stand for it is in both reports";
  const runs = names.flatMap((name) => [before, now].map(({ figures }) => figures[name]?.runs.length ?? 0));
  return Math.min(...runs) < RUNS_MIN
    ? `one of the two has fewer than ${RUNS_MIN} runs, which prove nothing`
    : "its figures are 0 in a run, so they have no ratio";
}

function changeOf(name: FigureName, before: CaseDocument, now: CaseDocument): FoundChange | undefined {
  const { better } = figureTable[name];
  const [was, is] = [before.figures[name], now.figures[name]];
  if (better === "neither" || !was || !is || Math.min(was.runs.length, is.runs.length) < RUNS_MIN) return undefined;
  // A ratio needs a positive value on both sides.
  if (!(Math.min(...was.runs, ...is.runs) > 0)) return undefined;
  const interval = ratioInterval(was, is);
  const medians = { before: was.median, now: is.median };
  const verdict = verdictOf(interval, better);
  return {
    change: { case_id: now.id, title: now.title, figure: name, ...medians, ...interval, verdict },
    chance: chanceOf(was.runs, is.runs),
    least: leastChance(was.runs.length, is.runs.length),
    runsBefore: was.runs.length,
  };
}

export interface RatioInterval {
  readonly ratio: number;
  readonly low: number;
  readonly high: number;
}

export function ratioInterval(before: Estimate, now: Estimate): RatioInterval {
  const ratio = now.median / before.median;
  const [earlier, later] = [outcomesOf(before.runs), outcomesOf(now.runs)];
  const ratios = later
    .flatMap((is) =>
      earlier.map((was) => ({ value: is.value / was.value, probability: is.probability * was.probability })),
    )
    .sort((a, b) => a.value - b.value);
  return { ratio, low: beyond(ratios, TAIL), high: beyond([...ratios].reverse(), TAIL) };
}

type Outcomes = ReturnType<typeof medianOutcomes>;

function outcomesOf(runs: readonly number[]): Outcomes {
  const many = runs.length > OUTCOMES_MAX_RUNS && runs.length % 2 === 0;
  return medianOutcomes(many ? runs.slice(1) : runs);
}

/** The first ratio at which the probabilities so far exceed the tail. */
function beyond(ratios: Outcomes, tail: number): number {
  let sum = 0;
  for (const { value, probability } of ratios) {
    sum += probability;
    if (sum > tail) return value;
  }
  return Number.NaN;
}

export function verdictOf({ low, high }: RatioInterval, better: "higher" | "lower"): Change["verdict"] {
  if (low > 1) return better === "higher" ? "better" : "worse";
  if (high < 1) return better === "higher" ? "worse" : "better";
  return "no difference shown";
}
