/** A plan's values in the shape of the server's configuration: sections with keys. */

import type { Scalar } from "./decision.ts";
import type { Plan } from "./plan.ts";
import { settingKeys } from "./rules/table.ts";

export type PlannedConfig = Readonly<Record<string, Readonly<Record<string, Scalar>>>>;

/** `{ server: { host, port }, ... }` in the schema's order; settings that the runtime does not have are left out. */
export function planConfig(plan: Pick<Plan, "decisions">): PlannedConfig {
  const config: Record<string, Record<string, Scalar>> = {};
  for (const key of settingKeys) {
    const [section = "", name = ""] = key.split(".");
    const { value } = plan.decisions[key];
    if (value !== undefined) config[section] = { ...config[section], [name]: value };
  }
  return config;
}
