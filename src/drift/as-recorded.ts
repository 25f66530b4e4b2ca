/**
 * The plan that stands when no effect is worth a change: the values in force, in this version's words. A new rule that
 * would move a value by a hair moves nothing.
 */
import type { SettingKey } from "../../templates/app/src/config/schema.ts";
import { budgetRows } from "../plan/budget.ts";
import type { Decision } from "../plan/decision.ts";
import type { Plan } from "../plan/plan.ts";
import { settingKeys } from "../plan/rules/table.ts";
import type { RecordedValues } from "./recorded-values.ts";

/** @param plan the recorded wish, solved by this version, with its pins */
export function asRecorded(plan: Plan, recorded: RecordedValues): Plan {
  const decisions = Object.fromEntries(
    settingKeys.map((key): [SettingKey, Decision] => {
      const decision = plan.decisions[key];
      const value = recorded.get(key);
      // A setting that is new with this version has no value in force.
      return [key, value === undefined || decision.value === undefined ? decision : { ...decision, value }];
    }),
  ) as Record<SettingKey, Decision>;
  return { ...plan, decisions, budget: budgetRows(decisions) };
}
