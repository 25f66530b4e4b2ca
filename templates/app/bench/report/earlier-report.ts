/** The report that `--against` names, checked before anything is measured: minutes of load must not end in a refusal. */
import { BenchError } from "../cli/bench-error.ts";
import { whyNotComparable } from "../method/comparable.ts";
import type { BenchReport, ReportContext } from "./document.ts";
import { readReport } from "./read-report.ts";
import { lastReport, REPORTS_FOLDER } from "./report-files.ts";

/** `name`: a file, or "last" for the newest one that a bench of this project left behind; undefined: none is asked for. */
export function earlierReport(name: string | undefined, directory: string): BenchReport | undefined {
  if (name === undefined) return undefined;
  if (name !== "last") return readReport(name);
  const file = lastReport(directory);
  if (file !== undefined) return readReport(file);
  throw new BenchError(
    `--against last: there is no report in ${REPORTS_FOLDER} yet; run the bench once without it.`,
    2,
  );
}

/** Throws a BenchError when a difference between the two would say nothing about the server. */
export function refuseIncomparable(before: BenchReport, now: ReportContext): void {
  const reasons = whyNotComparable(before.context, now);
  if (reasons.length === 0) return;
  const list = reasons.map((reason) => `  ${reason}`).join("\n");
  throw new BenchError(
    `--against: a comparison with that report would say nothing about the server:\n${list}\nMeasure both on one machine, with one runtime.`,
    2,
  );
}
