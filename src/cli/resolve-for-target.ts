/** Answers whose defaults fit the target: no default may be one that the target refuses. */
import type { Given } from "../answers/given.ts";
import type { DefaultInputs } from "../answers/questions.ts";
import { type Resolution, resolve } from "../answers/resolve.ts";
import { refusal } from "../plan/conflicts.ts";
import type { Targets } from "./target.ts";

/** @throws AppError when the target cannot be loaded */
export function resolveForTarget(given: readonly Given[], inputs: DefaultInputs, targets: Targets): Resolution {
  const { facts } = targets.load(resolve(given, inputs).answers);
  return resolve(given, {
    ...inputs,
    isRefused: (key, value, before) => refusal(key, value, before, facts) !== undefined,
  });
}
