/** Whether the same case of two reports was the same work: only then its figures may be held against each other. */
import { errorCount } from "./case-errors.ts";
import type { CaseDocument, LoadDocument } from "./document.ts";

/** An open loop's rate follows from the maximum of its run: within a twentieth it is the same load. */
const RATE_SHARE_MAX = 0.05;

/** undefined: they are alike. */
export function whyNotAlike(before: CaseDocument, now: CaseDocument): string | undefined {
  if (errorCount(before) + errorCount(now) > 0)
    return "one of the two had errors, so its figures are not to be trusted";
  if ((before.load === null) !== (now.load === null)) return "one of the two had no load";
  const difference = before.load && now.load ? differenceOf(before.load, now.load) : undefined;
  if (difference !== undefined) return difference;
  // Titles hold what a load does not: the path, the size of a body, how many sessions there are, an allocator's version.
  return before.title === now.title ? undefined : `it was "${before.title}" and is "${now.title}"`;
}

function differenceOf(before: LoadDocument, now: LoadDocument): string | undefined {
  for (const key of ["model", "generator", "connections", "pipeline", "seconds", "warmup_seconds"] as const) {
    if (before[key] !== now[key]) return `its load differs: ${key} was ${before[key]} and is ${now[key]}`;
  }
  const [was, is] = [before.rate_per_s ?? 0, now.rate_per_s ?? 0];
  if (Math.abs(was - is) <= RATE_SHARE_MAX * Math.max(was, is)) return undefined;
  return `its load differs: ${Math.round(was)} requests a second were offered, and now ${Math.round(is)}`;
}
