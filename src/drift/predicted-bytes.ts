/**
 * What a server is predicted to hold more or less of memory: the rows of its budget without the headroom, which is what
 * nothing is planned to fill.
 */
import type { SettingKey } from "../../templates/app/src/config/schema.ts";
import type { Plan } from "../plan/plan.ts";
import type { RecordedValues } from "./recorded-values.ts";

const rows = [
  "memory.base_bytes",
  "memory.heaps_bytes",
  "memory.zones_bytes",
  "memory.connections_bytes",
  "memory.bodies_bytes",
  "memory.features_bytes",
  "memory.scratch_bytes",
] as const satisfies readonly SettingKey[];

export function predictedBytes(recorded: RecordedValues, after: Plan): number {
  const sum = (value: (key: SettingKey) => unknown) =>
    rows.reduce((total, key) => total + (Number(value(key)) || 0), 0);
  return sum((key) => after.decisions[key].value) - sum((key) => recorded.get(key));
}
