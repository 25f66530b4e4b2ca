/** Which release wrote the project, and whether this one has something newer for it. */
import type { Change } from "../write/changes/change.ts";
import { compareVersions } from "../write/records/version-order.ts";
import { counted, type Finding, ok, problem, warning } from "./finding.ts";

/** @param changes what a run with nothing told would do; undefined: it cannot be said */
export function checkVersion(written: string, now: string, changes: readonly Change[] | undefined): Finding {
  const order = compareVersions(written, now);
  if (order > 0) {
    const reason = `This is ${now}, which does not know what ${written} has changed.`;
    return problem("version", written, reason, `use create-fastserve@${written} or newer`, "usage");
  }
  if (order === 0) return ok("version", written, "This is the release that wrote the project.");
  const count = changes?.filter(({ kind }) => kind !== "keep").length ?? 0;
  const reason = `This is ${now}; it would change ${counted(count, "file")}.`;
  return warning("version", written, reason, "run create-fastserve upgrade");
}
