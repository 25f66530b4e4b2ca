/**
 * The promises beside what was measured.
 *
 * Idea: a verdict needs proof. "met" and "missed" are said only when the whole interval of at least six runs without an
 * error lies on that side; where the generator, and not the server, was at its limit, a rate that is too low proves nothing
 * about the server, so it is "not shown", with what its CPU time says it could do. Without a run there is no verdict.
 */
import type { BenchName, TargetRow } from "../report/document.ts";
import { caseEvidence, type Evidence } from "./evidence.ts";
import { scaledBound } from "./scaled-bound.ts";
import { scalingEvidence } from "./scaling-evidence.ts";
import type { TargetSources } from "./target-sources.ts";
import { type Target, targets } from "./targets.ts";

/** `names`: the benches that were asked for, whose targets are all that matters then; empty: all targets. */
export function targetRows(sources: TargetSources, names: readonly BenchName[] = []): readonly TargetRow[] {
  const isAsked = ({ source }: Target) =>
    source.kind === "image" ? !("reason" in sources.image) : names.includes(source.bench);
  return targets.filter((target) => names.length === 0 || isAsked(target)).map((target) => rowOf(target, sources));
}

function rowOf(target: Target, sources: TargetSources): TargetRow {
  const { id, title, figure, at } = target;
  const { connectionsMax, context } = sources;
  const { bound, scaled } = scaledBound(target, { connectionsMax, serverCpus: context.server_cpus });
  const common = { id, title, figure, target: bound, at, scaled };
  const evidence = evidenceFor(target, bound, sources);
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

/** A string is the reason why there is none. */
function evidenceFor(target: Target, bound: number, sources: TargetSources): Evidence | string {
  switch (target.source.kind) {
    case "case":
      return caseEvidence(target, target.source, bound, sources);
    case "scaling":
      return scalingEvidence(sources);
    case "image":
      return imageEvidence(sources);
  }
}

/** A size has no spread. */
function imageEvidence({ image }: TargetSources): Evidence | string {
  if ("reason" in image) return image.reason;
  return { low: image.bytes, median: image.bytes, high: image.bytes, how: `layers of ${image.file}` };
}
