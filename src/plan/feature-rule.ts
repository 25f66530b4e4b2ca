/** Rules of features' settings. */
import type { SettingKey } from "../../templates/app/src/config/schema.ts";
import type { FeatureName } from "../answers/choices.ts";
import { reason } from "./reasons.ts";
import { type InputKey, type Rule, rule } from "./rule.ts";

/** The rule of a feature's setting: there is none when the server is made without the feature. */
export function featureRule<Key extends SettingKey, const Reads extends InputKey>(
  feature: FeatureName,
  row: Rule<Key, Reads>,
): Rule<Key> {
  const chosen = `features.${feature}` as const;
  const whole: Rule<Key, Reads | typeof chosen> = {
    ...row,
    reads: [...new Set([...row.reads, chosen])],
    decide: (read) =>
      read(chosen)
        ? row.decide(read)
        : ({ value: undefined, reason: reason("feature_off", { feature }) } as ReturnType<typeof row.decide>),
  };
  return rule(whole);
}
