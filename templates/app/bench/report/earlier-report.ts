/** The report that `--against` names, checked before anything is measured: minutes of load must not end in a refusal. */
import { basename } from "node:path";
import { BenchError } from "../cli/bench-error.ts";
import { whyNotComparable } from "../method/comparable.ts";
import { RUNS_MIN } from "./against.ts";
import type { BenchName, BenchReport, CaseDocument, ReportContext } from "./document.ts";
import { isPeerCase } from "./peer-case.ts";
import { readReport } from "./read-report.ts";
import { REPORTS_FOLDER, reportsNewestFirst } from "./report-files.ts";

/**
 * `name`: a file, or "last" for the newest one that a bench of this project left behind and that says something; undefined:
 * none is asked for.
 */
export function earlierReport(name: string | undefined, directory: string): BenchReport | undefined {
  if (name === undefined) return undefined;
  return name === "last" ? lastReport(directory) : readReport(name);
}

function lastReport(directory: string): BenchReport {
  const passed: string[] = [];
  for (const file of reportsNewestFirst(directory)) {
    const report = readReport(file);
    const reason = whyUnfit(report);
    if (reason === undefined) return report;
    passed.push(`  ${basename(file)}: ${reason}`);
  }
  const next = "Run the bench once without --against.";
  if (passed.length === 0)
    throw new BenchError(`--against last: there is no report in ${REPORTS_FOLDER} yet. ${next}`, 2);
  const list = passed.slice(0, PASSED_MAX).join("\n");
  throw new BenchError(`--against last: no report in ${REPORTS_FOLDER} is one to compare with:\n${list}\n${next}`, 2);
}

/** More than these say nothing new. */
const PASSED_MAX = 5;

/** Why "last" goes past a report; one that is asked for by its name is taken all the same. */
function whyUnfit({ interrupted, context, benches }: BenchReport): string | undefined {
  if (interrupted) return "it was ended early";
  if (context.quick) return "it was made with --quick, which proves nothing";
  const hasFigures = benches.some(({ cases }) => cases.some(({ figures }) => Object.keys(figures).length > 0));
  return hasFigures ? undefined : "it has no figures";
}

export interface Planned {
  readonly names: readonly BenchName[];
  readonly runs: number;
  readonly seconds: number;
}

/** Throws a BenchError when it is known now that no figure of what is to be measured can be compared with that report. */
export function refuseInVain({ benches }: Pick<BenchReport, "benches">, { names, runs, seconds }: Planned): void {
  if (runs < RUNS_MIN) {
    throw new BenchError(
      `--against needs at least ${RUNS_MIN} runs of each case, and there would be ${runs}: fewer prove nothing. Leave --quick out, or add --runs ${RUNS_MIN} or more.`,
      2,
    );
  }
  const suits = ({ id, load, figures }: CaseDocument) =>
    !isPeerCase(id) &&
    // A load of 0 s is one of a given amount.
    (load === null || load.seconds === 0 || load.seconds === seconds) &&
    Object.values(figures).some((estimate) => estimate.runs.length >= RUNS_MIN);
  if (benches.some(({ name, cases }) => names.includes(name) && cases.some(suits))) return;
  throw new BenchError(
    `--against: that report has nothing to compare with: no case of ${names.join(", ")} with at least ${RUNS_MIN} runs and ${seconds} s of load. Name another report, or measure as it was measured.`,
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
