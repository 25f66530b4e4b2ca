/**
 * Two cases that took turns, as ratios: what one costs for each unit of the other.
 *
 * Idea: the runs of one round are a pair that met the same moments of the machine, so ratios are taken within pairs. Their
 * median gets the interval of the sign test (statistics.ts), which holds whatever the distribution is; a difference is
 * claimed only when that whole interval lies on one side of 1, never from fewer than six pairs, and never from a case with
 * errors: a server that refuses half of what it is asked is not the faster one.
 */
import { errorCount } from "../report/case-errors.ts";
import type { CaseDocument, ComparisonDocument } from "../report/document.ts";
import { type FigureName, type FigureRow, figureTable } from "../report/figure-table.ts";
import { compare, PAIRS_MIN } from "./statistics.ts";

/** Figures that one of the two lacks, that have no better side, or that are 0 in a run have no comparison. */
export function compareCases(
  measured: CaseDocument,
  baseline: CaseDocument,
  figures: readonly FigureName[],
): readonly ComparisonDocument[] {
  return figures.flatMap((figure) => {
    const comparison = compareFigure(measured, baseline, figure);
    return comparison ? [comparison] : [];
  });
}

/** Why comparisons of these cases claim nothing, whatever their intervals say: a note for each case with errors. */
export function errorNotes(cases: readonly CaseDocument[]): readonly string[] {
  return cases.flatMap((one) => {
    const count = errorCount(one);
    return count === 0
      ? []
      : [`No difference is claimed in comparisons with ${one.id}: it had ${count} error${count === 1 ? "" : "s"}.`];
  });
}

function compareFigure(
  measured: CaseDocument,
  baseline: CaseDocument,
  figure: FigureName,
): ComparisonDocument | undefined {
  const runs = measured.figures[figure]?.runs ?? [];
  const others = baseline.figures[figure]?.runs ?? [];
  const { better } = figureTable[figure];
  // Ended early, one of the two may have a run more, which is the last one.
  const pairs = runs.slice(0, others.length).map((value, round) => [value, others[round] ?? 0] as const);
  const isRatio = pairs.every(([value, other]) => value > 0 && other > 0);
  if (better === "neither" || pairs.length === 0 || !isRatio) return undefined;
  const { ratio, low, high } = compare(pairs);
  const hasErrors = errorCount(measured) + errorCount(baseline) > 0;
  const verdict = hasErrors ? "no difference shown" : verdictOf(low, high, pairs.length, better);
  return { figure, case_id: measured.id, baseline_id: baseline.id, ratio, low, high, pairs: pairs.length, verdict };
}

export function verdictOf(
  low: number,
  high: number,
  pairs: number,
  better: Exclude<FigureRow["better"], "neither">,
): ComparisonDocument["verdict"] {
  if (pairs < PAIRS_MIN || (low <= 1 && high >= 1)) return "no difference shown";
  return low > 1 === (better === "higher") ? "better" : "worse";
}
