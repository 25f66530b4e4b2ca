/** Latency by percentile, one line a case, as HdrHistogram plots it: the axis gives each further nine the same room. */
import type { BenchDocument, CaseDocument } from "../document.ts";
import { numberText, scaleOf } from "../figure-text.ts";
import { placesOf } from "../latency-profile.ts";
import { chunked, chunkKey, LINES_MAX } from "./line-chunks.ts";
import type { Plot } from "./plot.ts";

const TABLE_SHARES = [0.5, 0.9, 0.99, 0.999, 0.9999, 1];

export function latencyPlots(bench: BenchDocument): readonly Plot[] {
  const cases = bench.cases.filter(({ latency }) => latency.length > 1);
  if (cases.length === 0) return [];
  if (cases.length <= LINES_MAX) return [latencyPlot(bench, cases, "latency", "Latency by percentile")];
  // The closed and the open cases are then plots of their own.
  const open = cases.filter(({ load }) => load?.model === "open");
  const closed = cases.filter(({ load }) => load?.model !== "open");
  const parts = [
    ["latency-open", "Latency by percentile, at fixed rates", open],
    ["latency", "Latency by percentile, as fast as answers come", closed],
  ] as const;
  return parts.flatMap(([key, title, some]) =>
    chunked(some).map((chunk, place) => latencyPlot(bench, chunk, chunkKey(key, place), title)),
  );
}

function latencyPlot({ name }: BenchDocument, cases: readonly CaseDocument[], key: string, title: string): Plot {
  const values = cases.flatMap(({ latency }) => latency.map(({ us }) => us));
  const scale = scaleOf("latency_max_us", values);
  const rows = cases.map(({ title: label, latency }) => [
    label,
    ...TABLE_SHARES.map((share) => {
      const point = latency.find((one) => one.share >= share);
      return point === undefined ? "" : numberText(point.us, scale);
    }),
  ]);
  return {
    id: `plot-${name}-${key}`,
    title,
    caption:
      "Each step to the right is ten times fewer answers; a line that turns up steeply is a tail that users meet.",
    x: { label: "share of answers that were at least as fast", unit: "", scale: "nines" },
    y: { label: "latency", unit: "µs", scale: "log" },
    lines: cases.map(({ title: label, latency }) => ({
      label,
      style: "line",
      // A latency below a microsecond is told as 0, which has no logarithm.
      points: placesOf(latency).map(([x, us]) => ({ x, y: Math.max(us, 1) })),
    })),
    table: { head: [`latency, ${scale.unit}`, ...TABLE_SHARES.map(shareText)], rows },
  };
}

function shareText(share: number): string {
  return share === 1 ? "slowest" : `${Number((share * 100).toFixed(4))} %`;
}
