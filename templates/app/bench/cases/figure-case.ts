/** A case of a bench that does not load for a time: its runs' figures as a document. */
import { estimatesOf } from "../method/case-document.ts";
import type { CaseDocument } from "../report/document.ts";
import type { SampleFigures } from "../report/figures.ts";

export interface FigureCase {
  readonly id: string;
  readonly title: string;
  /** One a run. */
  readonly runs: readonly SampleFigures[];
  readonly load?: CaseDocument["load"];
  readonly missing?: CaseDocument["missing"];
  readonly errors?: CaseDocument["errors"];
  readonly latency?: CaseDocument["latency"];
}

export function figureCase(parts: FigureCase): CaseDocument {
  const { id, title, runs, load = null, missing = {}, errors = {}, latency = [] } = parts;
  const { estimates, missing: incomplete } = estimatesOf(runs);
  return {
    id,
    title,
    load,
    figures: estimates,
    missing: { ...incomplete, ...missing },
    limited_by: null,
    errors,
    latency,
    series: [],
  };
}
