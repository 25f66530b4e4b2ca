/** A value that stands because the user pinned it, whatever the rule says; what the rule says stays to be read. */
import type { Decision, SettingContent } from "./decision.ts";
import { contentText } from "./quantity.ts";
import { reason, say } from "./reasons.ts";
import { derived } from "./sources.ts";

/** The decision with the pinned value; the rule's own decision when both agree, or when there is no such setting now. */
export function pin(decision: Decision, pinned: SettingContent | undefined): Decision {
  const { key, value, unit, reason: why, inputs } = decision;
  if (pinned === undefined || value === undefined || JSON.stringify(pinned) === JSON.stringify(value)) return decision;
  const recommended = contentText(value, unit);
  return {
    key,
    value: pinned,
    unit,
    reason: reason("pinned", { recommended, why: say(why) }),
    origin: "asked",
    source: derived("the value that was in force; a retune leaves it alone"),
    inputs,
  };
}
