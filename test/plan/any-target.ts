/** Any target from 64 MiB to 1 TiB and from 0.5 to 512 CPUs, with any choice: what the properties of plans hold for. */
import fc from "fast-check";
import type { AnswerValues } from "../../src/answers/answers.ts";
import {
  exposures,
  type FeatureName,
  featureNames,
  objectives,
  tlsModes,
  workloads,
} from "../../src/answers/choices.ts";
import type { FactValues } from "../../src/facts/hardware-facts.ts";
import { GiB, MiB } from "../../src/lib/units.ts";
import { adapterOf } from "../../src/plan/adapter.ts";
import { limitBytesMin } from "../../src/plan/budget.ts";
import type { Plan } from "../../src/plan/plan.ts";
import { solve } from "../../src/plan/solve.ts";
import { planConfig } from "../../src/plan/to-config.ts";
import { type ServerConfig, schema } from "../../templates/app/src/config/schema.ts";
import { answersWith, factsWith, solveContext } from "./targets.ts";

export interface Target {
  readonly answers: Partial<AnswerValues>;
  readonly facts: Partial<FactValues> & { readonly memoryBytes: number; readonly cpus: number };
}

export const [smallest, largest] = [MiB(64), GiB(1024)];

/** Evenly over the powers of two, so that small targets are as frequent as large ones; odd bytes and both ends included. */
const spread = fc
  .tuple(fc.integer({ min: 26, max: 39 }), fc.double({ min: 1, max: 2, noNaN: true }))
  .map(([power, factor]) => Math.min(largest, Math.max(smallest, Math.round(2 ** power * factor))));

export const memoryBytes = fc.oneof(
  { weight: 4, arbitrary: spread },
  { weight: 1, arbitrary: fc.constantFrom(smallest, largest) },
);

/** Whole CPUs and fractions of a quota. */
export const cpus = fc.oneof(
  fc.integer({ min: 1, max: 512 }),
  fc.integer({ min: 1, max: 8 }),
  fc.integer({ min: 50, max: 1600 }).map((hundredths) => hundredths / 100),
);

export const target: fc.Arbitrary<Target> = fc.record({
  answers: fc.record({
    runtime: fc.constantFrom("bun", "deno"),
    workload: fc.constantFrom(...workloads),
    objective: fc.constantFrom(...objectives),
    exposure: fc.constantFrom(...exposures),
    tls: fc.constantFrom(...tlsModes),
    connections: fc.constantFrom(undefined, undefined, 1, 20),
    features: fc.oneof(
      fc.subarray([...featureNames]),
      fc.constant(featureNames),
      fc.constant(featureNames.filter((name) => name !== "tasks")),
    ),
    deploy: fc.constantFrom<AnswerValues["deploy"]>([], ["docker"], ["docker", "systemd"]),
  }),
  facts: fc.record({
    memoryBytes,
    cpus,
    nofileHard: fc.constantFrom(1024, 4096, 65_536, 524_288, 1_048_576),
    somaxconn: fc.constantFrom(128, 4096),
    container: fc.constantFrom("none", "docker"),
  }),
}) as fc.Arbitrary<Target>;

export function plan(asked: Target): Plan {
  const { answers, facts } = possible(asked);
  return solve(answersWith(answers), factsWith(facts), solveContext);
}

/** With what the workload cannot do without, and the memory that tasks and passwords need at least. */
export function possible({ answers, facts }: Target): Target {
  const { runtime = "bun", exposure = "proxy", workload = "api", features = [] } = answers;
  const needed: Partial<Record<string, FeatureName>> = { realtime: "websocket", static: "static-files" };
  const chosen = featureNames.filter((name) => features.includes(name) || needed[workload] === name);
  const [tasks, auth] = [chosen.includes("tasks"), chosen.includes("auth")];
  const least = tasks || auth ? limitBytesMin({ adapter: adapterOf(runtime, exposure), tasks, auth }) : 0;
  return {
    answers: { ...answers, features: chosen },
    facts: { ...facts, memoryBytes: Math.max(facts.memoryBytes, least) },
  };
}

export function config(solved: Plan): ServerConfig {
  return schema.parse(planConfig(solved));
}

export function holdsFor(check: (solved: Plan, asked: Target) => void, runs = 400): void {
  fc.assert(
    fc.property(target, (asked) => check(plan(asked), asked)),
    { numRuns: runs },
  );
}
