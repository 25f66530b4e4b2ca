/**
 * The front of allocators: what a buffer costs in CPU time against what it keeps resident. What lies below and to the left
 * of another is better in both; the choice is between those that nothing beats in both.
 */
import type { BenchDocument } from "../document.ts";
import { numberText, scaleOf } from "../figure-text.ts";
import type { Line, Plot } from "./plot.ts";

export function frontPlots({ name, cases }: BenchDocument): readonly Plot[] {
  const all = cases.flatMap(({ title, figures }) => {
    const { cpu_ns_per_buffer: cpu, rss_over_live_ratio: held } = figures;
    return cpu && held ? [{ title, cpu, held }] : [];
  });
  if (all.length < 2) return [];
  const isBeaten = (one: (typeof all)[number]) =>
    all.some(
      (other) =>
        other.cpu.median <= one.cpu.median &&
        other.held.median <= one.held.median &&
        (other.cpu.median < one.cpu.median || other.held.median < one.held.median),
    );
  const cpuScale = scaleOf(
    "cpu_ns_per_buffer",
    all.map(({ cpu }) => cpu.median),
  );
  return [
    {
      id: `plot-${name}-front`,
      title: "Time against memory",
      caption: "Down and to the left is better in both. Nothing beats those on the dashed front in both.",
      x: { label: "resident over live memory", unit: "", scale: "linear" },
      y: { label: "CPU per buffer", unit: "ns", scale: "log" },
      lines: [
        ...all.map(
          ({ title, cpu, held }): Line => ({
            label: title,
            style: "dots",
            points: [{ x: held.median, y: cpu.median, x_range: [held.low, held.high], y_range: [cpu.low, cpu.high] }],
          }),
        ),
        {
          label: "front",
          style: "ideal",
          points: all
            .filter((one) => !isBeaten(one))
            .map(({ cpu, held }) => ({ x: held.median, y: cpu.median }))
            .sort((a, b) => a.x - b.x),
        },
      ],
      table: {
        head: ["", `CPU per buffer, ${cpuScale.unit}`, "resident over live", "on the front"],
        rows: all.map((one) => [
          one.title,
          numberText(one.cpu.median, cpuScale),
          one.held.median.toFixed(2),
          isBeaten(one) ? "" : "yes",
        ]),
      },
    },
  ];
}
