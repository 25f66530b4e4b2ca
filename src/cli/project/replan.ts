/** One plan of a project, its own or a profile's, made anew and held against the values in force. */
import { asRecorded } from "../../drift/as-recorded.ts";
import type { EffectDiff } from "../../drift/effect.ts";
import { effectsOf } from "../../drift/effects-of.ts";
import { withPins } from "../../drift/with-pins.ts";
import { AppError } from "../../lib/errors.ts";
import type { Plan } from "../../plan/plan.ts";
import { solve } from "../../plan/solve.ts";
import { generatorVersion } from "../package-root.ts";
import type { OpenProject } from "./project.ts";
import { saysTheSame, type Wish } from "./wish.ts";

/** What is in force for a plan: the values of its tuned file, and what the user's files say over them. */
export type InForce = Pick<OpenProject, "recorded" | "user">;

export interface Replanned {
  /** The recorded wish, planned by this program. */
  readonly before: Plan;
  /** What is written. */
  readonly plan: Plan;
  readonly effects: EffectDiff;
  /** The facts differ, but no effect is worth a change: the recorded plan stands. */
  readonly stands: boolean;
}

/**
 * @param isSame whether two wishes say the same; the recorded plan stands for none that says something else
 * @throws AppError with every contradiction of answers and target, and of pins
 */
export function replan(recorded: Wish, wish: Wish, inForce: InForce, isSame = saysTheSame): Replanned {
  const recommended = planOf(wish);
  const after = pinned(recommended, inForce);
  const before = planOr(recorded, inForce, after);
  const wrote = { ...before, generatorVersion: recorded.generatorVersion ?? generatorVersion };
  const effects = effectsOf(inForce.recorded, wrote, recommended, inForce.user);
  const stands = !effects.drifted && wish.isExact !== true && isSame(recorded.answers, wish.answers);
  return { before, plan: stands ? asRecorded(before, inForce.recorded) : after, effects, stands };
}

export function planOf({ answers, target }: Wish): Plan {
  return solve(answers, target.facts, { generatorVersion, target: target.label });
}

function pinned(plan: Plan, { recorded, user }: InForce): Plan {
  return withPins(plan, recorded, user.pins);
}

/** A version of this program may refuse what an earlier one planned; then only the new plan can name causes. */
function planOr(wish: Wish, inForce: InForce, otherwise: Plan): Plan {
  try {
    return pinned(planOf(wish), inForce);
  } catch (error) {
    if (error instanceof AppError) return otherwise;
    throw error;
  }
}
