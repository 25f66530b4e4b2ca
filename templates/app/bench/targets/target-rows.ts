/**
 * The promises beside what was measured.
 *
 * Idea: a verdict needs proof. "met" and "missed" are said only when the whole interval of at least six runs without an
 * error lies on that side; where the generator, and not the server, was at its limit, a rate that is too low proves nothing
 * about the server, so it is "not shown", with what its CPU time says it could do. Without a run there is no verdict.
 */
import { bootstrapInterval } from "../method/estimate.ts";
import { median, PAIRS_MIN } from "../method/statistics.ts";
import type { BenchDocument, BenchName, CaseDocument, Estimate, ReportContext, TargetRow } from "../report/document.ts";
import type { FigureName } from "../report/figure-table.ts";
import { workersOf } from "../report/workers-of.ts";
import { PUBLISHED_CPUS, type Target, targets } from "./targets.ts";

export interface TargetSources {
  readonly benches: readonly BenchDocument[];
  readonly context: Pick<ReportContext, "server_cpus">;
  /** `limits.connections_max` of the plan. */
  readonly connectionsMax: number;
  /** Bytes of the image's layers, compressed; or why they are not known. */
  readonly image: { readonly bytes: number; readonly file: string } | { readonly reason: string };
}

/** `names`: the benches that were asked for, whose targets are all that matters then; empty: all targets. */
export function targetRows(sources: TargetSources, names: readonly BenchName[] = []): readonly TargetRow[] {
  const isAsked = ({ source }: Target) =>
    source.kind === "image" ? !("reason" in sources.image) : names.includes(source.bench);
  return targets.filter((target) => names.length === 0 || isAsked(target)).map((target) => rowOf(target, sources));
}

/** What a target is judged by. */
interface Evidence {
  readonly low: number;
  readonly median: number;
  readonly high: number;
  readonly how: string;
  /** Why it proves nothing, whichever side it lies on; undefined: it does. */
  readonly weak?: string | undefined;
  /** Why a miss proves nothing. */
  readonly excuse?: string | undefined;
}

function rowOf(target: Target, sources: TargetSources): TargetRow {
  const { id, title, figure, at } = target;
  const { bound, scaled } = scaledBound(target, sources);
  const common = { id, title, figure, target: bound, at, scaled };
  const evidence = evidenceFor(target, sources);
  if (typeof evidence === "string") {
    return { ...common, measured: null, ratio: null, verdict: "not measured", how: evidence };
  }
  const { low, high, median: measured, how, weak, excuse } = evidence;
  const right = at === "least" ? low >= bound : high <= bound;
  const wrong = at === "least" ? high < bound : low > bound;
  const ratio = at === "least" ? measured / bound : bound / measured;
  const row = (verdict: TargetRow["verdict"], why?: string) => ({
    ...common,
    measured,
    ratio,
    verdict,
    how: why === undefined ? how : `${how}; ${why}`,
  });
  if (weak !== undefined) return row("not shown", weak);
  if (right) return row("met");
  if (!wrong) return row("not shown", "the interval of its runs reaches over the target");
  return excuse === undefined ? row("missed") : row("not shown", excuse);
}

function scaledBound(
  { published, scale }: Target,
  { context, connectionsMax }: TargetSources,
): { readonly bound: number; readonly scaled: string | null } {
  if (scale === "by limits.connections_max" && connectionsMax < published) {
    return {
      bound: connectionsMax,
      scaled: `${whole(published)} as published; this plan admits ${whole(connectionsMax)}`,
    };
  }
  if (scale !== "by CPU") return { bound: published, scaled: null };
  const cpus = context.server_cpus;
  return {
    bound: (published / PUBLISHED_CPUS) * cpus,
    scaled:
      `${whole(published)} as published, without a machine; read as for ${PUBLISHED_CPUS} CPUs, ` +
      `and this server can fill ${cpus}`,
  };
}

