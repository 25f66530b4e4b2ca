/** What moved a plan as a whole: the causes of its effects, those first that moved most. */
import type { Cause, Effect } from "./effect.ts";

export interface MainCause {
  readonly cause: Cause;
  /** Settings that it moved, alone or with others. */
  readonly settings: number;
}

/** Each cause once; ties in the order in which the effects name them. What changes nothing has no cause here. */
export function mainCauses(effects: readonly Effect[]): readonly MainCause[] {
  const byInput = new Map<string, MainCause>();
  for (const { causes, negligible } of effects) {
    for (const cause of negligible ? [] : causes) {
      byInput.set(cause.input, { cause, settings: (byInput.get(cause.input)?.settings ?? 0) + 1 });
    }
  }
  return [...byInput.values()].sort((a, b) => b.settings - a.settings);
}
