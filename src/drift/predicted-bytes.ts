/**
 * What a server is predicted to hold more or less of memory: the rows of its budget without the headroom, which is what
 * nothing is planned to fill.
 */
import type { SettingKey } from "../../templates/app/src/config/schema.ts";
import { budgetKeys } from "../plan/budget.ts";
import type { Plan } from "../plan/plan.ts";
import type { RecordedValues } from "./recorded-values.ts";

const rows = budgetKeys.filter((key) => key !== "memory.headroom_bytes");

export function predictedBytes(recorded: RecordedValues, after: Plan): number {
  const sum = (value: (key: SettingKey) => unknown) =>
    rows.reduce((total, key) => total + (Number(value(key)) || 0), 0);
  return sum((key) => after.decisions[key].value) - sum((key) => recorded.get(key));
}