/** A string is the reason why there is none. */
function evidenceFor(target: Target, sources: TargetSources): Evidence | string {
  switch (target.source.kind) {
    case "case":
      return caseEvidence(target, target.source, sources);
    case "scaling":
      return scalingEvidence(sources);
    case "image":
      return imageEvidence(sources);
  }
}

function caseEvidence(
  { figure }: Target,
  { bench, caseId }: { readonly bench: string; readonly caseId: string },
  { benches, context }: TargetSources,
): Evidence | string {
  const document = benches.find(({ name }) => name === bench);
  if (!document) return `npm run bench -- ${bench} measures it`;
  if (document.refused !== null) return refusedText(document);
  const measured = document.cases.find(({ id }) => id === caseId);
  if (!measured) return `the case ${caseId} did not run`;
  const estimate = measured.figures[figure];
  if (!estimate) return measured.missing[figure] ?? `the case ${caseId} was not measured`;
  return {
    ...estimate,
    how: `median of ${caseId}`,
    weak: weaknessOf(measured, estimate),
    excuse: excuseFor(measured, figure, context.server_cpus),
  };
}

/** Its reason stands with the bench, and would be repeated by every target of it. */
function refusedText({ name }: BenchDocument): string {
  return `bench ${name} did not run, for the reason given there`;
}

function weaknessOf({ errors }: Pick<CaseDocument, "errors">, { runs }: Pick<Estimate, "runs">): string | undefined {
  const count = Object.values(errors).reduce((sum, each) => sum + each, 0);
  if (count > 0) return `it had ${whole(count)} errors`;
  if (runs.length < PAIRS_MIN) {
    return `${runs.length} run${runs.length === 1 ? "" : "s"}: a verdict needs ${PAIRS_MIN}`;
  }
  return undefined;
}

/** Only a server at its limit has shown what it cannot do. */
function excuseFor(measured: CaseDocument, figure: FigureName, cpus: number): string | undefined {
  const { limited_by: limit, figures } = measured;
  if (limit === null || limit === "server") return undefined;
  if (figure.startsWith("latency_")) {
    return limit === "generator" || limit === "both"
      ? "the generator sent late, so the latency is not the server's"
      : undefined;
  }
  if (!figure.endsWith("_per_second")) return undefined;
  const cpuUs = [
    figures.server_cpu_us_per_request,
    figures.server_cpu_us_per_message,
    figures.server_cpu_us_per_delivery,
    figures.server_cpu_us_per_connection,
  ].find((estimate) => estimate !== undefined)?.median;
  const capacity =
    cpuUs === undefined || cpuUs === 0
      ? ""
      : `; by its CPU time the server could do about ${whole((cpus * 1e6) / cpuUs)}/s on ${cpus} CPU${cpus === 1 ? "" : "s"}`;
  return `${limitTexts[limit]}${capacity}`;
}

const limitTexts = {
  generator: "the generator was at its limit, the server was not",
  both: "generator and server were both at their limit",
  neither: "neither generator nor server was at its limit",
  unknown: "whose limit it was is not known here",
} as const;

/** The rate for each of N workers over that of one, in pairs of the same round. */
function scalingEvidence({ benches }: TargetSources): Evidence | string {
  const document = benches.find(({ name }) => name === "scale");
  if (!document) return "npm run bench -- scale measures it";
  if (document.refused !== null) return refusedText(document);
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
  const weak = [single.one, most.one].map((one) => weaknessOf(one, { runs: ratios })).find((why) => why !== undefined);
  return {
    low,
    high,
    median: median(ratios),
    how: `${most.one.id} over ${single.one.id}, ${most.workers} workers, in pairs`,
    weak,
    excuse: limit === null || limit === "server" ? undefined : limitTexts[limit],
  };
}

/** A size has no spread. */
function imageEvidence({ image }: TargetSources): Evidence | string {
  if ("reason" in image) return image.reason;
  return { low: image.bytes, median: image.bytes, high: image.bytes, how: `layers of ${image.file}` };
}

/** 98123.4 as "98,123". */
function whole(value: number): string {
  return Math.round(value)
    .toString()
    .replace(/\B(?=(\d{3})+$)/g, ",");
}
