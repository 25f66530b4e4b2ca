/**
 * What a new plan would change, decision by decision. Idea: facts are not compared, their effects are: both sides are
 * solved, and what no decision follows changes nothing. The values before are those in force, whichever version of this
 * program decided them; `before` is the recorded wish solved by this one, and serves to name the causes.
 */
import type { SettingKey } from "../../templates/app/src/config/schema.ts";
import type { Decision } from "../plan/decision.ts";
import type { Plan } from "../plan/plan.ts";
import { contentText } from "../plan/quantity.ts";
import { settingKeys } from "../plan/rules/table.ts";
import { causesOf, isWished, PIN } from "./causes-of.ts";
import { decidingCauses } from "./deciding-causes.ts";
import type { Effect, EffectDiff } from "./effect.ts";
import { predictedBytes } from "./predicted-bytes.ts";
import type { RecordedValues } from "./recorded-values.ts";
import { sameContent } from "./setting-content.ts";
import { withinTolerance } from "./tolerance.ts";
import type { UserSettings } from "./user-settings.ts";
import { pinnedValues, ruled, withoutPins, withPins } from "./with-pins.ts";

/**
 * @param after the new plan, with or without pins; what the rule says of a pinned setting, beside the other pins, is the recommendation
 * @throws AppError PIN_REFUSED when the new plan does not hold with the pinned values
 */
export function effectsOf(recorded: RecordedValues, before: Plan, after: Plan, user: UserSettings): EffectDiff {
  const recommended = withoutPins(after);
  const written = withPins(recommended, recorded, user.pins);
  const pins = new Set(user.pins);
  const deciding = decidingCauses(before, written, pinnedValues(recommended, recorded, user.pins));
  const effects = decidedKeys.flatMap((key): Effect[] => {
    const isPinned = pins.has(key) && recorded.get(key) !== undefined && recommended.decisions[key].value !== undefined;
    const is = ruled(written, key);
    const was: Decision = { ...before.decisions[key], value: recorded.get(key), unit: is.unit };
    if (sameContent(was.value, is.value)) return [];
    const moved = deciding(key, causesOf(key, recorded, before, written));
    // A pin whose rule would have another value on the same inputs: nothing has moved it.
    const causes = isPinned && moved.every(({ input }) => input === PIN) ? [] : moved;
    const override = user.overrides.get(key);
    return [
      {
        key,
        concern: key.slice(0, key.indexOf(".")),
        before: was,
        after: is,
        causes,
        pinned: isPinned,
        override: override === undefined ? undefined : contentText(override, is.unit),
        negligible: !isWished(causes, before, after) && withinTolerance(was, is) && !isUnsafe(key, recorded, after),
      },
    ];
  });
  return {
    effects,
    drifted: effects.some(({ negligible, pinned }) => !negligible && !pinned),
    predictedBytes: predictedBytes(recorded, written),
    gone: [...recorded.keys()].filter((key) => !Object.hasOwn(after.decisions, key)),
  };
}

/** Facts that are recorded for the server to compare are no decisions, and differ without any effect. */
const decidedKeys = settingKeys.filter((key) => !key.startsWith("target."));

/** A value that the new target cannot give is not near enough to one that it can. */
function isUnsafe(key: SettingKey, recorded: RecordedValues, after: Plan): boolean {
  return key === "limits.nofile_min" && Number(recorded.get(key)) > after.facts.nofileHard.value;
}
