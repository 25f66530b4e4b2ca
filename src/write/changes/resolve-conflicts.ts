/**
 * Conflicts after somebody decided them. Pure: `diff` has worked out what each decision does, so a plan that was shown
 * with its decisions is the plan that is written.
 */

import type { Change, Way } from "./change.ts";

/** "undecided" leaves the conflict in the plan, and a plan with a conflict is never written. */
export type Resolution = Way | "undecided";

/**
 * The changes with each conflict replaced by what `choose` decided. A decision that the file does not allow (markers in
 * a file that a program parses, a sidecar where a file of the user stands) leaves its conflict as it is.
 */
export function resolveConflicts(
  changes: readonly Change[],
  choose: (change: Change) => Resolution,
): readonly Change[] {
  const byPath = new Map(changes.map((change) => [change.path, change]));
  for (const change of changes) {
    if (change.kind !== "conflict") continue;
    const resolution = choose(change);
    const decided = resolution === "undecided" ? undefined : change.ways?.[resolution];
    // A decision may change the sidecar of an earlier run too, which the plan lists on its own.
    for (const one of decided ?? []) byPath.set(one.path, one);
  }
  return [...byPath.values()].sort((a, b) => (a.path < b.path ? -1 : 1));
}
