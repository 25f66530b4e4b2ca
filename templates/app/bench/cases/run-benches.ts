/** Runs benches one after the other. One that fails is a line in the report, and does not cost what the others measured. */
import { BenchError } from "../cli/bench-error.ts";
import type { ProgressLine } from "../method/progress-line.ts";
import type { BenchDocument } from "../report/document.ts";
import type { Bench, Session } from "./bench.ts";

export interface BenchesRun {
  readonly documents: readonly BenchDocument[];
  readonly failed: boolean;
}

/** Interrupted: those that did not begin are left out, and the one that ran tells what it has. */
export async function runBenches(
  benches: readonly Bench[],
  session: Session,
  line: Pick<ProgressLine, "begin">,
): Promise<BenchesRun> {
  const documents: BenchDocument[] = [];
  let failed = false;
  for (const bench of benches) {
    if (session.interrupt.aborted) break;
    line.begin(bench.name);
    try {
      documents.push(await bench.run(session));
    } catch (error) {
      if (!(error instanceof BenchError)) throw error;
      if (session.interrupt.aborted) break;
      failed = true;
      documents.push({
        name: bench.name,
        title: bench.title,
        refused: `It failed: ${error.message}`,
        cases: [],
        comparisons: [],
        notes: [],
      });
    }
  }
  return { documents, failed };
}

/** Whether any answer was not what it had to be: then no figure beside it is to be trusted. */
export function hasErrors(documents: readonly BenchDocument[]): boolean {
  return documents.some(({ cases }) => cases.some(({ errors }) => Object.values(errors).some((count) => count > 0)));
}
