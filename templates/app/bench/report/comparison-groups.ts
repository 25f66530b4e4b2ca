/** Comparisons under few headings: one figure over many baselines, or many figures over one, whichever repeats less. */
import type { BenchDocument, ComparisonDocument } from "./document.ts";
import { figureTable } from "./figure-table.ts";

export interface ComparisonGroup {
  readonly title: string;
  readonly rows: readonly { readonly label: string; readonly comparison: ComparisonDocument }[];
}

export function comparisonGroups({ comparisons, cases }: BenchDocument): readonly ComparisonGroup[] {
  const titleOf = (id: string) => cases.find((one) => one.id === id)?.title ?? id;
  const byFigure = Map.groupBy(
    comparisons,
    ({ case_id, figure }) => `${titleOf(case_id)}: ${figureTable[figure].label}`,
  );
  const byPair = Map.groupBy(comparisons, (one) => `${titleOf(one.case_id)} over ${titleOf(one.baseline_id)}`);
  const groups = byFigure.size < byPair.size ? byFigure : byPair;
  return [...groups].map(([title, rows]) => ({
    title: `${title}, ${pairsText(rows)}`,
    rows: rows.map((comparison) => ({
      label: groups === byFigure ? `over ${titleOf(comparison.baseline_id)}` : figureTable[comparison.figure].label,
      comparison,
    })),
  }));
}

function pairsText(rows: readonly ComparisonDocument[]): string {
  const counts = rows.map(({ pairs }) => pairs);
  const [least, most] = [Math.min(...counts), Math.max(...counts)];
  return least === most ? `${most} pairs` : `${least} to ${most} pairs`;
}
