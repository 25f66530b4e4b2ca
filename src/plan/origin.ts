/** Where a decision comes from, out of the origins of all that its rule read. */
import type { DecisionOrigin } from "./decision.ts";
import type { InputKey } from "./rule.ts";

/** An input's origin, and whether the input is a quantity that the value follows or a choice between formulas. */
export interface InputOrigin {
  readonly origin: DecisionOrigin;
  readonly kind: "quantity" | "choice";
}

/** Answers that are numbers of the plan themselves; all others choose between formulas, as the adapter does. */
const quantities: ReadonlySet<InputKey> = new Set<InputKey>(["answers.connections", "answers.port"]);

export function inputKind(name: InputKey): InputOrigin["kind"] {
  if (name === "adapter" || name.startsWith("features.")) return "choice";
  return name.startsWith("answers.") && !quantities.has(name) ? "choice" : "quantity";
}

/**
 * First match wins. An assumption comes first: a number that rests on a guess stays a guess, however firm its other
 * inputs are. Then what a person said, then what the machine said. A choice counts only where no quantity was read:
 * a number of workers follows the CPUs, although the objective chose its formula.
 */
const precedence: readonly DecisionOrigin[] = ["assumed", "asked", "given", "preset", "detected"];

export function originOf(inputs: readonly InputOrigin[]): DecisionOrigin {
  const among = (kind: InputOrigin["kind"]) =>
    precedence.find((origin) => inputs.some((input) => input.kind === kind && input.origin === origin));
  return among("quantity") ?? among("choice") ?? "default";
}
