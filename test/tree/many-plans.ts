/** Plans over both runtimes, all workloads and targets from tiny to huge; those that the plan stage refuses are left out. */
import { exposures, objectives, workloads } from "../../src/answers/choices.ts";
import type { FactsDocument } from "../../src/facts/hardware-facts.ts";
import { AppError } from "../../src/lib/errors.ts";
import { GiB, MiB } from "../../src/lib/units.ts";
import type { Plan } from "../../src/plan/plan.ts";
import { factsOfCase, planOf, REFERENCE } from "./golden-cases.ts";

const sizes: readonly (readonly [cpus: number, memoryBytes: number])[] = [
  [0.5, MiB(64)],
  [1, MiB(512)],
  [2, GiB(4)],
  [16, GiB(64)],
  [512, GiB(1024)],
];

export async function manyPlans(): Promise<[string, Plan][]> {
  const plans: [string, Plan][] = [];
  let index = 0;
  for (const runtime of ["bun", "deno"]) {
    for (const workload of workloads) {
      for (const [cpus, memoryBytes] of sizes) {
        index += 1;
        // Walked in step instead of multiplied: every pair of neighbours occurs, at a tenth of the product.
        const exposure = exposures[index % exposures.length];
        const objective = objectives[index % objectives.length];
        const name = `${runtime} ${workload} ${exposure} ${objective} ${cpus} CPUs ${memoryBytes} B`;
        const plan = await planned({ runtime, workload, exposure, objective }, sized(cpus, memoryBytes));
        if (plan !== undefined) plans.push([name, plan]);
      }
    }
  }
  return plans;
}

function sized(cpus: number, memoryBytes: number): FactsDocument {
  const { facts, ...rest } = factsOfCase(REFERENCE);
  const fact = (value: number) => ({ value, origin: "given" as const, source: "test" });
  const size = { cpus: fact(cpus), cpusHost: fact(Math.ceil(cpus)), memoryBytes: fact(memoryBytes) };
  return { ...rest, facts: { ...facts, ...size, memoryHostBytes: fact(memoryBytes) } };
}

async function planned(answers: unknown, facts: FactsDocument): Promise<Plan | undefined> {
  try {
    return await planOf(answers, facts);
  } catch (error) {
    // A target that is too small, or a combination that the plan refuses in words.
    if (error instanceof AppError) return undefined;
    throw error;
  }
}
