/** How many answers of a case, of all its runs, were not what they had to be: with any of them no figure is to be trusted. */
import type { CaseDocument } from "./document.ts";

export function errorCount({ errors }: Pick<CaseDocument, "errors">): number {
  return Object.values(errors).reduce((sum, count) => sum + count, 0);
}
