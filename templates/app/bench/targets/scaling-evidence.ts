/** What "linear with cores" is judged by: the rate for each of N workers over that of one, in pairs of the same round. */
import { limitTexts } from "../method/bottleneck.ts";
import { bootstrapInterval } from "../method/estimate.ts";
import { median } from "../method/statistics.ts";
import type { ReportContext } from "../report/document.ts";
import { workersOf } from "../report/workers-of.ts";
import { benchOf, type Evidence, errorsOf, tooFew } from "./evidence.ts";
import type { TargetSources } from "./target-sources.ts";

export function scalingEvidence(sources: TargetSources): Evidence | string {
  const document = benchOf("scale", sources);
  if (typeof document === "string") return document;
  const steps = document.cases.flatMap((one) => {
    const workers = workersOf(one.id);
    const rate = one.figures.requests_per_second;
    return rate && workers !== undefined ? [{ one, workers, rate }] : [];
  });
  const single = steps.find(({ workers }) => workers === 1);
  const most = steps.reduce((best, step) => (step.workers > (best?.workers ?? 1) ? step : best), steps.at(-1));
  if (!single || !most || most.workers === 1) return "fewer than two numbers of workers were measured";
  const { scaling_ratio: whyNot } = most.one.missing;
  if (whyNot !== undefined) return whyNot;
  const ratios = most.rate.runs
    .slice(0, single.rate.runs.length)
    .map((rate, round) => rate / most.workers / (single.rate.runs[round] ?? Number.NaN));
  const [low, high] = bootstrapInterval(ratios, 0.95);
  const limit = most.one.limited_by;
  return {
    low,
    high,
    median: median(ratios),
    how: `${most.one.id} over ${single.one.id}, ${most.workers} workers, in pairs`,
    weak:
      errorsOf(single.one) ??
      errorsOf(most.one) ??
      tooFewCores(most.workers, sources.context.pinning) ??
      tooFew({ runs: ratios }),
    excuse: limit === null || limit === "server" ? undefined : limitTexts[limit],
  };
}

/** Siblings (SMT) share a core's units: what the second one lacks is not the program's fault, and is no second core. */
function tooFewCores(workers: number, { server_cpus, server_cores }: ReportContext["pinning"]): string | undefined {
  if (server_cores === null || workers <= server_cores) return undefined;
  return `its ${server_cpus.length} CPUs are ${server_cores} core${server_cores === 1 ? "" : "s"}`;
}
