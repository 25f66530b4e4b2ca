/**
 * What a target is judged by: the interval of its figure, and what makes it prove nothing.
 *
 * Idea: a figure is weak when it is not of what was promised (another load, another number of clients) or too few runs; then
 * it proves nothing on either side. It has an excuse when something else than the server set its pace; then only a miss
 * proves nothing.
 */

import { whyNoMore } from "../cases/idle-bound.ts";
import { limitTexts, whyNoMaximum } from "../method/bottleneck.ts";
import { PAIRS_MIN } from "../method/statistics.ts";
import { errorCount } from "../report/case-errors.ts";
import type { BenchDocument, BenchName, CaseDocument, Estimate } from "../report/document.ts";
import type { FigureName } from "../report/figure-table.ts";
import { cpusFor, whole } from "./scaled-bound.ts";
import type { TargetSources } from "./target-sources.ts";
import type { Target, TargetNeed } from "./targets.ts";

export interface Evidence {
  readonly low: number;
  readonly median: number;
  readonly high: number;
  readonly how: string;
  /** Why it proves nothing, whichever side it lies on; undefined: it does. */
  readonly weak?: string | undefined;
  /** Why a miss proves nothing. */
  readonly excuse?: string | undefined;
}

/** The bench's document when it has cases; else why not, as a part of a sentence. */
export function benchOf(
  name: BenchName,
  { benches, refusalOf }: Pick<TargetSources, "benches" | "refusalOf">,
): BenchDocument | string {
  const document = benches.find((bench) => bench.name === name);
  if (!document) return partOf(refusalOf(name)) ?? `npm run bench -- ${name} measures it`;
  // Its reason stands with the bench, and would be repeated by every target of it.
  if (document.refused !== null) return `bench ${name} did not run, for the reason given there`;
  return document;
}

/** `bound`: what the target asks for. A string is the reason why there is no figure. */
export function caseEvidence(
  { figure, scale, needs }: Target,
  { bench, caseId }: { readonly bench: BenchName; readonly caseId: string },
  bound: number,
  sources: TargetSources,
): Evidence | string {
  const document = benchOf(bench, sources);
  if (typeof document === "string") return document;
  const measured = document.cases.find(({ id }) => id === caseId);
  if (!measured) return `the case ${caseId} did not run`;
  const estimate = measured.figures[figure];
  if (!estimate) return partOf(measured.missing[figure]) ?? `the case ${caseId} was not measured`;
  return {
    ...estimate,
    how: `median of ${caseId}`,
    weak: errorsOf(measured) ?? unmetNeed(needs, measured, document, bound) ?? tooFew(estimate),
    excuse: excuseFor(measured, figure, cpusFor({ scale }, { serverCpus: sources.context.server_cpus })),
  };
}

/** A sentence as a part of one: more may follow it. */
function partOf(sentence: string | undefined): string | undefined {
  return sentence?.replace(/\.$/, "");
}

export function errorsOf(measured: Pick<CaseDocument, "errors">): string | undefined {
  const count = errorCount(measured);
  return count > 0 ? `it had ${whole(count)} errors` : undefined;
}

export function tooFew({ runs }: Pick<Estimate, "runs">): string | undefined {
  return runs.length < PAIRS_MIN
    ? `${runs.length} run${runs.length === 1 ? "" : "s"}: a verdict needs ${PAIRS_MIN}`
    : undefined;
}

/** undefined: what was measured is what was promised. */
function unmetNeed(
  needs: TargetNeed | undefined,
  { load }: CaseDocument,
  { cases, notes }: BenchDocument,
  bound: number,
): string | undefined {
  const connections = load?.connections ?? 0;
  switch (needs?.kind) {
    case undefined:
      return undefined;
    case "maximum": {
      const why = whyNoMaximum(cases.find(({ id }) => id === needs.caseId)?.limited_by ?? null);
      return why && `${needs.caseId} did not find the server's maximum: ${why}`;
    }
    case "clients":
      return connections === needs.count
        ? undefined
        : `${whole(needs.count)} clients are promised, ${whole(connections)} listened`;
    case "connections":
      return connections >= bound
        ? undefined
        : `${whole(connections)} were opened: ${whyNoMore(connections, notes) ?? "bench.idle_connections asks for no more"}`;
  }
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
