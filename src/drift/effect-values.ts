/** Both values of an effect for people; where rounding would show the same twice, exactly. */
import type { Decision } from "../plan/decision.ts";
import { contentText } from "../plan/quantity.ts";
import type { Effect } from "./effect.ts";
import { sameContent } from "./setting-content.ts";

export interface EffectValues {
  readonly before: string;
  readonly after: string;
}

export function effectValues({ before, after }: Pick<Effect, "before" | "after">): EffectValues {
  const [was, is] = [textOf(before), textOf(after)];
  const isHidden = was === is && !sameContent(before.value, after.value);
  return isHidden ? { before: exactText(before), after: exactText(after) } : { before: was, after: is };
}

function textOf({ value, unit }: Decision): string {
  return value === undefined ? "none" : contentText(value, unit);
}

function exactText({ value }: Decision): string {
  if (value === undefined) return "not set";
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}
