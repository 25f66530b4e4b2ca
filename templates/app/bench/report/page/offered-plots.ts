/** Open loops: what latency and throughput do as the offered load rises. Cases of one kind differ by their rate only. */
import type { BenchDocument, CaseDocument } from "../document.ts";
import type { FigureName } from "../figure-table.ts";
import { figureTable } from "../figure-table.ts";
import { numberText, scaleOf } from "../figure-text.ts";
import type { Line, Plot, Point } from "./plot.ts";

const latencyNames = ["latency_p50_us", "latency_p99_us", "latency_p999_us"] as const satisfies readonly FigureName[];

interface OpenCase {
  readonly offered: number;
  readonly document: CaseDocument;
}

export function offeredPlots(bench: BenchDocument): readonly Plot[] {
  const open = bench.cases
    .flatMap((document): readonly OpenCase[] =>
      document.load?.model === "open" && document.load.rate_per_s !== null
        ? [{ offered: document.load.rate_per_s, document }]
        : [],
    )
    .sort((a, b) => a.offered - b.offered);
  if (open.length < 2) return [];
  return [latencyOverLoad(bench, open), throughputOverLoad(bench, open)];
}

function latencyOverLoad({ name }: BenchDocument, open: readonly OpenCase[]): Plot {
  const scale = scaleOf(
    "latency_p999_us",
    open.flatMap(({ document }) => latencyNames.flatMap((figure) => document.figures[figure]?.median ?? [])),
  );
  return {
    id: `plot-${name}-offered-latency`,
    title: "Latency over offered load",
    caption: "Where the lines leave the floor the server begins to queue: plan below that rate.",
    x: { label: "offered load", unit: "/s", scale: "linear", from_zero: true },
    y: { label: "latency", unit: "µs", scale: "log" },
    lines: latencyNames.map((figure) => lineOf(open, figure, figureTable[figure].label)).filter(hasPoints),
    table: {
      head: ["offered, /s", ...latencyNames.map((figure) => `${figureTable[figure].label}, ${scale.unit}`)],
      rows: open.map(({ offered, document }) => [
        numberText(offered, { divisor: 1, decimals: 0 }),
        ...latencyNames.map((figure) => {
          const estimate = document.figures[figure];
          return estimate ? numberText(estimate.median, scale) : "";
        }),
      ]),
    },
  };
}

function throughputOverLoad({ name }: BenchDocument, open: readonly OpenCase[]): Plot {
  const offered = open.map((one) => one.offered);
  const whole = { divisor: 1, decimals: 0 };
  return {
    id: `plot-${name}-offered-throughput`,
    title: "Throughput over offered load",
    caption: "On the dashed line every request was answered in its time; below it they pile up.",
    x: { label: "offered load", unit: "/s", scale: "linear", from_zero: true },
    y: { label: "answered", unit: "/s", scale: "linear", from_zero: true },
    lines: [
      lineOf(open, "requests_per_second", "answered"),
      {
        label: "all of it",
        style: "ideal",
        points: [{ x: 0, y: 0 }, ...offered.map((rate) => ({ x: rate, y: rate }))],
      },
    ],
    table: {
      head: ["offered, /s", "answered, /s", "share"],
      rows: open.map(({ offered: rate, document }) => {
        const answered = document.figures.requests_per_second?.median;
        if (answered === undefined) return [numberText(rate, whole), "", ""];
        return [numberText(rate, whole), numberText(answered, whole), `${((answered / rate) * 100).toFixed(1)} %`];
      }),
    },
  };
}

function lineOf(open: readonly OpenCase[], figure: FigureName, label: string): Line {
  const points = open.flatMap(({ offered, document }): readonly Point[] => {
    const estimate = document.figures[figure];
    return estimate ? [{ x: offered, y: estimate.median, y_range: [estimate.low, estimate.high] }] : [];
  });
  return { label, style: "marks", points };
}

function hasPoints({ points }: Line): boolean {
  return points.length > 0;
}
