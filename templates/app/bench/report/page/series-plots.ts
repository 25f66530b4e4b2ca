/** What was read again and again within a run: memory above all, one line a case. */
import type { BenchDocument, SeriesDocument } from "../document.ts";
import { type FigureName, figureTable } from "../figure-table.ts";
import { numberText, scaleOf } from "../figure-text.ts";
import type { Plot } from "./plot.ts";

export function seriesPlots(bench: BenchDocument): readonly Plot[] {
  const names = new Set(bench.cases.flatMap(({ series }) => series.map(({ figure }) => figure)));
  return [...names].map((name) => seriesPlot(bench, name));
}

function seriesPlot({ name, cases }: BenchDocument, figure: FigureName): Plot {
  const all = cases.flatMap(({ title, series }) => {
    const one = series.find((other) => other.figure === figure);
    return one && one.points.length > 1 ? [{ title, points: one.points }] : [];
  });
  const scale = scaleOf(
    figure,
    all.flatMap(({ points }) => points.map(([, value]) => value)),
  );
  const { label } = figureTable[figure];
  return {
    id: `plot-${name}-${figure.replaceAll("_", "-")}`,
    title: `${label.slice(0, 1).toUpperCase()}${label.slice(1)} over time`,
    caption: "Within the last run. What still rises at its end has not found its level.",
    x: { label: "time", unit: "s", scale: "linear", from_zero: true },
    y: { label, unit: scale.unit, scale: "linear" },
    lines: all.map(({ title, points }) => ({
      label: title,
      style: "line",
      points: points.map(([x, value]) => ({ x, y: value / scale.divisor })),
    })),
    table: {
      head: [`${label}, ${scale.unit}`, "first", "least", "most", "last"],
      rows: all.map(({ title, points }) => [title, ...spanOf(points).map((value) => numberText(value, scale))]),
    },
  };
}

function spanOf(points: SeriesDocument["points"]): readonly number[] {
  const values = points.map(([, value]) => value);
  return [values[0] ?? 0, Math.min(...values), Math.max(...values), values.at(-1) ?? 0];
}
