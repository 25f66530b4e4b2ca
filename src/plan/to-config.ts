/** A plan's values in the shape of the server's configuration: sections with keys. */

import type { SettingContent } from "./decision.ts";
import type { Plan } from "./plan.ts";
import { settingKeys } from "./rules/table.ts";

export type PlannedConfig = Readonly<Record<string, Readonly<Record<string, SettingContent>>>>;

/** `{ server: { host, port }, ... }` in the schema's order; settings that the runtime or the server does not have are left out. */
export function planConfig(plan: Pick<Plan, "decisions">): PlannedConfig {
  const config: Record<string, Record<string, SettingContent>> = {};
  for (const key of settingKeys) {
    const [section = "", name = ""] = key.split(".");
    const { value } = plan.decisions[key];
    // A section without any setting stays: its settings have defaults, the section has none.
    config[section] = { ...config[section], ...(value === undefined ? {} : { [name]: value }) };
  }
  return config;
}
