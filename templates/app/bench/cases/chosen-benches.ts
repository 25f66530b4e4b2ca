/** Which benches run: those that were asked for, or all that suit the project. */
import { BenchError } from "../cli/bench-error.ts";
import type { BenchName } from "../report/document.ts";
import type { Bench, Project } from "./bench.ts";

/** Throws a BenchError when one that was asked for cannot run: a wrong command line, before anything is measured. */
export function chosenBenches(
  benches: readonly Bench[],
  names: readonly BenchName[],
  project: Project,
): readonly Bench[] {
  if (names.length === 0) {
    return benches.filter((bench) => bench.suits(project) && bench.refuse(project) === undefined);
  }
  const problems: string[] = [];
  const chosen = benches.filter((bench) => names.includes(bench.name));
  for (const bench of chosen) {
    const reason = bench.refuse(project);
    if (reason !== undefined) problems.push(`${bench.name} cannot run here: ${reason}`);
  }
  const absent = names.filter((name) => benches.every((bench) => bench.name !== name));
  problems.push(...absent.map((name) => `${name} is not among this project's benches; --list shows them.`));
  if (problems.length > 0) throw new BenchError(problems.join("\n"), 2);
  return chosen;
}
