/** Whether the plan still suits the machine that it is for: recorded facts against those of today, by their effects. */
import { causeText } from "../drift/cause-text.ts";
import type { EffectDiff } from "../drift/effect.ts";
import { valueText } from "../plan/explain.ts";
import { counted, type Finding, namesText, ok, problem } from "./finding.ts";

export interface DriftReading {
  /** Of the target, such as "this" or a preset's id. */
  readonly target: string;
  /** undefined: the project's own plan. */
  readonly profile: string | undefined;
  readonly effects: EffectDiff;
}

export function checkDrift({ target, profile, effects: { drifted, effects } }: DriftReading): Finding {
  const subject = profile === undefined ? "drift" : `drift of ${profile}`;
  const pinned = effects.filter((effect) => effect.pinned);
  if (!drifted) {
    const near = effects.length === 0 ? "" : `; ${counted(effects.length, "setting")} within the tolerance or pinned`;
    return ok(subject, `none for ${target}${near}`, "The plan is what this version would make for it today.");
  }
  const moved = effects.filter(({ negligible, pinned: stays }) => !negligible && !stays);
  const texts = moved.map(({ key, before, after }) => `${key} ${valueText(before)} -> ${valueText(after)}`);
  const [cause] = moved.flatMap(({ causes }) => causes);
  const because = cause === undefined ? "" : ` Because ${causeText(cause, "->")}.`;
  const held = pinned.length === 0 ? "" : ` ${counted(pinned.length, "setting")} more pinned.`;
  const flag = profile === undefined ? "" : ` --profile ${profile}`;
  return problem(
    subject,
    `${counted(moved.length, "setting")} for ${target}`,
    `Would change: ${namesText(texts)}.${because}${held}`,
    `create-fastserve diff${flag} shows it all, create-fastserve retune${flag} writes it`,
  );
}
