/** All plots of a bench, each built from the figures that it needs: a bench has those whose figures it has. */
import type { BenchDocument } from "../document.ts";
import { frontPlots } from "./front-plots.ts";
import { latencyPlots } from "./latency-plots.ts";
import { offeredPlots } from "./offered-plots.ts";
import type { Plot } from "./plot.ts";
import { scalingPlots } from "./scaling-plots.ts";
import { seriesPlots } from "./series-plots.ts";

export function plotsOf(bench: BenchDocument): readonly Plot[] {
  return [offeredPlots, latencyPlots, scalingPlots, frontPlots, seriesPlots].flatMap((kind) => kind(bench));
}
