/** How many different plans a second one core solves and composes: what a matrix of tests costs. */
import { solve } from "../../src/plan/solve.ts";
import { compose } from "../../src/tree/compose.ts";
import { type Figure, figureOf } from "../../templates/app/bench/method/statistics.ts";
import { caseNames, planOfCase, templates } from "../../test/tree/golden-cases.ts";
import { manyPlans } from "../../test/tree/many-plans.ts";

export interface MatrixFigures {
  readonly plans: number;
  readonly solvedPerS: Figure;
  readonly composedPerS: Figure;
}

export async function measureMatrix(rounds: number): Promise<MatrixFigures> {
  const golden = await Promise.all(caseNames.map((name) => planOfCase(name)));
  const plans = [...golden, ...(await manyPlans()).map(([, plan]) => plan)];
  const perSecond = (run: (plan: (typeof plans)[number]) => unknown): number => {
    const startedMs = performance.now();
    for (const plan of plans) run(plan);
    return (plans.length * 1000) / (performance.now() - startedMs);
  };
  const [solved, composed]: [number[], number[]] = [[], []];
  for (let round = 0; round <= rounds; round += 1) {
    const solvedPerS = perSecond(({ answers, facts, target, generatorVersion }) =>
      solve(answers, facts, { target, generatorVersion }),
    );
    const composedPerS = perSecond((plan) => compose(plan, templates));
    // The first round compiles.
    if (round === 0) continue;
    solved.push(solvedPerS);
    composed.push(composedPerS);
  }
  return { plans: plans.length, solvedPerS: figureOf(solved), composedPerS: figureOf(composed) };
}
