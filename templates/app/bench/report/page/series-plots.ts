/** What was read again and again within a run: memory above all, one line a case, in as many plots as its lines need. */
import type { BenchDocument, SeriesDocument } from "../document.ts";
import { type FigureName, figureTable } from "../figure-table.ts";
import { numberText, scaleOf } from "../figure-text.ts";
import { chunked, chunkKey } from "./line-chunks.ts";
import type { Plot } from "./plot.ts";

export function seriesPlots(bench: BenchDocument): readonly Plot[] {
  const names = new Set(bench.cases.flatMap(({ series }) => series.map(({ figure }) => figure)));
  return [...names].flatMap((figure) =>
    chunked(seriesOf(bench, figure)).map((some, place) => {
      const key = chunkKey(`plot-${bench.name}-${figure.replaceAll("_", "-")}`, place);
      return seriesPlot(key, figure, some);
    }),
  );
}

interface CaseSeries {
  readonly title: string;
  readonly points: SeriesDocument["points"];
}

function seriesOf({ cases }: BenchDocument, figure: FigureName): readonly CaseSeries[] {
  return cases.flatMap(({ title, series }) => {
    const one = series.find((other) => other.figure === figure);
    return one && one.points.length > 1 ? [{ title, points: one.points }] : [];
  });
}

function seriesPlot(id: string, figure: FigureName, all: readonly CaseSeries[]): Plot {
  const scale = scaleOf(
    figure,
    all.flatMap(({ points }) => points.map(([, value]) => value)),
  );
  const { label } = figureTable[figure];
  return {
    id,
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
