/** All rules: one per setting, no more. A missing or surplus row does not compile. */
import type { SettingKey } from "../../../templates/app/src/config/schema.ts";
import type { RuleTable } from "../rule.ts";
import { allocatorRules } from "./allocator.ts";
import { engineRules } from "./engine.ts";
import { limitRules } from "./limits.ts";
import { logRules } from "./log.ts";
import { memoryRules } from "./memory.ts";
import { adminRules, serverRules } from "./server.ts";
import { timeoutRules } from "./timeouts.ts";
import { tlsRules } from "./tls.ts";
import { websocketRules } from "./websocket.ts";
import { workerRules } from "./workers.ts";
import { zoneRules } from "./zones.ts";

/** In the schema's order, which is the order in which decisions are printed. */
export const rules = {
  ...serverRules,
  ...workerRules,
  ...timeoutRules,
  ...limitRules,
  ...websocketRules,
  ...tlsRules,
  ...logRules,
  ...adminRules,
  ...zoneRules,
  ...memoryRules,
  ...engineRules,
  ...allocatorRules,
} satisfies RuleTable<SettingKey>;

export const settingKeys: readonly SettingKey[] = Object.keys(rules) as SettingKey[];
