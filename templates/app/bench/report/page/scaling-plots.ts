/** Throughput over workers beside the straight line that perfect scaling would be; none where nothing could scale. */
import type { BenchDocument } from "../document.ts";
import { numberText, ratioText } from "../figure-text.ts";
import { workersOf } from "../workers-of.ts";
import type { Plot } from "./plot.ts";

export function scalingPlots({ name, cases }: BenchDocument): readonly Plot[] {
  const steps = cases
    .flatMap(({ id, figures: { requests_per_second: rate, scaling_ratio } }) => {
      const workers = workersOf(id);
      const ratio = workers === 1 ? 1 : scaling_ratio?.median;
      return workers !== undefined && rate && ratio !== undefined ? [{ workers, rate, ratio }] : [];
    })
    .sort((a, b) => a.workers - b.workers);
  const [one] = steps;
  if (!one || steps.length < 2) return [];
  const perWorker = one.rate.median / one.workers;
  return [
    {
      id: `plot-${name}-workers`,
      title: "Throughput over workers",
      caption: "The dashed line is what so many times the first would be.",
      x: { label: "workers", unit: "", scale: "linear", from_zero: true, whole: true },
      y: { label: "requests", unit: "/s", scale: "linear", from_zero: true },
      lines: [
        {
          label: "measured",
          style: "marks",
          points: steps.map(({ workers, rate }) => ({ x: workers, y: rate.median, y_range: [rate.low, rate.high] })),
        },
        {
          label: "linear",
          style: "ideal",
          points: [{ x: 0, y: 0 }, ...steps.map(({ workers }) => ({ x: workers, y: workers * perWorker }))],
        },
      ],
      table: {
        head: ["workers", "requests, /s", "over one", "of linear"],
        rows: steps.map(({ workers, rate, ratio }) => [
          String(workers),
          numberText(rate.median, { divisor: 1, decimals: 0 }),
          ratioText(ratio),
          `${((rate.median / (workers * perWorker)) * 100).toFixed(0)} %`,
        ]),
      },
    },
  ];
}
