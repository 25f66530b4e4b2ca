/** Connects the wizard with the stages behind it: the wizard itself knows neither facts nor plan. */

import { ask, type Outlook, type Stages } from "../answers/ask.ts";
import type { Cancelled } from "../answers/cancelled.ts";
import type { Given } from "../answers/given.ts";
import type { DefaultInputs, QuestionKey } from "../answers/questions.ts";
import { type Resolution, resolve } from "../answers/resolve.ts";
import { presets } from "../facts/presets.ts";
import { AppError, type Problem } from "../lib/errors.ts";
import { refusal } from "../plan/conflicts.ts";
import { valueText } from "../plan/explain.ts";
import type { Plan } from "../plan/plan.ts";
import { say } from "../plan/reasons.ts";
import { generatorVersion } from "./package-root.ts";
import { makePlan } from "./planner.ts";
import { factsLine, mainLines } from "./present/present-plan.ts";
import type { Style } from "./present/style.ts";
import { problemsOf } from "./problems-of.ts";
import { resolveForTarget } from "./resolve-for-target.ts";
import type { Targets } from "./target.ts";

export interface WizardInputs {
  readonly inputs: DefaultInputs;
  readonly targets: Targets;
  readonly style: Style;
  readonly columns: number;
  /** What is wrong with a directory as a place for a project. */
  readonly directoryProblems: (directory: string) => readonly Problem[];
}

export async function runWizard(given: readonly Given[], wizard: WizardInputs): Promise<readonly Given[] | Cancelled> {
  const { targets, directoryProblems } = wizard;
  const stages: Stages = {
    greeting: `create-fastserve ${generatorVersion}`,
    machine: factsLine(targets.named("this").facts),
    presets: presets.map(({ id, label }) => ({ id, label })),
    resolve: (answers) => resolveSoFar(answers, wizard),
    directoryFault: (directory) => directoryProblems(directory)[0]?.message,
    targetFault: (target) => problemsOf(() => targets.named(target))[0]?.message,
    refusal(key, value, answers) {
      if (key === "directory") return undefined;
      const known = resolveSoFar(answers, wizard).answers;
      const values = Object.fromEntries(Object.entries(known).map(([name, { value: one }]) => [name, one]));
      const reason = refusal(key, value, values, targets.load(known).facts);
      return reason === undefined ? undefined : say(reason);
    },
    outlook: (answers) => outlook(answers, wizard),
  };
  return ask(given, stages);
}

/** A target that cannot be loaded has been reported where it was asked for, or is reported with the plan. */
function resolveSoFar(given: readonly Given[], { inputs, targets }: WizardInputs): Resolution {
  try {
    return resolveForTarget(given, inputs, targets);
  } catch (error) {
    if (error instanceof AppError) return resolve(given, inputs);
    throw error;
  }
}

/** What the prompt library draws around a framed text: bar and two spaces on the left, two spaces and bar on the right. */
const FRAME_CHARS = 6;

function outlook(given: readonly Given[], { inputs, targets, style, columns }: WizardInputs): Outlook {
  try {
    const resolution = resolveForTarget(given, inputs, targets);
    if (resolution.problems.length > 0) return { kind: "impossible", problems: resolution.problems };
    const plan = makePlan(resolution.answers, targets);
    return { kind: "planned", lines: mainLines(plan, style, columns - FRAME_CHARS), planned: plannedAnswers(plan) };
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return { kind: "impossible", problems: error.problems };
  }
}

/** What the plan takes where the answer leaves it open. */
function plannedAnswers(plan: Plan): Partial<Record<QuestionKey, string>> {
  return {
    connections: `Enter: ${valueText(plan.decisions["limits.connections_max"])}, as the plan has it`,
    allocator: `the plan takes ${valueText(plan.decisions["allocator.backend"])}`,
  };
}
