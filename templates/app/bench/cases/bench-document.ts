/** What the benches have in common when they are done, or cannot begin. */
import type { BenchDocument } from "../report/document.ts";
import type { Bench, Project, Sizes } from "./bench.ts";

export function documentOf(
  { name, title }: Pick<Bench, "name" | "title">,
  cases: BenchDocument["cases"],
  { comparisons = [], notes = [] }: Partial<Pick<BenchDocument, "comparisons" | "notes">> = {},
): BenchDocument {
  return { name, title, refused: null, cases, comparisons, notes };
}

/** Why a bench of this feature cannot run; undefined: the project has it. */
export function lacks({ features }: Pick<Project, "features">, feature: string): string | undefined {
  if (features.includes(feature)) return undefined;
  return `This project does not have the feature ${feature}; create it anew with --features that name it.`;
}

/** A server's start and end, about. */
const SERVER_SECONDS = 1;

/** How long rounds of so many cases on so many servers take, about. */
export function roundsSeconds({ runs, seconds, warmup_seconds }: Sizes, cases: number, servers = 1): number {
  return runs * (cases * (seconds + warmup_seconds) + servers * SERVER_SECONDS);
}
