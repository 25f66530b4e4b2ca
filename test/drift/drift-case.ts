/** Two plans and the values between them, as a retune has them. */
import type { AnswerValues } from "../../src/answers/answers.ts";
import { type RecordedValues, recordedValues } from "../../src/drift/recorded-values.ts";
import type { FactValues } from "../../src/facts/hardware-facts.ts";
import type { Plan } from "../../src/plan/plan.ts";
import { solve } from "../../src/plan/solve.ts";
import { emitTunedToml } from "../../src/tree/emit-tuned-toml.ts";
import { answersWith, factsWith, solveContext } from "../plan/targets.ts";

export interface Side {
  readonly answers?: Partial<AnswerValues>;
  readonly facts?: Partial<FactValues>;
}

export function planOf({ answers = {}, facts = {} }: Side): Plan {
  return solve(answersWith(answers), factsWith(facts), solveContext);
}

/** The values in force of a project that was written from the plan: read back from its tuned file. */
export function recordedOf(plan: Plan): RecordedValues {
  return recordedValues(emitTunedToml(plan), "fastserve.tuned.toml");
}

/** The same with some values as another version, or a pin, left them. */
export function recordedWith(plan: Plan, changes: Readonly<Record<string, number | string | boolean>>): RecordedValues {
  return new Map([...recordedOf(plan), ...Object.entries(changes)]);
}
