/** Whether a formatter is all that changed a file. */
import { layoutKindOf, saysTheSame } from "./layout-tokens.ts";

/** Both texts with LF line endings. False for formats in which every blank may mean something. */
export function onlyLaidOut(path: string, base: string, local: string): boolean {
  const kind = layoutKindOf(path);
  return base === local || (kind !== undefined && saysTheSame(base, local, kind));
}
